import { invalid, notFound } from '../../kernel/errors.js'
import { isObject, readFlag, readObject, readTexts } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { routesOn } from '../../kernel/route.js'
import type { Route } from '../../kernel/route.js'
import { Store } from '../../kernel/store.js'
import type { Entity } from '../../kernel/store.js'
import type { AuthorizationServerRecord } from './authorization-server.js'
import { serverOf } from './routes.js'
import { AuthorizationServers, serverTarget } from './store.js'
import { toServerView } from './view.js'

const READ = 'okta.authorizationServers.read'
const MANAGE = 'okta.authorizationServers.manage'
const ASSOCIATED = '/authorizationServers/{authServerId}/associatedServers'

/** That a server exchanges the tokens of another one. */
interface AssociatedServer extends Entity {
  readonly serverId: string
  readonly trustedId: string
}

/** Which authorization servers trust which. */
export class AssociatedServers extends Store<AssociatedServer> {
  readonly #servers: AuthorizationServers

  constructor (kernel: Kernel) {
    super(kernel)
    this.#servers = kernel.store(AuthorizationServers)
    this.#servers.onDelete(({ id }) => {
      for (const { id: association, serverId, trustedId } of this.all()) if (serverId === id || trustedId === id) this.remove(association)
    })
  }

  /** True if a server exchanges the tokens of another one. */
  isTrusted (serverId: string, trustedId: string): boolean {
    return this.findById(idOf(serverId, trustedId)) !== undefined
  }

  /** Those that a server trusts, or those that trust it. */
  of (server: AuthorizationServerRecord, { isTrusted }: { isTrusted: boolean }): AuthorizationServerRecord[] {
    const found = this.all().filter(({ serverId, trustedId }) => (isTrusted ? serverId : trustedId) === server.id)
    return found.flatMap(({ serverId, trustedId }) => this.#servers.findById(isTrusted ? trustedId : serverId) ?? [])
  }

  trust (server: AuthorizationServerRecord, trusted: AuthorizationServerRecord): void {
    if (this.isTrusted(server.id, trusted.id)) return
    this.insert({ id: idOf(server.id, trusted.id), serverId: server.id, trustedId: trusted.id })
    this.kernel.log.announce('app.oauth2.trusted_server.add', serverTarget(server), serverTarget(trusted))
  }

  /** @throws {OktaApiError} 404 E0000007 if it is not trusted */
  distrust (server: AuthorizationServerRecord, trustedId: string): void {
    if (!this.remove(idOf(server.id, trustedId))) throw notFound(trustedId, 'AuthorizationServer')
    this.kernel.log.announce('app.oauth2.trusted_server.delete', serverTarget(server))
  }
}

function idOf (serverId: string, trustedId: string): string {
  return `${serverId}:${trustedId}`
}

const { route } = routesOn({ servers: AuthorizationServers, associated: AssociatedServers })

/** `/authorizationServers/{authServerId}/associatedServers`. */
export const associatedServerRoutes: Route[] = [
  route({
    method: 'GET',
    path: ASSOCIATED,
    scope: READ,
    answer: (stores, request) => {
      const { q = '' } = request.query
      const found = stores.associated.of(serverOf(stores, request), { isTrusted: readFlag(request.query, 'trusted', true) })
      return found.filter(({ name }) => name.toLowerCase().startsWith(q.toLowerCase())).map((server) => toServerView(stores.orgUrl, server))
    }
  }),
  route({
    method: 'POST',
    path: ASSOCIATED,
    scope: MANAGE,
    body: readTrusted,
    answer: (stores, request) => {
      const server = serverOf(stores, request)
      const trusted = request.body.map((id) => {
        const found = stores.servers.findById(id)
        if (!found) throw invalid('trusted', `${id} is not an authorization server`)
        return found
      })
      for (const one of trusted) stores.associated.trust(server, one)
      return trusted.map((one) => toServerView(stores.orgUrl, one))
    }
  }),
  route({
    method: 'DELETE',
    path: `${ASSOCIATED}/{associatedServerId}`,
    scope: MANAGE,
    status: 204,
    answer: (stores, request) => { stores.associated.distrust(serverOf(stores, request), request.params['associatedServerId'] ?? '') }
  })
]

// `{"trusted":["aus…"]}` by the schema of the description, `[{"trusted":"aus…"}]` by its example
function readTrusted (body: unknown): string[] {
  if (!Array.isArray(body)) return readTexts(readObject(body), 'trusted')
  return body.flatMap((item: unknown) => isObject(item) ? readOneOrMore(item) : [])
}

function readOneOrMore (item: Json): string[] {
  return typeof item['trusted'] === 'string' ? [item['trusted']] : readTexts(item, 'trusted')
}
