import { LRUCache } from 'lru-cache'

/** What the cache must know of a token; the rest is its user's. */
export interface Expiring {
  /** When the token expires (`exp`), in milliseconds since the epoch. */
  readonly expiresAtMs: number
}

export interface VerifiedTokensLimits {
  readonly maxEntries: number
  /** An estimate: a token of n characters is counted as 5 n + 500 bytes for its text, its claims and its place. */
  readonly maxBytes: number
}

/** 72 bits of a signature. V8 copies a text of up to 12 characters, and only points into the whole one for a longer piece, which takes longer to look up. */
const PLACE_LENGTH = 12

interface Place<T> {
  readonly accessToken: string
  readonly verified: T
}

/**
 * The access tokens that were found good, by their exact text: a token is compared whole with the one that is remembered,
 * so that two tokens cannot be taken for each other (CVE-2026-35039). Bounded by number and by size; the least recently
 * used go first.
 *
 * The end of a token, where its signature is, says where to look for it, since to hash all of a token takes several times
 * as long as to compare it. Two tokens with one end would only push each other out.
 *
 * Holds nothing about refused tokens. Does NOT know whether the key that signed a token is still the issuer's: ask
 * the issuer's keys.
 */
export class VerifiedTokens<T extends Expiring> {
  readonly #places: LRUCache<string, Place<T>>

  constructor ({ maxEntries, maxBytes }: VerifiedTokensLimits) {
    this.#places = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      sizeCalculation: ({ accessToken }) => accessToken.length * 5 + 500
    })
  }

  /** Never returns a token whose `exp` has come. */
  get (accessToken: string): T | undefined {
    const end = accessToken.slice(-PLACE_LENGTH)
    const place = this.#places.get(end)
    if (place === undefined || place.accessToken !== accessToken) return undefined
    if (Date.now() < place.verified.expiresAtMs) return place.verified
    this.#places.delete(end)
    return undefined
  }

  set (accessToken: string, verified: T): void {
    this.#places.set(accessToken.slice(-PLACE_LENGTH), { accessToken, verified })
  }
}
