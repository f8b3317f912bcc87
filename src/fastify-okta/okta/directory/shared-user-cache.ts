/** What a shared cache has for a user. */
export interface SharedUserReading {
  /** What was written last and is still there; otherwise `undefined`. */
  readonly text: string | undefined
  /** Stands for how often the user has been invalidated, in whatever form; for {@link SharedUserCache.write}. */
  readonly version: string
}

export interface SharedUserEntry {
  readonly text: string
  /** How long the text may be kept, in milliseconds. */
  readonly ttlMs: number
  /** What the reading before gave. */
  readonly version: string
}

/**
 * Where several processes keep the users that they read from Okta, so that one look-up serves all of them, and tell each
 * other whom to forget.
 *
 * It may fail and be slow: then each process goes on alone. It is trusted with the users' profiles, which it could read,
 * and to pass on invalidations. It need not be trusted with who is who: what it holds is sealed, with a key made of the
 * directory's credentials, and never makes a user fresher than the look-up was.
 *
 * The calls of one process must take effect in the order in which they are made.
 */
export interface SharedUserCache {
  /** The text of a user of an org, and the version that it has now. */
  read (org: string, userId: string): Promise<SharedUserReading>
  /**
   * Keeps a text, unless the user has been invalidated since the reading that gave the version. To compare and to keep
   * must be one step, and an invalidation must be remembered for at least a minute.
   */
  write (org: string, userId: string, entry: SharedUserEntry): Promise<void>
  /**
   * Drops the text of a user, or of everybody in the org (`null`), makes versions read before void, and then gives the
   * message to the other processes.
   */
  invalidate (org: string, userId: string | null, message: string): Promise<void>
  /**
   * Has a listener called with the messages that other processes give to `invalidate` for this org, and with `null`
   * whenever some may have been missed, as after a lost connection.
   */
  subscribe (org: string, listener: (message: string | null) => void): void
}
