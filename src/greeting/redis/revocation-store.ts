import { randomUUID } from 'node:crypto'
import type { RevocationStore, Watermark } from 'fastify-okta'
import type { RedisConnection } from './connection.js'
import { RAISE, READ_REVISION } from './revocation-scripts.js'

/** The plugin's default of `maxTokenLifetimeSeconds`: watermarks are kept for as long as tokens live, by Redis' clock. */
const LIFETIME_MS = 86_400_000
/** Maximum number of watermarks kept in Redis for an org: the plugin's default. */
const MAX_WATERMARKS = 100_000
const PER_PAGE = 1000
/** Redis may return a page's watermarks twice, and more than were asked for. */
const MAX_PAGES = 2 * MAX_WATERMARKS / PER_PAGE
/** How often each replica checks whether Redis has lost data, or a message was lost, in milliseconds. */
const CHECK_EVERY_MS = 1000
const CHANNEL = 'fastify-okta:watermarks'

type Listener = Parameters<RevocationStore['subscribe']>[1]

/** Of the watermarks that Redis has for an org: see revocation-scripts.ts. */
interface Revision {
  readonly id: string
  readonly number: number
}

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
  /** The latest revision that this replica has read or received; `undefined` before the first reading. */
  known: Revision | undefined
  /** What Redis had at the last check. */
  checked: Revision | undefined
}

/**
 * The watermarks of revoked users that replicas share, in Redis, and the channel on which they give them to each other.
 *
 * Once a second each replica compares the revision that Redis has with what it has received itself. A Redis that was emptied,
 * has evicted the watermarks, or has lost the latest in a fail-over, gets them back from the replicas. A replica that has
 * missed a message reads all watermarks: a Cluster delivers messages at most once.
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
      onMessage: (text) => { this.#receive(text) },
      onBegin: () => { for (const { listener } of this.#subscriptions) listener(null) }
    })
  }

  async raise (org: string, watermarks: readonly Watermark[]): Promise<void> {
    const notice = JSON.stringify({ from: this.#id, org, watermarks } satisfies Notice)
    const members = watermarks.flatMap(({ subject, atMs }) => [atMs, subject])
    await this.#connection.run(async redis => await redis.eval(RAISE, 1, keyOf(org), CHANNEL, notice, randomUUID(), LIFETIME_MS, this.#maxWatermarks, ...members))
  }

  async readAll (org: string): Promise<readonly Watermark[]> {
    // Before the reading: what is lost from now on is noticed.
    const revision = await this.#readRevision(org)
    for (const subscription of this.#subscriptions) {
      if (subscription.org === org && !isBefore(revision, subscription.known)) subscription.known = revision
    }
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
    this.#subscriptions.push({ org, listener, known: undefined, checked: undefined })
    this.#checks ??= setInterval(() => {
      for (const subscription of this.#subscriptions) this.#check(subscription).catch(() => {})
    }, CHECK_EVERY_MS).unref()
  }

  close (): void {
    clearInterval(this.#checks)
  }

  /** @throws Redis is unavailable: when it is back, the listener is called anyway */
  async #check (subscription: Subscription): Promise<void> {
    const { known, checked, listener } = subscription
    const found = subscription.checked = await this.#readRevision(subscription.org)
    if (known === undefined) return
    const hasLostData = found.id !== known.id || isBefore(found, known)
    // Redis had it a second ago, and its message has not arrived.
    const hasMissed = isBefore(known, checked)
    if (!hasLostData && !hasMissed) return
    subscription.known = found
    listener(null)
  }

  async #readRevision (org: string): Promise<Revision> {
    const text = await this.#connection.run(async redis => await redis.eval(READ_REVISION, 1, keyOf(org), randomUUID(), LIFETIME_MS)) as string
    const [id = '', number] = text.split(' ')
    return { id, number: Number(number) }
  }

  /** A message that cannot be read might have been about any org. */
  #receive (text: string): void {
    const [, id = '', number, json = ''] = /^(\S+) (\d+) (.*)$/s.exec(text) ?? []
    const notice = readNotice(json)
    for (const subscription of this.#subscriptions) {
      if (notice === undefined) subscription.listener(null)
      else if (notice.org === subscription.org) this.#receiveNotice(subscription, notice, { id, number: Number(number) })
    }
  }

  #receiveNotice (subscription: Subscription, notice: Notice, revision: Revision): void {
    const { known, listener } = subscription
    if (notice.from !== this.#id) listener(notice.watermarks)
    if (known === undefined || isBefore(revision, known)) return
    subscription.known = revision
    if (revision.id !== known.id || revision.number > known.number + 1) listener(null)
  }
}

/** Whether one revision has less than another. Revisions with different ids cannot be compared. */
function isBefore (revision: Revision, other: Revision | undefined): boolean {
  return revision.id === other?.id && revision.number < other.number
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
