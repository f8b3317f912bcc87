import type { User } from '../resources/users/user.js'

/** The id of the org itself, which tokens name as `idp` of a password sign-in. */
export const ORG_ID = '00olocalokta00000001'

/** JWT claims before they are signed. */
export type ClaimSet = Record<string, unknown>

/** The user's part of an access token: `sub` is the login, `uid` the id. */
export function accessTokenUserClaims (user: User): ClaimSet {
  return { uid: user.id, sub: user.profile.login }
}

/** The user's part of an ID token: `sub` is the id. The rest of the profile is at `/v1/userinfo`. */
export function idTokenUserClaims (user: User): ClaimSet {
  const { login, email } = user.profile
  return {
    sub: user.id,
    ver: 1,
    idp: ORG_ID,
    amr: ['pwd'],
    name: nameOf(user),
    email,
    preferred_username: login
  }
}

/** Everything `/v1/userinfo` may tell of a user; the caller's scopes decide what it does. */
function userinfoClaims (user: User): ClaimSet {
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
