import { OktaApiError } from '../../kernel/errors.js'
import { COMPARISONS, filterItems } from '../../kernel/expression.js'
import type { ExpressionRules, Operator } from '../../kernel/expression.js'
import type { Query } from '../../kernel/paging.js'
import type { Users } from './store.js'
import type { User } from './user.js'

const PROPERTIES: Readonly<Record<string, (user: User) => unknown>> = {
  id: ({ id }) => id,
  status: ({ status }) => status,
  created: ({ created }) => created,
  activated: ({ activated }) => activated,
  statusChanged: ({ statusChanged }) => statusChanged,
  lastUpdated: ({ lastUpdated }) => lastUpdated,
  'type.id': ({ typeId }) => typeId
}
const FILTERED_BY_EQUALITY = /^(status|id|profile\.(login|email|firstName|lastName))$/
const SEARCHED_BY_CONTENT = /^profile\.(login|email|firstName|lastName)$/
const PROFILE = 'profile.'

const FILTER: ExpressionRules<User> = {
  ignoreCase: false,
  read: readUserProperty,
  operatorsFor: (path) => path === 'lastUpdated' ? COMPARISONS : FILTERED_BY_EQUALITY.test(path) ? ['eq'] : undefined
}

const SEARCH: ExpressionRules<User> = {
  ignoreCase: true,
  read: readUserProperty,
  operatorsFor: (path) => isProperty(path) ? searchOperators(path) : undefined
}

/**
 * The users that `q`, `filter` or `search` asks for. Without `filter` and `search` deprovisioned users are left out.
 * `search` answers at once; Okta's lags.
 *
 * @throws {OktaApiError} 400 E0000031 for an expression that cannot be read
 */
export function findUsers (users: Users, { q, filter, search }: Query): User[] {
  if (search !== undefined) return filterItems(users.all(), search, SEARCH)
  if (filter !== undefined) return filterItems(users.all(), filter, FILTER)
  const present = users.all().filter(({ status }) => status !== 'DEPROVISIONED')
  return q === undefined ? present : present.filter((user) => startsWith(user, q))
}

/**
 * What `sortBy` names.
 *
 * @throws {OktaApiError} 400 E0000031 for a property that users do not have
 */
export function userSortKey (user: User, sortBy: string): unknown {
  if (!isProperty(sortBy)) throw new OktaApiError('E0000031', undefined, [`${sortBy} is not an attribute`])
  return readUserProperty(user, sortBy)
}

/** True if first name, last name or email begins with this, in any letter case. */
export function startsWith ({ profile }: User, q: string): boolean {
  return [profile.firstName, profile.lastName, profile.email].some((text) => text?.toLowerCase().startsWith(q.toLowerCase()))
}

function readUserProperty (user: User, path: string): unknown {
  return path.startsWith(PROFILE) ? user.profile[path.slice(PROFILE.length)] : PROPERTIES[path]?.(user)
}

function isProperty (path: string): boolean {
  return Object.hasOwn(PROPERTIES, path) || (path.startsWith(PROFILE) && path.length > PROFILE.length)
}

function searchOperators (path: string): readonly Operator[] {
  const operators: Operator[] = [...COMPARISONS, 'sw', 'pr']
  return SEARCHED_BY_CONTENT.test(path) ? [...operators, 'co'] : operators
}
