import { OktaApiError } from '../../kernel/errors.js'
import { COMPARISONS, readExpression } from '../../kernel/expression.js'
import type { ExpressionRules, Operator } from '../../kernel/expression.js'
import type { Query } from '../../kernel/paging.js'
import type { SortableSelection } from '../../kernel/selection.js'
import type { Group } from './group.js'
import type { Groups } from './store.js'

const PROPERTIES: Readonly<Record<string, (group: Group) => unknown>> = {
  id: ({ id }) => id,
  type: ({ type }) => type,
  created: ({ created }) => created,
  lastUpdated: ({ lastUpdated }) => lastUpdated,
  lastMembershipUpdated: ({ lastMembershipUpdated }) => lastMembershipUpdated,
  // of imported groups only, and those of this org have no source
  'source.id': () => undefined
}
const PROFILE = 'profile.'

const FILTER_OPERATORS: Readonly<Record<string, readonly Operator[]>> = {
  id: ['eq'],
  type: ['eq'],
  lastUpdated: COMPARISONS,
  lastMembershipUpdated: COMPARISONS
}

const FILTER: ExpressionRules<Group> = {
  ignoreCase: false,
  reader: groupReader,
  operatorsFor: (path) => Object.hasOwn(FILTER_OPERATORS, path) ? FILTER_OPERATORS[path] : undefined
}

const SEARCH: ExpressionRules<Group> = {
  ignoreCase: true,
  reader: groupReader,
  operatorsFor: (path) => {
    if (!isProperty(path)) return undefined
    const operators: Operator[] = [...COMPARISONS, 'sw', 'pr']
    return path === 'profile.name' || path === 'profile.description' ? [...operators, 'co'] : operators
  }
}

/**
 * The groups that `q`, `filter` or `search` asks for. `search` answers at once; Okta's lags.
 *
 * @throws {OktaApiError} 400 E0000031 for an expression that cannot be read
 */
export function findGroups (groups: Groups, { q = '', filter, search }: Query): SortableSelection<Group> {
  if (search !== undefined) return groups.filter(readExpression(search, SEARCH))
  if (filter !== undefined) return groups.filter(readExpression(filter, FILTER))
  return groups.filter((group) => nameStartsWith(group, q))
}

/**
 * What `sortBy` names.
 *
 * @throws {OktaApiError} 400 E0000031 for a property that groups do not have
 */
export function groupSortKey (group: Group, sortBy: string): unknown {
  if (!isProperty(sortBy)) throw new OktaApiError('E0000031', undefined, [`${sortBy} is not an attribute`])
  return groupReader(sortBy)(group)
}

/** True if the group's name begins with this, in any letter case. */
export function nameStartsWith ({ profile }: Group, q: string): boolean {
  return profile.name.toLowerCase().startsWith(q.toLowerCase())
}

function groupReader (path: string): (group: Group) => unknown {
  if (!path.startsWith(PROFILE)) return (group) => PROPERTIES[path]?.(group)
  const attribute = path.slice(PROFILE.length)
  return ({ profile }) => profile[attribute]
}

function isProperty (path: string): boolean {
  return Object.hasOwn(PROPERTIES, path) || (path.startsWith(PROFILE) && path.length > PROFILE.length)
}
