import { InvalidTokenError, type TokenFault } from '../../errors.js'
import { parseCompactToken } from '../../oauth/compact-token.js'
import { readKeyId, SIGNATURE_ALGORITHM } from '../../oauth/token-header.js'
import { checkClaimProfile, REQUIRED_CLAIMS } from '../../okta/access-token/claim-profile.js'
import type { Expectations } from './expectations.js'
import { kindOf, type Claims, type TokenKind } from './kind.js'
import { describeDistance, describeDuration } from './times.js'

/** Something that a token is refused for, with the reason that the service's log and metrics give. */
export interface Finding {
  readonly reason: TokenFault
  readonly message: string
}

export interface TakenApart {
  readonly header: Claims
  readonly claims: Claims
  readonly kind: TokenKind
}

/** Takes a token apart, or says why that cannot be done. */
export function takeApart (token: string, { policy, maxTokenBytes }: Expectations): TakenApart | Finding {
  try {
    const { header, unverifiedClaims: claims } = parseCompactToken(token, maxTokenBytes)
    return { header, claims, kind: kindOf(header, claims, policy.issuer) }
  } catch (error) {
    if (!(error instanceof InvalidTokenError)) throw error
    const { reason } = error
    return { reason, message: reason === 'too_large' ? `It has ${token.length} characters; more than ${maxTokenBytes} are refused unread.` : describeShape(token) }
  }
}

/**
 * All that is wrong with a token for a configuration, in words. The plugin's own checks have the last word: whatever
 * they refuse is refused here too, if only with its bare reason.
 *
 * Does NOT look at the signature.
 */
export function findFaults (taken: TakenApart, expectations: Expectations, nowSeconds: number): Finding[] {
  const found = [
    ...findKindFaults(taken, expectations),
    ...findHeaderFaults(taken),
    ...(taken.kind === 'access' ? findAddressFaults(taken.claims, expectations) : []),
    ...findTimeFaults(taken.claims, expectations, nowSeconds),
    ...findBindingFaults(taken.claims, expectations)
  ]
  const verdict = askPlugin(taken, expectations)
  return verdict === undefined || found.length > 0 ? found : [{ reason: verdict, message: `It is refused: ${verdict.replaceAll('_', ' ')}.` }]
}

function describeShape (token: string): string {
  const parts = token.split('.').length
  if (token === '') return 'There is no token.'
  if (parts === 5) return 'It has five parts: it is encrypted, and Okta\'s access tokens are not.'
  if (parts === 3) return 'It has three parts, and they are not the base64url of a JSON header, JSON claims and a signature.'
  return `It is no JWT: a JWT has three parts with dots between them, and this has ${parts}. Refresh tokens and API tokens look so.`
}

function findKindFaults ({ kind, claims: { iss } }: TakenApart, { policy: { issuer } }: Expectations): Finding[] {
  switch (kind) {
    case 'id': return [{ reason: 'id_token', message: 'It is an ID token: send the access token that came with it.' }]
    case 'org': return [{ reason: 'org_access_token', message: `It is an access token of the org authorization server (${String(iss)}): ask ${issuer} for one.` }]
    case 'logout': return [{ reason: 'type', message: 'It has events in it: it is no access token.' }]
    default: return []
  }
}

function findHeaderFaults ({ header, kind }: TakenApart): Finding[] {
  const { alg, kid, typ } = header
  if (alg !== SIGNATURE_ALGORITHM) {
    const unsigned = typeof alg === 'string' && alg.toLowerCase() === 'none' ? ': it is not signed at all' : ''
    return [{ reason: 'algorithm', message: `Its alg is ${text(alg)}${unsigned}. Only ${SIGNATURE_ALGORITHM} is accepted.` }]
  }
  try {
    readKeyId(header)
    return []
  } catch (error) {
    if (!(error instanceof InvalidTokenError)) throw error
    const { reason } = error
    if (reason === 'type') return kind === 'org' ? [] : [{ reason, message: `Its typ is ${text(typ)}, which is not that of an access token.` }]
    if (reason === 'unknown_key') return [{ reason, message: `Its kid is ${text(kid)}: it does not say which key it is signed with.` }]
    return [{ reason, message: 'Its header has a parameter that changes what it means (crit, b64, zip, enc or cty).' }]
  }
}

function findAddressFaults (claims: Claims, { policy: { issuer, audiences } }: Expectations): Finding[] {
  const { iss, aud } = claims
  const found: Finding[] = []
  const missing = REQUIRED_CLAIMS.filter(name => claims[name] === undefined)
  if (missing.length > 0) found.push({ reason: 'claims', message: `It has no ${missing.join(', ')}, which every access token of Okta's has.` })
  if (iss !== undefined && iss !== issuer) found.push({ reason: 'issuer', message: `It was issued by ${text(iss)}, not by ${issuer}.` })
  const meantFor = Array.isArray(aud) ? aud as unknown[] : [aud]
  if (aud !== undefined && !audiences.some(audience => meantFor.includes(audience))) {
    found.push({ reason: 'audience', message: `It is meant for ${meantFor.map(text).join(', ')}, not for ${audiences.join(' or ')}.` })
  }
  return found
}

function findTimeFaults ({ exp, iat, nbf }: Claims, { policy }: Expectations, now: number): Finding[] {
  const found: Finding[] = []
  if (typeof exp === 'number' && exp <= now) found.push({ reason: 'expired', message: `It expired ${describeDistance(exp - now)}.` })
  if (typeof nbf === 'number' && nbf > now) found.push({ reason: 'not_yet_valid', message: `It becomes valid ${describeDistance(nbf - now)}.` })
  if (typeof iat === 'number' && iat > now + policy.clockToleranceSeconds) {
    found.push({ reason: 'not_yet_valid', message: `It says that it is issued ${describeDistance(iat - now)}: one of the two clocks is wrong.` })
  }
  if (typeof exp === 'number' && typeof iat === 'number' && exp - iat > policy.maxLifetimeSeconds) {
    found.push({ reason: 'lifetime', message: `It lives for ${describeDuration(exp - iat)}; more than ${describeDuration(policy.maxLifetimeSeconds)} is not accepted.` })
  }
  return found
}

function findBindingFaults ({ cnf }: Claims, { dpop }: Expectations): Finding[] {
  if (cnf !== undefined && dpop === 'off') return [{ reason: 'confirmation', message: 'It is bound to a DPoP key, and DPoP is off here (OKTA_DPOP).' }]
  if (cnf === undefined && dpop === 'required') return [{ reason: 'confirmation', message: 'It is not bound to a DPoP key, which is required here (OKTA_DPOP).' }]
  return []
}

/** The fault that the plugin would find first, before it looks at the signature. */
function askPlugin ({ header, claims }: TakenApart, { policy }: Expectations): TokenFault | undefined {
  try {
    readKeyId(header)
    checkClaimProfile(claims, policy)
    return undefined
  } catch (error) {
    if (error instanceof InvalidTokenError) return error.reason
    throw error
  }
}

function text (value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value)
}
