import { parseJsonObject } from '../../oauth/json-object.js'
import { withDeadline } from './deadline.js'
import { MessageAuthenticator } from './message-authenticator.js'
import { readSharedUser, writeSharedUser, type SharedUser } from './shared-user.js'
import type { SharedUserCache, SharedUserReading } from './shared-user-cache.js'
import { RENEW_AFTER, type FetchedUser } from './user-cache.js'
import { isUserId } from './users-api.js'
import type { OktaUser } from './user.js'

/** Which users to evict, also as a message between processes: one user, the members of groups, or everybody. */
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
  readonly userCacheTtlMs: number
  /** Kept beside the standard ones. */
  readonly profileAttributes: readonly string[]
  /** Known to all processes that share, and to nobody else: an entry that is not signed with it is ignored. */
  readonly secret: string
}

/** Far longer than a cache nearby takes, and too short to be noticed. */
const TIMEOUT_MS = 100
/** By how much the clocks of two processes may differ. It bounds what a cache with a false clock can do. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000
/** A cache remembers an invalidation for a minute: after a longer lookup the user might have been invalidated and is not shared. */
const MAX_LOOKUP_MS = 50_000
/** Longer entries are neither shared nor read: users in some thousand groups. In UTF-16 code units; 768 KiB in UTF-8 at most. */
const MAX_ENTRY_LENGTH = 256 * 1024
/** A message with more than these is about everybody. */
const MAX_GROUPS_PER_MESSAGE = 1000
const MAX_MESSAGE_LENGTH = 64 * 1024
/** Between attempts to send everybody's invalidation, which the other processes receive even if the cache cannot store it. */
const RESYNC_COOLDOWN_MS = 2000
const EVERYBODY = { everybody: true } as const

/**
 * The users of an org as several processes share them. A shared user is used until it would be read again in the
 * background. Its age counts from its lookup at Okta, by whichever process, and is judged by the cache's clock. A cache
 * that is slow, fails or holds what none of the processes wrote is treated as if it did not exist.
 *
 * An invalidation holds for all processes, and for lookups that are under way in any of them. One that the cache does not
 * accept is replaced, when the cache is available again, by an invalidation of everybody; until then this process shares
 * nothing.
 */
export class SharedUsers {
  readonly #options: SharedUsersOptions
  readonly #authenticator: MessageAuthenticator
  /** How many invalidations the cache did not accept, and how many of them have been replaced. */
  #failures = 0
  #resynced = 0
  #resyncing: Promise<void> | undefined
  #nextResyncAt = -Infinity
  #retry: NodeJS.Timeout | undefined
  #isClosed = false

  constructor (options: SharedUsersOptions) {
    this.#options = options
    this.#authenticator = new MessageAuthenticator(options.secret)
  }

  /** The user from the cache, or from Okta; then it is shared, which nobody waits for. */
  async read (userId: string): Promise<FetchedUser> {
    const { readUser, userCacheTtlMs } = this.#options
    if (userCacheTtlMs === 0 || !isUserId(userId)) return fromOkta(await readUser(userId))
    const startedAt = performance.now()
    const localReadAtMs = Date.now()
    const reading = await this.#readShared(userId)
    const shared = reading === undefined ? undefined : this.#readCachedUser(reading, userId)
    // The cache has told its time after `startedAt`, so the user is not older than this.
    if (shared !== undefined) return { user: shared.user, readAt: startedAt - shared.age, isShared: true }

    const fresh = fromOkta(await readUser(userId))
    if (reading !== undefined && fresh.readAt - startedAt <= MAX_LOOKUP_MS) {
      this.#share(userId, { user: fresh.user, readAtMs: reading.nowMs, localReadAtMs }, reading.version).catch(() => {})
    }
    return fresh
  }

  /** Has the other processes evict users as well, if they can be reached. Does NOT wait for that. */
  invalidate (invalidation: Invalidation): void {
    if ('userId' in invalidation && !isUserId(invalidation.userId)) return
    this.#publish(invalidation).catch(() => {
      this.#failures++
      this.#resyncLater()
    })
  }

  /** Has a listener called when another process invalidates users, or when this one cannot know whether another did. */
  onInvalidation (listener: (invalidation: Invalidation) => void): void {
    const { cache, org } = this.#options
    cache.subscribe(org, message => {
      listener(message === null ? EVERYBODY : readMessage(message))
      if (message !== null) return
      // Messages were missed because the cache was unavailable, and now it is available again.
      this.#nextResyncAt = -Infinity
      this.#resync().catch(() => { this.#resyncLater() })
    })
  }

  /** Sends nothing again from now on. */
  close (): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
  }

  async #readShared (userId: string): Promise<SharedUserReading | undefined> {
    try {
      return await withDeadline(this.#readCache(userId), TIMEOUT_MS, 'the shared cache is slow')
    } catch {
      return undefined
    }
  }

  async #readCache (userId: string): Promise<SharedUserReading | undefined> {
    const { cache, org } = this.#options
    await this.#resync()
    const reading = await cache.read(org, userId)
    return this.#hasUnsentInvalidations() || !Number.isSafeInteger(reading.nowMs) ? undefined : reading
  }

  async #share (userId: string, shared: SharedUser, version: string): Promise<void> {
    const { cache, org, userCacheTtlMs } = this.#options
    if (this.#hasUnsentInvalidations()) return
    const text = this.#authenticator.sign(purposeOf(org, userId), writeSharedUser(shared))
    if (text.length > MAX_ENTRY_LENGTH) return
    await cache.write(org, userId, { text, ttlMs: Math.ceil(userCacheTtlMs * RENEW_AFTER), version })
  }

  #readCachedUser ({ text: signed, nowMs }: SharedUserReading, userId: string): { user: OktaUser | null, age: number } | undefined {
    const { org, userCacheTtlMs, profileAttributes } = this.#options
    if (signed === undefined || signed.length > MAX_ENTRY_LENGTH) return undefined
    const text = this.#authenticator.verify(purposeOf(org, userId), signed)
    const shared = text === undefined ? undefined : readSharedUser(text, userId, profileAttributes)
    if (shared === undefined) return undefined
    const age = nowMs - shared.readAtMs
    const localAge = Date.now() - shared.localReadAtMs
    const maxAge = userCacheTtlMs * RENEW_AFTER
    return age >= 0 && age < maxAge && localAge < maxAge + MAX_CLOCK_DIFFERENCE_MS ? { user: shared.user, age } : undefined
  }

  /** Members of groups cannot be found among the entries, so all entries are removed for them. */
  async #publish (invalidation: Invalidation): Promise<void> {
    const { cache, org } = this.#options
    await cache.invalidate(org, 'userId' in invalidation ? invalidation.userId : null, writeMessage(invalidation))
  }

  #hasUnsentInvalidations (): boolean {
    return this.#failures > this.#resynced
  }

  /** The other processes need the invalidation, whether or not this one reads another user. */
  #resyncLater (): void {
    if (this.#isClosed) return
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      this.#resync().catch(() => { this.#resyncLater() })
    }, RESYNC_COOLDOWN_MS).unref()
  }

  /** @throws the cache does not accept the invalidation, or did not a moment ago */
  async #resync (): Promise<void> {
    if (!this.#hasUnsentInvalidations()) return
    if (this.#resyncing === undefined) {
      if (performance.now() < this.#nextResyncAt) throw new Error('the shared cache did not accept an invalidation')
      const failures = this.#failures
      this.#nextResyncAt = performance.now() + RESYNC_COOLDOWN_MS
      this.#resyncing = this.#publish(EVERYBODY)
        .then(() => {
          this.#resynced = failures
          this.#nextResyncAt = -Infinity
        })
        .finally(() => { this.#resyncing = undefined })
    }
    await this.#resyncing
  }
}

/** One line, since neither an origin nor an id contains a line break. */
function purposeOf (org: string, userId: string): string {
  return `${org} ${userId}`
}

function fromOkta (user: OktaUser | null): FetchedUser {
  return { user, readAt: performance.now(), isShared: false }
}

function writeMessage (invalidation: Invalidation): string {
  const isLarge = 'groupIds' in invalidation && invalidation.groupIds.length > MAX_GROUPS_PER_MESSAGE
  return JSON.stringify(isLarge ? EVERYBODY : invalidation)
}

/** A message that cannot be understood, or is too long to be read, may be about anybody. */
function readMessage (message: string): Invalidation {
  if (message.length > MAX_MESSAGE_LENGTH) return EVERYBODY
  const { userId, groupIds } = parseJsonObject(Buffer.from(message)) ?? {}
  if (typeof userId === 'string') return { userId }
  if (Array.isArray(groupIds) && groupIds.length <= MAX_GROUPS_PER_MESSAGE && groupIds.every(id => typeof id === 'string')) return { groupIds }
  return EVERYBODY
}
