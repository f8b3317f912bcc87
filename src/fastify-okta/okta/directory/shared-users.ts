import { parseJsonObject } from '../../oauth/json-object.js'
import { withDeadline } from './deadline.js'
import { Seal } from './seal.js'
import { readSharedUser, writeSharedUser, type SharedUser } from './shared-user.js'
import type { SharedUserCache, SharedUserReading } from './shared-user-cache.js'
import { RENEW_AFTER, type UserReading } from './user-cache.js'
import { isUserId } from './users-api.js'
import type { OktaUser } from './user.js'

/** Who is to be forgotten, also as a message from one process to another: a user, the members of groups, or everybody. */
export type Invalidation =
  | { readonly userId: string }
  | { readonly groupIds: readonly string[] }
  | { readonly everybody: true }

export interface SharedUsersOptions {
  readonly cache: SharedUserCache
  readonly org: string
  /** From Okta. */
  readonly readUser: (userId: string) => Promise<OktaUser | null>
  /** How long a user may be reused, in milliseconds. 0 shares invalidations only. */
  readonly freshForMs: number
  /** Those that a user is kept with, beside the standard ones. */
  readonly profileAttributes: readonly string[]
  /** What all who share have, and nobody else: whatever is not sealed with it is not taken. */
  readonly secret: string
}

/** Longer than a store nearby takes by far, and too short for anybody to notice. */
const TIMEOUT_MS = 100
/** The clocks of two machines are closer to each other than this, or the users of one are none for the other. */
const MAX_CLOCK_DIFFERENCE_MS = 1000
/** A store remembers an invalidation for a minute: who was read for longer might have been invalidated and is not shared. */
const MAX_LOOK_UP_MS = 50_000
const EVERYBODY = { everybody: true } as const

/**
 * The users of an org as several processes share them. A user is taken from what is shared until it would be read again
 * in the background; its age counts from when it was read from Okta, by whichever process. A store that is slow, fails
 * or holds what none of them wrote might as well not be there.
 *
 * An invalidation holds for all processes, and against look-ups that are under way in any of them. One that the store
 * does not take is made good as soon as it is back, by an invalidation of everybody; until then nothing is shared here.
 */
export class SharedUsers {
  readonly #options: SharedUsersOptions
  readonly #seal: Seal
  /** How many invalidations the store did not take, and how many of them have been made good. */
  #failures = 0
  #madeGood = 0
  #makingGood: Promise<void> | undefined

  constructor (options: SharedUsersOptions) {
    this.#options = options
    this.#seal = new Seal(options.secret)
  }

  /** The user from what is shared, or from Okta; then it is shared, without anybody waiting for that. */
  async read (userId: string): Promise<UserReading> {
    const { readUser, freshForMs } = this.#options
    if (freshForMs === 0 || !isUserId(userId)) return fromOkta(await readUser(userId))
    const startedAt = performance.now()
    const reading = await this.#readShared(userId)
    const known = reading?.text === undefined ? undefined : this.#readText(reading.text, userId)
    if (known !== undefined) return known

    const fresh = fromOkta(await readUser(userId))
    if (reading !== undefined && fresh.readAt - startedAt <= MAX_LOOK_UP_MS) {
      this.#share(userId, fresh, reading.version).catch(() => {})
    }
    return fresh
  }

  /** Has the other processes forget as well, if they can be told. Does NOT wait for that. */
  invalidate (whom: Invalidation): void {
    if ('userId' in whom && !isUserId(whom.userId)) return
    this.#spread(whom).catch(() => { this.#failures++ })
  }

  /** Has a listener called when another process invalidates somebody, or when this one cannot know whether another did. */
  onInvalidation (listener: (whom: Invalidation) => void): void {
    const { cache, org } = this.#options
    cache.subscribe(org, message => {
      listener(message === null ? EVERYBODY : readMessage(message))
      // Messages were missed because the store was away, and now it is back.
      if (message === null) this.#makeGood().catch(() => {})
    })
  }

  async #readShared (userId: string): Promise<SharedUserReading | undefined> {
    try {
      return await withDeadline(this.#ask(userId), TIMEOUT_MS, 'the shared cache is slow')
    } catch {
      return undefined
    }
  }

  async #ask (userId: string): Promise<SharedUserReading | undefined> {
    const { cache, org } = this.#options
    await this.#makeGood()
    const reading = await cache.read(org, userId)
    return this.#isOwing() ? undefined : reading
  }

  async #share (userId: string, { user }: UserReading, version: string): Promise<void> {
    const { cache, org, freshForMs } = this.#options
    if (this.#isOwing()) return
    const text = this.#seal.seal(purposeOf(org, userId), writeSharedUser({ user, readAtMs: Date.now() }))
    await cache.write(org, userId, { text, ttlMs: Math.ceil(freshForMs * RENEW_AFTER), version })
  }

  #readText (sealed: string, userId: string): UserReading | undefined {
    const { org, freshForMs, profileAttributes } = this.#options
    const text = this.#seal.open(purposeOf(org, userId), sealed)
    const shared = text === undefined ? undefined : readSharedUser(text, userId, profileAttributes)
    const age = shared === undefined ? undefined : ageOf(shared)
    if (shared === undefined || age === undefined || age >= freshForMs * RENEW_AFTER) return undefined
    return { user: shared.user, readAt: performance.now() - age, isShared: true }
  }

  /** Members of groups cannot be found among the texts, so that of those nobody's is kept. */
  async #spread (whom: Invalidation): Promise<void> {
    const { cache, org } = this.#options
    await cache.invalidate(org, 'userId' in whom ? whom.userId : null, JSON.stringify(whom))
  }

  #isOwing (): boolean {
    return this.#failures > this.#madeGood
  }

  async #makeGood (): Promise<void> {
    if (!this.#isOwing()) return
    const failures = this.#failures
    this.#makingGood ??= this.#spread(EVERYBODY)
      .then(() => { this.#madeGood = failures })
      .finally(() => { this.#makingGood = undefined })
    await this.#makingGood
  }
}

/** One line, since neither an origin nor an id has an end of one. */
function purposeOf (org: string, userId: string): string {
  return `${org} ${userId}`
}

function fromOkta (user: OktaUser | null): UserReading {
  return { user, readAt: performance.now(), isShared: false }
}

function ageOf ({ readAtMs }: SharedUser): number | undefined {
  const age = Date.now() - readAtMs
  return age < -MAX_CLOCK_DIFFERENCE_MS ? undefined : Math.max(0, age)
}

/** Whatever cannot be understood may be about anybody. */
function readMessage (message: string): Invalidation {
  const { userId, groupIds } = parseJsonObject(Buffer.from(message)) ?? {}
  if (typeof userId === 'string') return { userId }
  if (Array.isArray(groupIds) && groupIds.every(id => typeof id === 'string')) return { groupIds }
  return EVERYBODY
}
