import { isIP, isIPv6 } from 'node:net'
import type { FastifyServerOptions } from 'fastify'
import type { JWK } from 'jose'
import { checkApplications } from './oauth/check-applications.js'
import { createApiToken } from './kernel/identifiers.js'
import { EVERY_INTERFACE } from './listen-address.js'
import type { Network } from './listen-address.js'
import { CLIENT_IDS, defaultSeed } from './seed.js'
import { checkSeed } from './seed-format.js'
import { checkReferences } from './seed-references.js'
import type { LocalOktaSeed } from './seed.js'
import { importKeyPair } from './tokens/signing-keys.js'
import type { KeyPair } from './tokens/signing-keys.js'

const HOST_NAME = /^[a-z0-9._-]+$/i
const API_TOKEN = /^[\w-]{20,200}$/
const MAX_PORT = 65535

/** How to start the local Okta. */
export interface LocalOktaOptions {
  /** Default 0: any free port. */
  port?: number
  /**
   * An address or a name of this machine: where to listen, the host of every issuer, and a `Host` at which requests are
   * served. Default `127.0.0.1`. `0.0.0.0` and `::` are every interface, for containers; the issuers then have `localhost`.
   */
  host?: string
  /**
   * Where `host` may be: `loopback` (the default), `private` networks too, or `any`. Everybody who reaches the org can sign in
   * as anybody.
   */
  network?: Network
  /**
   * Host names at which requests are served beside the loopback's own (`localhost` and its subdomains, `127.0.0.0/8`,
   * `::1`), without a port. Default: none, so that a page elsewhere cannot reach the org by DNS rebinding.
   */
  allowedHosts?: string[]
  /** Members that are left out come from the shipped seed. */
  seed?: Partial<LocalOktaSeed>
  /**
   * Private RSA keys of the `default` server, of 2048 bits or more: the first signs, a second one will sign next. By default
   * new ones are made right after the start. With keys of one's own a token outlasts a restart, and the first token comes
   * some tenths of a second earlier; the `kid` is the RFC 7638 thumbprint, whatever the key says.
   */
  signingKeys?: JWK[]
  /**
   * The API token that the org starts with: 20 to 200 letters, digits, `_` and `-`. Default: a new one at each start. With one of
   * your own, services that have it as `OKTA_CLIENT_TOKEN` work on after a restart.
   */
  apiToken?: string
  /** Further redirect URIs of the browser client. */
  redirectUris?: string[]
  /** Further post-logout redirect URIs of the browser client. */
  postLogoutRedirectUris?: string[]
  /** Fastify's `logger` option. Default false: not a line. */
  logger?: FastifyServerOptions['logger']
}

/** The options, checked and complete. */
export interface LocalOktaSettings {
  port: number
  host: string
  network: Network
  allowedHosts: readonly string[]
  /** With the further URIs of the browser client. */
  seed: LocalOktaSeed
  signingKeys: readonly KeyPair[]
  apiToken: string
  logger: FastifyServerOptions['logger']
}

/**
 * Checks the options and completes them; the seed is copied, so that a start
 * never changes it.
 *
 * @throws {TypeError} naming the option, for a host, port, key or URI that is not one
 */
export function completeOptions (options: LocalOktaOptions): LocalOktaSettings {
  const {
    port = 0, host = '127.0.0.1', network = 'loopback', allowedHosts = [], seed = {}, signingKeys = [], redirectUris = [],
    postLogoutRedirectUris = [], apiToken = createApiToken(), logger = false
  } = options
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new TypeError(`port must be an integer from 0 to ${MAX_PORT}`)
  }
  if (typeof host !== 'string' || !(isIP(host) || HOST_NAME.test(host))) throw new TypeError('host must be an address or a host name, without a port')
  if (!['loopback', 'private', 'any'].includes(network)) throw new TypeError('network must be loopback, private or any')
  // no word of it: it may be that of a real org
  if (typeof apiToken !== 'string' || !API_TOKEN.test(apiToken)) throw new TypeError('apiToken must be 20 to 200 letters, digits, _ and -')
  checkHostNames(allowedHosts)
  checkUris('redirectUris', redirectUris)
  checkUris('postLogoutRedirectUris', postLogoutRedirectUris)
  return {
    port,
    host: host.toLowerCase(),
    network,
    // every interface is no name at which anybody needs to call
    allowedHosts: [...allowedHosts, ...(EVERY_INTERFACE.includes(host) ? [] : [hostHeaderOf(host)])].map((name) => name.toLowerCase()),
    seed: withUris(completeSeed(seed), { redirectUris, postLogoutRedirectUris }),
    signingKeys: importKeys(signingKeys),
    apiToken,
    logger
  }
}

/** As a URL and `Host` have it. */
export function hostHeaderOf (host: string): string {
  return isIPv6(host) ? `[${host}]` : host
}

/**
 * Completes a seed with the shipped one, and checks it as a start does. The seed that it returns is a copy.
 *
 * @throws {TypeError} naming the member and its rule
 */
export function completeSeed (given: Partial<LocalOktaSeed>): LocalOktaSeed {
  checkSeed(given)
  const seed = { ...defaultSeed, ...given }
  checkReferences(seed)
  checkApplications(seed.applications)
  return structuredClone(seed)
}

function withUris (seed: LocalOktaSeed, further: { redirectUris: string[], postLogoutRedirectUris: string[] }): LocalOktaSeed {
  const browser = seed.applications.find(({ clientId }) => clientId === CLIENT_IDS.browser)
  if (browser) {
    browser.redirectUris = [...new Set([...browser.redirectUris ?? [], ...further.redirectUris])]
    browser.postLogoutRedirectUris = [...new Set([...browser.postLogoutRedirectUris ?? [], ...further.postLogoutRedirectUris])]
  }
  return seed
}

function importKeys (jwks: readonly JWK[]): KeyPair[] {
  const keys = Array.from(jwks, (jwk) => importKeyPair(jwk))
  if (keys.length > 2 || new Set(keys.map((key) => key?.kid)).size < keys.length || !keys.every((key) => key !== undefined)) {
    // no word of the keys: they are private
    throw new TypeError('signingKeys must be one or two different private RSA keys, as JWKs, of 2048 bits or more')
  }
  return keys
}

function checkHostNames (names: readonly string[]): void {
  for (const name of names) {
    if (typeof name !== 'string' || !HOST_NAME.test(name)) {
      throw new TypeError(`allowedHosts must be an array of host names without a port: ${String(name)} is not one`)
    }
  }
}

function checkUris (option: string, uris: readonly string[]): void {
  for (const uri of uris) {
    if (typeof uri !== 'string' || !URL.canParse(uri)) throw new TypeError(`${option} must be absolute URIs: ${String(uri)} is not one`)
  }
}
