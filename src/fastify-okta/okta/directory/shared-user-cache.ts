/** What a shared cache holds for a user. */
export interface SharedUserReading {
  /** What was written last and is still valid; otherwise `undefined`. */
  readonly text: string | undefined
  /** Changes whenever the user is invalidated; for {@link SharedUserCache.write}. */
  readonly version: string
  /**
   * The cache's own clock when it answered, in milliseconds since the epoch. All processes judge the age of a user by this
   * clock, so their own may differ.
   */
  readonly nowMs: number
}

export interface SharedUserEntry {
  readonly text: string
  /** How long the text may be kept, in milliseconds. */
  readonly ttlMs: number
  /** The version of the reading before. */
  readonly version: string
}

/**
 * Where several processes keep the users that they read from Okta, so that one lookup serves all of them, and notify each
 * other which users to evict.
 *
 * It may fail and be slow: then each process keeps running independently. It is trusted with the users' profiles, which it
 * can read, and to pass on invalidations. It need not be trusted with who is who: its entries are signed with a key
 * derived from the directory's credentials. A cache with a false clock can make a user about a minute older than it says.
 *
 * The calls of one process must take effect in the order in which they are made.
 */
export interface SharedUserCache {
  /** The entry of a user of an org, its current version, and the time. */
  read (org: string, userId: string): Promise<SharedUserReading>
  /**
   * Keeps an entry, unless the user has been invalidated since the reading that gave the version. To compare and to keep
   * must be one step, and an invalidation must be remembered for at least a minute.
   */
  write (org: string, userId: string, entry: SharedUserEntry): Promise<void>
  /**
   * Removes the entry of a user, or of all users of the org (`null`), makes versions read before void, and gives the
   * message to the other processes, even if the first two fail.
   */
  invalidate (org: string, userId: string | null, message: string): Promise<void>
  /**
   * Has a listener called with the messages that other processes give to `invalidate` for this org, and with `null`
   * whenever some may have been missed, as after a lost connection.
   */
  subscribe (org: string, listener: (message: string | null) => void): void
}
