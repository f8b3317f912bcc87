import type { FastifyServerOptions } from 'fastify'
import type { JWK } from 'jose'
import { checkApplications } from './oauth/check-applications.js'
import { CLIENT_IDS, defaultSeed } from './seed.js'
import { checkSeed } from './seed-format.js'
import type { LocalOktaSeed } from './seed.js'
import { importKeyPair } from './tokens/signing-keys.js'
import type { KeyPair } from './tokens/signing-keys.js'

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])
const HOST_NAME = /^[a-z0-9._-]+$/i
const MAX_PORT = 65535

/** How to start the local Okta. */
export interface LocalOktaOptions {
  /** Default 0: any free port. */
  port?: number
  /** A loopback address: `127.0.0.1` (the default), `::1` or `localhost`. */
  host?: string
  /**
   * Host names at which requests are served beside the loopback's own (`localhost` and its subdomains, `127.0.0.0/8`,
   * `::1`), without a port. Default: none, so that a page elsewhere cannot reach the org by DNS rebinding.
   */
  allowedHosts?: string[]
  /** Members that are left out come from the shipped seed. */
  seed?: Partial<LocalOktaSeed>
  /**
   * Private RSA keys of the `default` server, of 2048 bits or more: the first signs, a second one will sign next. By default
   * they are made at each start. With keys of one's own a token outlasts a restart, and a start is quicker by the time it
   * takes to make them; the `kid` is the RFC 7638 thumbprint, whatever the key says.
   */
  signingKeys?: JWK[]
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
  allowedHosts: readonly string[]
  /** With the further URIs of the browser client. */
  seed: LocalOktaSeed
  signingKeys: readonly KeyPair[]
  logger: FastifyServerOptions['logger']
}

/**
 * Checks the options and completes them; the seed is copied, so that a start
 * never changes it.
 *
 * @throws {TypeError} naming the option, for a host that is no loopback address, a port, key or URI that is none
 */
export function completeOptions (options: LocalOktaOptions): LocalOktaSettings {
  const { port = 0, host = '127.0.0.1', allowedHosts = [], seed = {}, signingKeys = [], redirectUris = [], postLogoutRedirectUris = [], logger = false } = options
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new TypeError(`port must be an integer from 0 to ${MAX_PORT}`)
  }
  if (!LOOPBACK.has(host)) throw new TypeError(`host must be a loopback address (${[...LOOPBACK].join(', ')}): the local Okta is for this machine only`)
  checkHostNames(allowedHosts)
  checkUris('redirectUris', redirectUris)
  checkUris('postLogoutRedirectUris', postLogoutRedirectUris)
  return {
    port,
    host,
    allowedHosts: allowedHosts.map((name) => name.toLowerCase()),
    seed: completeSeed(seed, { redirectUris, postLogoutRedirectUris }),
    signingKeys: importKeys(signingKeys),
    logger
  }
}

function completeSeed (given: Partial<LocalOktaSeed>, further: { redirectUris: string[], postLogoutRedirectUris: string[] }): LocalOktaSeed {
  checkSeed(given)
  const seed = structuredClone({ ...defaultSeed, ...given })
  checkApplications(seed.applications)
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
    if (typeof uri !== 'string' || !URL.canParse(uri)) throw new TypeError(`${option} must be absolute URIs: ${String(uri)} is none`)
  }
}
