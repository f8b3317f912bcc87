import { createPublicKey } from 'node:crypto'
import { invalid, notFound } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import { readObject, readOptionalText, readText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route, Stores } from '../../kernel/route.js'
import { Store } from '../../kernel/store.js'
import type { Entity } from '../../kernel/store.js'
import type { AuthorizationServerRecord } from './authorization-server.js'
import { serverOf } from './routes.js'
import { AuthorizationServers, serverTarget } from './store.js'

const READ = 'okta.authorizationServers.read'
const MANAGE = 'okta.authorizationServers.manage'
const KEYS = '/authorizationServers/{authServerId}/resourceservercredentials/keys'
const MAX_KEYS = 5
const MIN_BITS = 2048

/** A public key with which access tokens would be encrypted for a resource server. The local Okta does NOT encrypt any. */
interface ResourceServerKey extends Entity {
  readonly serverId: string
  readonly kid: string
  readonly e: string
  readonly n: string
  readonly status: 'ACTIVE' | 'INACTIVE'
}

/** The keys of the resource servers, of which one for each authorization server is active. */
export class ResourceServerKeys extends Store<ResourceServerKey> {
  constructor (kernel: Kernel) {
    super(kernel)
    kernel.store(AuthorizationServers).onDelete(({ id }) => { for (const key of this.ofServer(id)) this.remove(key.id) })
  }

  ofServer (serverId: string): ResourceServerKey[] {
    return this.all().filter((key) => key.serverId === serverId)
  }

  /** @throws {OktaApiError} 404 E0000007 */
  get (server: AuthorizationServerRecord, id: string): ResourceServerKey {
    const key = this.findById(id)
    if (key?.serverId !== server.id) throw notFound(id, 'JsonWebKey')
    return key
  }

  /** @throws {OktaApiError} 400 E0000001 for a key id that is taken, and if there are five */
  add (server: AuthorizationServerRecord, key: Pick<ResourceServerKey, 'kid' | 'e' | 'n'>): ResourceServerKey {
    const keys = this.ofServer(server.id)
    if (keys.some(({ kid }) => kid === key.kid)) throw invalid('JsonWebKey', "Each key must have a unique ''kid''.")
    if (keys.length >= MAX_KEYS) {
      throw invalid('JsonWebKey', "You can't create a new key. You have reached the maximum number of keys allowed (5). To add another key, you must first delete an existing one.")
    }
    return this.#announce(server, this.insert({ id: createId('apk'), serverId: server.id, ...key, status: 'INACTIVE' }))
  }

  /** Makes this key the active one, and the one before inactive. */
  activate (server: AuthorizationServerRecord, key: ResourceServerKey): ResourceServerKey {
    for (const other of this.ofServer(server.id)) if (other.status === 'ACTIVE' && other.id !== key.id) this.change(other.id, { status: 'INACTIVE' })
    return this.#announce(server, this.change(key.id, { status: 'ACTIVE' }))
  }

  deactivate (server: AuthorizationServerRecord, key: ResourceServerKey): ResourceServerKey {
    return this.#announce(server, this.change(key.id, { status: 'INACTIVE' }))
  }

  /** @throws {OktaApiError} 400 E0000001 while the key is active */
  delete (server: AuthorizationServerRecord, key: ResourceServerKey): void {
    if (key.status === 'ACTIVE') throw invalid('JsonWebKey', "''ACTIVE'' keys cannot be deleted. Activate another key before deleting this one.")
    this.remove(key.id)
    this.#announce(server, key)
  }

  #announce (server: AuthorizationServerRecord, key: ResourceServerKey): ResourceServerKey {
    this.kernel.log.announce('oauth2.as.resource_server_key.update', serverTarget(server))
    return key
  }
}

const STORES = { servers: AuthorizationServers, keys: ResourceServerKeys }

const { route } = routesOn(STORES)

/** `/authorizationServers/{authServerId}/resourceservercredentials/keys`. */
export const resourceServerKeyRoutes: Route[] = [
  route({ method: 'GET', path: KEYS, scope: READ, answer: (stores, request) => stores.keys.ofServer(serverOf(stores, request).id).map((key) => toKeyView(stores.orgUrl, key)) }),
  route({ method: 'POST', path: KEYS, scope: MANAGE, status: 201, body: readKey, answer: (stores, request) => toKeyView(stores.orgUrl, stores.keys.add(serverOf(stores, request), request.body)) }),
  route({ method: 'GET', path: `${KEYS}/{keyId}`, scope: READ, answer: (stores, request) => toKeyView(stores.orgUrl, keyOf(stores, request)) }),
  route({ method: 'DELETE', path: `${KEYS}/{keyId}`, scope: MANAGE, status: 204, answer: (stores, request) => { stores.keys.delete(serverOf(stores, request), keyOf(stores, request)) } }),
  ...(['activate', 'deactivate'] as const).map((verb) => route({
    method: 'POST',
    path: `${KEYS}/{keyId}/lifecycle/${verb}`,
    scope: MANAGE,
    answer: (stores, request) => toKeyView(stores.orgUrl, stores.keys[verb](serverOf(stores, request), keyOf(stores, request)))
  }))
]

function keyOf (stores: Stores<typeof STORES>, request: ApiRequest): ResourceServerKey {
  return stores.keys.get(serverOf(stores, request), request.params['keyId'] ?? '')
}

function toKeyView (orgUrl: string, { id, serverId, kid, e, n, status, created, lastUpdated }: ResourceServerKey): Json {
  const href = `${orgUrl}/api/v1/authorizationServers/${serverId}/resourceservercredentials/keys/${id}`
  const links = { activate: { href: `${href}/lifecycle/activate`, hints: { allow: ['POST'] } }, delete: { href, hints: { allow: ['DELETE'] } } }
  return { id, kid, kty: 'RSA', use: 'enc', e, n, status, created, lastUpdated, ...(status === 'ACTIVE' ? {} : { _links: links }) }
}

function readKey (body: unknown): Pick<ResourceServerKey, 'kid' | 'e' | 'n'> {
  const json = readObject(body)
  const [kid, e, n] = [readText(json, 'kid'), readText(json, 'e'), readText(json, 'n')]
  if (readOptionalText(json, 'status') === 'ACTIVE') throw invalid('JsonWebKey', "Keys cannot be created with an ''ACTIVE'' status. Create an ''INACTIVE'' key and then activate it.")
  if (bitsOf(e, n) < MIN_BITS) throw invalid('JsonWebKey', "RSA key length in the 'jwks' is less than '2,048' bits for the given key.")
  return { kid, e, n }
}

function bitsOf (e: string, n: string): number {
  try {
    return createPublicKey({ key: { kty: 'RSA', e, n }, format: 'jwk' }).asymmetricKeyDetails?.modulusLength ?? 0
  } catch {
    return 0
  }
}
