import { readFlag } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route, Stores } from '../../kernel/route.js'
import { Users } from '../users/store.js'
import { AppGroups } from './app-groups.js'
import { AppUsers } from './app-users.js'
import type { Application } from './application.js'
import { readApp } from './read.js'
import { findApps } from './search.js'
import { Applications } from './store.js'
import { toAppUserView, toAppView } from './view.js'

const READ = 'okta.apps.read'
const MANAGE = 'okta.apps.manage'
const STORES = { apps: Applications, appUsers: AppUsers, appGroups: AppGroups, users: Users }

type AppStores = Stores<typeof STORES>

const { route, list } = routesOn(STORES)

/** `/apps`: the apps of the org. */
export const appRoutes: Route[] = [
  list({
    path: '/apps',
    scope: READ,
    page: { default: 20, max: 200 },
    items: (stores, { query }) => findApps(stores, query),
    view: toExpandedView
  }),
  route({
    method: 'POST',
    path: '/apps',
    scope: MANAGE,
    body: readApp,
    answer: ({ apps, orgUrl }, { body, query }) =>
      toAppView(orgUrl, apps.register(body, readFlag(query, 'activate', true) ? 'ACTIVE' : 'INACTIVE'))
  }),
  route({
    method: 'PUT',
    path: '/apps/{appId}',
    scope: MANAGE,
    body: readApp,
    answer: ({ apps, orgUrl }, { body, params }) => toAppView(orgUrl, apps.replace(apps.get(params['appId'] ?? ''), body))
  }),
  route({
    method: 'DELETE',
    path: '/apps/{appId}',
    scope: MANAGE,
    status: 204,
    answer: ({ apps }, { params }) => { apps.delete(apps.get(params['appId'] ?? '')) }
  }),
  route({
    method: 'GET',
    path: '/apps/{appId}',
    scope: READ,
    answer: (stores, request) => toExpandedView(stores, stores.apps.get(request.params['appId'] ?? ''), request)
  }),
  ...([['activate', 'ACTIVE'], ['deactivate', 'INACTIVE']] as const).map(([operation, status]) => route({
    method: 'POST',
    path: `/apps/{appId}/lifecycle/${operation}`,
    scope: MANAGE,
    answer: ({ apps }, { params }) => {
      apps.setStatus(apps.get(params['appId'] ?? ''), status)
      return {}
    }
  }))
]

// `expand=user/{id}` embeds that user's assignment
function toExpandedView ({ users, appUsers, orgUrl }: AppStores, app: Application, { query }: ApiRequest): Record<string, unknown> {
  const view = toAppView(orgUrl, app)
  const [, userId] = /^user\/(.+)$/.exec(query['expand'] ?? '') ?? []
  const user = userId === undefined ? undefined : users.find(userId)
  const appUser = user && appUsers.find(app, user)
  return appUser ? { ...view, _embedded: { user: toAppUserView(orgUrl, appUser) } } : view
}
