import type { ApiCredentials } from './okta-http.js'
import { ServiceAppCredentials } from './service-app.js'

/** An API token (SSWS), or a service app that signs with its private key (needs `okta.users.read`, `okta.groups.read`; `okta.users.manage` to change profiles). */
export type DirectoryCredentials =
  | {
    /** An API token. It has the rights of the administrator who created it. */
    readonly token: string
  }
  | {
    /** The client id of a service app of the org. */
    readonly clientId: string
    /** Granted to the app: `okta.users.read`, `okta.groups.read`; `okta.users.manage` to change profiles. */
    readonly scopes: readonly string[]
    /** The app's private key, as a PEM or a JWK; RSA or EC P-256. */
    readonly privateKey: string | Readonly<Record<string, unknown>>
    /** The id of the key, if the app has several. Default: the JWK's `kid`, if it has one. */
    readonly keyId?: string | undefined
  }

interface ApiCredentialsOptions {
  readonly orgUrl: string
  readonly credentials: DirectoryCredentials
  /** For a request for an access token, in milliseconds. */
  readonly timeoutMs: number
}

/**
 * @throws {TypeError} the credentials cannot be used; does not quote them
 */
export function createApiCredentials ({ orgUrl, credentials, timeoutMs }: ApiCredentialsOptions): ApiCredentials {
  if (!('token' in credentials)) return new ServiceAppCredentials({ orgUrl, timeoutMs, ...credentials })
  // Anything else cannot be sent in a header, and what the network says then quotes it.
  if (!/^[\x21-\x7e]+$/.test(credentials.token)) {
    throw new TypeError('directory.token must be visible ASCII characters only: it has a space, a line break or another character that an API token does not have')
  }
  const headers = { authorization: `SSWS ${credentials.token}` }
  return { name: 'API token', headersFor: async () => headers, renew: () => false }
}
