import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { IssuerUnavailableError } from '../errors.js'
import type { ClientAuthentication } from './client-authentication.js'
import { fetchJson } from './fetch-json.js'
import { parseJsonObject } from './json-object.js'

export interface IntrospectionOptions {
  readonly endpoint: string
  readonly authenticateClient: () => Promise<ClientAuthentication>
  /** How long an answer may take, in milliseconds. */
  readonly timeoutMs: number
  /** How many tokens are asked about at once; a request beyond is answered 503. */
  readonly maxConcurrent: number
  /** Called with whatever a question failed with. */
  readonly onFailure?: (error: unknown) => void
}

/** What the authorization server says of an active token. */
export type IntrospectedToken = Record<string, unknown> & { readonly active: true }

const MAX_BYTES = 256 * 1024
/** A token that is not active is not asked about again for this long. One that is not active does not become so. */
const INACTIVE_FOR_MS = 10_000
const MAX_INACTIVE = 10_000

/**
 * Asks the authorization server about tokens (RFC 7662), since only it can say: tokens that are opaque, or signed with
 * keys that are not published. Questions about one token at one time are one. The token goes into the body of a POST, and nowhere else.
 *
 * Does NOT remember active tokens, nor check what is said about them.
 */
export class Introspection {
  readonly #options: IntrospectionOptions
  readonly #asked = new Map<string, Promise<IntrospectedToken | null>>()
  /** By digest: these texts are strangers'. */
  readonly #inactive = new LRUCache<string, true>({ max: MAX_INACTIVE, ttl: INACTIVE_FOR_MS })

  constructor (options: IntrospectionOptions) {
    this.#options = options
  }

  /**
   * @returns `null` if the token is not active
   * @throws {IssuerUnavailableError} the authorization server cannot be asked, refuses this service, or is asked too much already
   */
  async introspect (accessToken: string, _remoteAddress = ''): Promise<IntrospectedToken | null> {
    const digest = createHash('sha256').update(accessToken).digest('base64')
    if (this.#inactive.has(digest)) return null
    let answer = this.#asked.get(digest)
    if (answer === undefined) {
      if (this.#asked.size >= this.#options.maxConcurrent) throw new IssuerUnavailableError(1)
      answer = this.#ask(accessToken).finally(() => { this.#asked.delete(digest) })
      this.#asked.set(digest, answer)
    }
    const introspected = await answer
    if (introspected === null) this.#inactive.set(digest, true)
    return introspected
  }

  async #ask (accessToken: string): Promise<IntrospectedToken | null> {
    const { endpoint, authenticateClient, timeoutMs, onFailure } = this.#options
    try {
      const { headers, parameters } = await authenticateClient()
      const body = new URLSearchParams({ token: accessToken, token_type_hint: 'access_token', ...parameters })
      const init = { method: 'POST', headers: { accept: 'application/json', ...headers }, body }
      const { document } = await fetchJson(endpoint, init, { timeoutMs, maxBytes: MAX_BYTES, parse: parseJsonObject })
      const { active } = document as { active?: unknown }
      if (typeof active !== 'boolean') throw new TypeError('the answer does not say whether the token is active')
      return active ? document as IntrospectedToken : null
    } catch (cause) {
      onFailure?.(cause)
      throw new IssuerUnavailableError(1, { cause })
    }
  }
}
