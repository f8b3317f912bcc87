import { OktaApiError } from '../../kernel/errors.js'
import { COMPARISONS, readExpression } from '../../kernel/expression.js'
import type { ExpressionRules, Operator, Predicate } from '../../kernel/expression.js'
import type { Query } from '../../kernel/paging.js'
import type { SortableSelection } from '../../kernel/selection.js'
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
  reader: userReader,
  operatorsFor: (path) => path === 'lastUpdated' ? COMPARISONS : FILTERED_BY_EQUALITY.test(path) ? ['eq'] : undefined
}

const SEARCH: ExpressionRules<User> = {
  ignoreCase: true,
  reader: userReader,
  operatorsFor: (path) => isProperty(path) ? searchOperators(path) : undefined
}

/**
 * The users that `q`, `filter` or `search` asks for. Without `filter` and `search` deprovisioned users are left out.
 * `search` answers at once; Okta's lags.
 *
 * @throws {OktaApiError} 400 E0000031 for an expression that cannot be read
 */
export function findUsers (users: Users, query: Query): SortableSelection<User> {
  return users.filter(matcherOf(query))
}

function matcherOf ({ q, filter, search }: Query): Predicate<User> {
  if (search !== undefined) return readExpression(search, SEARCH)
  if (filter !== undefined) return readExpression(filter, FILTER)
  return (user) => user.status !== 'DEPROVISIONED' && (q === undefined || startsWith(user, q))
}

/**
 * What `sortBy` names.
 *
 * @throws {OktaApiError} 400 E0000031 for a property that users do not have
 */
export function userSortKey (user: User, sortBy: string): unknown {
  if (!isProperty(sortBy)) throw new OktaApiError('E0000031', undefined, [`${sortBy} is not an attribute`])
  return userReader(sortBy)(user)
}

/** True if first name, last name or email begins with this, in any letter case. */
export function startsWith ({ profile }: User, q: string): boolean {
  const beginning = q.toLowerCase()
  return [profile.firstName, profile.lastName, profile.email].some((text) => text?.toLowerCase().startsWith(beginning))
}

function userReader (path: string): (user: User) => unknown {
  if (!path.startsWith(PROFILE)) return (user) => PROPERTIES[path]?.(user)
  const attribute = path.slice(PROFILE.length)
  return ({ profile }) => profile[attribute]
}

function isProperty (path: string): boolean {
  return Object.hasOwn(PROPERTIES, path) || (path.startsWith(PROFILE) && path.length > PROFILE.length)
}

function searchOperators (path: string): readonly Operator[] {
  const operators: Operator[] = [...COMPARISONS, 'sw', 'pr']
  return SEARCHED_BY_CONTENT.test(path) ? [...operators, 'co'] : operators
}
