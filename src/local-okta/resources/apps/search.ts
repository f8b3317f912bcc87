import { readExpression } from '../../kernel/expression.js'
import type { ExpressionRules } from '../../kernel/expression.js'
import { readMember } from '../../kernel/json.js'
import type { Query } from '../../kernel/paging.js'
import type { Users } from '../users/store.js'
import type { AppGroups } from './app-groups.js'
import type { AppUsers } from './app-users.js'
import { signingKidOf } from './application.js'
import type { Application } from './application.js'
import type { Applications } from './store.js'

/** What a search of apps looks into. */
interface AppSearchStores {
  readonly apps: Applications
  readonly appUsers: AppUsers
  readonly appGroups: AppGroups
  readonly users: Users
}

/** The attributes that `filter` knows; each can be compared with `eq` only. */
const PROPERTIES: Readonly<Record<string, (app: Application, stores: AppSearchStores) => unknown>> = {
  id: ({ id }) => id,
  status: ({ status }) => status,
  'settings.slo.enabled': ({ record }) => readMember(readMember(record, 'settings'), 'slo')['enabled'] ?? false,
  name: ({ name }) => name,
  'user.id': ({ id }, { users, appUsers }) => users.all().filter((user) => appUsers.scopeOf(id, user.id) !== undefined).map((user) => user.id),
  'group.id': ({ id }, { appGroups }) => appGroups.ofApp(id).map(({ groupId }) => groupId),
  'credentials.signing.kid': signingKidOf
}

/**
 * The apps that `q` or `filter` asks for.
 *
 * @throws {OktaApiError} 400 E0000031 for an expression that cannot be read
 */
export function findApps (stores: AppSearchStores, { q = '', filter }: Query): Application[] {
  if (filter !== undefined) return stores.apps.all().filter(readExpression(filter, rulesOn(stores)))
  const prefix = q.toLowerCase()
  return stores.apps.all().filter(({ name, label }) => [name, label].some((text) => text.toLowerCase().startsWith(prefix)))
}

function rulesOn (stores: AppSearchStores): ExpressionRules<Application> {
  return {
    ignoreCase: false,
    reader: (path) => (app) => PROPERTIES[path]?.(app, stores),
    operatorsFor: (path) => Object.hasOwn(PROPERTIES, path) ? ['eq'] : undefined
  }
}
