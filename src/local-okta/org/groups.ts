import { groupTarget, userTarget } from './events.js'
import type { OrgEvents, OrgEventType } from './events.js'
import { createId } from './identifiers.js'
import type { User, Users } from './users.js'

/** `APP_GROUP`: imported from elsewhere; `BUILT_IN`: `Everyone`, kept by Okta itself. */
export type GroupType = 'OKTA_GROUP' | 'APP_GROUP' | 'BUILT_IN'

/** A group as the org keeps it, without its members. */
export interface Group {
  readonly id: string
  readonly type: GroupType
  profile: { name: string, description: string | null }
  readonly created: string
  lastUpdated: string
  lastMembershipUpdated: string
}

/** What a new group may bring along. Default type: `OKTA_GROUP`. */
export interface NewGroup {
  id?: string
  name: string
  description?: string | null
  type?: GroupType
}

/** The name of the group that always exists and holds every user. */
export const EVERYONE = 'Everyone'

/** The groups of the org and who is in them. Nobody is stored as member of `Everyone`: everybody is. */
export class Groups {
  readonly #byId = new Map<string, Group>()
  readonly #members = new Map<string, Set<string>>()
  readonly #users: Users
  readonly #events: OrgEvents

  constructor (users: Users, events: OrgEvents) {
    this.#users = users
    this.#events = events
  }

  /** Adds a group. Does NOT check that the name is free: an `APP_GROUP` may share one. */
  create ({ id = createId('00g'), name, description = null, type = 'OKTA_GROUP' }: NewGroup): Group {
    const now = new Date().toISOString()
    const group: Group = {
      id, type, profile: { name, description }, created: now, lastUpdated: now, lastMembershipUpdated: now
    }
    this.#byId.set(id, group)
    this.#members.set(id, new Set())
    this.#events.announce('group.lifecycle.create', groupTarget(group))
    return group
  }

  /** The group of this id or exact name, or undefined. Of two with one name, the `OKTA_GROUP`, else the elder. */
  find (idOrName: string): Group | undefined {
    const named = this.all().filter(({ profile }) => profile.name === idOrName)
    return this.#byId.get(idOrName) ?? named.find(({ type }) => type === 'OKTA_GROUP') ?? named[0]
  }

  /** The group of this id, or undefined. */
  findById (id: string): Group | undefined {
    return this.#byId.get(id)
  }

  /** Every group, in the order of creation. */
  all (): Group[] {
    return [...this.#byId.values()]
  }

  /** The groups of a user, `Everyone` among them. */
  ofUser (userId: string): Group[] {
    return this.all().filter((group) => this.has(group, userId))
  }

  /** The members of a group. */
  membersOf (group: Group): User[] {
    return this.#users.all().filter(({ id }) => this.has(group, id))
  }

  /** True when the user is in the group. */
  has (group: Group, userId: string): boolean {
    if (group.type === 'BUILT_IN') return this.#users.find(userId) !== undefined
    return this.#members.get(group.id)?.has(userId) === true
  }

  /** Puts a user into the group; putting it there twice changes nothing. */
  addUser (group: Group, userId: string): void {
    const isNew = this.#members.get(group.id)?.has(userId) === false
    this.#members.get(group.id)?.add(userId)
    if (isNew) this.#changeMembership('group.user_membership.add', group, userId)
  }

  /** Takes a user out of the group. */
  removeUser (group: Group, userId: string): void {
    if (this.#members.get(group.id)?.delete(userId)) this.#changeMembership('group.user_membership.remove', group, userId)
  }

  #changeMembership (eventType: OrgEventType, group: Group, userId: string): void {
    group.lastMembershipUpdated = new Date().toISOString()
    const user = this.#users.find(userId)
    if (user) this.#events.announce(eventType, userTarget(user), groupTarget(group))
  }

  /** Calls the group otherwise. Does NOT check that the name is free. */
  updateProfile (group: Group, profile: Group['profile']): void {
    group.profile = { ...profile }
    group.lastUpdated = new Date().toISOString()
    this.#events.announce('group.profile.update', groupTarget(group))
  }

  /** Takes a user out of every group, as its deletion does. */
  forgetUser (userId: string): void {
    for (const members of this.#members.values()) members.delete(userId)
  }

  /** Removes the group for good. Does NOT take it out of the apps' assignments. */
  delete (id: string): boolean {
    const group = this.#byId.get(id)
    if (group) this.#events.announce('group.lifecycle.delete', groupTarget(group))
    this.#members.delete(id)
    return this.#byId.delete(id)
  }
}
