import { randomUUID } from 'node:crypto'
import type { SharedUserCache, SharedUserEntry, SharedUserReading } from 'fastify-okta'
import type { RedisConnection } from './connection.js'
import { INVALIDATE, MAX_ENTRY_BYTES, READ, WRITE } from './user-scripts.js'

/** How long a lookup may take from its read to its write, in milliseconds. */
const LOOKUP_TTL_MS = 120_000
const CHANNEL = 'fastify-okta:invalidations'

/** A message on the channel. */
interface Notice {
  /** Its sender, which receives it as well. */
  readonly from: string
  readonly org: string
  readonly message: string
}

/** The users that replicas share, in Redis, and the channel on which they notify each other which users to evict. */
export class RedisUserCache implements SharedUserCache {
  readonly #connection: RedisConnection
  readonly #id = randomUUID()
  readonly #listeners: Array<{ readonly org: string, readonly listener: (message: string | null) => void }> = []

  constructor (connection: RedisConnection) {
    this.#connection = connection
    connection.listen(CHANNEL, {
      onMessage: text => { this.#receive(text) },
      onBegin: () => { for (const { listener } of this.#listeners) listener(null) }
    })
  }

  async read (org: string, userId: string): Promise<SharedUserReading> {
    const { user, lookup, version } = keysOf(org, userId)
    const [text, lookupVersion, nowMs] = await this.#connection.run(async (redis, runId) =>
      await redis.eval(READ, 3, user, lookup, version, runId, randomUUID(), LOOKUP_TTL_MS, MAX_ENTRY_BYTES)) as [string | null, string, number]
    return { text: text ?? undefined, version: lookupVersion, nowMs }
  }

  async write (org: string, userId: string, { text, ttlMs, version: lookupVersion }: SharedUserEntry): Promise<void> {
    const { user, lookup, version } = keysOf(org, userId)
    await this.#connection.run(async redis => await redis.eval(WRITE, 3, user, lookup, version, lookupVersion, text, ttlMs))
  }

  async invalidate (org: string, userId: string | null, message: string): Promise<void> {
    const notice = JSON.stringify({ from: this.#id, org, message } satisfies Notice)
    const { user, lookup, version } = keysOf(org, userId ?? '')
    const keys = userId === null ? [version] : [user, lookup]
    await this.#connection.run(async redis => await redis.eval(INVALIDATE, keys.length, ...keys, CHANNEL, notice))
  }

  subscribe (org: string, listener: (message: string | null) => void): void {
    this.#listeners.push({ org, listener })
  }

  /** A message that cannot be read might have been about any user. */
  #receive (text: string): void {
    const notice = readNotice(text)
    if (notice?.from === this.#id) return
    for (const { org, listener } of this.#listeners) {
      if (notice === undefined) listener(null)
      else if (notice.org === org) listener(notice.message)
    }
  }
}

/**
 * An org is an origin and an id has no slash, so keys are distinct. The org is the hash tag: a script's keys are on one
 * slot of a Redis Cluster.
 */
function keysOf (org: string, userId: string): { user: string, lookup: string, version: string } {
  return {
    user: `fastify-okta:user:{${org}}/${userId}`,
    lookup: `fastify-okta:lookup:{${org}}/${userId}`,
    version: `fastify-okta:version:{${org}}`
  }
}

function readNotice (text: string): Notice | undefined {
  try {
    const { from, org, message } = JSON.parse(text) as Record<string, unknown>
    return [from, org, message].every(member => typeof member === 'string') ? { from, org, message } as Notice : undefined
  } catch {
    return undefined
  }
}
