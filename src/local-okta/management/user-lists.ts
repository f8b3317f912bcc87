import type { Org } from '../org/org.js'
import type { User } from '../org/users.js'
import { OktaApiError } from './errors.js'
import { ExpressionError, parseExpression } from './expression.js'
import type { ExpressionRules } from './expression.js'
import type { Query } from './paging.js'
import { readUserProperty } from './user-representation.js'

const FILTER_ATTRIBUTES = /^(status|id|lastUpdated|profile\.(login|email|firstName|lastName))$/

/**
 * The users that `q`, `filter` or `search` ask for. Without `filter` and `search`
 * there are no deprovisioned users among them. `search` answers at once: Okta's lags.
 *
 * @throws {OktaApiError} 400 E0000031 for an expression that cannot be read
 */
export function listUsers ({ users }: Org, query: Query): User[] {
  const { q, filter, search } = query
  if (search !== undefined) return sort(matching(users.all(), search, searchRules()), query)
  if (filter !== undefined) return matching(users.all(), filter, filterRules())
  const present = users.all().filter(({ status }) => status !== 'DEPROVISIONED')
  return q === undefined ? present : present.filter((user) => startsWith(user, q.toLowerCase()))
}

/**
 * The items an expression is true of.
 *
 * @throws {OktaApiError} 400 E0000031
 */
export function matching<T> (items: T[], expression: string, rules: ExpressionRules<T>): T[] {
  try {
    return items.filter(parseExpression(expression, rules))
  } catch (error) {
    if (error instanceof ExpressionError) throw new OktaApiError('E0000031', undefined, [error.message])
    throw error
  }
}

function searchRules (): ExpressionRules<User> {
  return { readProperty: readUserProperty, ignoreCase: true }
}

function filterRules (): ExpressionRules<User> {
  return {
    ignoreCase: false,
    readProperty: (user, path) => {
      if (!FILTER_ATTRIBUTES.test(path)) throw new ExpressionError(`${path} cannot be filtered by`)
      return readUserProperty(user, path)
    }
  }
}

function startsWith ({ profile }: User, q: string): boolean {
  return [profile.firstName, profile.lastName, profile.email].some((text) => text?.toLowerCase().startsWith(q))
}

function sort (users: User[], { sortBy, sortOrder }: Query): User[] {
  if (sortBy === undefined) return users
  const sign = sortOrder?.toLowerCase() === 'desc' ? -1 : 1
  const key = (user: User): string => String(readUserProperty(user, sortBy) ?? '')
  return users.toSorted((a, b) => sign * key(a).localeCompare(key(b)))
}
