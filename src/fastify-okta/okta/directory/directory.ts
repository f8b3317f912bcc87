import { FastifyOktaError, InvalidProfileError, UserInactiveError } from '../../errors.js'
import { toAccess, type DirectoryAccess } from './directory-access.js'
import { DirectoryFailure, toDirectoryFailure, toUnavailable } from './directory-failure.js'
import type { SharedUserCache } from './shared-user-cache.js'
import { SharedUsers, type Invalidation } from './shared-users.js'
import { UserCache, type CachedUser, type UserCacheOptions, type FetchedUser } from './user-cache.js'
import { openUsersApi, type DirectoryCredentials, type UsersApi, type UsersApiOptions } from './users-api.js'
import type { OktaGroup, OktaUser } from './user.js'

/** The profile attributes that users may change, each a string or `null`; the others are for administrators. */
export const CHANGEABLE_ATTRIBUTES = ['firstName', 'lastName', 'nickName', 'timezone', 'locale', 'preferredLanguage'] as const

export type ProfileChanges = { readonly [attribute in typeof CHANGEABLE_ATTRIBUTES[number]]?: string | null }

/** What was tried: to read users and groups, or to change a profile. */
export type DirectoryAction = 'read' | 'change'

const PING_EVERY_MS = 10_000
/** How much longer than a lookup a request waits, so that the lookup's own result or failure comes first. */
const WAIT_MARGIN_MS = 250

export interface OpenDirectoryOptions {
  readonly orgUrl: string
  readonly credentials: DirectoryCredentials
  readonly profileAttributes: readonly string[]
  readonly userCacheTtlMs: number
  readonly userCacheCeilingMs: number
  readonly cooldownMs: number
  readonly timeoutMs: number
  readonly maxCachedUsers: number
  readonly maxCachedBytes: number
  /** Shares users and invalidations with other processes. */
  readonly sharedCache?: SharedUserCache
  /** Called with whatever a lookup or a profile change failed with; for the log. */
  readonly onFailure?: (error: unknown, action: DirectoryAction) => void
  /** Called after every lookup, with how long it took. */
  readonly onLookup?: UserCacheOptions['onLookup']
  /** Called each time that a user is requested. */
  readonly onUse?: UserCacheOptions['onUse']
  /** Called with the number of calls of this kind that Okta says it still accepts, and of how many. */
  readonly onRateLimit?: UsersApiOptions['onRateLimit']
}

/** The users of one org, read and changed through Okta's Management API. */
export class Directory {
  readonly #api: UsersApi
  readonly #cache: UserCache
  readonly #shared: SharedUsers | null
  readonly #onFailure: (error: unknown, action?: DirectoryAction) => void
  #ping: { readonly result: Promise<DirectoryAccess>, readonly at: number } | undefined

  /**
   * Imports Okta's SDK; does NOT call Okta.
   *
   * @throws {TypeError} the credentials cannot be used
   */
  static async open (settings: OpenDirectoryOptions): Promise<Directory> {
    return new Directory(await openUsersApi(settings), settings)
  }

  private constructor (api: UsersApi, settings: OpenDirectoryOptions) {
    const { userCacheTtlMs, userCacheCeilingMs, cooldownMs, timeoutMs, maxCachedUsers, maxCachedBytes } = settings
    this.#api = api
    this.#onFailure = (error, action = 'read') => {
      // Newer than the last ping, which may have been before the credentials were revoked.
      if (error instanceof DirectoryFailure && error.reason === 'refused' && error.isOutage) this.#ping = { result: Promise.resolve(toAccess(error)), at: performance.now() }
      settings.onFailure?.(error, action)
    }
    this.#shared = shareUsers(api, settings)
    this.#cache = new UserCache({
      readUser: async (userId) => await (this.#shared?.read(userId) ?? readAlone(api, userId)),
      userCacheTtlMs,
      userCacheCeilingMs,
      cooldownMs,
      maxCachedUsers,
      maxCachedBytes,
      maxWaitMs: timeoutMs + WAIT_MARGIN_MS,
      onLookup: settings.onLookup,
      onUse: settings.onUse,
      onFailure: this.#onFailure
    })
    this.#shared?.onInvalidation((invalidation) => { this.#evict(invalidation) })
  }

  /** For the guards: the user if memory has it. Never waits. */
  fromMemory (userId: string): CachedUser | undefined {
    return this.#cache.fromMemory(userId)
  }

  /** For the guards: the user, and the names and ids of its groups that a route may require. */
  async readCachedUser (userId: string): Promise<CachedUser> {
    return await this.#cache.read(userId)
  }

  /**
   * Reads a user by id (never by login), from memory if it is fresh; `null` if there is none. The user may have any status.
   *
   * @throws {DirectoryUnavailableError} Okta cannot be asked, and memory has nothing that can be used
   */
  async read (userId: string): Promise<OktaUser | null> {
    return (await this.#cache.read(userId)).user
  }

  /**
   * Changes the profile of a user; attributes that are not named stay. Returns the user as Okta has it then, and that
   * is what this process knows from then on. One user's changes are made one after another, 60 in a row and then one a
   * second; more are refused.
   *
   * @throws {InvalidProfileError} an attribute is not one of {@link CHANGEABLE_ATTRIBUTES}, or Okta refuses the values
   * @throws {UserInactiveError} the user does not exist
   * @throws {DirectoryUnavailableError}
   */
  async update (userId: string, changes: ProfileChanges): Promise<OktaUser> {
    if (!Object.keys(changes).every((name) => (CHANGEABLE_ATTRIBUTES as readonly string[]).includes(name))) {
      throw new InvalidProfileError(`only these profile attributes can be changed: ${CHANGEABLE_ATTRIBUTES.join(', ')}`)
    }
    await this.#change(userId, changes)
    const user = await this.read(userId)
    if (user === null) throw new UserInactiveError()
    return user
  }

  async #change (userId: string, changes: ProfileChanges): Promise<void> {
    try {
      await this.#api.updateProfile(userId, changes)
    } catch (error) {
      if (error instanceof FastifyOktaError) {
        this.invalidate(userId)
        throw error
      }
      const failure = toDirectoryFailure(error)
      // It was never made: nothing has changed, and nothing happened that the log should tell.
      if (failure.reason !== 'busy') {
        // Okta may have made the change and the answer been lost.
        this.invalidate(userId)
        this.#onFailure(failure, 'change')
      }
      throw toUnavailable(failure)
    }
    this.invalidate(userId)
  }

  /**
   * The ids of the users whose login or address this is, without regard to letter case, whatever their status. Asks Okta
   * each time.
   *
   * @throws {DirectoryUnavailableError}
   */
  async findUserIds (login: string): Promise<readonly string[]> {
    try {
      return await this.#api.findUserIds(login)
    } catch (error) {
      throw toUnavailable(toDirectoryFailure(error))
    }
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
    } catch (error) {
      throw toUnavailable(toDirectoryFailure(error))
    }
  }

  /** Whether Okta answers with these credentials. Asks at most once in ten seconds; does not throw. */
  async isReachable (): Promise<boolean> {
    return (await this.checkAccess()).isReady
  }

  /** As {@link isReachable}, and says why not. Asks at most once in ten seconds; does not throw. */
  async checkAccess (): Promise<DirectoryAccess> {
    const now = performance.now()
    if (this.#ping === undefined || now - this.#ping.at > PING_EVERY_MS) {
      this.#ping = { result: this.#api.ping().then(() => ({ isReady: true }), toAccess), at: now }
    }
    return await this.#ping.result
  }

  /**
   * Evicts a user, so that the next request reads it afresh; a lookup under way does not bring it back. Processes that
   * share the cache evict it too, a moment later. Returns whether the user was in memory. Does NOT ask Okta.
   */
  invalidate (userId: string): boolean {
    const isKnown = this.#cache.invalidate(userId)
    this.#shared?.invalidate({ userId })
    return isKnown
  }

  /**
   * Evicts the users who are in any of these groups, by id: for a group that was deleted or renamed.
   * Processes that share the cache do the same. Returns how many were in memory. Does NOT ask Okta.
   */
  invalidateGroups (groupIds: ReadonlySet<string>): number {
    const known = this.#cache.invalidateGroups(groupIds)
    this.#shared?.invalidate({ groupIds: [...groupIds] })
    return known
  }

  /** Evicts all users, here and in processes that share the cache. Returns how many were in memory. */
  invalidateAll (): number {
    const known = this.#cache.clear()
    this.#shared?.invalidate({ everybody: true })
    return known
  }

  /** Sends nothing to other processes from now on. */
  close (): void {
    this.#shared?.close()
  }

  /** Another process has invalidated these: it is not for this one to publish it. */
  #evict (invalidation: Invalidation): void {
    if ('userId' in invalidation) this.#cache.invalidate(invalidation.userId)
    else if ('groupIds' in invalidation) this.#cache.invalidateGroups(new Set(invalidation.groupIds))
    else this.#cache.clear()
  }
}

async function readAlone (api: UsersApi, userId: string): Promise<FetchedUser> {
  return { user: await api.readUser(userId), readAt: performance.now(), isShared: false }
}

function shareUsers (api: UsersApi, { sharedCache, orgUrl, credentials, userCacheTtlMs, profileAttributes }: OpenDirectoryOptions): SharedUsers | null {
  if (sharedCache === undefined) return null
  return new SharedUsers({
    cache: sharedCache,
    org: orgUrl,
    readUser: async (userId) => await api.readUser(userId),
    userCacheTtlMs,
    profileAttributes,
    secret: 'token' in credentials ? credentials.token : JSON.stringify(credentials.privateKey)
  })
}
