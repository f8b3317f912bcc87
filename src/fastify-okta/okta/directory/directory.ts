import { DirectoryUnavailableError, FastifyOktaError, InvalidProfileError, UserInactiveError } from '../../errors.js'
import { toDirectoryProblem, type DirectoryProblem } from './problem.js'
import type { SharedUserCache } from './shared-user-cache.js'
import { SharedUsers, type Invalidation } from './shared-users.js'
import { UserCache, type DirectoryEntry, type UserCacheOptions, type UserReading } from './user-cache.js'
import { openUsersApi, type DirectoryCredentials, type UsersApi, type UsersApiOptions } from './users-api.js'
import type { OktaGroup, OktaUser } from './user.js'

/** The profile attributes that a user may change, each a text or `null`; the rest is for administrators. */
export const CHANGEABLE_ATTRIBUTES = ['firstName', 'lastName', 'nickName', 'timezone', 'locale', 'preferredLanguage'] as const

export type ProfileChanges = { readonly [attribute in typeof CHANGEABLE_ATTRIBUTES[number]]?: string | null }

const PING_EVERY_MS = 10_000

export interface DirectorySettings {
  readonly orgUrl: string
  readonly credentials: DirectoryCredentials
  readonly profileAttributes: readonly string[]
  readonly userCacheTtlMs: number
  readonly userCacheCeilingMs: number
  readonly cooldownMs: number
  readonly timeoutMs: number
  readonly maxCachedUsers: number
  readonly maxCachedBytes: number
  /** What other processes read, and whom they forget. */
  readonly sharedCache?: SharedUserCache
  /** Called with whatever a look-up failed with; for the log. */
  readonly onFailure?: (error: unknown) => void
  /** Called after every look-up, with how long it took. */
  readonly onLookUp?: UserCacheOptions['onLookUp']
  /** Called each time that a user is needed. */
  readonly onUse?: UserCacheOptions['onUse']
  /** Called with what an answer of Okta's says is left of the rate limit of calls of its kind. */
  readonly onRateLimit?: UsersApiOptions['onRateLimit']
}

/** The users of one org, read and changed through Okta's Management API. */
export class Directory {
  readonly #api: UsersApi
  readonly #cache: UserCache
  readonly #shared: SharedUsers | null
  #ping: { readonly result: Promise<DirectoryProblem | null>, readonly at: number } | undefined

  /** Imports Okta's SDK, which takes over a second; does NOT call Okta. */
  static async open (settings: DirectorySettings): Promise<Directory> {
    return new Directory(await openUsersApi(settings), settings)
  }

  private constructor (api: UsersApi, settings: DirectorySettings) {
    this.#api = api
    this.#shared = shareUsers(api, settings)
    this.#cache = new UserCache({
      readUser: async userId => await (this.#shared?.read(userId) ?? readAlone(api, userId)),
      freshForMs: settings.userCacheTtlMs,
      staleForMs: settings.userCacheCeilingMs,
      cooldownMs: settings.cooldownMs,
      maxEntries: settings.maxCachedUsers,
      maxBytes: settings.maxCachedBytes,
      onLookUp: settings.onLookUp,
      onUse: settings.onUse,
      ...(settings.onFailure === undefined ? {} : { onFailure: settings.onFailure })
    })
    this.#shared?.onInvalidation(whom => { this.#forget(whom) })
  }

  /** For the guards: the user if it is in memory, without waiting. */
  peek (userId: string): DirectoryEntry | undefined {
    return this.#cache.peek(userId)
  }

  /** For the guards: the user and what its groups are called. */
  async readEntry (userId: string): Promise<DirectoryEntry> {
    return await this.#cache.read(userId)
  }

  /**
   * Reads a user by id (never by login), from memory where it is fresh; `null` if there is none. The user may have any status.
   *
   * @throws {DirectoryUnavailableError} Okta is away and memory has nothing that would do
   */
  async read (userId: string): Promise<OktaUser | null> {
    return (await this.#cache.read(userId)).user
  }

  /**
   * Changes the profile of a user; attributes that are not named stay. Returns the user as Okta has it then, and that
   * is what this process knows from then on.
   *
   * @throws {InvalidProfileError} an attribute is not one of {@link CHANGEABLE_ATTRIBUTES}, or Okta refuses the values
   * @throws {UserInactiveError} the user is gone
   * @throws {DirectoryUnavailableError}
   */
  async update (userId: string, changes: ProfileChanges): Promise<OktaUser> {
    if (!Object.keys(changes).every(name => (CHANGEABLE_ATTRIBUTES as readonly string[]).includes(name))) {
      throw new InvalidProfileError(`only these profile attributes can be changed: ${CHANGEABLE_ATTRIBUTES.join(', ')}`)
    }
    try {
      await this.#api.updateProfile(userId, changes)
    } catch (cause) {
      if (cause instanceof FastifyOktaError) throw cause
      throw new DirectoryUnavailableError(1, { cause })
    } finally {
      // Also after a failure: Okta may have made the change and the answer been lost.
      this.invalidate(userId)
    }
    const user = await this.read(userId)
    if (user === null) throw new UserInactiveError()
    return user
  }

  /**
   * Finds the groups of any type whose name is this, without regard to letter case, or whose id it is. Asks Okta each time.
   * Okta's search may lag a few seconds behind a change.
   *
   * @throws {DirectoryUnavailableError}
   */
  async findGroups (name: string): Promise<readonly OktaGroup[]> {
    try {
      return await this.#api.findGroups(name)
    } catch (cause) {
      throw new DirectoryUnavailableError(1, { cause })
    }
  }

  /** Whether Okta answers with these credentials. Asks at most once in ten seconds; does not throw. */
  async isReachable (): Promise<boolean> {
    return await this.findProblem() === null
  }

  /** Why users and groups cannot be read with these credentials now; `null` if they can. Asks at most once in ten seconds; does not throw. */
  async findProblem (): Promise<DirectoryProblem | null> {
    const now = performance.now()
    if (this.#ping === undefined || now - this.#ping.at > PING_EVERY_MS) {
      this.#ping = { result: this.#api.ping().then(() => null, toDirectoryProblem), at: now }
    }
    return await this.#ping.result
  }

  /**
   * Forgets a user, so that the next request reads it afresh; a look-up under way does not bring it back. Processes that
   * share the cache forget it too, a moment later. Returns whether the user was in memory. Does NOT ask Okta.
   */
  invalidate (userId: string): boolean {
    const isKnown = this.#cache.invalidate(userId)
    this.#shared?.invalidate({ userId })
    return isKnown
  }

  /**
   * Forgets the users who are in any of these groups, by id: for a group that was deleted or is called otherwise now.
   * Processes that share the cache do the same. Returns how many were in memory. Does NOT ask Okta.
   */
  invalidateGroups (groupIds: ReadonlySet<string>): number {
    const known = this.#cache.invalidateGroups(groupIds)
    this.#shared?.invalidate({ groupIds: [...groupIds] })
    return known
  }

  /** Forgets everybody, here and in processes that share the cache. */
  invalidateAll (): void {
    this.#cache.clear()
    this.#shared?.invalidate({ everybody: true })
  }

  /** What another process has invalidated, which is not for this one to spread. */
  #forget (whom: Invalidation): void {
    if ('userId' in whom) this.#cache.invalidate(whom.userId)
    else if ('groupIds' in whom) this.#cache.invalidateGroups(new Set(whom.groupIds))
    else this.#cache.clear()
  }
}

async function readAlone (api: UsersApi, userId: string): Promise<UserReading> {
  return { user: await api.readUser(userId), readAt: performance.now(), isShared: false }
}

function shareUsers (api: UsersApi, { sharedCache, orgUrl, credentials, userCacheTtlMs, profileAttributes }: DirectorySettings): SharedUsers | null {
  if (sharedCache === undefined) return null
  return new SharedUsers({
    cache: sharedCache,
    org: orgUrl,
    readUser: async userId => await api.readUser(userId),
    freshForMs: userCacheTtlMs,
    profileAttributes,
    secret: 'token' in credentials ? credentials.token : JSON.stringify(credentials.privateKey)
  })
}
