import type { AccessTokenClaims, OktaUser } from 'fastify-okta'
import type { TimeZone, TimeZones } from '../../time-zone.js'

/** Who is greeted: the claims of the token, and the user in the directory. */
export interface Caller {
  readonly claims: Readonly<AccessTokenClaims>
  /** `null` without a directory. */
  readonly user: Readonly<OktaUser> | null
}

/** The display name, or first and last name, or the `name` claim, or the subject of the token: the first that is not blank. */
export function nameOf ({ claims, user }: Caller): string {
  const { displayName, firstName, lastName } = user?.profile ?? {}
  return nonBlank(displayName) ?? fullName(nonBlank(firstName), nonBlank(lastName)) ?? nonBlank(claims['name']) ?? claims.sub
}

function fullName (first: string | undefined, last: string | undefined): string | undefined {
  return first === undefined || last === undefined ? first ?? last : `${first} ${last}`
}

function nonBlank (name: unknown): string | undefined {
  return typeof name === 'string' && name.trim() !== '' ? name : undefined
}

/** The zone of the user's profile, or of the `zoneinfo` claim. Okta accepts any string for either: one that is not a zone is skipped. */
export function timeZoneOf ({ claims, user }: Caller, zones: TimeZones): TimeZone | null {
  return findZone(user?.profile.timezone, zones) ?? findZone(claims['zoneinfo'], zones)
}

function findZone (name: unknown, zones: TimeZones): TimeZone | null {
  return typeof name === 'string' ? zones.find(name) : null
}
