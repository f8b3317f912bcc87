import { LRUCache } from 'lru-cache'
import { jsonSize } from '../../oauth/json-size.js'

/** What the cache must know of a token; the rest is its user's. */
interface VerifiedToken {
  /** When the token expires (`exp`), in milliseconds since the epoch. */
  readonly expiresAtMs: number
  /** What the entry holds beside the token itself: counted for `maxVerifiedTokenBytes`. */
  readonly claims: object
}

interface VerifiedTokenCacheLimits {
  readonly maxVerifiedTokens: number
  /** Of memory, for the tokens, their claims and the entries, by an estimate that is rather too high. */
  readonly maxVerifiedTokenBytes: number
}

/**
 * 72 bits of a signature. V8 copies a string of up to 12 characters; a longer one only points into the whole token, and
 * takes longer to look up.
 */
const KEY_LENGTH = 12
/** What an entry takes beside its token and claims. */
const ENTRY_BYTES = 400

interface CacheEntry<T> {
  readonly accessToken: string
  readonly verified: T
}

/**
 * Verified access tokens, by their exact string: a token is compared whole with the one that is kept, so two tokens
 * cannot be taken for each other (CVE-2026-35039). Bounded by number and by memory; the least recently used are evicted
 * first.
 *
 * The key is the end of a token, which is part of its signature: to hash a whole token takes several times as long as to
 * compare it. Two tokens with one end would only evict each other.
 *
 * Holds nothing about refused tokens. Does NOT know whether the key that signed a token is still the issuer's: ask
 * the issuer's keys.
 */
export class VerifiedTokenCache<T extends VerifiedToken> {
  readonly #entries: LRUCache<string, CacheEntry<T>>

  constructor ({ maxVerifiedTokens, maxVerifiedTokenBytes }: VerifiedTokenCacheLimits) {
    this.#entries = new LRUCache({
      max: maxVerifiedTokens,
      maxSize: maxVerifiedTokenBytes,
      sizeCalculation: ({ accessToken, verified }) => ENTRY_BYTES + accessToken.length + jsonSize(verified.claims)
    })
  }

  /** Never returns a token whose `exp` has come. */
  get (accessToken: string): T | undefined {
    const end = accessToken.slice(-KEY_LENGTH)
    const entry = this.#entries.get(end)
    if (entry === undefined || entry.accessToken !== accessToken) return undefined
    if (Date.now() < entry.verified.expiresAtMs) return entry.verified
    this.#entries.delete(end)
    return undefined
  }

  set (accessToken: string, verified: T): void {
    this.#entries.set(accessToken.slice(-KEY_LENGTH), { accessToken, verified })
  }
}
