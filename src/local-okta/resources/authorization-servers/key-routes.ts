import type { JWK } from 'jose'
import { invalid, notFound } from '../../kernel/errors.js'
import { readObject, readOptionalText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { Route } from '../../kernel/route.js'
import { ServerKeys } from '../../tokens/server-keys.js'
import type { PublicSigningKey } from '../../tokens/signing-keys.js'
import { serverOf } from './routes.js'
import { AuthorizationServers } from './store.js'

const READ = 'okta.authorizationServers.read'
const MANAGE = 'okta.authorizationServers.manage'
const KEYS = '/authorizationServers/{authServerId}/credentials/keys'

const { route } = routesOn({ servers: AuthorizationServers, keys: ServerKeys })

/** The signing keys of an authorization server. Rotation makes the next one active at once. */
export const serverKeyRoutes: Route[] = [
  route({
    method: 'GET',
    path: KEYS,
    scope: READ,
    answer: async (stores, request) => {
      const { id } = serverOf(stores, request)
      return toKeyViews(stores.orgUrl, id, (await stores.keys.of(id)).list())
    }
  }),
  route({
    method: 'GET',
    path: `${KEYS}/{keyId}`,
    scope: READ,
    answer: async (stores, request) => {
      const { id } = serverOf(stores, request)
      const { keyId = '' } = request.params
      const key = (await stores.keys.of(id)).list().find(({ kid }) => kid === keyId)
      if (!key) throw notFound(keyId, 'JsonWebKey')
      return toKeyView(stores.orgUrl, id, key)
    }
  }),
  route({
    method: 'POST',
    path: '/authorizationServers/{authServerId}/credentials/lifecycle/keyRotate',
    scope: MANAGE,
    body: readUse,
    answer: async (stores, request) => {
      const server = serverOf(stores, request)
      await stores.servers.rotateKeys(server)
      return toKeyViews(stores.orgUrl, server.id, (await stores.keys.of(server.id)).list())
    }
  })
]

function readUse (body: unknown): Json {
  const json = readObject(body)
  const use = readOptionalText(json, 'use')
  if (use !== undefined && use !== 'sig') throw invalid('use', 'must be sig')
  return json
}

function toKeyViews (orgUrl: string, serverId: string, keys: readonly PublicSigningKey[]): Json[] {
  return keys.map((key) => toKeyView(orgUrl, serverId, key))
}

function toKeyView (orgUrl: string, serverId: string, { kid, status, jwk }: PublicSigningKey): Json {
  return { ...jwk satisfies JWK, status, _links: { self: { href: `${orgUrl}/api/v1/authorizationServers/${serverId}/credentials/keys/${kid}`, hints: { allow: ['GET'] } } } }
}
