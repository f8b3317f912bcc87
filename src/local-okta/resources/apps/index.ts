import type { Kernel } from '../../kernel/kernel.js'
import type { LocalOktaSeed } from '../../seed.js'
import { Groups } from '../groups/store.js'
import type { Resource } from '../resource.js'
import { Users } from '../users/store.js'
import { AppGroups } from './app-groups.js'
import { appKeyRoutes } from './app-keys.js'
import { AppUsers } from './app-users.js'
import { clientKeyRoutes } from './client-keys.js'
import { clientSecretRoutes } from './client-secrets.js'
import { APP_EVENT_TYPES } from './events.js'
import { appGroupRoutes } from './group-routes.js'
import { appRoutes } from './routes.js'
import { ScopeGrants, scopeGrantRoutes } from './scope-grants.js'
import { Applications } from './store.js'
import { findEndpointIssue } from './universal-logout-endpoint.js'
import { appUserRoutes } from './user-routes.js'

/** The apps of the org, and the users and groups assigned to them. */
export const apps: Resource = {
  stores: [Applications, AppGroups, AppUsers, ScopeGrants],
  routes: [...appRoutes, ...appUserRoutes, ...appGroupRoutes, ...appKeyRoutes, ...clientSecretRoutes, ...clientKeyRoutes, ...scopeGrantRoutes],
  eventTypes: APP_EVENT_TYPES,
  seed: seedApps
}

function seedApps (kernel: Kernel, seed: LocalOktaSeed): void {
  for (const { clientId, assignedGroups = [], assignedUsers = [], grantedScopes = [], jwks, ...settings } of seed.applications) {
    const issue = settings.universalLogout && findEndpointIssue(settings.universalLogout)
    if (issue) throw new TypeError(`seed.applications: ${settings.label}: universalLogout.${issue.field} ${issue.cause}`)
    const app = kernel.store(Applications).create({ ...settings, id: clientId, jwks: () => jwks?.keys ?? [] })
    for (const scope of grantedScopes) kernel.store(ScopeGrants).grant(app, scope)
    for (const name of assignedGroups) kernel.store(AppGroups).assign(app, known(kernel.store(Groups).find(name), 'group', name))
    for (const login of assignedUsers) kernel.store(AppUsers).assign(app, known(kernel.store(Users).find(login), 'user', login))
  }
}

function known<T> (found: T | undefined, kind: string, name: string): T {
  if (!found) throw new TypeError(`the seed names a ${kind} it does not define: ${name}`)
  return found
}
