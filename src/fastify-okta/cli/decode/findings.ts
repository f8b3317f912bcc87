import { InvalidTokenError, type InvalidTokenReason } from '../../errors.js'
import { parseCompactToken } from '../../oauth/compact-token.js'
import { readKeyId, SIGNATURE_ALGORITHM } from '../../oauth/token-header.js'
import { checkClaimProfile, isTime, REQUIRED_CLAIMS } from '../../okta/access-token/claim-profile.js'
import type { Expectations } from './expectations.js'
import { kindOf, type Claims, type TokenKind } from './kind.js'
import { describeShape } from './shape.js'
import { describeDistance, describeDuration } from './times.js'

/** Why a token is refused; the reason is the one in the log and the metrics. */
export interface Finding {
  readonly reason: InvalidTokenReason
  readonly message: string
}

export interface ParsedToken {
  readonly header: Claims
  readonly claims: Claims
  readonly kind: TokenKind
  readonly signatureBytes: number
}

/** Parses a token, or describes why it cannot be parsed. */
export function parseToken (token: string, { policy, maxTokenBytes }: Expectations): ParsedToken | Finding {
  try {
    const { header, unverifiedClaims: claims, signature } = parseCompactToken(token, maxTokenBytes)
    return { header, claims, kind: kindOf(header, claims, policy.issuer), signatureBytes: signature.length }
  } catch (error) {
    if (!(error instanceof InvalidTokenError)) throw error
    const { reason } = error
    return { reason, message: reason === 'too_large' ? `It has ${token.length} characters; a token of more than ${maxTokenBytes} is refused unread.` : describeShape(token) }
  }
}

/**
 * Every reason to refuse a token, in words. The plugin's own checks decide: what they refuse is refused here too, if only
 * with its bare reason.
 *
 * Does NOT look at the signature.
 */
export function checkToken (parsed: ParsedToken, expectations: Expectations, nowSeconds: number): Finding[] {
  const found = [
    ...checkKind(parsed, expectations),
    ...checkHeader(parsed),
    ...(parsed.kind === 'access' ? checkIssuerAndAudience(parsed.claims, expectations) : []),
    ...checkTimes(parsed.claims, expectations, nowSeconds),
    ...checkBinding(parsed.claims, expectations)
  ]
  const reason = findPluginReason(parsed, expectations)
  return reason === undefined || found.length > 0 ? found : [{ reason, message: `It is refused: ${reason.replaceAll('_', ' ')}.` }]
}

function checkKind ({ kind, claims: { iss } }: ParsedToken, { policy: { issuer } }: Expectations): Finding[] {
  switch (kind) {
    case 'id': return [{ reason: 'id_token', message: 'It is an ID token: send the access token that came with it.' }]
    case 'org': return [{ reason: 'org_access_token', message: `It is an access token of the org authorization server (${String(iss)}): request one from ${issuer}.` }]
    case 'logout': return [{ reason: 'type', message: 'It has events in it: it is not an access token.' }]
    default: return []
  }
}

function checkHeader ({ header, kind }: ParsedToken): Finding[] {
  const { alg, kid, typ } = header
  if (alg !== SIGNATURE_ALGORITHM) {
    const unsigned = typeof alg === 'string' && alg.toLowerCase() === 'none' ? ': it is not signed at all' : ''
    return [{ reason: 'algorithm', message: `Its alg is ${quote(alg)}${unsigned}. Only ${SIGNATURE_ALGORITHM} is accepted.` }]
  }
  try {
    readKeyId(header)
    return []
  } catch (error) {
    if (!(error instanceof InvalidTokenError)) throw error
    const { reason } = error
    if (reason === 'type') return kind === 'org' ? [] : [{ reason, message: `Its typ is ${quote(typ)}, which is not that of an access token.` }]
    if (reason === 'unknown_key') return [{ reason, message: `Its kid is ${quote(kid)}: it does not say which key it is signed with.` }]
    return [{ reason, message: 'Its header has a parameter that changes what it means (crit, b64, zip, enc or cty).' }]
  }
}

function checkIssuerAndAudience (claims: Claims, { policy: { issuer, audiences } }: Expectations): Finding[] {
  const { iss, aud } = claims
  const found: Finding[] = []
  const missing = REQUIRED_CLAIMS.filter(name => claims[name] === undefined)
  if (missing.length > 0) found.push({ reason: 'claims', message: `It has no ${missing.join(', ')}, which every Okta access token has.` })
  if (iss !== undefined && iss !== issuer) found.push({ reason: 'issuer', message: `It was issued by ${quote(iss)}, not by ${issuer}.` })
  const meantFor = Array.isArray(aud) ? aud as unknown[] : [aud]
  if (aud !== undefined && !audiences.some(audience => meantFor.includes(audience))) {
    found.push({ reason: 'audience', message: `It is meant for ${meantFor.map(quote).join(', ')}, not for ${audiences.join(' or ')}.` })
  }
  return found
}

function checkTimes ({ exp, iat, nbf }: Claims, { policy }: Expectations, now: number): Finding[] {
  const found: Finding[] = []
  if (isTime(exp) && exp <= now) found.push({ reason: 'expired', message: `It expired ${describeDistance(exp - now)}.` })
  if (isTime(nbf) && nbf > now) found.push({ reason: 'not_yet_valid', message: `It becomes valid ${describeDistance(nbf - now)}.` })
  if (isTime(iat) && iat > now + policy.clockToleranceSeconds) {
    found.push({ reason: 'not_yet_valid', message: `It says that it is issued ${describeDistance(iat - now)}: one of the two clocks is wrong.` })
  }
  if (isTime(exp) && isTime(iat) && exp - iat > policy.maxTokenLifetimeSeconds) {
    found.push({ reason: 'lifetime', message: `It lives for ${describeDuration(exp - iat)}; more than ${describeDuration(policy.maxTokenLifetimeSeconds)} is not accepted.` })
  }
  return found
}

function checkBinding ({ cnf }: Claims, { dpop }: Expectations): Finding[] {
  if (cnf !== undefined && dpop === 'off') return [{ reason: 'confirmation', message: 'It is bound to a DPoP key, and DPoP is off here (OKTA_DPOP).' }]
  if (cnf === undefined && dpop === 'required') return [{ reason: 'confirmation', message: 'It is not bound to a DPoP key, which is required here (OKTA_DPOP).' }]
  return []
}

/** The reason that the plugin would find first, before it looks at the signature. */
function findPluginReason ({ header, claims }: ParsedToken, { policy }: Expectations): InvalidTokenReason | undefined {
  try {
    readKeyId(header)
    checkClaimProfile(claims, policy)
    return undefined
  } catch (error) {
    if (error instanceof InvalidTokenError) return error.reason
    throw error
  }
}

function quote (value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value)
}
