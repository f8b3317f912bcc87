import { randomUUID } from 'node:crypto'
import type { SharedUserCache, SharedUserEntry, SharedUserReading } from 'fastify-okta'
import type { RedisConnection } from './connection.js'

/** How long an invalidation is remembered, for look-ups that began before it, in milliseconds. */
const REMEMBERED_FOR_MS = 120_000
const CHANNEL = 'fastify-okta:invalidations'

/**
 * A version is that of the user and that of the org; each is what the last invalidation has put there, a random text, so
 * that none comes twice. An org's stays for ever. A text bears the org's version that it was written under, and is void
 * under another.
 */
const WRITE = `
local versions = redis.call('MGET', KEYS[2], KEYS[3])
local org = versions[2] or ''
if (versions[1] or '') .. '/' .. org ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], org .. ' ' .. ARGV[2], 'PX', ARGV[3])
return 1`

const INVALIDATE_USER = `
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return redis.call('PUBLISH', ARGV[3], ARGV[4])`

const INVALIDATE_ORG = `
redis.call('SET', KEYS[1], ARGV[1])
return redis.call('PUBLISH', ARGV[2], ARGV[3])`

/** What replicas say to each other on the channel. */
interface Notice {
  /** Who says it, who hears it as well. */
  readonly from: string
  readonly org: string
  readonly message: string
}

/** The users that replicas share, in Redis, and the channel on which they tell each other whom to forget. */
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
    const { user, userVersion, orgVersion } = keysOf(org, userId)
    const [text, ofUser, ofOrg] = await this.#connection.run(async redis => await redis.mget(user, userVersion, orgVersion))
    const prefix = `${ofOrg ?? ''} `
    return {
      text: text?.startsWith(prefix) === true ? text.slice(prefix.length) : undefined,
      version: `${ofUser ?? ''}/${ofOrg ?? ''}`
    }
  }

  async write (org: string, userId: string, { text, ttlMs, version }: SharedUserEntry): Promise<void> {
    const { user, userVersion, orgVersion } = keysOf(org, userId)
    await this.#connection.run(async redis => await redis.eval(WRITE, 3, user, userVersion, orgVersion, version, text, ttlMs))
  }

  async invalidate (org: string, userId: string | null, message: string): Promise<void> {
    const notice = JSON.stringify({ from: this.#id, org, message } satisfies Notice)
    const { user, userVersion, orgVersion } = keysOf(org, userId ?? '')
    await this.#connection.run(async redis => userId === null
      ? await redis.eval(INVALIDATE_ORG, 1, orgVersion, randomUUID(), CHANNEL, notice)
      : await redis.eval(INVALIDATE_USER, 2, user, userVersion, randomUUID(), REMEMBERED_FOR_MS, CHANNEL, notice))
  }

  subscribe (org: string, listener: (message: string | null) => void): void {
    this.#listeners.push({ org, listener })
  }

  /** What is no notice might have been one, about anybody. */
  #receive (text: string): void {
    const notice = readNotice(text)
    if (notice?.from === this.#id) return
    for (const { org, listener } of this.#listeners) {
      if (notice === undefined) listener(null)
      else if (notice.org === org) listener(notice.message)
    }
  }
}

/** An org is an origin and an id has no slash, so that no two keys are one. */
function keysOf (org: string, userId: string): { user: string, userVersion: string, orgVersion: string } {
  return {
    user: `fastify-okta:user:${org}/${userId}`,
    userVersion: `fastify-okta:version:${org}/${userId}`,
    orgVersion: `fastify-okta:version:${org}`
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
