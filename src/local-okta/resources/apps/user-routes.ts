import { invalid } from '../../kernel/errors.js'
import { readMember, readObject, readOptionalText, readText } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Stores } from '../../kernel/route.js'
import type { Selection } from '../../kernel/selection.js'
import { startsWith } from '../users/search.js'
import { userOf } from '../users/requested-user.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'
import { toListedUserView } from '../users/view.js'
import { AppUsers } from './app-users.js'
import type { Application, AppUser, AppUserSettings } from './application.js'
import { Applications } from './store.js'
import { toAppUserView } from './view.js'
import { appOf } from './requested-app.js'

const READ = 'okta.apps.read'
const MANAGE = 'okta.apps.manage'
const MAX_USER_NAME_LENGTH = 100
const STORES = { apps: Applications, appUsers: AppUsers, users: Users }

type AppUserStores = Stores<typeof STORES>

/** A user and the assignment, under the user's id: so a page of them is in the order of the users. */
interface AssignedUser {
  readonly id: string
  readonly user: User
  readonly appUser: AppUser
}

const { route, list } = routesOn(STORES)

/** `/apps/{appId}/users`: who is assigned to an app, and as whom. */
export const appUserRoutes = [
  list({
    path: '/apps/{appId}/users',
    scope: READ,
    page: { default: 50, max: 500 },
    items: (stores, request) => findAssignedUsers(stores, appOf(stores, request), request.query['q']),
    view: ({ orgUrl }, { user, appUser }, request) => toExpandedView(orgUrl, user, appUser, request)
  }),
  route({
    method: 'POST',
    path: '/apps/{appId}/users',
    scope: MANAGE,
    body: (body) => ({ ...readSettings(body), ...readAssignee(body) }),
    answer: (stores, request) => {
      const { id, scope, ...settings } = request.body
      const app = appOf(stores, request)
      const user = stores.users.get(id, request.principal)
      if (scope === 'USER') return toAppUserView(stores.orgUrl, stores.appUsers.assign(app, user, settings))
      return toAppUserView(stores.orgUrl, stores.appUsers.update(app, user, settings))
    }
  }),
  route({
    method: 'GET',
    path: '/apps/{appId}/users/{userId}',
    scope: READ,
    answer: (stores, request) => {
      const user = userOf(stores, request)
      return toExpandedView(stores.orgUrl, user, stores.appUsers.get(appOf(stores, request), user), request)
    }
  }),
  route({
    method: 'POST',
    path: '/apps/{appId}/users/{userId}',
    scope: MANAGE,
    body: readSettings,
    answer: (stores, request) =>
      toAppUserView(stores.orgUrl, stores.appUsers.update(appOf(stores, request), userOf(stores, request), request.body))
  }),
  route({
    method: 'DELETE',
    path: '/apps/{appId}/users/{userId}',
    scope: MANAGE,
    status: 204,
    answer: (stores, request) => {
      const [app, user] = [appOf(stores, request), userOf(stores, request)]
      stores.appUsers.get(app, user)
      stores.appUsers.unassign(app, user)
    }
  })
]

function findAssignedUsers ({ users, appUsers }: AppUserStores, app: Application, q?: string): Selection<AssignedUser> {
  return users.select((user) => {
    const appUser = appUsers.find(app, user)
    return appUser && (q === undefined || matches(user, appUser, q)) ? { id: user.id, user, appUser } : undefined
  })
}

function matches (user: User, { userName }: AppUser, q: string): boolean {
  return userName.toLowerCase().startsWith(q.toLowerCase()) || startsWith(user, q)
}

function toExpandedView (orgUrl: string, user: User, appUser: AppUser, { query }: ApiRequest): Record<string, unknown> {
  const view = toAppUserView(orgUrl, appUser)
  return query['expand'] === 'user' ? { ...view, _embedded: { user: toListedUserView(orgUrl, user) } } : view
}

function readAssignee (body: unknown): { id: string, scope: AppUser['scope'] } {
  const json = readObject(body)
  const scope = json['scope'] ?? 'USER'
  if (scope !== 'USER' && scope !== 'GROUP') throw invalid('scope', 'must be USER or GROUP')
  return { id: readText(json, 'id'), scope }
}

function readSettings (body: unknown): AppUserSettings {
  const json = readObject(body)
  const credentials = readMember(json, 'credentials')
  const userName = readOptionalText(credentials, 'userName')
  if (userName !== undefined && (userName === '' || userName.length > MAX_USER_NAME_LENGTH)) {
    throw invalid('credentials.userName', `must be 1 to ${MAX_USER_NAME_LENGTH} characters long`)
  }
  const password = readOptionalText(readMember(credentials, 'password'), 'value')
  return { userName, hasNewPassword: password !== undefined, profile: json['profile'] === undefined ? undefined : readMember(json, 'profile') }
}
