import type { Group } from '../resources/groups/group.js'
import type { Org } from '../oauth/org.js'
import { ORG_ID } from '../oauth/org.js'
import type { User } from '../resources/users/user.js'

const MAX_GROUPS_IN_A_CLAIM = 100

/** JWT claims before they are signed. */
export type ClaimSet = Record<string, unknown>

/** Thrown when more than 100 groups match: Okta then refuses to issue the token. */
export class TooManyGroupsError extends Error {
  constructor () {
    super('The groups claim matched too many groups and must be configured to match fewer groups.')
  }
}

/** The user's part of an access token of the `default` server: `sub` is the login, `uid` the id. */
export function accessTokenUserClaims (org: Org, user: User): ClaimSet {
  return { uid: user.id, sub: user.profile.login, ...groupsClaimOf(org, user) }
}

/** The user's part of an ID token: `sub` is the id. The rest of the profile is at `/v1/userinfo`. */
export function idTokenUserClaims (org: Org, user: User): ClaimSet {
  const { login, email } = user.profile
  return {
    sub: user.id,
    ver: 1,
    idp: ORG_ID,
    amr: ['pwd'],
    name: nameOf(user),
    email,
    preferred_username: login,
    ...groupsClaimOf(org, user)
  }
}

/** Everything `/v1/userinfo` may tell of a user; the caller's scopes decide what it does. */
export function userinfoClaims (user: User): ClaimSet {
  const { profile } = user
  const claims: ClaimSet = {
    sub: user.id,
    name: nameOf(user),
    nickname: profile['nickName'],
    preferred_username: profile.login,
    given_name: profile.firstName,
    middle_name: profile['middleName'],
    family_name: profile.lastName,
    profile: profile['profileUrl'],
    zoneinfo: profile['timezone'],
    locale: asLanguageTag(profile['locale']),
    updated_at: Math.floor(Date.parse(user.lastUpdated) / 1000),
    email: profile.email,
    email_verified: true,
    phone_number: profile['primaryPhone'],
    address: addressOf(user)
  }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined && value !== null))
}

/** Which claims of {@link userinfoClaims} each scope shows. */
export const CLAIMS_BY_SCOPE: Readonly<Record<string, readonly string[]>> = {
  openid: ['sub'],
  profile: [
    'name', 'nickname', 'preferred_username', 'given_name', 'middle_name', 'family_name', 'profile', 'zoneinfo',
    'locale', 'updated_at'
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number'],
  address: ['address']
}

/** The claims of {@link userinfoClaims} that these scopes show. */
export function scopedUserClaims (user: User, scopes: readonly string[]): ClaimSet {
  const shown = new Set(scopes.flatMap((scope) => CLAIMS_BY_SCOPE[scope] ?? []))
  return Object.fromEntries(Object.entries(userinfoClaims(user)).filter(([name]) => shown.has(name)))
}

/** The claims of access tokens that metadata names; an org's own are not listed, as in Okta. */
export const ACCESS_TOKEN_CLAIMS = ['ver', 'jti', 'iss', 'aud', 'iat', 'exp', 'cid', 'uid', 'scp', 'sub', 'auth_time', 'acr', 'cnf']

/** The claims of ID tokens and of `/v1/userinfo` that metadata names. */
export const ID_TOKEN_CLAIMS = [...new Set([
  'iss', 'ver', 'sub', 'aud', 'iat', 'exp', 'jti', 'auth_time', 'acr', 'amr', 'idp', 'nonce', 'at_hash', 'c_hash',
  ...Object.values(CLAIMS_BY_SCOPE).flat()
])]

function groupsClaimOf (org: Org, user: User): ClaimSet {
  if (!org.groupsClaim) return {}
  const filter = new RegExp(org.groupsClaim.filter)
  const names = org.groups.ofUser(user.id).map(({ profile }: Group) => profile.name).filter((name) => filter.test(name))
  if (names.length > MAX_GROUPS_IN_A_CLAIM) throw new TooManyGroupsError()
  return { [org.groupsClaim.name]: names }
}

/** The first and the last name. */
export function nameOf ({ profile }: User): string {
  return [profile.firstName, profile.lastName].filter(Boolean).join(' ')
}

// `en_GB` in the profile, `en-GB` in claims
function asLanguageTag (locale: unknown): string | undefined {
  return typeof locale === 'string' ? locale.replace('_', '-') : undefined
}

function addressOf ({ profile }: User): ClaimSet | undefined {
  const { streetAddress, city, state, zipCode, countryCode } = profile
  const address = {
    street_address: streetAddress, locality: city, region: state, postal_code: zipCode, country: countryCode
  }
  const known = Object.entries(address).filter(([, value]) => value !== undefined && value !== null)
  return known.length > 0 ? Object.fromEntries(known) : undefined
}
