import { InsufficientUserAuthenticationError } from '../errors.js'
import type { Authorize } from './authentication.js'

/** How strongly and how recently a user must have signed in: at least one of the two. */
export interface AuthenticationRequirement {
  /** The least strength of the sign-in: one of Okta's `acr` values, or any other, which must then be met exactly. */
  readonly acr?: string
  /** How long ago the user may have signed in, in seconds. */
  readonly maxAgeSeconds?: number
}

/**
 * Okta's `acr` values and how strong each is: one factor, two, phishing-resistant, and bound to hardware as well. A
 * stronger sign-in does for a weaker requirement. Of two of one strength, `any` and `ifpossible` do not prove a password.
 */
const STRENGTHS: ReadonlyMap<unknown, number> = new Map([
  ['urn:okta:loa:1fa:any', 1],
  ['urn:okta:loa:1fa:pwd', 1],
  ['urn:okta:loa:2fa:any:ifpossible', 1],
  ['urn:okta:loa:2fa:any', 2],
  ['phr', 3],
  ['phrh', 4]
])
const ANY_FACTOR = 'urn:okta:loa:1fa:any'
const ACR = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * Makes the check that the user signed in strongly and recently enough (RFC 9470, step-up authentication). The token
 * says so itself (`acr`, `auth_time`): if a claim is missing, the request is refused.
 *
 * @throws {TypeError} now, if nothing is required, a value cannot be, or something else is named: a misspelt name would
 *   require less than is meant
 */
export function requireAuthentication (requirement: AuthenticationRequirement, clockToleranceSeconds: number): Authorize {
  const { acr, maxAgeSeconds, ...others } = requirement
  if (Object.keys(others).length > 0 || (acr === undefined && maxAgeSeconds === undefined)) {
    throw new TypeError('requireAuthentication() takes acr, maxAgeSeconds or both, and nothing else')
  }
  if (acr !== undefined && (typeof acr !== 'string' || !ACR.test(acr))) throw new TypeError('acr must be one acr value, such as urn:okta:loa:2fa:any')
  if (maxAgeSeconds !== undefined && (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 0)) {
    throw new TypeError('maxAgeSeconds must be a whole number of at least 0')
  }
  return ({ accessToken: { claims } }) => {
    const isStrong = acr === undefined || isStrongEnough(claims.acr, acr)
    const isRecent = maxAgeSeconds === undefined || isRecentEnough(claims.auth_time, maxAgeSeconds, clockToleranceSeconds)
    if (!isStrong || !isRecent) throw new InsufficientUserAuthenticationError(acr, maxAgeSeconds)
  }
}

function isStrongEnough (actual: unknown, required: string): boolean {
  if (actual === required) return true
  const [strength, least] = [STRENGTHS.get(actual), STRENGTHS.get(required)]
  if (strength === undefined || least === undefined) return false
  return strength > least || (strength === least && required === ANY_FACTOR)
}

function isRecentEnough (authTime: unknown, maxAgeSeconds: number, clockToleranceSeconds: number): boolean {
  if (typeof authTime !== 'number' || !Number.isFinite(authTime)) return false
  const age = Date.now() / 1000 - authTime
  return age <= maxAgeSeconds && age >= -clockToleranceSeconds
}
