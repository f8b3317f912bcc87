import { InvalidTokenError, type TokenFault } from '../../errors.js'

/**
 * The claims of an access token from a custom authorization server of Okta's, as Okta names them.
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
  /** Names of groups, where the authorization server has a groups claim. Any JSON: a custom claim is what its author made it. */
  readonly groups?: unknown
  readonly [claim: string]: unknown
}

/** Without these a token is refused; fast-jwt skips the checks of claims that are absent. */
export const REQUIRED_CLAIMS = ['iss', 'aud', 'sub', 'exp', 'iat', 'jti', 'ver', 'cid'] as const

/** What the tokens of one issuer must fulfil. */
export interface ClaimPolicy {
  readonly issuer: string
  /** A token must be meant for one of these. */
  readonly audiences: readonly string[]
  /** If given, the only clients (`cid`) whose tokens are accepted. */
  readonly clientIds?: readonly string[] | undefined
  /** How far `iat` may be ahead of this machine's clock, in seconds. `exp` and `nbf` are taken exactly. */
  readonly clockToleranceSeconds: number
  /** The longest time from `iat` to `exp`, in seconds. Okta's own limit is 24 hours. */
  readonly maxLifetimeSeconds: number
}

/** SHA-256 in base64url (RFC 7638). */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/

type UnknownClaims = Readonly<Record<string, unknown>>

/**
 * Holds verified claims against Okta's access token profile and the issuer's policy.
 *
 * Does NOT verify the signature, nor the scopes: what a token may do is for the guards to say.
 *
 * @throws {InvalidTokenError}
 */
export function checkClaimProfile (claims: UnknownClaims, policy: ClaimPolicy): asserts claims is AccessTokenClaims {
  const fault = findIdTokenFault(claims) ?? findProfileFault(claims, policy) ?? findTimeFault(claims, policy)
  if (fault !== undefined) throw new InvalidTokenError(fault)
}

/** An ID token says when and how somebody signed in; it has no scopes and no `cid`, and Okta starts its `jti` with `ID.`. */
function findIdTokenFault ({ jti, cid, scp, nonce, at_hash: atHash, idp, amr }: UnknownClaims): TokenFault | undefined {
  const saysHowSomebodySignedIn = [nonce, atHash, idp, amr].some(claim => claim !== undefined)
  const isIdToken = (typeof jti === 'string' && jti.startsWith('ID.')) ||
    (cid === undefined && scp === undefined && saysHowSomebodySignedIn)
  return isIdToken ? 'id_token' : undefined
}

function findProfileFault (claims: UnknownClaims, policy: ClaimPolicy): TokenFault | undefined {
  const { iss, aud, sub, jti, ver, cid, uid } = claims
  if (iss !== policy.issuer) return 'issuer'
  if (!isAudience(aud) || !policy.audiences.some(audience => aud === audience || (Array.isArray(aud) && aud.includes(audience)))) return 'audience'
  if (ver !== 1 || !isName(sub) || !isName(jti) || !isName(cid)) return 'claims'
  if (uid !== undefined && !isName(uid)) return 'claims'
  if (Object.hasOwn(claims, 'events')) return 'type'
  if (!isConfirmation(claims.cnf)) return 'confirmation'
  if (policy.clientIds !== undefined && !policy.clientIds.includes(cid)) return 'client'
  return undefined
}

function findTimeFault ({ exp, nbf, iat }: UnknownClaims, policy: ClaimPolicy): TokenFault | undefined {
  const now = Date.now() / 1000
  if (!isTime(exp) || !isTime(iat) || (nbf !== undefined && !isTime(nbf))) return 'claims'
  if (exp <= now) return 'expired'
  if ((nbf !== undefined && nbf > now) || iat > now + policy.clockToleranceSeconds) return 'not_yet_valid'
  if (exp - iat > policy.maxLifetimeSeconds) return 'lifetime'
  return undefined
}

/** A way of confirmation that is not known here, as that of a client certificate, cannot be held: no such token is taken. */
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
function isTime (value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

/**
 * Whether a token has a scope. Okta's `scp` is an array with one scope an item; anything else in its place grants nothing,
 * and an item is never split (RFC 6749 section 3.3 keeps spaces out of a scope).
 */
export function hasScope ({ scp }: AccessTokenClaims, scope: string): boolean {
  return Array.isArray(scp) && scp.includes(scope)
}
