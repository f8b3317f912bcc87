import { createPrivateKey, randomUUID, type KeyObject } from 'node:crypto'
import { SignJWT, type JWK } from 'jose'

/** How this service proves to the authorization server who it is: a secret, or a private key (PEM or JWK; RSA or EC P-256). */
export type ClientCredentials =
  | {
    readonly clientId: string
    /** By `client_secret_basic`. */
    readonly clientSecret: string
  }
  | {
    readonly clientId: string
    /** By `private_key_jwt`: a PEM or a JWK, RSA or EC P-256. */
    readonly privateKey: string | Readonly<Record<string, unknown>>
    /** The id of the key, where the client has several. Default: the JWK's `kid`, if it has one. */
    readonly keyId?: string | undefined
  }

/** What to add to a request so that it is authenticated. */
export interface ClientAuthentication {
  readonly headers: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ASSERTION_LIFETIME_SECONDS = 300

/**
 * Makes the authentication of a client by `client_secret_basic` (RFC 6749 section 2.3.1) or `private_key_jwt`
 * (RFC 7523 section 2.2), with a new assertion for each request.
 *
 * @param endpoint the URL that will be called, which Okta wants as the audience of the assertion
 * @throws {TypeError} now, if the private key cannot be read
 */
export function createClientAuthentication (credentials: ClientCredentials, endpoint: string): () => Promise<ClientAuthentication> {
  const { clientId } = credentials
  if ('clientSecret' in credentials) {
    const basic = Buffer.from(`${encode(clientId)}:${encode(credentials.clientSecret)}`).toString('base64')
    const authentication = { headers: { authorization: `Basic ${basic}` }, parameters: {} }
    return async () => authentication
  }
  const key = readPrivateKey(credentials.privateKey)
  const alg = key.asymmetricKeyType === 'ec' ? 'ES256' : 'RS256'
  const kid = credentials.keyId ?? (credentials.privateKey as { kid?: string }).kid
  return async () => ({
    headers: {},
    parameters: {
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await new SignJWT()
        .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
        .setIssuer(clientId).setSubject(clientId).setAudience(endpoint).setJti(randomUUID())
        .setIssuedAt().setExpirationTime(`${ASSERTION_LIFETIME_SECONDS}s`)
        .sign(key)
    }
  })
}

function readPrivateKey (key: string | Readonly<Record<string, unknown>>): KeyObject {
  try {
    return createPrivateKey(typeof key === 'string' ? key : { key: key as JWK, format: 'jwk' } as never)
  } catch {
    // Its own message may quote the key.
    throw new TypeError('the privateKey must be a private key as PEM or JWK')
  }
}

/** application/x-www-form-urlencoded, as RFC 6749 section 2.3.1 wants it before base64. */
function encode (text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}
