import type { Kernel } from '../../kernel/kernel.js'
import { Users } from '../users/store.js'
import { EVERYONE } from './group.js'
import type { Group, NewGroup } from './group.js'
import { Groups } from './store.js'

/** A copy of a group, with the ids of its members. */
export type LocalOktaGroup = Readonly<Group & { memberIds: string[] }>

/** The groups of a local Okta, for tests. */
export interface LocalOktaGroups {
  create (group: NewGroup | string): LocalOktaGroup
  find (nameOrId: string): LocalOktaGroup | undefined
  list (): LocalOktaGroup[]
  /** @throws {TypeError} for an unknown group or user, or the group Everyone */
  addUser (nameOrId: string, loginOrId: string): void
  /** @throws {TypeError} for an unknown group or user, or the group Everyone */
  removeUser (nameOrId: string, loginOrId: string): void
  /** @throws {TypeError} for an unknown group, or the group Everyone */
  delete (nameOrId: string): void
}

/** Makes the programmatic API of the groups. */
export function createLocalGroups (kernel: Kernel): LocalOktaGroups {
  const groups = kernel.store(Groups)
  const users = kernel.store(Users)
  const copy = (group: Group): LocalOktaGroup =>
    ({ ...structuredClone(group), memberIds: Array.from(groups.membersOf(group), ({ id }) => id) })
  const changeable = (nameOrId: string): Group => {
    const group = groups.find(nameOrId)
    if (!group) throw new TypeError(`this org has no group ${nameOrId}`)
    if (group.profile.name === EVERYONE) throw new TypeError('the group Everyone holds every user and cannot be changed')
    return group
  }
  const userId = (loginOrId: string): string => {
    const user = users.find(loginOrId)
    if (!user) throw new TypeError(`this org has no user ${loginOrId}`)
    return user.id
  }
  return {
    create: (group) => copy(groups.create(typeof group === 'string' ? { name: group } : group)),
    find: (nameOrId) => {
      const group = groups.find(nameOrId)
      return group && copy(group)
    },
    list: () => groups.all().map(copy),
    addUser: (nameOrId, loginOrId) => { groups.addUser(changeable(nameOrId), userId(loginOrId)) },
    removeUser: (nameOrId, loginOrId) => { groups.removeUser(changeable(nameOrId), userId(loginOrId)) },
    delete: (nameOrId) => { groups.delete(changeable(nameOrId).id) }
  }
}
