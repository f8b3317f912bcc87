import type { LogPositionStore } from 'fastify-okta'
import type { RedisConnection } from './connection.js'

/** Fleets that have not run for so long begin anew: no token is as old. In milliseconds. */
const KEEP_POSITION_MS = 7 * 86_400_000
/** Longer ones are not kept: a `next` link of Okta is a few hundred bytes long. */
const MAX_POSITION_LENGTH = 8192

/** `KEYS`: lease, position. `ARGV`: holder, time. Returns the position, and in how many milliseconds the lease of another ends. */
const LEASE = `
local holder = redis.call('GET', KEYS[1])
local position = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then return {position, math.max(1, redis.call('PTTL', KEYS[1]))} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {position, 0}`

/** `KEYS`: lease, position. `ARGV`: holder, position, time, how long the position is kept. Returns whether the holder has the lease. */
const SAVE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`

/** How far replicas have read the System Log, and which of them reads it now. The org is the hash tag: both keys are on one slot. */
export class RedisLogPosition implements LogPositionStore {
  readonly #connection: RedisConnection

  constructor (connection: RedisConnection) {
    this.#connection = connection
  }

  async lease (org: string, holder: string, ttlMs: number): Promise<{ position: string | null, freeInMs: number }> {
    const [position, freeInMs] = await this.#connection.run(async (redis) =>
      await redis.eval(LEASE, 2, ...keysOf(org), holder, ttlMs)) as [string | null, number]
    return { position, freeInMs }
  }

  async save (org: string, holder: string, position: string, ttlMs: number): Promise<boolean> {
    if (position.length > MAX_POSITION_LENGTH) throw new Error('the position is too long')
    return await this.#connection.run(async (redis) =>
      await redis.eval(SAVE, 2, ...keysOf(org), holder, position, Math.max(1, Math.ceil(ttlMs)), KEEP_POSITION_MS)) === 1
  }
}

function keysOf (org: string): [lease: string, position: string] {
  return [`fastify-okta:log-lease:{${org}}`, `fastify-okta:log-position:{${org}}`]
}
