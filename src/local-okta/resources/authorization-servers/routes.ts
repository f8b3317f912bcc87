import { invalid, notFound, OktaApiError } from '../../kernel/errors.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route, Stores } from '../../kernel/route.js'
import type { AuthorizationServerRecord } from './authorization-server.js'
import { ServerClaims, ServerScopes } from './parts.js'
import { readClaim, readScope, readServer } from './read.js'
import { AuthorizationServers } from './store.js'
import { toClaimView, toScopeView, toServerView } from './view.js'

const READ = 'okta.authorizationServers.read'
const MANAGE = 'okta.authorizationServers.manage'
const STORES = { servers: AuthorizationServers, scopes: ServerScopes, claims: ServerClaims }
const SERVER = '/authorizationServers/{authServerId}'

type ServerStores = Stores<typeof STORES>

const { route, list } = routesOn(STORES)

/** `/authorizationServers`: the custom authorization servers, their scopes and their claims. */
export const serverRoutes: Route[] = [
  list({
    path: '/authorizationServers',
    scope: READ,
    page: { default: 200, max: 200 },
    items: ({ servers }, { query: { q = '' } }) => servers.all().filter(({ name, audiences }) =>
      [name, ...audiences].some((text) => text.toLowerCase().includes(q.toLowerCase()))),
    view: ({ orgUrl }, server) => toServerView(orgUrl, server)
  }),
  route({
    method: 'POST',
    path: '/authorizationServers',
    scope: MANAGE,
    status: 201,
    body: readServer,
    answer: ({ servers, scopes, orgUrl }, { body }) => {
      rejectTaken(servers.all(), body.name)
      const server = servers.create(body)
      scopes.addSystemScopes(server.id)
      return toServerView(orgUrl, server)
    }
  }),
  route({ method: 'GET', path: SERVER, scope: READ, answer: (stores, request) => toServerView(stores.orgUrl, serverOf(stores, request)) }),
  route({
    method: 'PUT',
    path: SERVER,
    scope: MANAGE,
    body: readServer,
    answer: (stores, request) => {
      const server = serverOf(stores, request)
      rejectTaken(stores.servers.all(), request.body.name, server.id)
      return toServerView(stores.orgUrl, stores.servers.update(server, request.body))
    }
  }),
  route({ method: 'DELETE', path: SERVER, scope: MANAGE, status: 204, answer: (stores, request) => { stores.servers.delete(serverOf(stores, request)) } }),
  ...([['activate', 'ACTIVE'], ['deactivate', 'INACTIVE']] as const).map(([operation, status]) => route({
    method: 'POST',
    path: `${SERVER}/lifecycle/${operation}`,
    scope: MANAGE,
    status: 204,
    answer: (stores, request) => { stores.servers.update(serverOf(stores, request), { status }) }
  })),
  list({
    path: `${SERVER}/scopes`,
    scope: READ,
    page: { default: 200, max: 200 },
    items: (stores, request) => stores.scopes.ofServer(serverOf(stores, request).id).filter(({ name }) => name.startsWith(request.query['q'] ?? '')),
    view: ({ orgUrl }, scope) => toScopeView(orgUrl, scope)
  }),
  route({
    method: 'POST',
    path: `${SERVER}/scopes`,
    scope: MANAGE,
    status: 201,
    body: readScope,
    answer: (stores, request) => {
      const { id: serverId } = serverOf(stores, request)
      rejectTaken(stores.scopes.ofServer(serverId), request.body.name)
      return toScopeView(stores.orgUrl, stores.scopes.create({ ...request.body, serverId, system: false }))
    }
  }),
  route({ method: 'GET', path: `${SERVER}/scopes/{scopeId}`, scope: READ, answer: (stores, request) => toScopeView(stores.orgUrl, scopeOf(stores, request)) }),
  route({
    method: 'PUT',
    path: `${SERVER}/scopes/{scopeId}`,
    scope: MANAGE,
    body: readScope,
    answer: (stores, request) => {
      const scope = scopeOf(stores, request)
      rejectTaken(stores.scopes.ofServer(scope.serverId), request.body.name, scope.id)
      if (scope.system && request.body.name !== scope.name) throw invalid('name', 'The name of a system scope cannot be changed')
      return toScopeView(stores.orgUrl, stores.scopes.update(scope, request.body))
    }
  }),
  route({
    method: 'DELETE',
    path: `${SERVER}/scopes/{scopeId}`,
    scope: MANAGE,
    status: 204,
    answer: (stores, request) => {
      const scope = scopeOf(stores, request)
      if (scope.system) throw new OktaApiError('E0000006')
      stores.scopes.delete(scope)
    }
  }),
  list({
    path: `${SERVER}/claims`,
    scope: READ,
    page: { default: 200, max: 200 },
    items: (stores, request) => stores.claims.ofServer(serverOf(stores, request).id),
    view: ({ orgUrl }, claim) => toClaimView(orgUrl, claim)
  }),
  route({
    method: 'POST',
    path: `${SERVER}/claims`,
    scope: MANAGE,
    status: 201,
    body: readClaim,
    answer: (stores, request) => {
      const { id: serverId } = serverOf(stores, request)
      rejectTaken(stores.claims.ofServer(serverId).filter(({ claimType }) => claimType === request.body.claimType), request.body.name)
      return toClaimView(stores.orgUrl, stores.claims.create({ ...request.body, serverId, system: false }))
    }
  }),
  route({ method: 'GET', path: `${SERVER}/claims/{claimId}`, scope: READ, answer: (stores, request) => toClaimView(stores.orgUrl, claimOf(stores, request)) }),
  route({
    method: 'PUT',
    path: `${SERVER}/claims/{claimId}`,
    scope: MANAGE,
    body: readClaim,
    answer: (stores, request) => toClaimView(stores.orgUrl, stores.claims.update(claimOf(stores, request), request.body))
  }),
  route({ method: 'DELETE', path: `${SERVER}/claims/{claimId}`, scope: MANAGE, status: 204, answer: (stores, request) => { stores.claims.delete(claimOf(stores, request)) } })
]

/** The server that a request is about. @throws {OktaApiError} 404 E0000007 */
export function serverOf ({ servers }: { readonly servers: AuthorizationServers }, { params }: ApiRequest): AuthorizationServerRecord {
  const id = params['authServerId'] ?? ''
  const server = servers.findById(id)
  if (!server) throw notFound(id, 'AuthorizationServer')
  return server
}

/** @throws {OktaApiError} 400 E0000001 if another of them has the name */
export function rejectTaken (others: ReadonlyArray<{ readonly id: string, readonly name: string }>, name: string, byOtherThan?: string): void {
  if (others.some((other) => other.id !== byOtherThan && other.name === name)) {
    throw invalid('name', 'An object with this field already exists in the current organization')
  }
}

function scopeOf (stores: ServerStores, request: ApiRequest) {
  const id = request.params['scopeId'] ?? ''
  const scope = stores.scopes.findById(id)
  if (scope?.serverId !== serverOf(stores, request).id) throw notFound(id, 'OAuth2Scope')
  return scope
}

function claimOf (stores: ServerStores, request: ApiRequest) {
  const id = request.params['claimId'] ?? ''
  const claim = stores.claims.findById(id)
  if (claim?.serverId !== serverOf(stores, request).id) throw notFound(id, 'OAuth2Claim')
  return claim
}
