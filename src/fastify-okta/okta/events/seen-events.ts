import { LRUCache } from 'lru-cache'

/** Okta repeats a delivery at most once, and soon; the System Log is read at intervals of minutes at most. */
const KEEP_FOR_MS = 3_600_000
const MAX_KEPT = 10_000
/** Okta's ids are UUIDs. */
const MAX_ID_LENGTH = 64

/** The events and deliveries that this process has seen: the same event comes by an event hook and by the System Log. */
export class SeenEvents {
  readonly #ids = new LRUCache<string, true>({ max: MAX_KEPT, ttl: KEEP_FOR_MS })

  /**
   * Whether it is new; from now on it is not. What has no id that can be kept is always new: that an event takes effect twice
   * does no harm.
   */
  add (kind: 'delivery' | 'event', id: unknown): boolean {
    if (typeof id !== 'string' || id.length > MAX_ID_LENGTH) return true
    const key = `${kind} ${id}`
    if (this.#ids.has(key)) return false
    this.#ids.set(key, true)
    return true
  }
}
