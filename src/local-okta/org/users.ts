import { statusEventType, userTarget } from './events.js'
import type { OrgEvents } from './events.js'
import { createId } from './identifiers.js'

/** The status words of Okta's user lifecycle. */
export type UserStatus =
  'STAGED' | 'PROVISIONED' | 'ACTIVE' | 'RECOVERY' | 'PASSWORD_EXPIRED' | 'LOCKED_OUT' | 'SUSPENDED' | 'DEPROVISIONED'

/** An Okta user profile: four standard attributes and any others beside them. */
export interface UserProfile {
  login: string
  email: string
  firstName: string | null
  lastName: string | null
  [attribute: string]: unknown
}

/** A user as the org keeps it. The password is never shown by any endpoint. */
export interface User {
  readonly id: string
  status: UserStatus
  profile: UserProfile
  password: string | null
  readonly created: string
  activated: string | null
  statusChanged: string | null
  lastLogin: string | null
  lastUpdated: string
  passwordChanged: string | null
}

/** What a new user may bring along. Default status: `ACTIVE` with a password, `PROVISIONED` without. */
export interface NewUser {
  id?: string
  profile: UserProfile
  password?: string | null
  status?: UserStatus
}

/** The users of the org, by id and by login (compared without regard to case). */
export class Users {
  readonly #byId = new Map<string, User>()
  readonly #events: OrgEvents

  constructor (events: OrgEvents) {
    this.#events = events
  }

  /**
   * Adds a user. Does NOT check that the login is free: callers who take it
   * from outside ask {@link Users.find} first.
   */
  create ({ id = createId('00u'), profile, password = null, status }: NewUser): User {
    const now = new Date().toISOString()
    const initial = status ?? (password === null ? 'PROVISIONED' : 'ACTIVE')
    const user: User = {
      id,
      status: initial,
      profile: { ...profile },
      password,
      created: now,
      activated: initial === 'STAGED' ? null : now,
      statusChanged: initial === 'STAGED' ? null : now,
      lastLogin: null,
      lastUpdated: now,
      passwordChanged: password === null ? null : now
    }
    this.#byId.set(id, user)
    this.#events.announce('user.lifecycle.create', userTarget(user))
    if (initial === 'ACTIVE') this.#events.announce('user.lifecycle.activate', userTarget(user))
    return user
  }

  /** The user of this id or login, or undefined. A login without its domain is found when only one fits. */
  find (idOrLogin: string): User | undefined {
    return this.#byId.get(idOrLogin) ?? this.#findByLogin(idOrLogin.toLowerCase())
  }

  #findByLogin (login: string): User | undefined {
    const exact = this.all().find(({ profile }) => profile.login.toLowerCase() === login)
    if (exact || login.includes('@')) return exact
    const short = this.all().filter(({ profile }) => profile.login.toLowerCase().startsWith(`${login}@`))
    return short.length === 1 ? short[0] : undefined
  }

  /** Every user, in the order of creation. */
  all (): User[] {
    return [...this.#byId.values()]
  }

  /** Changes the status and its date. Does NOT check that Okta's lifecycle allows the step. */
  setStatus (user: User, status: UserStatus): void {
    const now = new Date().toISOString()
    const eventType = statusEventType(user.status, status)
    if (status === 'ACTIVE' && user.activated === null) user.activated = now
    user.status = status
    user.statusChanged = now
    user.lastUpdated = now
    if (eventType !== undefined) this.#events.announce(eventType, userTarget(user))
  }

  /** Puts these attributes over the profile's; null clears one. */
  updateProfile (user: User, attributes: Partial<UserProfile>): void {
    user.profile = { ...user.profile, ...attributes } as UserProfile
    user.lastUpdated = new Date().toISOString()
    this.#events.announce('user.account.update_profile', userTarget(user))
  }

  /** Sets the password and its date. */
  setPassword (user: User, password: string | null): void {
    user.password = password
    user.passwordChanged = new Date().toISOString()
  }

  /** Removes the user for good. Does NOT take it out of groups and apps. */
  delete (id: string): boolean {
    const user = this.#byId.get(id)
    if (user) this.#events.announce('user.lifecycle.delete.initiated', userTarget(user))
    return this.#byId.delete(id)
  }
}

/** True when the user may sign in and hold live tokens. */
export function isActive (user: User | undefined): user is User {
  return user?.status === 'ACTIVE'
}
