import { DpopReplayStoreUnavailableError } from '../errors.js'

/** Remembers which proofs were used, so that none is used twice (RFC 9449 section 11.1). */
export interface DpopReplayStore {
  /**
   * Remembers a proof until it expires.
   *
   * @param key identifies the proof
   * @param expiresAtMs until when, in milliseconds since the epoch
   * @returns `false` if the proof is remembered already
   * @throws it cannot be told (also as a rejection, whatever the error): the request is answered 503 then
   */
  remember (key: string, expiresAtMs: number): boolean | Promise<boolean>
}

/** Proofs live for a minute or so: by then some have made place. */
const RETRY_AFTER_SECONDS = 10

/**
 * The store of one process. A proof that has not expired is never forgotten to make place: when the memory is full,
 * further proofs are refused instead, since a forgotten proof could be used again.
 */
export class DpopReplayMemory implements DpopReplayStore {
  readonly #maxEntries: number
  /** In the order of insertion, which is nearly the order of expiry. */
  readonly #proofs = new Map<string, number>()

  constructor (maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  remember (key: string, expiresAtMs: number): boolean {
    this.#forgetExpired()
    if (this.#proofs.has(key)) return false
    if (this.#proofs.size >= this.#maxEntries) throw new DpopReplayStoreUnavailableError(RETRY_AFTER_SECONDS)
    this.#proofs.set(key, expiresAtMs)
    return true
  }

  /** Looks at the oldest only, until one has not expired: each proof is looked at about once after its time. */
  #forgetExpired (): void {
    const now = Date.now()
    for (const [key, expiresAtMs] of this.#proofs) {
      if (expiresAtMs >= now) return
      this.#proofs.delete(key)
    }
  }
}
