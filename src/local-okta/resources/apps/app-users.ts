import { randomBytes } from 'node:crypto'
import { notFound } from '../../kernel/errors.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Store } from '../../kernel/store.js'
import { userTarget } from '../users/events.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'
import { AppGroups } from './app-groups.js'
import type { Application, AppUser, AppUserSettings } from './application.js'
import { appTarget, appUserTarget } from './events.js'
import { Applications } from './store.js'

/**
 * Which users are assigned to which apps. Stored are direct assignments, and what has been said of users who have an
 * app through a group; the rest follows from the groups.
 */
export class AppUsers extends Store<AppUser> {
  readonly #apps: Applications
  readonly #appGroups: AppGroups

  constructor (kernel: Kernel) {
    super(kernel)
    const users = kernel.store(Users)
    this.#apps = kernel.store(Applications)
    this.#appGroups = kernel.store(AppGroups)
    this.#apps.onDelete(({ id }) => { this.#removeWhere((assignment) => assignment.appId === id) })
    // a deactivated or deleted user loses the apps
    users.onDeactivate((user) => { this.#unassignAll(user) })
    users.onDelete((user) => { this.#unassignAll(user) })
  }

  /** How the user is assigned: directly (`USER`), through a group (`GROUP`), or not at all. */
  scopeOf (appId: string, userId: string): AppUser['scope'] | undefined {
    if (this.findById(keyOf(appId, userId))?.scope === 'USER') return 'USER'
    return this.#appGroups.forUser(appId, userId).length > 0 ? 'GROUP' : undefined
  }

  /** A user's assignment, or undefined. */
  find (app: Application, user: User): AppUser | undefined {
    const scope = this.scopeOf(app.id, user.id)
    if (scope === undefined) return undefined
    return this.findById(keyOf(app.id, user.id)) ?? this.#fromGroup(app, user)
  }

  /** A user's assignment. @throws {OktaApiError} 404 E0000007 */
  get (app: Application, user: User): AppUser {
    const assignment = this.find(app, user)
    if (!assignment) throw notFound(user.id, 'AppUser')
    return assignment
  }

  /** Assigns a user directly, or changes the assignment. */
  assign (app: Application, user: User, settings: AppUserSettings = {}): AppUser {
    return this.#put(app, user, 'USER', settings)
  }

  /** Changes what an assignment says, and not whether it is direct. @throws {OktaApiError} 404 E0000007 */
  update (app: Application, user: User, settings: AppUserSettings): AppUser {
    return this.#put(app, user, this.get(app, user).scope, settings)
  }

  /** Removes a direct assignment. A user who has the app through a group keeps it. */
  unassign (app: Application, user: User): void {
    const removed = this.remove(keyOf(app.id, user.id))
    if (removed) this.kernel.log.announce('application.user_membership.remove', appUserTarget(removed), appTarget(app), userTarget(user))
  }

  #put (app: Application, user: User, scope: AppUser['scope'], { userName, profile, hasNewPassword }: AppUserSettings): AppUser {
    const id = keyOf(app.id, user.id)
    const stored = this.findById(id)
    const now = this.kernel.clock.timestamp()
    const settings = {
      scope,
      userName: userName ?? stored?.userName ?? user.profile.login,
      profile: { ...stored?.profile, ...profile },
      passwordChanged: hasNewPassword ? now : stored?.passwordChanged ?? null
    }
    const assignment = stored
      ? this.change(id, settings)
      : this.insert({ id, appId: app.id, userId: user.id, externalId: createExternalId(), statusChanged: now, ...settings })
    const isNew = stored === undefined && scope === 'USER'
    this.kernel.log.announce(`application.user_membership.${isNew ? 'add' : 'update'}`, appUserTarget(assignment), appTarget(app), userTarget(user))
    return assignment
  }

  #fromGroup (app: Application, user: User): AppUser | undefined {
    const [group] = this.#appGroups.forUser(app.id, user.id)
    return group && {
      id: keyOf(app.id, user.id),
      appId: app.id,
      userId: user.id,
      scope: 'GROUP',
      userName: user.profile.login,
      profile: group.profile,
      externalId: user.id,
      created: group.created,
      lastUpdated: group.lastUpdated,
      statusChanged: group.created,
      passwordChanged: null
    }
  }

  #unassignAll (user: User): void {
    for (const app of this.#apps.all()) this.unassign(app, user)
  }

  #removeWhere (matches: (assignment: AppUser) => boolean): void {
    for (const assignment of this.all()) if (matches(assignment)) this.remove(assignment.id)
  }
}

function keyOf (appId: string, userId: string): string {
  return `${appId}:${userId}`
}

function createExternalId (): string {
  return randomBytes(16).toString('hex')
}
