import { LRUCache } from 'lru-cache'
import { DirectoryUnavailableError } from '../../errors.js'
import { startTimeout } from '../../oauth/timeout.js'
import { DirectoryFailure } from './directory-failure.js'
import { heapBytesOf } from './heap-size.js'
import { groupMatchers } from './membership.js'
import type { OktaUser } from './user.js'

/** A user as it was read, and what follows from it; `user` is `null` if the directory has none. */
export interface CachedUser {
  readonly user: OktaUser | null
  /** Names and ids that a route may require: see {@link groupMatchers}. */
  readonly groups: ReadonlySet<string>
  readonly readAt: number
}

/** What came of asking Okta for a user. */
export type LookupResult = 'found' | 'not_found' | 'rate_limited' | 'failed'

/**
 * Where a requested user came from: `hit` from memory, `stale` from memory although it is old, since Okta is unavailable,
 * `miss` from Okta, or not at all.
 */
export type CacheResult = 'hit' | 'stale' | 'miss'

/** A user as a lookup found it. */
export interface FetchedUser {
  readonly user: OktaUser | null
  /** When it was read from Okta, by the clock of `performance.now()`. */
  readonly readAt: number
  /** Whether another process read it, so that it does not say that Okta answers. */
  readonly isShared: boolean
}

export interface UserCacheOptions {
  readonly readUser: (userId: string) => Promise<FetchedUser>
  /** How long a user may be reused, in milliseconds. 0 reads afresh on every request. */
  readonly userCacheTtlMs: number
  /** How long a user may be reused while Okta is unavailable, in milliseconds from its reading. */
  readonly userCacheCeilingMs: number
  /** After a failed lookup, how long Okta is not asked for users that are not in memory, in milliseconds. */
  readonly cooldownMs: number
  readonly maxCachedUsers: number
  readonly maxCachedBytes: number
  /** How long a request waits for a user, in milliseconds; the lookup goes on for the next request. Default: until the lookup ends. */
  readonly maxWaitMs?: number
  /** Called with whatever a lookup failed with, unless it was never made. */
  readonly onFailure?: (error: unknown) => void
  /** Called after every lookup, with how long it took. */
  readonly onLookup?: ((result: LookupResult, seconds: number) => void) | undefined
  /** Called each time that a user is requested. */
  readonly onUse?: ((result: CacheResult) => void) | undefined
}

/** A lookup under way; `isSuperseded` once an invalidation has overtaken it. Its result is `undefined` if it failed. */
interface Lookup {
  result: Promise<CachedUser | undefined>
  isSuperseded: boolean
  failure: unknown
}

/** What a request gets of Okta: a user, or the failure of the lookup that it waited for, if that has ended. */
interface Answer {
  readonly answer?: CachedUser
  readonly failure?: unknown
}

const MAX_LOOKUPS_PER_REQUEST = 2
/** The part of its time after which a fresh user is read again in the background, so that no request waits for it. */
export const RENEW_AFTER = 0.8

/**
 * The users that were read lately. Concurrent lookups of one user are one; a user in steady use is read again before
 * its time is over. While Okta is unavailable, a user that was read less than `userCacheCeilingMs` ago stays as it was.
 *
 * An invalidation also holds for a lookup that is under way: its result is not kept. A request that waits for it gets the
 * result of another; if that is superseded as well, or does not come in time, it gets what it has, which is newer than the
 * request, so that a burst of invalidations refuses nobody.
 *
 * Only a failure that says something about Okta counts as an outage; see {@link DirectoryFailure}.
 */
export class UserCache {
  readonly #options: UserCacheOptions
  readonly #entries: LRUCache<string, CachedUser>
  readonly #lookups = new Map<string, Lookup>()
  #isOutage = false
  #outage: unknown
  #retryAt = -Infinity

  constructor (options: UserCacheOptions) {
    this.#options = options
    this.#entries = new LRUCache({
      max: options.maxCachedUsers,
      maxSize: options.maxCachedBytes,
      sizeCalculation: ({ user }) => heapBytesOf(user)
    })
  }

  /** The user, if memory has it. Never waits; starts a lookup in the background if one is due. */
  fromMemory (userId: string): CachedUser | undefined {
    const entry = this.#entries.get(userId)
    if (entry === undefined) return undefined
    const { userCacheTtlMs, userCacheCeilingMs } = this.#options
    const now = performance.now()
    const age = now - entry.readAt
    const isUsable = age < userCacheTtlMs || (this.#isOutage && age < userCacheCeilingMs)
    if (isUsable && age >= userCacheTtlMs * RENEW_AFTER && now >= this.#retryAt) this.#lookUp(userId)
    if (!isUsable) return undefined
    this.#options.onUse?.(age < userCacheTtlMs ? 'hit' : 'stale')
    return entry
  }

  /**
   * The user, from memory or from Okta.
   *
   * @throws {DirectoryUnavailableError} Okta cannot be asked, and memory has nothing that can be used
   */
  async read (userId: string): Promise<CachedUser> {
    const { maxWaitMs, onUse } = this.#options
    let cancel = (): void => {}
    const isOver = new Promise<undefined>((resolve) => {
      if (maxWaitMs !== undefined) cancel = startTimeout(maxWaitMs, () => { resolve(undefined) })
    })
    const { answer, failure } = await this.#ask(userId, isOver)
    cancel()
    if (answer !== undefined) return answer
    const stale = this.fromMemory(userId)
    if (stale !== undefined) return stale
    onUse?.('miss')
    throw this.#unavailable(failure)
  }

  async #ask (userId: string, isOver: Promise<undefined>): Promise<Answer> {
    let newest: CachedUser | undefined
    for (let i = 0; i < MAX_LOOKUPS_PER_REQUEST; i++) {
      const entry = this.fromMemory(userId)
      if (entry !== undefined) return { answer: entry }
      if (performance.now() < this.#retryAt && !this.#lookups.has(userId)) break
      const lookup = this.#lookUp(userId)
      const found = await Promise.race([lookup.result, isOver])
      if (found === undefined && newest === undefined) return { failure: lookup.failure }
      newest = found ?? newest
      if (found === undefined || !lookup.isSuperseded) break
    }
    if (newest === undefined) return {}
    this.#options.onUse?.('miss')
    return { answer: newest }
  }

  /** Evicts a user, and does not keep the result of a lookup under way. Returns whether the user was in memory. */
  invalidate (userId: string): boolean {
    this.#supersede(userId)
    return this.#entries.delete(userId)
  }

  /**
   * Evicts the users who are in any of these groups, by id; looks at each user once, however many groups there are.
   * A user who is being looked up may be in one of them too: the result of no lookup under way is kept. Returns how many
   * were in memory.
   */
  invalidateGroups (groupIds: ReadonlySet<string>): number {
    for (const userId of this.#lookups.keys()) this.#supersede(userId)
    const members = [...this.#entries].filter(([, { user }]) => user?.groups.some(({ id }) => groupIds.has(id)))
    for (const [userId] of members) this.#entries.delete(userId)
    return members.length
  }

  /** Evicts all users. Returns how many were in memory. */
  clear (): number {
    const { size } = this.#entries
    this.#entries.clear()
    for (const userId of this.#lookups.keys()) this.#supersede(userId)
    return size
  }

  #supersede (userId: string): void {
    const lookup = this.#lookups.get(userId)
    if (lookup === undefined) return
    lookup.isSuperseded = true
    this.#lookups.delete(userId)
  }

  #lookUp (userId: string): Lookup {
    const underWay = this.#lookups.get(userId)
    if (underWay !== undefined) return underWay
    // During an outage one lookup at a time goes to see whether it is over.
    if (this.#isOutage) this.#retryAt = performance.now() + this.#options.cooldownMs
    const lookup: Lookup = { result: Promise.resolve(undefined), isSuperseded: false, failure: undefined }
    this.#lookups.set(userId, lookup)
    lookup.result = this.#run(userId, lookup)
    return lookup
  }

  async #run (userId: string, lookup: Lookup): Promise<CachedUser | undefined> {
    const startedAt = performance.now()
    const secondsTaken = (): number => (performance.now() - startedAt) / 1000
    try {
      const { user, readAt, isShared } = await this.#options.readUser(userId)
      // From here to the end nothing is awaited: an invalidation comes before all of it or after all of it.
      const entry = { user, groups: groupMatchers(user?.groups ?? []), readAt }
      if (!isShared) this.#endOutage()
      if (!lookup.isSuperseded) this.#entries.set(userId, entry)
      if (!isShared) this.#options.onLookup?.(user === null ? 'not_found' : 'found', secondsTaken())
      return entry
    } catch (error) {
      lookup.failure = error
      this.#fail(error, secondsTaken())
      return undefined
    } finally {
      if (!lookup.isSuperseded) this.#lookups.delete(userId)
    }
  }

  #endOutage (): void {
    this.#isOutage = false
    this.#retryAt = -Infinity
  }

  #fail (error: unknown, seconds: number): void {
    const { reason, isOutage, waitMs } = factsOf(error)
    if (isOutage) {
      this.#isOutage = true
      this.#outage = error
      this.#retryAt = performance.now() + Math.max(this.#options.cooldownMs, waitMs)
    }
    // It was never made.
    if (reason === 'busy') return
    // Okta answers, though not about this user.
    if (!isOutage) this.#endOutage()
    this.#options.onLookup?.(reason === 'rate_limited' ? 'rate_limited' : 'failed', seconds)
    this.#options.onFailure?.(error)
  }

  /** If this request made no lookup, it was refused by the outage; if it made one that has not ended, it waited too long. */
  #unavailable (failure: unknown): DirectoryUnavailableError {
    const now = performance.now()
    const cause = failure ?? (now < this.#retryAt ? this.#outage : undefined)
    const { reason, errorCode } = cause === undefined ? { reason: 'timeout' as const, errorCode: undefined } : factsOf(cause)
    const retryAfterSeconds = Math.max(1, Math.ceil((this.#retryAt - now) / 1000))
    return new DirectoryUnavailableError(retryAfterSeconds, { cause, reason, errorCode })
  }
}

function factsOf (error: unknown): Pick<DirectoryFailure, 'reason' | 'isOutage' | 'waitMs' | 'errorCode'> {
  return error instanceof DirectoryFailure ? error : { reason: 'unavailable', isOutage: true, waitMs: 0, errorCode: undefined }
}
