import { createPublicKey } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import type { JWK } from 'jose'
import { invalid } from '../../kernel/errors.js'
import { readObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest } from '../../kernel/route.js'
import type { ClientKey } from './application.js'
import { Applications } from './store.js'
import { appOf } from './requested-app.js'

const READ = 'okta.apps.read'
const MANAGE = 'okta.apps.manage'
const STORES = { apps: Applications }
const MIN_RSA_BITS = 2048
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

const { route } = routesOn(STORES)

/** `/apps/{appId}/credentials/jwks`: the public keys of a client, for `private_key_jwt` and for encryption. */
export const clientKeyRoutes = [
  route({
    method: 'GET',
    path: '/apps/{appId}/credentials/jwks',
    scope: READ,
    answer: (stores, request) => appOf(stores, request).keys.map((key) => toKeyView(stores.orgUrl, request, key))
  }),
  route({
    method: 'POST',
    path: '/apps/{appId}/credentials/jwks',
    scope: MANAGE,
    status: 201,
    body: (body) => readNewKey(readObject(body)),
    answer: (stores, request) => toKeyView(stores.orgUrl, request, stores.apps.addKey(appOf(stores, request), request.body.jwk, request.body.status))
  }),
  route({
    method: 'GET',
    path: '/apps/{appId}/credentials/jwks/{keyId}',
    scope: READ,
    answer: (stores, request) => toKeyView(stores.orgUrl, request, stores.apps.keyOf(appOf(stores, request), request.params['keyId'] ?? ''))
  }),
  route({
    method: 'DELETE',
    path: '/apps/{appId}/credentials/jwks/{keyId}',
    scope: MANAGE,
    status: 204,
    answer: (stores, request) => { stores.apps.deleteKey(appOf(stores, request), request.params['keyId'] ?? '') }
  }),
  ...([['activate', 'ACTIVE'], ['deactivate', 'INACTIVE']] as const).map(([operation, status]) => route({
    method: 'POST',
    path: `/apps/{appId}/credentials/jwks/{keyId}/lifecycle/${operation}`,
    scope: MANAGE,
    answer: (stores, request) =>
      toKeyView(stores.orgUrl, request, stores.apps.setKeyStatus(appOf(stores, request), request.params['keyId'] ?? '', status))
  }))
]

/**
 * Reads a public key.
 *
 * @throws {OktaApiError} 400 E0000001 for a private key, an RSA key below 2048 bits, or what is not a key
 */
export function readPublicKey (json: Json): JWK {
  if (PRIVATE_MEMBERS.some((member) => member in json)) throw invalid('jwks', 'must hold public keys only')
  const { status, id, created, lastUpdated, _links, ...jwk } = json
  const { asymmetricKeyType, asymmetricKeyDetails } = importKey(jwk)
  if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS) {
    throw invalid('JsonWebKey', "RSA key length in the 'jwks' is less than '2,048' bits for the given key.")
  }
  return jwk as JWK
}

function importKey (jwk: Json) {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    throw invalid('JsonWebKey', 'The key is not a public key that can be read')
  }
}

function readNewKey (json: Json): { jwk: JWK, status: ClientKey['status'] } {
  const { status = 'ACTIVE' } = json
  if (status !== 'ACTIVE' && status !== 'INACTIVE') throw invalid('status', 'must be ACTIVE or INACTIVE')
  return { jwk: readPublicKey(json), status }
}

function toKeyView (orgUrl: string, { params }: ApiRequest, { id, status, created, lastUpdated, jwk }: ClientKey): Record<string, unknown> {
  const href = `${orgUrl}/api/v1/apps/${params['appId']}/credentials/jwks/${id}`
  const next = status === 'ACTIVE' ? 'deactivate' : 'activate'
  return {
    ...jwk,
    id,
    status,
    created,
    lastUpdated,
    _links: {
      [next]: { href: `${href}/lifecycle/${next}`, hints: { allow: ['POST'] } },
      ...(status === 'INACTIVE' ? { delete: { href, hints: { allow: ['DELETE'] } } } : {})
    }
  }
}
