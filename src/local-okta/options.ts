import type { FastifyServerOptions } from 'fastify'
import { defaultSeed } from './seed.js'
import type { LocalOktaSeed } from './seed.js'

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])
const GREATEST_PORT = 65535

/** How to start the local Okta. */
export interface LocalOktaOptions {
  /** Default 0: any free port. */
  port?: number
  /** A loopback address: `127.0.0.1` (the default), `::1` or `localhost`. */
  host?: string
  /** Members that are left out come from the shipped seed. */
  seed?: Partial<LocalOktaSeed>
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
  seed: LocalOktaSeed
  redirectUris: readonly string[]
  postLogoutRedirectUris: readonly string[]
  logger: FastifyServerOptions['logger']
}

/**
 * Checks the options and completes them; the seed is copied, so that a start
 * never changes it.
 *
 * @throws {TypeError} naming the option, for a host that is no loopback address, a port or URI that is none
 */
export function completeOptions (options: LocalOktaOptions): LocalOktaSettings {
  const { port = 0, host = '127.0.0.1', seed = {}, redirectUris = [], postLogoutRedirectUris = [], logger = false } = options
  if (!Number.isInteger(port) || port < 0 || port > GREATEST_PORT) {
    throw new TypeError(`port must be an integer from 0 to ${GREATEST_PORT}`)
  }
  if (!LOOPBACK.has(host)) throw new TypeError(`host must be a loopback address (${[...LOOPBACK].join(', ')}): the local Okta is for this machine only`)
  checkUris('redirectUris', redirectUris)
  checkUris('postLogoutRedirectUris', postLogoutRedirectUris)
  return { port, host, seed: structuredClone({ ...defaultSeed, ...seed }), redirectUris, postLogoutRedirectUris, logger }
}

function checkUris (option: string, uris: readonly string[]): void {
  for (const uri of uris) {
    if (typeof uri !== 'string' || !URL.canParse(uri)) throw new TypeError(`${option} must be absolute URIs: ${String(uri)} is none`)
  }
}
