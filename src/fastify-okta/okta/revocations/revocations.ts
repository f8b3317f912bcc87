import type { Directory } from '../directory/directory.js'
import type { RevocationStore } from './revocation-store.js'
import { SharedWatermarks } from './shared-watermarks.js'
import { subjectKey, type Subject, type SubjectKey } from './subject.js'
import { TokenWatches, type TokenEnd } from './token-watches.js'
import { Watermarks, type ComparedClaims } from './watermarks.js'
import type { AccessTokenClaims } from '../access-token/claim-profile.js'

/** The result of raising the watermark of a user. */
export interface RaiseResult {
  /** The ids of the users who are concerned; empty if there is no directory, and the user was named by a login. */
  readonly userIds: readonly string[]
  /** Whether the directory has no such user. `false` for a user who is named by id, since no lookup is made. */
  readonly isUnknown: boolean
  /** Whether a watermark has moved: not if the time is older than any token, or one as late was there. */
  readonly isRaised: boolean
}

export interface RevocationsOptions {
  /** The origin of the org. */
  readonly org: string
  /** The directories of this org. */
  readonly directories: readonly Directory[]
  /** The longest life of a token, in milliseconds. */
  readonly maxTokenLifetimeMs: number
  readonly maxWatermarks: number
  /** How far another process' clock may be ahead of this one's, in milliseconds. */
  readonly clockToleranceMs: number
  /** Shares watermarks with other processes. */
  readonly store?: RevocationStore | undefined
  /** Called when there were too many watermarks, and the oldest were replaced by one for all users. */
  readonly onFull?: (() => void) | undefined
  /** Called with the number of users whose tokens are refused, whenever it may have changed. */
  readonly onCount?: ((users: number) => void) | undefined
  /** Called with what the store failed with: with the first failure, until it has worked again. */
  readonly onStoreFailure?: ((error: unknown) => void) | undefined
  /** Called with what a listener of a token's end has thrown. */
  readonly onListenerError?: ((error: unknown) => void) | undefined
}

/** How often expired watermarks are dropped, in milliseconds. */
const DROP_EVERY_MS = 60_000
/** How long a process that starts waits for a store that fails, before it goes on without the watermarks of the others. */
const MAX_WAIT_FOR_STORE_MS = 5000

/**
 * The users of one org whose tokens are refused before they expire. Every message about a user that an org sends ends in
 * one of these methods: it raises the user's watermark, or evicts the user from the directory's cache.
 *
 * Does NOT revoke anything at Okta.
 */
export class Revocations {
  readonly #options: RevocationsOptions
  readonly #watermarks: Watermarks
  readonly #watches: TokenWatches
  readonly #shared: SharedWatermarks | null
  readonly #dropping: NodeJS.Timeout
  readonly #createdAt = performance.now()

  constructor (options: RevocationsOptions) {
    const { org, store, maxTokenLifetimeMs, maxWatermarks, clockToleranceMs, onFull = () => {}, onCount = () => {}, onStoreFailure = () => {}, onListenerError = () => {} } = options
    this.#options = options
    const watermarks = this.#watermarks = new Watermarks({
      maxTokenLifetimeMs,
      maxWatermarks,
      onFull,
      onRaise: (subject) => {
        onCount(watermarks.size)
        this.#watches.check(subject)
      }
    })
    this.#watches = new TokenWatches({ isRevoked: (claims) => watermarks.isRevoked(claims), onError: onListenerError })
    this.#shared = store === undefined ? null : new SharedWatermarks({ store, org, watermarks, clockToleranceMs, onFailure: onStoreFailure })
    this.#dropping = setInterval(() => {
      watermarks.dropExpired()
      onCount(watermarks.size)
    }, DROP_EVERY_MS).unref()
  }

  /** The origin of the org. */
  get org (): string {
    return this.#options.org
  }

  /** Whether this process has read the watermarks of the store, or has waited for a store that fails for five seconds. */
  isReady (): boolean {
    return this.#shared === null || this.#shared.hasRead || performance.now() - this.#createdAt > MAX_WAIT_FOR_STORE_MS
  }

  /** Reads the watermarks that other processes have raised, if the store answers. Does not reject. */
  async open (): Promise<void> {
    await this.#shared?.open()
  }

  /** For the guards: whether the token with these claims is refused. Never waits. */
  isRevoked (claims: ComparedClaims): boolean {
    return this.#watermarks.isRevoked(claims)
  }

  /** Calls the listener once, when the token with these claims is revoked or expires. Returns a function that stops it. */
  watch (claims: AccessTokenClaims, listener: (end: TokenEnd) => void): () => void {
    return this.#watches.add(claims, listener)
  }

  /**
   * Raises the watermark of every user whom the subject names, and evicts them from the directory's cache: tokens issued at
   * that time or before are refused from now on. A time in the future counts as now. A time that is older than any token
   * raises nothing.
   *
   * A login is looked up in the directory, as a login and as an address, and stands for every user who has it. Without a
   * directory it is compared with the `sub` of tokens.
   *
   * Resolves once it holds in this process, and the store has it or has failed; in that case it is repeated.
   *
   * @throws {TypeError} the subject names no user, or the time is not one
   * @throws {DirectoryUnavailableError} the directory is needed and unavailable: nothing was raised
   */
  async raise (subject: Subject, at: Date): Promise<RaiseResult> {
    const atMs = Math.min(at.getTime(), Date.now())
    if (Number.isNaN(atMs)) throw new TypeError('the time must be a valid Date')
    const { keys, userIds, isUnknown } = await this.#resolve(subject)
    for (const userId of userIds) this.evict(userId)
    const raised = keys.filter((key) => this.#watermarks.raise(key, atMs))
    if (raised.length > 0) await this.#shared?.publish(raised.map((key) => ({ subject: key, atMs })))
    return { userIds, isUnknown, isRaised: raised.length > 0 }
  }

  /** Evicts a user from the directory's cache, here and in processes that share it. Returns whether it was in memory. */
  evict (userId: string): boolean {
    return this.#options.directories.map((directory) => directory.invalidate(userId)).includes(true)
  }

  /** Evicts the members of groups, by the ids of the groups. Returns how many were in memory. */
  evictGroups (groupIds: ReadonlySet<string>): number {
    return sum(this.#options.directories.map((directory) => directory.invalidateGroups(groupIds)))
  }

  /** Evicts all users. Returns how many were in memory. */
  evictAll (): number {
    return sum(this.#options.directories.map((directory) => directory.invalidateAll()))
  }

  close (): void {
    clearInterval(this.#dropping)
    this.#shared?.close()
  }

  async #resolve (subject: Subject): Promise<{ keys: readonly SubjectKey[], userIds: readonly string[], isUnknown: boolean }> {
    const key = subjectKey(subject)
    if ('uid' in subject && subject.uid !== undefined) return { keys: [key], userIds: [subject.uid], isUnknown: false }
    const [directory] = this.#options.directories
    if (directory === undefined) return { keys: [key], userIds: [], isUnknown: false }
    const userIds = await directory.findUserIds((subject as { readonly login: string }).login)
    return { keys: userIds.map((uid) => subjectKey({ uid })), userIds, isUnknown: userIds.length === 0 }
  }
}

function sum (numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
