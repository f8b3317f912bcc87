import { DpopReplayStoreUnavailableError } from '../errors.js'

/** A DPoP proof that has been verified. */
export interface UsedProof {
  /** Identifies the proof among those of its caller: a digest of the key's thumbprint and the `jti`. */
  readonly key: string
  /**
   * Whose share of the store the proof counts against: a user, or a client that acts for itself, whatever its keys and
   * tokens. A digest, so its length is fixed.
   */
  readonly caller: string
  /** The proof's `iat`, in milliseconds since the epoch. */
  readonly issuedAtMs: number
  /** Until when the proof is accepted, in milliseconds since the epoch. */
  readonly expiresAtMs: number
}

/** Remembers used proofs, so that none is accepted twice (RFC 9449 section 11.1). */
export interface DpopReplayStore {
  /**
   * Remembers a proof until it expires. To look the proof up and to remember it must be one step. The request waits for it,
   * however long it takes.
   *
   * @returns `false` if the proof was used before
   * @throws whether the proof was used before cannot be determined: the request is answered 503, whatever the error
   */
  remember (proof: UsedProof): Promise<boolean>
}

/** Proofs live for a minute by default: by then some entries have expired. */
const RETRY_AFTER_SECONDS = 10
/** A caller may have so many entries even if fewer than that are free. */
const MIN_SHARE = 2

interface Caller {
  readonly key: string
  entryCount: number
}

interface Entry {
  readonly caller: Caller
  readonly expiresAtMs: number
}

/**
 * The store of one process. It never evicts a proof that has not expired, since an evicted proof could be used again. If
 * it has no space, it refuses further proofs instead.
 *
 * A caller may have as many entries as there are free ones. One caller that floods the store therefore fills half of it,
 * two fill two thirds, and any other caller still finds space.
 */
export class InMemoryDpopReplayStore implements DpopReplayStore {
  readonly #maxEntries: number
  /** In insertion order, which is nearly the order of expiry. */
  readonly #entries = new Map<string, Entry>()
  readonly #callers = new Map<string, Caller>()

  constructor (maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  /** Whether a proof was used before and has not expired since. */
  has (proof: Pick<UsedProof, 'key' | 'caller'>): boolean {
    this.#deleteExpired()
    return this.#entries.has(entryKeyOf(proof))
  }

  /** @throws {DpopReplayStoreUnavailableError} `too_many_proofs`: the caller has used up its share */
  async remember (proof: UsedProof): Promise<boolean> {
    this.#deleteExpired()
    const key = entryKeyOf(proof)
    if (this.#entries.has(key)) return false
    const { caller: callerKey, expiresAtMs } = proof
    const caller = this.#callers.get(callerKey) ?? { key: callerKey, entryCount: 0 }
    const freeEntries = this.#maxEntries - this.#entries.size
    if (freeEntries <= 0 || caller.entryCount >= Math.max(freeEntries, MIN_SHARE)) {
      throw new DpopReplayStoreUnavailableError(RETRY_AFTER_SECONDS, { reason: 'too_many_proofs' })
    }
    caller.entryCount++
    this.#callers.set(callerKey, caller)
    this.#entries.set(key, { caller, expiresAtMs })
    return true
  }

  /** Looks at the oldest entries only, up to the first that has not expired, so each call costs about one entry. */
  #deleteExpired (): void {
    const now = Date.now()
    for (const [key, { caller, expiresAtMs }] of this.#entries) {
      if (expiresAtMs >= now) return
      this.#entries.delete(key)
      caller.entryCount--
      if (caller.entryCount === 0) this.#callers.delete(caller.key)
    }
  }
}

function entryKeyOf ({ caller, key }: Pick<UsedProof, 'key' | 'caller'>): string {
  return `${caller} ${key}`
}
