import type { LocalOktaSeed, SeedApplication, SeedGroup, SeedUser } from './seed.js'

/** A member of a seed, as it is documented and checked. */
export interface SeedMember {
  /** Its type, as a reader would write it. */
  readonly type: string
  readonly isRequired: boolean
  /** What it is, and what it is if it is left out. */
  readonly description: string
  /** What a value must be, in words that follow "must be". */
  readonly rule: string
  readonly isValid: (value: unknown) => boolean
}

type Members<T> = Readonly<Record<keyof T, SeedMember>>

const text = { type: 'string', rule: 'a non-empty string', isValid: isText }
const texts = { type: 'string[]', rule: 'an array of non-empty strings', isValid: (value: unknown): boolean => isArrayOf(value, isText) }
const flag = { type: 'boolean', rule: 'true or false', isValid: (value: unknown): boolean => typeof value === 'boolean' }
const object = { rule: 'an object', isValid: isObject }
const array = { rule: 'an array', isValid: Array.isArray }

/** What each of `users` has. */
export const SEED_USER_MEMBERS: Members<SeedUser> = {
  id: { ...text, isRequired: false, description: 'The user id, such as `00uadalovelace000001`. Default: a new one at each start.' },
  profile: {
    ...object,
    type: 'object',
    isRequired: true,
    description: '`login`, `email`, `firstName`, `lastName`, and any other attribute, such as `timezone` or `locale`.'
  },
  password: { ...text, isRequired: true, description: 'The password, in plain text: for development on this machine only.' },
  status: {
    ...oneOf('STAGED', 'PROVISIONED', 'ACTIVE', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'SUSPENDED', 'DEPROVISIONED'),
    isRequired: false,
    description: 'Default `ACTIVE`.'
  },
  groups: { ...texts, isRequired: false, description: 'Names of groups of the seed. `Everyone` holds every user without being named.' }
}

/** What each of `groups` has. */
export const SEED_GROUP_MEMBERS: Members<SeedGroup> = {
  id: { ...text, isRequired: false, description: 'The group id. Default: a new one at each start.' },
  name: { ...text, isRequired: true, description: 'The name of the group.' },
  description: { ...text, isRequired: false, description: 'Default: none.' },
  type: {
    ...oneOf('OKTA_GROUP', 'APP_GROUP', 'BUILT_IN'),
    isRequired: false,
    description: 'Default `OKTA_GROUP`. `APP_GROUP` is imported from elsewhere and cannot be changed.'
  }
}

/** What each of `applications` has. */
export const SEED_APPLICATION_MEMBERS: Members<SeedApplication> = {
  clientId: { ...text, isRequired: true, description: 'The client id, which is the id of the app as well.' },
  label: { ...text, isRequired: true, description: 'The name that people see.' },
  applicationType: { ...oneOf('browser', 'native', 'web', 'service'), isRequired: true, description: "Okta's `application_type`." },
  authMethod: {
    ...oneOf('none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'),
    isRequired: true,
    description: 'How the app authenticates at the token endpoint.'
  },
  clientSecret: { ...text, isRequired: false, description: 'Required for `client_secret_basic`, `client_secret_post` and `client_secret_jwt`.' },
  jwks: {
    ...object,
    type: '{ keys: JWK[] }',
    isRequired: false,
    description: 'Public keys. Required for `private_key_jwt`, except for the management client, whose key pair is made when it is first needed.'
  },
  grantTypes: { ...texts, isRequired: true, description: 'The grant types that the app may use, such as `authorization_code`.' },
  redirectUris: { ...texts, isRequired: false, description: 'Default: none.' },
  postLogoutRedirectUris: { ...texts, isRequired: false, description: 'Default: none.' },
  grantedScopes: { ...texts, isRequired: false, description: '`okta.*` scopes that an administrator has granted. Default: none.' },
  dpopBoundAccessTokens: { ...flag, isRequired: false, description: 'True if its access tokens must be bound to a DPoP key. Default false.' },
  universalLogout: {
    type: "{ url: string, format: 'email' | 'iss_sub' } | null",
    rule: 'null, or an object with url and format (email or iss_sub)',
    isRequired: false,
    description: 'The Universal Logout endpoint of the app, and the format in which it receives users. Default null: none.',
    isValid: (value) => value === null || (isObject(value) && isText(value['url']) && ['email', 'iss_sub'].includes(String(value['format'])))
  },
  assignedGroups: { ...texts, isRequired: false, description: 'Names of groups of the seed, or `Everyone`. Default: none.' },
  assignedUsers: { ...texts, isRequired: false, description: 'Logins of users of the seed. Default: none.' }
}

/** What a seed has. Each is taken as a whole: what is left out comes from the shipped seed. */
export const SEED_MEMBERS: Members<LocalOktaSeed> = {
  users: { ...array, type: 'SeedUser[]', isRequired: false, description: 'The people.' },
  groups: { ...array, type: 'SeedGroup[]', isRequired: false, description: 'The groups beside `Everyone`, which always exists.' },
  applications: { ...array, type: 'SeedApplication[]', isRequired: false, description: 'The apps. Must hold the four of the shipped seed, by client id.' },
  scopes: { ...texts, isRequired: false, description: "Scopes of the `default` server beside OpenID Connect's own." },
  groupsClaim: {
    type: '{ name: string, filter: string } | null',
    rule: 'null, or an object with name and filter, a regular expression',
    isRequired: false,
    description: "A claim in access tokens and ID tokens with the names of the user's groups that match `filter`, a regular expression. Null: no such claim.",
    isValid: (value) => value === null || (isObject(value) && isText(value['name']) && isRegularExpression(value['filter']))
  }
}

/**
 * Checks that a seed has the members that the tables above say, and no others. Does NOT check that what it names exists:
 * `checkReferences()` does, of a complete seed.
 *
 * @throws {TypeError} naming the member
 */
export function checkSeed (seed: Partial<LocalOktaSeed>): void {
  checkMembers('seed', seed, SEED_MEMBERS)
  checkItems('users', seed.users, SEED_USER_MEMBERS)
  checkItems('groups', seed.groups, SEED_GROUP_MEMBERS)
  checkItems('applications', seed.applications, SEED_APPLICATION_MEMBERS)
  for (const [index, { profile }] of (seed.users ?? []).entries()) {
    const missing = ['login', 'email', 'firstName', 'lastName'].find((name) => !isText(profile[name]))
    if (missing !== undefined) throw new TypeError(`seed.users[${index}].profile.${missing} must be a non-empty string`)
  }
}

function checkItems (name: string, items: readonly unknown[] | undefined, members: Readonly<Record<string, SeedMember>>): void {
  for (const [index, item] of (items ?? []).entries()) checkMembers(`seed.${name}[${index}]`, item, members)
}

function checkMembers (path: string, value: unknown, members: Readonly<Record<string, SeedMember>>): void {
  if (!isObject(value)) throw new TypeError(`${path} must be an object`)
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(members, name))
  if (unknown !== undefined) throw new TypeError(`${path}.${unknown} is not a member: there are ${Object.keys(members).join(', ')}`)
  for (const [name, { rule, isRequired, isValid }] of Object.entries(members)) {
    const member = value[name]
    if (member === undefined ? isRequired : !isValid(member)) throw new TypeError(`${path}.${name} must be ${rule}`)
  }
}

function isText (value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isArrayOf (value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem)
}

function isRegularExpression (value: unknown): boolean {
  if (!isText(value)) return false
  try {
    return new RegExp(value) instanceof RegExp
  } catch {
    return false
  }
}

function oneOf (...values: string[]): Pick<SeedMember, 'type' | 'rule' | 'isValid'> {
  return {
    type: values.map((value) => `'${value}'`).join(' | '),
    rule: `one of ${values.join(', ')}`,
    isValid: (value) => values.includes(value as string)
  }
}
