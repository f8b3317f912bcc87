import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { IssuerUnavailableError } from '../errors.js'
import type { ClientAuthentication } from './client-authentication.js'
import { FairQueue, QueueFullError } from './fair-queue.js'
import { fetchJson } from './fetch-json.js'
import { parseJsonObject, withoutByteOrderMark } from './json-object.js'
import { networkOf } from './client-network.js'

export interface IntrospectionClientOptions {
  readonly endpoint: string
  readonly authenticateClient: () => Promise<ClientAuthentication>
  /** How long an answer may take, in milliseconds; and how long a request may wait for its turn. */
  readonly timeoutMs: number
  /** How many tokens are introspected at once; further requests wait for their turn. */
  readonly maxConcurrent: number
  /** Called with what an introspection failed with. */
  readonly onFailure?: (error: unknown) => void
}

/** What the authorization server says of an active token. */
export type IntrospectedToken = Record<string, unknown> & { readonly active: true }

const MAX_BYTES = 256 * 1024
/** An inactive token is not introspected again for this long. An inactive token does not become active. */
const INACTIVE_FOR_MS = 10_000
const MAX_INACTIVE = 10_000
/** Of how many tokens it is known whose they are. */
const MAX_KNOWN = 10_000
/** Requests that may wait, in multiples of those that are answered at once. */
const MAX_WAITING_FACTOR = 16
const MAX_WAITING_PER_CALLER_FACTOR = 8

/**
 * Asks the authorization server about tokens (RFC 7662): tokens that are opaque, or signed with keys that are not
 * published. One token is introspected once at a time. The token goes into the body of a POST, and nowhere else.
 *
 * Requests beyond `maxConcurrent` wait in a short queue, in which callers take turns. Of a token that was active before,
 * the caller is known. Of any other it is not known before the answer, so it counts for the address that it comes from
 * (an IPv6 address for its /64): random tokens of one address do not keep those of others waiting. Callers behind one
 * address, as that of a proxy that is not trusted, share its turn.
 *
 * Does NOT keep active tokens, nor check what is said about them.
 */
export class Introspection {
  readonly #options: IntrospectionClientOptions
  readonly #queue: FairQueue
  readonly #pending = new Map<string, Promise<IntrospectedToken | null>>()
  /** Keyed by digest; the tokens are untrusted input. */
  readonly #inactive = new LRUCache<string, true>({ max: MAX_INACTIVE, ttl: INACTIVE_FOR_MS })
  /** Whose a token was when it was last active, by digest. */
  readonly #callers = new LRUCache<string, string>({ max: MAX_KNOWN })

  constructor (options: IntrospectionClientOptions) {
    const { maxConcurrent, timeoutMs } = options
    this.#options = options
    this.#queue = new FairQueue({
      maxConcurrent,
      maxWaiting: maxConcurrent * MAX_WAITING_FACTOR,
      maxWaitingPerCaller: maxConcurrent * MAX_WAITING_PER_CALLER_FACTOR,
      maxWaitMs: timeoutMs
    })
  }

  /**
   * @param remoteAddress where the request comes from; requests without one share a turn
   * @returns `null` if the token is inactive
   * @throws {IssuerUnavailableError} the authorization server is unavailable, refuses this service, or too many wait already
   */
  async introspect (accessToken: string, remoteAddress = ''): Promise<IntrospectedToken | null> {
    const digest = createHash('sha256').update(accessToken).digest('base64')
    if (this.#inactive.has(digest)) return null
    const pending = this.#pending.get(digest)
    if (pending !== undefined) return await pending
    const answer = this.#introspectInTurn(accessToken, digest, remoteAddress).finally(() => { this.#pending.delete(digest) })
    this.#pending.set(digest, answer)
    return await answer
  }

  async #introspectInTurn (accessToken: string, digest: string, remoteAddress: string): Promise<IntrospectedToken | null> {
    const caller = this.#callers.get(digest) ?? `address ${networkOf(remoteAddress)}`
    try {
      const introspected = await this.#queue.run(caller, async () => await this.#ask(accessToken))
      if (introspected === null) this.#inactive.set(digest, true)
      else this.#callers.set(digest, callerOf(introspected))
      return introspected
    } catch (error) {
      throw error instanceof QueueFullError ? new IssuerUnavailableError(1, { cause: error }) : error
    }
  }

  async #ask (accessToken: string): Promise<IntrospectedToken | null> {
    const { endpoint, authenticateClient, timeoutMs, onFailure } = this.#options
    try {
      const { headers, parameters } = await authenticateClient()
      const body = new URLSearchParams({ token: accessToken, token_type_hint: 'access_token', ...parameters })
      const init = { method: 'POST', headers: { accept: 'application/json', ...headers }, body }
      const parse = (bytes: Buffer): unknown => parseJsonObject(withoutByteOrderMark(bytes))
      const { document } = await fetchJson(endpoint, init, { timeoutMs, maxBytes: MAX_BYTES, parse })
      const { active } = document as { active?: unknown }
      if (typeof active !== 'boolean') throw new TypeError('the response does not say whether the token is active')
      return active ? document as IntrospectedToken : null
    } catch (cause) {
      onFailure?.(cause)
      throw new IssuerUnavailableError(1, { cause })
    }
  }
}

/** The user, or the client that acts for itself, however many tokens it has. */
function callerOf ({ sub, client_id: clientId }: IntrospectedToken): string {
  return createHash('sha256').update(JSON.stringify(['caller', typeof sub === 'string' ? sub : clientId])).digest('base64')
}
