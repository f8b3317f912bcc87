import { InvalidTokenError, type InvalidTokenDetails, type InvalidTokenReason } from '../../errors.js'

/**
 * The claims of an access token from a custom authorization server, as Okta names them.
 * Custom claims stand beside them. Deeply frozen; its objects have no prototype.
 */
export interface AccessTokenClaims {
  readonly iss: string
  readonly aud: string | readonly string[]
  /** The user's login (not the id), or the client's id for a client that acts for itself. */
  readonly sub: string
  /** Seconds since the epoch. */
  readonly exp: number
  /** Seconds since the epoch. */
  readonly iat: number
  readonly nbf?: number
  readonly jti: string
  readonly ver: 1
  /** The client's id. */
  readonly cid: string
  /** The user's id; absent where a client acts for itself. */
  readonly uid?: string
  /** What the client may ask for. */
  readonly scp?: readonly string[]
  /** When the user last authenticated, in seconds since the epoch. */
  readonly auth_time?: number
  readonly acr?: string
  /** The thumbprint of the key that the token is bound to (RFC 9449 section 6.1). */
  readonly cnf?: { readonly jkt: string }
  /** Who acts for the subject (RFC 8693 section 4.1), with a `sub`, and an `act` of its own if they act for another. Not checked. */
  readonly act?: unknown
  /** Names of groups, where the authorization server has a groups claim. Any JSON: a custom claim is what its author made it. */
  readonly groups?: unknown
  readonly [claim: string]: unknown
}

/** A token without one of these is refused. */
export const REQUIRED_CLAIMS = ['iss', 'aud', 'sub', 'exp', 'iat', 'jti', 'ver', 'cid'] as const

/** What the tokens of one issuer must satisfy. */
export interface ClaimPolicy {
  readonly issuer: string
  /** Expected `aud`: any one of these is accepted. */
  readonly audiences: readonly string[]
  /** If given, the only clients (`cid`) whose tokens are accepted. */
  readonly clientIds?: readonly string[] | undefined
  /** How far `iat` may be ahead of this machine's clock, in seconds. `exp` and `nbf` are taken exactly. */
  readonly clockToleranceSeconds: number
  /** The longest time from `iat` to `exp`, in seconds. Okta's own limit is 24 hours. */
  readonly maxTokenLifetimeSeconds: number
}

/** SHA-256 in base64url (RFC 7638). */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/
/** What a log line may show of a claim. */
const PRINTABLE = /^[\x20-\x7e]{1,200}$/

type UnknownClaims = Readonly<Record<string, unknown>>

/** Why claims are refused, and what was compared: made only for claims that are. */
type Refusal = readonly [reason: InvalidTokenReason, details?: InvalidTokenDetails]

/**
 * Checks claims against Okta's access token profile and the issuer's policy.
 *
 * Does NOT verify the signature, nor the scopes: what a token may do is decided by the guards.
 *
 * @throws {InvalidTokenError}
 */
export function checkClaimProfile (claims: UnknownClaims, policy: ClaimPolicy): asserts claims is AccessTokenClaims {
  const refusal = findIdTokenFault(claims) ?? findRecipientFault(claims, policy) ?? findProfileFault(claims, policy) ?? findTimeFault(claims, policy)
  if (refusal !== undefined) throw new InvalidTokenError(...refusal)
}

/** An ID token says when and how a user signed in; it has no scopes and no `cid`, and Okta starts its `jti` with `ID.`. */
function findIdTokenFault ({ jti, cid, scp, nonce, at_hash: atHash, idp, amr }: UnknownClaims): Refusal | undefined {
  const saysHowTheUserSignedIn = nonce !== undefined || atHash !== undefined || idp !== undefined || amr !== undefined
  const isIdToken = (typeof jti === 'string' && jti.startsWith('ID.')) ||
    (cid === undefined && scp === undefined && saysHowTheUserSignedIn)
  return isIdToken ? ['id_token'] : undefined
}

function findRecipientFault ({ iss, aud }: UnknownClaims, { issuer, audiences }: ClaimPolicy): Refusal | undefined {
  if (iss !== issuer) return ['issuer', { claim: 'iss', expected: issuer, ...receivedOf(iss) }]
  const isForUs = isAudience(aud) && audiences.some((audience) => aud === audience || (Array.isArray(aud) && aud.includes(audience)))
  return isForUs ? undefined : ['audience', { claim: 'aud', expected: oneOf(audiences), ...receivedOf(aud) }]
}

function findProfileFault (claims: UnknownClaims, { clientIds }: ClaimPolicy): Refusal | undefined {
  const { sub, jti, ver, cid, uid, cnf } = claims
  if (ver !== 1) return ['claims', { claim: 'ver' }]
  if (!isName(sub)) return ['claims', { claim: 'sub' }]
  if (!isName(jti)) return ['claims', { claim: 'jti' }]
  if (!isName(cid)) return ['claims', { claim: 'cid' }]
  if (uid !== undefined && !isName(uid)) return ['claims', { claim: 'uid' }]
  if (Object.hasOwn(claims, 'events')) return ['type', { claim: 'events' }]
  if (!isConfirmation(cnf)) return ['confirmation', { claim: 'cnf' }]
  if (clientIds !== undefined && !clientIds.includes(cid)) return ['client', { claim: 'cid', expected: oneOf(clientIds) }]
  return undefined
}

function findTimeFault ({ exp, nbf, iat }: UnknownClaims, { clockToleranceSeconds, maxTokenLifetimeSeconds }: ClaimPolicy): Refusal | undefined {
  const now = Date.now() / 1000
  if (!isTime(exp)) return ['claims', { claim: 'exp' }]
  if (!isTime(iat)) return ['claims', { claim: 'iat' }]
  if (nbf !== undefined && !isTime(nbf)) return ['claims', { claim: 'nbf' }]
  if (exp <= now) return ['expired', { claim: 'exp' }]
  if (nbf !== undefined && nbf > now) return ['not_yet_valid', { claim: 'nbf' }]
  if (iat > now + clockToleranceSeconds) return ['not_yet_valid', { claim: 'iat', expected: clockToleranceSeconds }]
  if (exp - iat > maxTokenLifetimeSeconds) return ['lifetime', { claim: 'exp', expected: maxTokenLifetimeSeconds }]
  return undefined
}

/** A setting as a log line shows it: the value, or the array if there are several. */
export function oneOf (values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? values[0] as string : values
}

/** A claim as a log line may show it; nothing if it is not printable, or too long. */
export function receivedOf (claim: unknown): { received?: string } {
  const received = Array.isArray(claim) && claim.every(isName) ? claim.join(', ') : claim
  return typeof received === 'string' && PRINTABLE.test(received) ? { received } : {}
}

/** Unknown confirmation methods (e.g. `x5t#S256`) cannot be verified, so such tokens are refused. */
function isConfirmation (cnf: unknown): boolean {
  if (cnf === undefined) return true
  if (typeof cnf !== 'object' || cnf === null || Object.keys(cnf).length !== 1) return false
  const { jkt } = cnf as { jkt?: unknown }
  return typeof jkt === 'string' && THUMBPRINT.test(jkt)
}

function isAudience (aud: unknown): aud is string | string[] {
  return isName(aud) || (Array.isArray(aud) && aud.length > 0 && aud.every(isName))
}

function isName (value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** NumericDate (RFC 7519 section 2): seconds, fractions allowed. */
export function isTime (value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

/**
 * Whether a token has a scope. Okta's `scp` is an array with one scope an item; anything else in its place grants nothing,
 * and an item is never split (RFC 6749 section 3.3 keeps spaces out of a scope).
 */
export function hasScope ({ scp }: AccessTokenClaims, scope: string): boolean {
  return Array.isArray(scp) && scp.includes(scope)
}
