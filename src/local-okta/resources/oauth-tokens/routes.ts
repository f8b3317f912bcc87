import { notFound } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route, Stores } from '../../kernel/route.js'
import type { Application } from '../apps/application.js'
import { Applications } from '../apps/store.js'
import { AuthorizationServers } from '../authorization-servers/store.js'
import { Users } from '../users/store.js'
import { RefreshTokens } from './refresh-tokens.js'
import type { IdentifiedRefreshToken, RefreshTokenFilter } from './refresh-tokens.js'

const STORES = { tokens: RefreshTokens, users: Users, apps: Applications, servers: AuthorizationServers }
const PAGE = { default: 20, max: 200 }
const USER_CLIENT = '/users/{userId}/clients/{clientId}'

type TokenStores = Stores<typeof STORES>

const { route, list } = routesOn(STORES)

/** What has refresh tokens: by its path, and the area of the scope. */
const OWNERS: ReadonlyArray<{ readonly path: string, readonly area: string }> = [
  { path: '/apps/{appId}', area: 'okta.apps' },
  { path: USER_CLIENT, area: 'okta.users' },
  { path: '/authorizationServers/{authServerId}/clients/{clientId}', area: 'okta.authorizationServers' }
]

/** `…/tokens` of an app, of a user and a client, and of an authorization server and a client. */
export const oauthTokenRoutes: Route[] = [
  ...OWNERS.flatMap(({ path, area }) => tokenRoutes(path, `${area}.read`, `${area}.manage`)),
  route({
    method: 'GET',
    path: '/authorizationServers/{authServerId}/clients',
    scope: 'okta.authorizationServers.read',
    answer: (stores, request) => clientsOf(stores, filterOf(stores, request))
  }),
  route({ method: 'GET', path: '/users/{userId}/clients', scope: 'okta.users.read', answer: (stores, request) => clientsOf(stores, filterOf(stores, request)) }),
  ...['/users/{userId}/grants', `${USER_CLIENT}/grants`].flatMap((path) => [
    route({ method: 'GET', path, scope: 'okta.users.read', answer: (stores, request) => filterOf(stores, request) && [] }),
    route({ method: 'DELETE', path, scope: 'okta.users.manage', status: 204, answer: (stores, request) => { filterOf(stores, request) } })
  ]),
  route({ method: 'GET', path: '/users/{userId}/grants/{grantId}', scope: 'okta.users.read', answer: refuseGrant }),
  route({ method: 'DELETE', path: '/users/{userId}/grants/{grantId}', scope: 'okta.users.manage', status: 204, answer: refuseGrant }),
  route({ method: 'GET', path: '/users/{id}/appLinks', scope: 'okta.users.read', answer: (stores, request) => appLinksOf(stores, request) })
]

function tokenRoutes (path: string, read: string, manage: string): Route[] {
  return [
    list({ path: `${path}/tokens`, scope: read, page: PAGE, items: (stores, request) => stores.tokens.find(filterOf(stores, request)), view: (stores, token) => toTokenView(stores, token) }),
    route({ method: 'DELETE', path: `${path}/tokens`, scope: manage, status: 204, answer: (stores, request) => { stores.tokens.revoke(stores.tokens.find(filterOf(stores, request))) } }),
    route({ method: 'GET', path: `${path}/tokens/{tokenId}`, scope: read, answer: (stores, request) => toTokenView(stores, tokenOf(stores, request)) }),
    route({ method: 'DELETE', path: `${path}/tokens/{tokenId}`, scope: manage, status: 204, answer: (stores, request) => { stores.tokens.revoke([tokenOf(stores, request)]) } })
  ]
}

// what the path names must exist
function filterOf ({ users, apps, servers }: TokenStores, { params, principal }: ApiRequest): RefreshTokenFilter {
  const { userId, appId, clientId = appId, authServerId } = params
  if (authServerId !== undefined && !servers.findById(authServerId)) throw notFound(authServerId, 'AuthorizationServer')
  return {
    ...(authServerId === undefined ? {} : { serverId: authServerId }),
    ...(clientId === undefined ? {} : { clientId: apps.get(clientId).id }),
    ...(userId === undefined ? {} : { userId: users.get(userId, principal).id })
  }
}

function tokenOf (stores: TokenStores, request: ApiRequest): IdentifiedRefreshToken {
  const { tokenId = '' } = request.params
  const token = stores.tokens.find(filterOf(stores, request)).find(({ id }) => id === tokenId)
  if (!token) throw notFound(tokenId, 'Token')
  return token
}

function refuseGrant (stores: TokenStores, request: ApiRequest): never {
  filterOf(stores, request)
  throw notFound(request.params['grantId'] ?? '', 'OAuth2ScopeConsentGrant')
}

function clientsOf (stores: TokenStores, filter: RefreshTokenFilter): Json[] {
  const ids = new Set(stores.tokens.find(filter).map(({ clientId }) => clientId))
  return [...ids].flatMap((id) => stores.apps.findById(id) ?? []).map((app) => ({ ...toClientView(app), _links: { grants: { href: `${stores.orgUrl}/api/v1/apps/${app.id}/grants` }, tokens: { href: `${stores.orgUrl}/api/v1/apps/${app.id}/tokens` } } }))
}

function toClientView ({ id, label }: Application): Json {
  return { client_id: id, client_name: label, client_uri: null, logo_uri: null }
}

function toTokenView ({ orgUrl, servers }: TokenStores, { id, serverId, clientId, userId, scopes, issuedAt, expiresAt }: IdentifiedRefreshToken): Json {
  const created = new Date(issuedAt).toISOString()
  return {
    id,
    status: 'ACTIVE',
    created,
    lastUpdated: created,
    ...(expiresAt === null ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    issuer: servers.findById(serverId) ? `${orgUrl}/oauth2/${serverId}` : orgUrl,
    clientId,
    ...(userId === undefined ? {} : { userId }),
    scopes,
    _links: { app: { href: `${orgUrl}/api/v1/apps/${clientId}` }, authorizationServer: { href: `${orgUrl}/api/v1/authorizationServers/${serverId}` } }
  }
}

// what the user would see on the dashboard
function appLinksOf ({ users, apps, orgUrl }: TokenStores, { params, principal }: ApiRequest): Json[] {
  const user = users.get(params['id'] ?? '', principal)
  const assigned = apps.all().filter(({ id, status }) => status === 'ACTIVE' && apps.assignmentOf(id, user.id) !== undefined)
  return assigned.map(({ id, name, label }, index) => ({
    id: `${id}${user.id.slice(-4)}`,
    label,
    linkUrl: `${orgUrl}/home/${name}/${id}`,
    appName: name,
    appInstanceId: id,
    appAssignmentId: `${id}:${user.id}`,
    credentialsSetup: false,
    hidden: false,
    sortOrder: index
  }))
}
