import { readClockSkewSeconds } from '../../oauth/clock-skew.js'
import { type FetchFailedError, fetchJson, type FetchedJson } from '../../oauth/fetch-json.js'
import { readKeySet, type KeySet } from '../../oauth/json-web-key-set.js'
import { stringAt, stringsAt } from '../json.js'

/** How long a document may take, in milliseconds. */
const TIMEOUT_MS = 10_000
const MAX_BYTES = 1024 * 1024

/** The metadata of an authorization server, as far as the checks need it. */
interface Metadata {
  /** The issuer that it names; empty if it names none. */
  readonly issuer: string
  readonly scopes: readonly string[]
  readonly tokenEndpoint: string
  /** How far this machine's clock is ahead; `undefined` if the response does not say. */
  readonly clockSkewSeconds: number | undefined
}

/** Reads what an authorization server publishes, once. */
export class Issuer {
  readonly #issuer: string
  #metadata: Promise<Metadata> | undefined

  constructor (issuer: string) {
    this.#issuer = issuer
  }

  /** @throws {FetchFailedError} */
  async readMetadata (): Promise<Metadata> {
    this.#metadata ??= this.#fetchMetadata()
    return await this.#metadata
  }

  /**
   * @throws {FetchFailedError}
   * @throws {TypeError} it is not a JWK Set
   */
  async readKeys (): Promise<KeySet> {
    const { document } = await this.#fetch('/v1/keys')
    return await readKeySet(document, new Map())
  }

  async #fetchMetadata (): Promise<Metadata> {
    const { document, headers } = await this.#fetch('/.well-known/openid-configuration')
    return {
      issuer: stringAt(document, 'issuer'),
      scopes: stringsAt(document, 'scopes_supported'),
      tokenEndpoint: stringAt(document, 'token_endpoint'),
      clockSkewSeconds: readClockSkewSeconds(headers)
    }
  }

  async #fetch (path: string): Promise<FetchedJson> {
    return await fetchJson(`${this.#issuer}${path}`, { headers: { accept: 'application/json' } }, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES })
  }
}

/** Why a document could not be fetched, such as `could not be reached (ECONNREFUSED)`. */
export function describeFetchFailure (error: FetchFailedError): string {
  return error.code === undefined ? error.message : `${error.message} (${error.code})`
}
