import { DpopReplayMemory, DpopReplayStoreUnavailableError, type DpopReplayStore } from 'fastify-okta'
import type { RedisConnection } from './connection.js'

/** The plugin's default. */
const MAX_REPLAYS = 200_000
/** A replica whose clock is behind takes a proof for longer, in milliseconds. */
const MAX_CLOCK_DIFFERENCE_MS = 30_000
/** By then Redis may be back. */
const RETRY_AFTER_SECONDS = 1

/**
 * The proofs that were used on any of the replicas, in Redis, and those that were used on this one in its memory as
 * well: they stay used here, whatever becomes of Redis.
 *
 * While Redis cannot tell, no proof is taken where proofs are required; where they are only allowed, the memory decides alone.
 */
export class RedisReplayStore implements DpopReplayStore {
  readonly #connection: RedisConnection
  readonly #isRequired: boolean
  readonly #memory = new DpopReplayMemory(MAX_REPLAYS)

  constructor (connection: RedisConnection, { isRequired }: { readonly isRequired: boolean }) {
    this.#connection = connection
    this.#isRequired = isRequired
  }

  /** @throws {DpopReplayStoreUnavailableError} Redis cannot tell and proofs are required, or the memory is full */
  async remember (key: string, expiresAtMs: number): Promise<boolean> {
    const isNew = await this.#rememberForAll(key, expiresAtMs)
    const isNewHere = this.#memory.remember(key, expiresAtMs)
    return isNew && isNewHere
  }

  async #rememberForAll (key: string, expiresAtMs: number): Promise<boolean> {
    const ttlMs = Math.max(1, Math.ceil(expiresAtMs - Date.now()) + MAX_CLOCK_DIFFERENCE_MS)
    try {
      return await this.#connection.run(async redis => await redis.set(`fastify-okta:proof:${key}`, 1, 'PX', ttlMs, 'NX')) === 'OK'
    } catch (cause) {
      if (this.#isRequired) throw new DpopReplayStoreUnavailableError(RETRY_AFTER_SECONDS, { cause })
      return true
    }
  }
}
