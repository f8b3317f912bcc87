import { notFound } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Users } from '../users/store.js'
import { isActive } from '../users/user.js'
import type { User } from '../users/user.js'

/** How long a session lives after its last use. */
export const SESSION_SECONDS = 2 * 3600

/** What Okta's ids of sessions begin with. */
const PREFIX = '102'

/** A session of a browser with the org, with all its authorization servers. */
export interface Session {
  /** As the API knows it: `102…`. */
  readonly id: string
  readonly user: User
  /** When the user signed in, in seconds since the epoch. */
  readonly startedAt: number
  /** In milliseconds since the epoch. */
  readonly expiresAt: number
  readonly amr: readonly string[]
}

interface Entry {
  /** As oidc-provider writes it, but in the org's time. */
  readonly payload: Json
  readonly expiresAt: number
}

/**
 * The sessions of the org, by the values of their cookies. The authorization servers make and use them; nobody is signed
 * in to some. One of a user who is not active counts as ended.
 */
export class Sessions {
  readonly #byCookie = new Map<string, Entry>()
  readonly #kernel: Kernel

  constructor (kernel: Kernel) {
    this.#kernel = kernel
    kernel.store(Users).onSessionsEnd(({ userId }) => { this.#deleteWhere(({ payload }) => payload['accountId'] === userId) })
  }

  /** Writes a session, with what oidc-provider keeps of it. */
  set (cookie: string, payload: Json, lifetimeSeconds: number): void {
    this.#byCookie.set(cookie, { payload, expiresAt: this.#kernel.clock.now() + lifetimeSeconds * 1000 })
    if (this.#byCookie.size % 1000 === 0) this.#deleteWhere((entry) => this.#isOver(entry))
  }

  /** What oidc-provider keeps of the session with this cookie. */
  payloadOf (cookie: string): Json | undefined {
    return this.#live(this.#byCookie.get(cookie))?.payload
  }

  /** The same by oidc-provider's id, which stays when the cookie changes. */
  payloadOfUid (uid: string): Json | undefined {
    return this.#live(this.#entryOf(uid)?.[1])?.payload
  }

  /** Removes the session with this cookie. */
  delete (cookie: string): void {
    this.#byCookie.delete(cookie)
  }

  /** The session of a signed-in user by oidc-provider's id. */
  ofUid (uid: string): Session | undefined {
    const entry = this.#live(this.#entryOf(uid)?.[1])
    const { accountId, loginTs, amr } = entry?.payload ?? {}
    const user = this.#kernel.store(Users).findById(String(accountId))
    if (!entry || !user) return undefined
    return { id: `${PREFIX}${uid}`, user, startedAt: Number(loginTs), expiresAt: entry.expiresAt, amr: Array.isArray(amr) ? amr.map(String) : [] }
  }

  /** The session with this id. @throws {OktaApiError} 404 E0000007 */
  get (id: string): Session {
    const session = id.startsWith(PREFIX) ? this.ofUid(id.slice(PREFIX.length)) : undefined
    if (!session) throw notFound(id, 'Session')
    return session
  }

  /** Lets a session live for its whole time again. */
  refresh (id: string): Session {
    const uid = this.get(id).id.slice(PREFIX.length)
    const [cookie, entry] = this.#entryOf(uid) ?? []
    if (cookie !== undefined && entry) {
      const exp = Math.floor(this.#kernel.clock.now() / 1000) + SESSION_SECONDS
      this.set(cookie, { ...entry.payload, exp }, SESSION_SECONDS)
    }
    return this.get(id)
  }

  /** Ends a session, and records it in the System Log. */
  end ({ id, user }: Session): void {
    const [cookie] = this.#entryOf(id.slice(PREFIX.length)) ?? []
    if (cookie !== undefined) this.delete(cookie)
    this.#kernel.store(Users).recordSignOut(user)
  }

  /** For a snapshot. */
  save (): unknown {
    return [...this.#byCookie]
  }

  /** Puts what was saved in the place of what is here. */
  load (saved: unknown): void {
    this.clear()
    for (const [cookie, entry] of structuredClone(saved) as Array<[string, Entry]>) this.#byCookie.set(cookie, entry)
  }

  clear (): void {
    this.#byCookie.clear()
  }

  #entryOf (uid: string): [cookie: string, entry: Entry] | undefined {
    return [...this.#byCookie].find(([, { payload }]) => payload['uid'] === uid)
  }

  #live (entry: Entry | undefined): Entry | undefined {
    return entry && !this.#isOver(entry) ? entry : undefined
  }

  #isOver ({ payload: { accountId }, expiresAt }: Entry): boolean {
    if (expiresAt <= this.#kernel.clock.now()) return true
    return accountId !== undefined && !isActive(this.#kernel.store(Users).findById(String(accountId)))
  }

  #deleteWhere (matches: (entry: Entry) => boolean): void {
    for (const [cookie, entry] of this.#byCookie) if (matches(entry)) this.#byCookie.delete(cookie)
  }
}
