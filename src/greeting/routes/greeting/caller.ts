import type { AccessTokenClaims, OktaUser } from 'fastify-okta'
import { findTimeZone, type TimeZone } from '../../time-zone.js'

/** Who is greeted, as the token and the directory have it. */
export interface Caller {
  readonly claims: Readonly<AccessTokenClaims>
  /** `null` without a directory. */
  readonly user: Readonly<OktaUser> | null
}

/** The display name, or first and last name, or the `name` claim, or who the token says it is: the first that is not blank. */
export function nameOf ({ claims, user }: Caller): string {
  const { displayName, firstName, lastName } = user?.profile ?? {}
  return spoken(displayName) ?? fullName(spoken(firstName), spoken(lastName)) ?? spoken(claims['name']) ?? claims.sub
}

function fullName (first: string | undefined, last: string | undefined): string | undefined {
  return first === undefined || last === undefined ? first ?? last : `${first} ${last}`
}

function spoken (name: unknown): string | undefined {
  return typeof name === 'string' && name.trim() !== '' ? name : undefined
}

/** The zone of the user's profile, or of the `zoneinfo` claim. Okta takes any text for either: one that is no zone is passed over. */
export function timeZoneOf ({ claims, user }: Caller): TimeZone | null {
  return known(user?.profile.timezone) ?? known(claims['zoneinfo'])
}

function known (name: unknown): TimeZone | null {
  return typeof name === 'string' ? findTimeZone(name) : null
}
