import { createPublicKey } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import type { JWK } from 'jose'
import { invalid } from '../../kernel/errors.js'
import { readObject } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { ClientKey } from './application.js'
import { credentialRoutes, readStatus } from './client-credentials.js'

const MIN_RSA_BITS = 2048
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** `/apps/{appId}/credentials/jwks`: the public keys of a client, for `private_key_jwt` and for encryption. */
export const clientKeyRoutes = credentialRoutes({
  name: 'jwks',
  idName: 'keyId',
  list: ({ keys }) => keys,
  read: readNewKey,
  add: (apps, app, { jwk, status }) => apps.addKey(app, jwk, status),
  get: (apps, app, id) => apps.keyOf(app, id),
  setStatus: (apps, app, id, status) => apps.setKeyStatus(app, id, status),
  remove: (apps, app, id) => { apps.deleteKey(app, id) },
  view: ({ jwk }) => ({ ...jwk })
})

function readNewKey (body: unknown): { jwk: JWK, status: ClientKey['status'] } {
  const json = readObject(body)
  return { status: readStatus(json), jwk: readPublicKey(json) }
}

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
