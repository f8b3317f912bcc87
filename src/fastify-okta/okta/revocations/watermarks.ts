import type { AccessTokenClaims } from '../access-token/claim-profile.js'
import { actorsOf, EVERYBODY, normalizeLogin, readSubjectKey, type Subject } from './subject.js'

/** The tokens of a user that were issued at this time or before are refused. */
export interface Watermark {
  /** The user, or all users, in a form that only the plugin reads, such as `uid:00u1`. */
  readonly subject: string
  /** In milliseconds since the epoch. */
  readonly atMs: number
}

/** What is compared with a watermark. */
export type ComparedClaims = Pick<AccessTokenClaims, 'uid' | 'sub' | 'act' | 'iat' | 'auth_time'>

interface WatermarksOptions {
  /** The longest life of a token, in milliseconds: a watermark is dropped when all tokens from before have expired. */
  readonly maxTokenLifetimeMs: number
  readonly maxWatermarks: number
  /** Called after a watermark has moved forward. */
  readonly onRaise?: (subject: string) => void
  /** Called when there were too many watermarks. */
  readonly onFull?: () => void
}

/** The part of the watermarks that is replaced by a common one when there are too many. */
const REPLACED_PART = 0.1

/**
 * The watermarks of one org's users, in memory. A token is refused if it was issued (`iat`), or its user signed in
 * (`auth_time`), at the watermark's time or before. A watermark only moves forward.
 *
 * Bounded: if there are too many, the oldest tenth is replaced by one for all users, at the time of the newest of these.
 * That refuses tokens of other users too, and never accepts one that was revoked.
 *
 * Does NOT know what time it is: the caller makes sure that a watermark is not in the future.
 */
export class Watermarks {
  readonly #options: WatermarksOptions
  // In seconds, as claims are: a decimal fraction in a claim then equals the same time in a watermark.
  readonly #byId = new Map<string, number>()
  readonly #byLogin = new Map<string, number>()
  #ofEverybody = -Infinity
  #isEmpty = true

  constructor (options: WatermarksOptions) {
    this.#options = options
  }

  get size (): number {
    return this.#byId.size + this.#byLogin.size
  }

  /**
   * Whether the token with these claims is refused. Looks at nothing if there is no watermark, and else in one map by the
   * user's id, which is the `sub` of tokens without `uid`; in a second one only if a user is known by a login. A token is
   * refused too if somebody who acts for the user is revoked (`act`).
   */
  isRevoked (claims: ComparedClaims): boolean {
    if (this.#isEmpty) return false
    const { uid, sub, act, iat, auth_time: signedInAt } = claims
    let at = this.#latestOf(uid ?? sub, sub)
    if (act !== undefined) for (const actor of actorsOf(act)) at = Math.max(at, this.#latestOf(actor, actor))
    if (at < this.#ofEverybody) at = this.#ofEverybody
    // A time that cannot be compared is not after the watermark.
    return at !== -Infinity && !(iat > at && (signedInAt === undefined || (typeof signedInAt === 'number' && signedInAt > at)))
  }

  /** Moves a watermark forward. Returns whether it moved: not if it is there or later already, or no token can be older. */
  raise (subject: string, atMs: number): boolean {
    const known = readSubjectKey(subject)
    const at = atMs / 1000
    if (known === undefined || !(at > this.#expiredAt())) return false
    if (known === EVERYBODY) {
      if (at <= this.#ofEverybody) return false
      this.#ofEverybody = at
    } else if (!this.#raise(known, at)) return false
    this.#isEmpty = false
    this.#options.onRaise?.(subject)
    return true
  }

  /** All of them, as other processes need them. */
  * entries (): Generator<Watermark> {
    if (this.#ofEverybody !== -Infinity) yield { subject: EVERYBODY, atMs: toMs(this.#ofEverybody) }
    for (const [uid, at] of this.#byId) yield { subject: `uid:${uid}`, atMs: toMs(at) }
    for (const [login, at] of this.#byLogin) yield { subject: `login:${login}`, atMs: toMs(at) }
  }

  /** Drops the watermarks that no token is older than. */
  dropExpired (): void {
    const expiredAt = this.#expiredAt()
    this.#drop(expiredAt)
    if (this.#ofEverybody <= expiredAt) this.#ofEverybody = -Infinity
    this.#isEmpty = this.size === 0 && this.#ofEverybody === -Infinity
  }

  #latestOf (id: string, login: string): number {
    const at = this.#byId.get(id) ?? -Infinity
    return this.#byLogin.size === 0 ? at : Math.max(at, this.#byLogin.get(normalizeLogin(login)) ?? -Infinity)
  }

  #raise (subject: Subject, at: number): boolean {
    const [map, name] = 'uid' in subject ? [this.#byId, subject.uid] : [this.#byLogin, subject.login]
    const present = map.get(name)
    if (present !== undefined && at <= present) return false
    // Also one that the watermark of all users covers here: another process may not have that.
    if (present === undefined && this.size >= this.#options.maxWatermarks) this.#makeSpace()
    map.set(name, at)
    return true
  }

  #makeSpace (): void {
    this.dropExpired()
    if (this.size < this.#options.maxWatermarks) return
    const times = Float64Array.from([...this.#byId.values(), ...this.#byLogin.values()]).sort()
    const at = times[Math.floor(times.length * REPLACED_PART)] as number
    this.#ofEverybody = Math.max(this.#ofEverybody, at)
    this.#drop(this.#ofEverybody)
    this.#isEmpty = false
    this.#options.onFull?.()
    this.#options.onRaise?.(EVERYBODY)
  }

  #drop (at: number): void {
    for (const map of [this.#byId, this.#byLogin]) {
      for (const [name, time] of map) if (time <= at) map.delete(name)
    }
  }

  /** Tokens from this time or before have expired, in seconds. */
  #expiredAt (): number {
    return (Date.now() - this.#options.maxTokenLifetimeMs) / 1000
  }
}

function toMs (seconds: number): number {
  return Math.round(seconds * 1000)
}
