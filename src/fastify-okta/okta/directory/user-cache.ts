import { LRUCache } from 'lru-cache'
import { DirectoryUnavailableError } from '../../errors.js'
import { namesAndIdsOf } from './membership.js'
import { RateLimitedError } from './rate-limit.js'
import { UserUnreadableError } from './unreadable-user.js'
import type { OktaUser } from './user.js'

/** A user as it was read, and what follows from it; `user` is `null` where the directory has none. */
export interface DirectoryEntry {
  readonly user: OktaUser | null
  /** Names and ids that a route may ask for: see {@link namesAndIdsOf}. */
  readonly groups: ReadonlySet<string>
  readonly readAt: number
}

/** What came of asking Okta for a user. */
export type LookUpResult = 'found' | 'not_found' | 'rate_limited' | 'failed'

/**
 * Where a user was had from that was needed: `hit` from memory, `stale` from memory although it is old, since Okta is away,
 * `miss` from Okta, or not at all.
 */
export type CacheResult = 'hit' | 'stale' | 'miss'

/** A user as a look-up found it. */
export interface UserReading {
  readonly user: OktaUser | null
  /** When it was read from Okta, by the clock of `performance.now()`. */
  readonly readAt: number
  /** Whether another process read it, so that it does not say that Okta answers. */
  readonly isShared: boolean
}

export interface UserCacheOptions {
  readonly readUser: (userId: string) => Promise<UserReading>
  /** How long a user may be reused, in milliseconds. 0 reads afresh on every request. */
  readonly freshForMs: number
  /** How long a user may be reused while Okta is away, in milliseconds from its reading. */
  readonly staleForMs: number
  /** After a failed look-up, how long Okta is not asked for users that are not in memory, in milliseconds. */
  readonly cooldownMs: number
  readonly maxEntries: number
  readonly maxBytes: number
  /** Called with whatever a look-up failed with. */
  readonly onFailure?: (error: unknown) => void
  /** Called after every look-up, with how long it took. */
  readonly onLookUp?: ((result: LookUpResult, seconds: number) => void) | undefined
  /** Called each time that a user is needed. */
  readonly onUse?: ((result: CacheResult) => void) | undefined
}

/** A look-up under way; `superseded` once an invalidation has overtaken it. */
interface LookUp {
  readonly result: Promise<DirectoryEntry>
  superseded: boolean
}

const MAX_LOOK_UPS_A_REQUEST = 3
/** The part of its time after which a fresh user is read again in the background, so that nobody waits for it. */
export const RENEW_AFTER = 0.8

/**
 * The users that were read lately. Concurrent look-ups of one user are one; a user in steady use is read again before
 * its time is over. While Okta is away, a user that was read less than `staleForMs` ago stays as it was.
 *
 * An invalidation holds against a look-up that is under way: its result is not kept, and whoever waits for it gets
 * the result of another.
 */
export class UserCache {
  readonly #options: UserCacheOptions
  readonly #entries: LRUCache<string, DirectoryEntry>
  readonly #lookUps = new Map<string, LookUp>()
  #lastLookUpFailed = false
  #lastFailure: unknown
  #retryAt = -Infinity

  constructor (options: UserCacheOptions) {
    this.#options = options
    this.#entries = new LRUCache({
      max: options.maxEntries,
      maxSize: options.maxBytes,
      sizeCalculation: ({ user }) => 2000 + (user?.groups.length ?? 0) * 300
    })
  }

  /** The user, if it can be told without waiting. Starts a look-up in the background where one is due. */
  peek (userId: string): DirectoryEntry | undefined {
    const entry = this.#entries.get(userId)
    if (entry === undefined) return undefined
    const { freshForMs, staleForMs } = this.#options
    const now = performance.now()
    const age = now - entry.readAt
    const isUsable = age < freshForMs || (this.#lastLookUpFailed && age < staleForMs)
    if (isUsable && age >= freshForMs * RENEW_AFTER && now >= this.#retryAt) this.#lookUp(userId)
    if (!isUsable) return undefined
    this.#options.onUse?.(age < freshForMs ? 'hit' : 'stale')
    return entry
  }

  /**
   * The user, from memory or from Okta.
   *
   * @throws {DirectoryUnavailableError} Okta is away and memory has nothing that would do
   */
  async read (userId: string): Promise<DirectoryEntry> {
    for (let i = 0; i < MAX_LOOK_UPS_A_REQUEST; i++) {
      const entry = this.peek(userId)
      if (entry !== undefined) return entry
      if (performance.now() < this.#retryAt && !this.#lookUps.has(userId)) break
      const lookUp = this.#lookUp(userId)
      try {
        const found = await lookUp.result
        if (lookUp.superseded) continue
        this.#options.onUse?.('miss')
        return found
      } catch {
        const stale = this.peek(userId)
        if (stale !== undefined) return stale
        break
      }
    }
    this.#options.onUse?.('miss')
    const waitMs = this.#retryAt - performance.now()
    throw new DirectoryUnavailableError(Math.max(1, Math.ceil(waitMs / 1000)), { cause: this.#lastFailure })
  }

  /** Forgets a user, also for a look-up under way. Returns whether the user was in memory. */
  invalidate (userId: string): boolean {
    this.#supersede(userId)
    return this.#entries.delete(userId)
  }

  /**
   * Forgets the users who are in any of these groups, by id; looks at each user once, however many groups there are.
   * Who is being looked up may be in one of them too: no look-up under way is kept. Returns how many were in memory.
   */
  invalidateGroups (groupIds: ReadonlySet<string>): number {
    for (const userId of this.#lookUps.keys()) this.#supersede(userId)
    const members = [...this.#entries].filter(([, { user }]) => user?.groups.some(({ id }) => groupIds.has(id)))
    for (const [userId] of members) this.#entries.delete(userId)
    return members.length
  }

  /** Evicts all users. Returns how many were in memory. */
  clear (): number {
    const { size } = this.#entries
    this.#entries.clear()
    for (const userId of this.#lookUps.keys()) this.#supersede(userId)
    return size
  }

  #supersede (userId: string): void {
    const lookUp = this.#lookUps.get(userId)
    if (lookUp === undefined) return
    lookUp.superseded = true
    this.#lookUps.delete(userId)
  }

  #lookUp (userId: string): LookUp {
    const underWay = this.#lookUps.get(userId)
    if (underWay !== undefined) return underWay
    // While Okta is away one look-up at a time goes to see whether it is back.
    if (this.#lastLookUpFailed) this.#retryAt = performance.now() + this.#options.cooldownMs
    const lookUp: LookUp = { superseded: false, result: this.#ask(userId).finally(() => { this.#finish(userId, lookUp) }) }
    lookUp.result.then(entry => { if (!lookUp.superseded) this.#entries.set(userId, entry) }, () => {})
    this.#lookUps.set(userId, lookUp)
    return lookUp
  }

  async #ask (userId: string): Promise<DirectoryEntry> {
    const askedAt = performance.now()
    const { readUser, onLookUp, onFailure } = this.#options
    const secondsTaken = (): number => (performance.now() - askedAt) / 1000
    try {
      const { user, readAt, isShared } = await readUser(userId)
      if (!isShared) {
        this.#lastLookUpFailed = false
        this.#retryAt = -Infinity
        onLookUp?.(user === null ? 'not_found' : 'found', secondsTaken())
      }
      return { user, groups: namesAndIdsOf(user?.groups ?? []), readAt }
    } catch (error) {
      const waitMs = error instanceof RateLimitedError ? error.waitMs : 0
      this.#lastFailure = error
      if (isOutage(error)) {
        this.#lastLookUpFailed = true
        this.#retryAt = performance.now() + Math.max(this.#options.cooldownMs, waitMs)
      }
      onLookUp?.(error instanceof RateLimitedError ? 'rate_limited' : 'failed', secondsTaken())
      onFailure?.(error)
      throw error
    }
  }

  #finish (userId: string, lookUp: LookUp): void {
    if (!lookUp.superseded) this.#lookUps.delete(userId)
  }
}

/** Whether a failure says something of Okta, and not of the one user alone: a 403, say, is of users whom this service may not see. */
function isOutage (error: unknown): boolean {
  const { status } = error as { status?: unknown }
  if (error instanceof UserUnreadableError) return false
  return typeof status !== 'number' || status === 401 || status >= 500
}
