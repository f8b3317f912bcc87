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

/**
 * The access tokens that were found good, by their exact text: no digest and no prefix, so that two tokens cannot
 * share a place (CVE-2026-35039). Bounded by number and by size; the least recently used go first.
 *
 * Holds nothing about refused tokens. Does NOT know whether the key that signed a token is still the issuer's: ask
 * the issuer's keys.
 */
export class VerifiedTokens<T extends Expiring> {
  readonly #tokens: LRUCache<string, T>

  constructor ({ maxEntries, maxBytes }: VerifiedTokensLimits) {
    this.#tokens = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      sizeCalculation: (_verified, accessToken) => accessToken.length * 5 + 500
    })
  }

  /** Never returns a token whose `exp` has come. */
  get (accessToken: string): T | undefined {
    const verified = this.#tokens.get(accessToken)
    if (verified === undefined || Date.now() < verified.expiresAtMs) return verified
    this.#tokens.delete(accessToken)
    return undefined
  }

  set (accessToken: string, verified: T): void {
    this.#tokens.set(accessToken, verified)
  }

  delete (accessToken: string): void {
    this.#tokens.delete(accessToken)
  }
}
