import { notFound } from '../../kernel/errors.js'
import type { Kernel } from '../../kernel/kernel.js'
import { Store } from '../../kernel/store.js'
import { groupTarget } from '../groups/events.js'
import type { Group } from '../groups/group.js'
import { Groups } from '../groups/store.js'
import type { AppGroup, AppGroupSettings, Application } from './application.js'
import { appTarget } from './events.js'
import { Applications } from './store.js'

/** Which groups are assigned to which apps. */
export class AppGroups extends Store<AppGroup> {
  readonly #apps: Applications
  readonly #groups: Groups

  constructor (kernel: Kernel) {
    super(kernel)
    this.#apps = kernel.store(Applications)
    this.#groups = kernel.store(Groups)
    this.#groups.onDelete((group) => {
      for (const app of this.appsOf(group.id)) this.unassign(app, group)
    })
    this.#apps.onDelete(({ id }) => {
      for (const assignment of this.ofApp(id)) this.remove(assignment.id)
    })
  }

  /** A group's assignment. @throws {OktaApiError} 404 E0000007 */
  get (app: Application, groupId: string): AppGroup {
    const assignment = this.findById(keyOf(app.id, groupId))
    if (!assignment) throw notFound(groupId, 'UserGroup')
    return assignment
  }

  /** The assignments of an app. */
  ofApp (appId: string): AppGroup[] {
    return this.all().filter((assignment) => assignment.appId === appId)
  }

  /** The apps that a group is assigned to. */
  appsOf (groupId: string): Application[] {
    return this.#apps.all().filter(({ id }) => this.findById(keyOf(id, groupId)) !== undefined)
  }

  /** The assignments of an app through which a user has it, the most important first. */
  forUser (appId: string, userId: string): AppGroup[] {
    return this.#groups.ofUser(userId)
      .map(({ id }) => this.findById(keyOf(appId, id)))
      .filter((assignment) => assignment !== undefined)
      .sort((a, b) => a.priority - b.priority)
  }

  /**
   * Assigns every member of a group, now and later, or changes the assignment. A priority that another group has moves
   * that one, and those after it, by one.
   */
  assign (app: Application, group: Group, { priority, profile }: AppGroupSettings = {}): AppGroup {
    const id = keyOf(app.id, group.id)
    const existing = this.findById(id)
    const others = this.ofApp(app.id).filter((assignment) => assignment.id !== id)
    const next = Math.max(-1, ...others.map((other) => other.priority)) + 1
    const settings = { priority: priority ?? existing?.priority ?? next, profile: profile ?? existing?.profile ?? {} }
    if (others.some((other) => other.priority === settings.priority)) {
      for (const other of others) if (other.priority >= settings.priority) this.change(other.id, { priority: other.priority + 1 })
    }
    const assignment = existing
      ? this.change(id, settings)
      : this.insert({ id, appId: app.id, groupId: group.id, ...settings })
    this.kernel.log.announce(`group.application_assignment.${existing ? 'update' : 'add'}`, groupTarget(group), appTarget(app))
    return assignment
  }

  /** Removes a group's assignment. */
  unassign (app: Application, group: Group): void {
    if (this.remove(keyOf(app.id, group.id))) {
      this.kernel.log.announce('group.application_assignment.remove', groupTarget(group), appTarget(app))
    }
  }
}

function keyOf (appId: string, groupId: string): string {
  return `${appId}:${groupId}`
}
