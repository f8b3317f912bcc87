import type { Kernel } from '../../kernel/kernel.js'
import type { LocalOktaSeed } from '../../seed.js'
import { Groups } from '../groups/store.js'
import type { Resource } from '../resource.js'
import { Users } from '../users/store.js'
import { AppGroups } from './app-groups.js'
import { AppUsers } from './app-users.js'
import { APP_EVENT_TYPES } from './events.js'
import { appGroupRoutes } from './group-routes.js'
import { appRoutes } from './routes.js'
import { Applications } from './store.js'
import { appUserRoutes } from './user-routes.js'

/** The apps of the org, and the users and groups assigned to them. */
export const apps: Resource = {
  stores: [Applications, AppGroups, AppUsers],
  routes: [...appRoutes, ...appUserRoutes, ...appGroupRoutes],
  eventTypes: APP_EVENT_TYPES,
  seed: seedApps
}

function seedApps (kernel: Kernel, seed: LocalOktaSeed): void {
  for (const { clientId, assignedGroups = [], assignedUsers = [], jwks, ...settings } of seed.applications) {
    const app = kernel.store(Applications).create({ ...settings, id: clientId, jwks: () => jwks?.keys ?? [] })
    for (const name of assignedGroups) kernel.store(AppGroups).assign(app, known(kernel.store(Groups).find(name), 'group', name))
    for (const login of assignedUsers) kernel.store(AppUsers).assign(app, known(kernel.store(Users).find(login), 'user', login))
  }
}

function known<T> (found: T | undefined, kind: string, name: string): T {
  if (!found) throw new TypeError(`the seed names a ${kind} it does not define: ${name}`)
  return found
}
