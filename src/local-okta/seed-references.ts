import { defaultSeed } from './seed.js'
import type { LocalOktaSeed } from './seed.js'

/** A group of every org; no seed makes it. */
const EVERYONE = 'Everyone'
const OPENID_CONNECT_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']
/** RFC 6749 section 3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/
/** What a path of the Management API can hold without being encoded. */
const ID = /^[\w.~-]+$/

type References = ReadonlyArray<readonly [path: string, value: string]>

/**
 * Checks that a complete seed does not contradict itself: ids and names occur once, and the groups and users that it
 * names are in it. Expects what `checkSeed()` has checked, with the shipped members themselves and not copies.
 *
 * @throws {TypeError} naming the member
 */
export function checkReferences (seed: LocalOktaSeed): void {
  const { users, groups, applications, scopes } = seed
  checkUnique(users.map(({ profile }, index) => [`seed.users[${index}].profile.login`, profile.login.toLowerCase()]))
  checkGroupNames(groups)
  checkUnique(applications.map(({ clientId }, index) => [`seed.applications[${index}].clientId`, clientId]))
  checkUnique(scopes.map((scope, index) => [`seed.scopes[${index}]`, scope]))
  checkIds(seed)
  checkScopes(scopes)
  checkNames(seed)
}

function checkUnique (values: References): void {
  const first = new Map<string, string>()
  for (const [path, value] of values) {
    const other = first.get(value)
    if (other !== undefined) throw new TypeError(`${path} must be unique, but ${other} is ${value} as well`)
    first.set(value, path)
  }
}

// a name can be that of a group of Okta and of an imported one, but Everyone is one group
function checkGroupNames (groups: LocalOktaSeed['groups']): void {
  const everyone = groups.findIndex(({ name }) => name === EVERYONE)
  if (everyone !== -1) throw new TypeError(`seed.groups[${everyone}].name must not be ${EVERYONE}, which every org has`)
  checkUnique(groups.map(({ name, type = 'OKTA_GROUP' }, index) => [`seed.groups[${index}].name`, `${name} (${type})`]))
}

function checkIds ({ users, groups, applications }: LocalOktaSeed): void {
  const ids = [...idsOf('users', users), ...idsOf('groups', groups)]
  checkUnique(ids)
  const clientIds: References = applications.map(({ clientId }, index) => [`seed.applications[${index}].clientId`, clientId])
  const wrong = [...ids, ...clientIds].find(([, id]) => !ID.test(id))
  if (wrong) throw new TypeError(`${wrong[0]} must have only letters, digits, and . _ ~ -`)
}

function idsOf (member: string, items: ReadonlyArray<{ readonly id?: string }>): References {
  return items.flatMap(({ id }, index) => id === undefined ? [] : [[`seed.${member}[${index}].id`, id]])
}

function checkScopes (scopes: readonly string[]): void {
  for (const [index, scope] of scopes.entries()) {
    if (!SCOPE_TOKEN.test(scope)) throw new TypeError(`seed.scopes[${index}] must be one scope, without spaces and quotation marks`)
    if (OPENID_CONNECT_SCOPES.includes(scope)) throw new TypeError(`seed.scopes[${index}] must not be ${scope}, which every server has`)
  }
}

function checkNames (seed: LocalOktaSeed): void {
  const groups = new Set([EVERYONE, ...seed.groups.flatMap(({ id = EVERYONE, name }) => [id, name])])
  const users = new Set(seed.users.flatMap(({ id, profile }) => [id ?? profile.login, profile.login]))
  for (const [index, { groups: names = [] }] of seed.users.entries()) {
    checkKnown(names, groups, { path: `users[${index}].groups`, kind: 'groups', isShipped: seed.users === defaultSeed.users })
  }
  for (const [index, { assignedGroups = [], assignedUsers = [] }] of seed.applications.entries()) {
    const isShipped = seed.applications === defaultSeed.applications
    checkKnown(assignedGroups, groups, { path: `applications[${index}].assignedGroups`, kind: 'groups', isShipped })
    checkKnown(assignedUsers, users, { path: `applications[${index}].assignedUsers`, kind: 'users', isShipped })
  }
}

interface Naming {
  readonly path: string
  readonly kind: 'groups' | 'users'
  /** True if the member is left out, and so that of the shipped seed. */
  readonly isShipped: boolean
}

function checkKnown (names: readonly string[], known: ReadonlySet<string>, { path, kind, isShipped }: Naming): void {
  const unknown = names.find((name) => !known.has(name))
  if (unknown === undefined) return
  const [member = ''] = path.split('[')
  const advice = isShipped ? `: the shipped seed has these ${member}, so give ${member} as well, or add it to ${kind}` : ''
  throw new TypeError(`seed.${path} names ${unknown}, which is not in seed.${kind}${advice}`)
}
