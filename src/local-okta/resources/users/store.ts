import { invalid, notFound, OktaApiError } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import type { Principal } from '../../kernel/principal.js'
import { Store } from '../../kernel/store.js'
import type { Changes } from '../../kernel/store.js'
import type { Selection } from '../../kernel/selection.js'
import { SYSTEM_ACTOR } from '../../kernel/system-log.js'
import { outcomeOf, statusEventType, userActor, userTarget } from './events.js'
import { DEFAULT_TYPE_ID, OKTA_PROVIDER } from './user.js'
import type { NewUser, RecoveryQuestion, User, UserProfile, UserStatus } from './user.js'

/** Okta compares a new password with at most so many (`historyCount`). */
const MAX_FORMER_PASSWORDS = 30

/** What ends with a user's sessions. */
interface EndOfSessions {
  readonly userId: string
  /** True if refresh and access tokens end too. */
  readonly oauthTokens: boolean
}

/** The users of the org, by id and by login. */
export class Users extends Store<User> {
  /** Okta's logins differ by more than letter case and accents. */
  readonly #idsByFoldedLogin = new Map<string, string>()
  /** Of the accounts that are unlocked by themselves at some time. */
  readonly #unlockingIds = new Set<string>()
  readonly #sessionListeners: Array<(end: EndOfSessions) => void> = []
  readonly #deactivationListeners: Array<(user: User) => void> = []

  /**
   * Adds a user.
   *
   * @throws {OktaApiError} 400 E0000001 if another user has the login
   */
  create ({ id = createId('00u'), profile, password = null, status, ...rest }: NewUser): User {
    this.#requireFreeLogin(profile.login)
    const now = this.kernel.clock.timestamp()
    const { recoveryQuestion = null, provider = OKTA_PROVIDER, typeId = DEFAULT_TYPE_ID, realmId = null } = rest
    const initial = status ?? (password === null ? 'PROVISIONED' : 'ACTIVE')
    const isStaged = initial === 'STAGED'
    this.#idsByFoldedLogin.set(fold(profile.login), id)
    const user = this.insert({
      id,
      status: initial,
      profile: structuredClone(profile),
      password,
      recoveryQuestion,
      provider,
      typeId,
      realmId,
      activated: isStaged ? null : now,
      statusChanged: isStaged ? null : now,
      lastLogin: null,
      passwordChanged: password === null && provider.type !== 'IMPORT' ? null : now
    })
    this.kernel.log.announce('user.lifecycle.create', userTarget(user))
    if (initial === 'ACTIVE') this.kernel.log.announce('user.lifecycle.activate', userTarget(user))
    return user
  }

  override load (saved: unknown): void {
    super.load(saved)
    for (const { id, profile, unlocksAt } of super.all()) {
      this.#idsByFoldedLogin.set(fold(profile.login), id)
      if (unlocksAt !== undefined) this.#unlockingIds.add(id)
    }
  }

  override clear (): void {
    // ends the sign-ins
    for (const { id } of this.all()) this.#endSessions({ userId: id, oauthTokens: true })
    super.clear()
    this.#idsByFoldedLogin.clear()
    this.#unlockingIds.clear()
  }

  override findById (id: string): User | undefined {
    this.#unlockDue()
    return super.findById(id)
  }

  override all (): User[] {
    this.#unlockDue()
    return super.all()
  }

  override select<Item> (pick: (user: User) => Item | undefined): Selection<Item> {
    this.#unlockDue()
    return super.select(pick)
  }

  /** The user with this id or login, or undefined. A login without its domain is enough if only one user has it. */
  find (idOrLogin: string): User | undefined {
    return this.findById(idOrLogin) ?? this.#findByLogin(idOrLogin.toLowerCase())
  }

  /**
   * The user that a request names: by id, by login, or as `me`, who is the principal.
   *
   * @throws {OktaApiError} 404 E0000007; 405 E0000022 for a login with a slash, which Okta finds by id only
   */
  get (name: string, principal?: Principal): User {
    if (name.includes('/')) throw new OktaApiError('E0000022')
    const user = this.find(name === 'me' ? principal?.userId ?? name : name)
    if (!user) throw notFound(name, 'User')
    return user
  }

  /** True if a user other than this one has the login, or one that differs by letter case or accents only. */
  isLoginTaken (login: string, byOtherThan?: string): boolean {
    const id = this.#idsByFoldedLogin.get(fold(login))
    return id !== undefined && id !== byOtherThan
  }

  /**
   * Changes the status, from any to any. A deactivated user loses sessions and tokens. A locked account is unlocked by itself at
   * `unlocksAt`, in milliseconds since the epoch, if it is given.
   */
  setStatus (user: User, status: UserStatus, { isByAdministrator = false, unlocksAt }: { isByAdministrator?: boolean, unlocksAt?: number | undefined } = {}): User {
    if (user.status === status) return user
    const now = this.kernel.clock.timestamp()
    const isFirstActivation = (status === 'ACTIVE' || status === 'PROVISIONED') && user.activated === null
    const changed = this.change(user.id, {
      status, statusChanged: now, wrongPasswords: 0, unlocksAt, ...(isFirstActivation ? { activated: now } : {})
    })
    if (unlocksAt === undefined) this.#unlockingIds.delete(user.id)
    else this.#unlockingIds.add(user.id)
    const eventType = statusEventType(user.status, status, isByAdministrator)
    if (eventType !== undefined) this.kernel.log.announceOutcome(eventType, outcomeOf(eventType), userTarget(changed))
    if (status === 'DEPROVISIONED') {
      this.#endSessions({ userId: user.id, oauthTokens: true })
      for (const listener of this.#deactivationListeners) listener(changed)
    }
    return changed
  }

  /**
   * Puts these attributes over the profile's; null clears one.
   *
   * @throws {OktaApiError} 400 E0000001 if another user has the login
   */
  updateProfile (user: User, attributes: Partial<UserProfile>): User {
    const profile = { ...user.profile, ...structuredClone(attributes) } as UserProfile
    this.#requireFreeLogin(profile.login, user.id)
    this.#idsByFoldedLogin.delete(fold(user.profile.login))
    this.#idsByFoldedLogin.set(fold(profile.login), user.id)
    return this.#announceChange('user.account.update_profile', user, { profile })
  }

  /** Sets the password and its date. Okta keeps it from now on. */
  setPassword (user: User, password: string): User {
    return this.#announceChange('user.account.update_password', user, {
      password,
      passwordChanged: this.kernel.clock.timestamp(),
      provider: OKTA_PROVIDER,
      formerPasswords: [...user.formerPasswords ?? [], ...(user.password === null ? [] : [user.password])].slice(-MAX_FORMER_PASSWORDS)
    })
  }

  /** Notes how many wrong passwords in a row have been sent. */
  setWrongPasswords (user: User, wrongPasswords: number): User {
    return (user.wrongPasswords ?? 0) === wrongPasswords ? user : this.changeQuietly(user.id, { wrongPasswords })
  }

  setRecoveryQuestion (user: User, recoveryQuestion: RecoveryQuestion): User {
    return this.change(user.id, { recoveryQuestion })
  }

  setType (user: User, typeId: string): User {
    return typeId === user.typeId ? user : this.change(user.id, { typeId })
  }

  /** Notes a sign-in. It is not a change of the user: `lastUpdated` stays. */
  recordSignIn (user: User): User {
    const signedIn = this.changeQuietly(user.id, { lastLogin: this.kernel.clock.timestamp() })
    this.kernel.log.within({ actor: userActor(user) }, () => { this.kernel.log.announce('user.session.start', userTarget(signedIn)) })
    return signedIn
  }

  /** Notes that the user has signed out. */
  recordSignOut (user: User): void {
    this.kernel.log.announce('user.session.end', userTarget(user))
  }

  /** Ends the user's sessions, and the refresh and access tokens with `oauthTokens`. */
  clearSessions (user: User, { oauthTokens }: { oauthTokens: boolean }): void {
    this.kernel.log.announce('user.session.clear', userTarget(user))
    this.#endSessions({ userId: user.id, oauthTokens })
  }

  /** Calls the listener with each user that is deactivated from now on. */
  onDeactivate (listener: (user: User) => void): void {
    this.#deactivationListeners.push(listener)
  }

  /** Calls the listener when a user's sessions must end: by request, deactivation or deletion. */
  onSessionsEnd (listener: (end: EndOfSessions) => void): void {
    this.#sessionListeners.push(listener)
  }

  /** Deletes the user at once, without the first step of Okta's two. False if there was none. */
  delete (id: string): boolean {
    const user = this.findById(id)
    if (!user) return false
    this.kernel.log.announce('user.lifecycle.delete.initiated', userTarget(user))
    this.#idsByFoldedLogin.delete(fold(user.profile.login))
    this.#endSessions({ userId: id, oauthTokens: true })
    return this.remove(id) !== undefined
  }

  // without a timer: the org's clock can be moved
  #unlockDue (): void {
    for (const id of this.#unlockingIds) {
      const user = super.findById(id)
      if (user?.unlocksAt !== undefined && user.unlocksAt > this.kernel.clock.now()) continue
      this.#unlockingIds.delete(id)
      if (user?.status === 'LOCKED_OUT') this.kernel.log.within({ actor: SYSTEM_ACTOR }, () => this.setStatus(user, 'ACTIVE'))
    }
  }

  #announceChange (eventType: 'user.account.update_profile' | 'user.account.update_password', { id }: User, changes: Changes<User>): User {
    const user = this.change(id, changes)
    this.kernel.log.announce(eventType, userTarget(user))
    return user
  }

  #endSessions (end: EndOfSessions): void {
    for (const listener of this.#sessionListeners) listener(end)
  }

  #requireFreeLogin (login: string, byOtherThan?: string): void {
    if (!this.isLoginTaken(login, byOtherThan)) return
    throw invalid('login', 'An object with this field already exists in the current organization')
  }

  #findByLogin (login: string): User | undefined {
    const user = this.findById(this.#idsByFoldedLogin.get(fold(login)) ?? '')
    if (user?.profile.login.toLowerCase() === login) return user
    if (login.includes('@')) return undefined
    const matches = this.all().filter(({ profile }) => profile.login.toLowerCase().startsWith(`${login}@`))
    return matches.length === 1 ? matches[0] : undefined
  }
}

/** The login without letter case and accents. */
function fold (login: string): string {
  return login.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
