import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { askStore } from './optional-store.js'

/**
 * Where the processes of a fleet keep which messages were used, so that each message takes effect once. It may fail and be
 * slow: what takes longer than two seconds counts as failed.
 */
export interface UsedMessageStore {
  /**
   * Remembers a message. To look it up and to remember it must be one step.
   *
   * @param key identifies the message; a digest, so its length is fixed
   * @param expiresAtMs until when it must be remembered, in milliseconds since the epoch
   * @returns `false` if it was used before
   * @throws that cannot be determined: then this process decides alone
   */
  use (key: string, expiresAtMs: number): Promise<boolean>
  /** Removes a message that had no effect, since it may come again. */
  release (key: string): Promise<void>
}

/** Only messages that Okta has signed are kept, and it sends one for each user who is signed out. */
const MAX_ENTRIES = 100_000

/** A message, by what makes it unique (RFC 7519 section 4.1.7, RFC 8417 section 2.2). */
export interface MessageId {
  readonly type: string
  readonly issuer: string
  readonly jti: string
}

/**
 * The messages that were used here, and in the fleet if there is a store. While the store is unavailable, a message is used
 * once in each process.
 */
export class UsedMessages {
  readonly #here = new LRUCache<string, true>({ max: MAX_ENTRIES })
  readonly #store: UsedMessageStore | null

  constructor (store: UsedMessageStore | null) {
    this.#store = store
  }

  /** Whether the message is new; from now on it is not. Does not reject. */
  async use (id: MessageId, expiresAtMs: number): Promise<boolean> {
    const key = keyOf(id)
    const ttl = Math.max(1, Math.ceil(expiresAtMs - Date.now()))
    if (this.#here.has(key)) return false
    this.#here.set(key, true, { ttl })
    return await askStore(this.#store, async (store) => await store.use(key, expiresAtMs)) ?? true
  }

  /** For a message that could not take effect: Okta may send it again. Does not reject. */
  async release (id: MessageId): Promise<void> {
    const key = keyOf(id)
    this.#here.delete(key)
    await askStore(this.#store, async (store) => { await store.release(key) })
  }
}

function keyOf ({ type, issuer, jti }: MessageId): string {
  return createHash('sha256').update(JSON.stringify([type, issuer, jti])).digest('base64url')
}
