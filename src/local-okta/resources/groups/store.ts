import { notFound } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { Selection } from '../../kernel/selection.js'
import { Store } from '../../kernel/store.js'
import { userTarget } from '../users/events.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'
import { groupTarget } from './events.js'
import type { Group, GroupProfile, NewGroup } from './group.js'

/** The groups of the org and who is in them. No member of `Everyone` is stored: every user is one. */
export class Groups extends Store<Group> {
  readonly #users: Users
  readonly #memberIds = new Map<string, Set<string>>()

  constructor (kernel: Kernel) {
    super(kernel)
    this.#users = kernel.store(Users)
    this.#users.onDelete(({ id }) => {
      for (const memberIds of this.#memberIds.values()) memberIds.delete(id)
    })
  }

  /** Adds a group with these profile attributes. Does NOT check that the name is free: an `APP_GROUP` may share one. */
  create ({ id = createId('00g'), name, description = null, type = 'OKTA_GROUP' }: NewGroup, attributes: Partial<GroupProfile> = {}): Group {
    const group = this.insert({
      id, type, profile: { ...structuredClone(attributes), name, description }, lastMembershipUpdated: this.kernel.clock.timestamp()
    })
    this.#memberIds.set(id, new Set())
    this.kernel.log.announce('group.lifecycle.create', groupTarget(group))
    return group
  }

  override save (): unknown {
    return { groups: this.all(), memberIds: [...this.#memberIds].map(([id, memberIds]) => [id, [...memberIds]]) }
  }

  override load (saved: unknown): void {
    const { groups, memberIds } = saved as { groups: Group[], memberIds: Array<[string, string[]]> }
    super.load(groups)
    for (const [id, ids] of memberIds) this.#memberIds.set(id, new Set(ids))
  }

  override clear (): void {
    super.clear()
    this.#memberIds.clear()
  }

  /** The group with this id or exact name, or undefined. Of two with one name, the `OKTA_GROUP`, else the older one. */
  find (idOrName: string): Group | undefined {
    const byId = this.findById(idOrName)
    if (byId) return byId
    const named = this.all().filter(({ profile }) => profile.name === idOrName)
    return named.find(({ type }) => type === 'OKTA_GROUP') ?? named[0]
  }

  /** The group with this id. @throws {OktaApiError} 404 E0000007 */
  get (id: string): Group {
    const group = this.findById(id)
    if (!group) throw notFound(id, 'UserGroup')
    return group
  }

  /** True if a group made in Okta, other than this one, has the name. */
  isNameTaken (name: string, byOtherThan?: string): boolean {
    return this.all().some(({ id, type, profile }) => id !== byOtherThan && type !== 'APP_GROUP' && profile.name === name)
  }

  /** The groups of a user, `Everyone` among them. */
  ofUser (userId: string): Group[] {
    return this.all().filter((group) => this.has(group, userId))
  }

  /** The members of a group, in the order in which the users were created. */
  membersOf (group: Group): Selection<User> {
    return this.#users.select((user) => this.has(group, user.id) ? user : undefined)
  }

  /** How many members a group has. */
  memberCount ({ id, type }: Group): number {
    return type === 'BUILT_IN' ? this.#users.count : this.#memberIds.get(id)?.size ?? 0
  }

  /** True if the user is in the group. */
  has ({ id, type }: Group, userId: string): boolean {
    if (type === 'BUILT_IN') return this.#users.findById(userId) !== undefined
    return this.#memberIds.get(id)?.has(userId) === true
  }

  /** Adds a user to the group; adding a member changes nothing. */
  addUser (group: Group, userId: string): void {
    const memberIds = this.#memberIds.get(group.id)
    if (!memberIds || memberIds.has(userId)) return
    memberIds.add(userId)
    this.#noteMembership('group.user_membership.add', group, userId)
  }

  /** Removes a user from the group. */
  removeUser (group: Group, userId: string): void {
    if (this.#memberIds.get(group.id)?.delete(userId)) this.#noteMembership('group.user_membership.remove', group, userId)
  }

  /** Replaces the profile. Does NOT check that the name is free. */
  replaceProfile ({ id }: Group, profile: GroupProfile): Group {
    const group = this.change(id, { profile: structuredClone(profile) })
    this.kernel.log.announce('group.profile.update', groupTarget(group))
    return group
  }

  /** Deletes the group, and with it every assignment. False if there was none. */
  delete (id: string): boolean {
    const group = this.findById(id)
    if (!group) return false
    this.kernel.log.announce('group.lifecycle.delete', groupTarget(group))
    this.#memberIds.delete(id)
    return this.remove(id) !== undefined
  }

  #noteMembership (eventType: 'group.user_membership.add' | 'group.user_membership.remove', { id }: Group, userId: string): void {
    const group = this.changeQuietly(id, { lastMembershipUpdated: this.kernel.clock.timestamp() })
    const user = this.#users.findById(userId)
    if (user) this.kernel.log.announce(eventType, userTarget(user), groupTarget(group))
  }
}
