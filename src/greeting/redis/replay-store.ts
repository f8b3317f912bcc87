import { DpopReplayStoreUnavailableError, InMemoryDpopReplayStore, type DpopReplayStore, type UsedProof } from 'fastify-okta'
import type { RedisConnection } from './connection.js'
import { REMEMBER_PROOF } from './remember-proof.js'

/** The plugin's default, for the proofs that this replica has seen itself. */
const MAX_REPLAYS = 200_000
/** Maximum number of used proofs kept in Redis, of all replicas. */
const MAX_SHARED_REPLAYS = 500_000
/** By then some entries have expired. */
const TOO_MANY_RETRY_AFTER_SECONDS = 10
/** By then Redis may be back. */
const RETRY_AFTER_SECONDS = 1
/** The hash tag keeps both keys on one slot of a Redis Cluster. */
const USED_KEY = 'fastify-okta:proof:{used}'
const CALLERS_KEY = 'fastify-okta:proof:{used}:callers'

/** What the script returns: the status, its marker, and for `unknown` how long to wait, in milliseconds. */
type Answer = readonly ['new' | 'used' | 'too_many' | 'unknown', string, number]

/**
 * The proofs that were used on any replica, in Redis, and those that were used on this one in its memory as well: they
 * stay used here, whatever becomes of Redis. In both, one caller has a bounded share.
 *
 * If Redis cannot tell whether a proof was used, the proof is refused if proofs are required; if they are only allowed,
 * the memory of this replica decides alone. Redis cannot tell if it is unavailable, or if it has lost its data (it was
 * restarted, flushed, failed over, or has evicted them) after the proof may have been used: for 30 seconds from then on.
 *
 * Does NOT detect it if an eviction policy removes the counts of the callers: use `noeviction`.
 */
export class RedisReplayStore implements DpopReplayStore {
  readonly #connection: RedisConnection
  readonly #isRequired: boolean
  readonly #memory = new InMemoryDpopReplayStore(MAX_REPLAYS)
  /** The marker that Redis had last: if it has another, it has lost its data. */
  #marker = ''

  constructor (connection: RedisConnection, { isRequired }: { readonly isRequired: boolean }) {
    this.#connection = connection
    this.#isRequired = isRequired
    // Tells Redis, and so all replicas, at once if data that this replica knows of are lost.
    connection.onReady(() => { this.#run(null).catch(() => {}) })
  }

  /**
   * @throws {DpopReplayStoreUnavailableError} `unavailable`: Redis cannot tell and proofs are required;
   *   `too_many_proofs`: the caller has used up its share
   */
  async remember (proof: UsedProof): Promise<boolean> {
    if (this.#memory.has(proof)) return false
    const isNew = await this.#rememberForAll(proof)
    const isNewHere = await this.#memory.remember(proof)
    return isNew && isNewHere
  }

  async #rememberForAll (proof: UsedProof): Promise<boolean> {
    const [status, , retryAfterMs] = await this.#answerFor(proof)
    if (status === 'too_many') throw new DpopReplayStoreUnavailableError(TOO_MANY_RETRY_AFTER_SECONDS, { reason: 'too_many_proofs' })
    if (status === 'unknown') throw new DpopReplayStoreUnavailableError(Math.max(1, Math.ceil(retryAfterMs / 1000)))
    return status === 'new'
  }

  async #answerFor (proof: UsedProof): Promise<Answer> {
    try {
      return await this.#run(proof)
    } catch (cause) {
      if (this.#isRequired) throw new DpopReplayStoreUnavailableError(RETRY_AFTER_SECONDS, { cause })
      return ['new', this.#marker, 0]
    }
  }

  /** @param proof `null` only compares the markers */
  async #run (proof: UsedProof | null): Promise<Answer> {
    const { caller = '', key = '', issuedAtMs = 0, expiresAtMs = 0 } = proof ?? {}
    const answer = await this.#connection.run(async (redis, runId) => await redis.eval(
      REMEMBER_PROOF, 2, USED_KEY, CALLERS_KEY,
      runId, this.#marker, caller, key, Math.floor(issuedAtMs), Math.ceil(expiresAtMs), this.#isRequired ? 1 : 0, MAX_SHARED_REPLAYS
    )) as Answer
    if (typeof answer[1] !== 'string') throw new Error('Redis: unexpected reply')
    this.#marker = answer[1]
    return answer
  }
}
