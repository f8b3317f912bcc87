import { randomUUID } from 'node:crypto'
import type { RevocationStore, Watermark } from 'fastify-okta'
import type { RedisConnection } from './connection.js'
import { MARK, RAISE } from './revocation-scripts.js'

/** The plugin's default of `maxTokenLifetimeSeconds`: watermarks are kept for as long as tokens live, by Redis' clock. */
const LIFETIME_MS = 86_400_000
/** Maximum number of watermarks kept in Redis for an org: the plugin's default. */
const MAX_WATERMARKS = 100_000
const PER_PAGE = 1000
/** Redis may return a page's watermarks twice, and more than were asked for. */
const MAX_PAGES = 2 * MAX_WATERMARKS / PER_PAGE
/** How often each replica checks whether Redis has lost its data, in milliseconds. */
const CHECK_EVERY_MS = 1000
const CHANNEL = 'fastify-okta:watermarks'

type Listener = Parameters<RevocationStore['subscribe']>[1]

/** A message on the channel. */
interface Notice {
  /** Its sender, which receives it as well. */
  readonly from: string
  readonly org: string
  readonly watermarks: readonly Watermark[]
}

/** An org whose watermarks this replica shares. */
interface Subscription {
  readonly org: string
  readonly listener: Listener
  /** The marker that Redis had last; `undefined` before the first reading. */
  marker: string | undefined
}

/**
 * The watermarks of revoked users that replicas share, in Redis, and the channel on which they give them to each other.
 *
 * Once a second each replica checks whether Redis still has what it had: a Redis that was emptied, or has evicted the
 * watermarks, gets them back from the replicas.
 */
export class RedisRevocationStore implements RevocationStore {
  readonly #connection: RedisConnection
  readonly #maxWatermarks: number
  readonly #id = randomUUID()
  readonly #subscriptions: Subscription[] = []
  #checks: NodeJS.Timeout | undefined

  /** @param maxWatermarks another value is for tests only */
  constructor (connection: RedisConnection, { maxWatermarks = MAX_WATERMARKS }: { readonly maxWatermarks?: number } = {}) {
    this.#connection = connection
    this.#maxWatermarks = maxWatermarks
    connection.listen(CHANNEL, {
      onMessage: text => { this.#receive(text) },
      onBegin: () => { for (const { listener } of this.#subscriptions) listener(null) }
    })
  }

  async raise (org: string, watermarks: readonly Watermark[]): Promise<void> {
    const notice = JSON.stringify({ from: this.#id, org, watermarks } satisfies Notice)
    const members = watermarks.flatMap(({ subject, atMs }) => [atMs, subject])
    await this.#connection.run(async redis => await redis.eval(RAISE, 1, keyOf(org), CHANNEL, notice, LIFETIME_MS, this.#maxWatermarks, ...members))
  }

  async readAll (org: string): Promise<readonly Watermark[]> {
    // Before the reading: what is lost from now on is noticed.
    const marker = await this.#mark(org)
    for (const subscription of this.#subscriptions) if (subscription.org === org) subscription.marker = marker
    const watermarks: Watermark[] = []
    let cursor = '0'
    for (let page = 0; page === 0 || cursor !== '0'; page++) {
      if (page > MAX_PAGES) throw new Error('Redis: too many watermarks')
      const [next, members] = await this.#connection.run(async redis => await redis.zscan(keyOf(org), cursor, 'COUNT', PER_PAGE))
      for (let i = 0; i < members.length; i += 2) {
        const atMs = Number(members[i + 1])
        if (Number.isFinite(atMs)) watermarks.push({ subject: members[i] as string, atMs })
      }
      cursor = next
    }
    return watermarks
  }

  subscribe (org: string, listener: Listener): void {
    this.#subscriptions.push({ org, listener, marker: undefined })
    this.#checks ??= setInterval(() => {
      for (const subscription of this.#subscriptions) this.#check(subscription).catch(() => {})
    }, CHECK_EVERY_MS).unref()
  }

  close (): void {
    clearInterval(this.#checks)
  }

  /** @throws Redis is unavailable: when it is back, the listener is called anyway */
  async #check (subscription: Subscription): Promise<void> {
    const marker = await this.#mark(subscription.org)
    const { marker: known, listener } = subscription
    subscription.marker = marker
    if (known !== undefined && marker !== known) listener(null)
  }

  async #mark (org: string): Promise<string> {
    return await this.#connection.run(async redis => await redis.eval(MARK, 1, keyOf(org), randomUUID(), LIFETIME_MS)) as string
  }

  /** A message that cannot be read might have been about any org. */
  #receive (text: string): void {
    const notice = readNotice(text)
    if (notice?.from === this.#id) return
    for (const { org, listener } of this.#subscriptions) {
      if (notice === undefined) listener(null)
      else if (notice.org === org) listener(notice.watermarks)
    }
  }
}

/** An org is an origin. It is the hash tag, so that all keys of an org are on one slot of a Redis Cluster. */
function keyOf (org: string): string {
  return `fastify-okta:watermarks:{${org}}`
}

function readNotice (text: string): Notice | undefined {
  try {
    const { from, org, watermarks } = JSON.parse(text) as Record<string, unknown>
    const isNotice = typeof from === 'string' && typeof org === 'string' && Array.isArray(watermarks) && watermarks.every(isWatermark)
    return isNotice ? { from, org, watermarks } : undefined
  } catch {
    return undefined
  }
}

function isWatermark (value: unknown): value is Watermark {
  const { subject, atMs } = (value ?? {}) as Partial<Watermark>
  return typeof subject === 'string' && typeof atMs === 'number'
}
