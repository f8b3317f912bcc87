import { EVERYONE } from './org/groups.js'
import type { Group, NewGroup } from './org/groups.js'
import type { Org } from './org/org.js'
import type { NewUser, User, UserProfile, UserStatus } from './org/users.js'

/** A copy of a user; changing it changes nothing in the org. Without the password. */
export type LocalOktaUser = Readonly<Omit<User, 'password'>>

/** A copy of a group, with the ids of its members. */
export type LocalOktaGroup = Readonly<Group & { memberIds: string[] }>

/** The users of a local Okta, for tests: past the HTTP API and its rules. */
export interface LocalOktaUsers {
  /** @throws {TypeError} when the login is taken */
  create (user: NewUser): LocalOktaUser
  find (loginOrId: string): LocalOktaUser | undefined
  list (): LocalOktaUser[]
  /** Puts attributes over the profile. @throws {TypeError} for an unknown user */
  update (loginOrId: string, profile: Partial<UserProfile>): LocalOktaUser
  /** Any status from any other. Anything but ACTIVE makes the user's tokens inactive. @throws {TypeError} for an unknown user */
  setStatus (loginOrId: string, status: UserStatus): LocalOktaUser
  /** At once, without the first step of Okta's two. @throws {TypeError} for an unknown user */
  delete (loginOrId: string): void
}

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

/** What a user holds at the authorization server. */
export interface HeldByUsers {
  forgetUser (userId: string, oauthTokens: boolean): void
}

/** Makes the programmatic face of the users. */
export function createLocalUsers ({ users, groups, applications }: Org, held: HeldByUsers): LocalOktaUsers {
  const known = (loginOrId: string): User => {
    const user = users.find(loginOrId)
    if (!user) throw new TypeError(`this org has no user ${loginOrId}`)
    return user
  }
  return {
    create: (user) => {
      if (users.find(user.profile.login)) throw new TypeError(`the login ${user.profile.login} is taken`)
      return copyUser(users.create(user))
    },
    find: (loginOrId) => {
      const user = users.find(loginOrId)
      return user && copyUser(user)
    },
    list: () => users.all().map(copyUser),
    update: (loginOrId, profile) => {
      const user = known(loginOrId)
      users.updateProfile(user, profile)
      return copyUser(user)
    },
    setStatus: (loginOrId, status) => {
      const user = known(loginOrId)
      users.setStatus(user, status)
      return copyUser(user)
    },
    delete: (loginOrId) => {
      const { id } = known(loginOrId)
      held.forgetUser(id, true)
      groups.forgetUser(id)
      applications.forgetUser(id)
      users.delete(id)
    }
  }
}

/** Makes the programmatic face of the groups. */
export function createLocalGroups ({ users, groups, applications }: Org): LocalOktaGroups {
  const copy = (group: Group): LocalOktaGroup =>
    ({ ...structuredClone(group), memberIds: groups.membersOf(group).map(({ id }) => id) })
  const changeable = (nameOrId: string): Group => {
    const group = groups.find(nameOrId)
    if (!group) throw new TypeError(`this org has no group ${nameOrId}`)
    if (group.profile.name === EVERYONE) throw new TypeError('the group Everyone is kept by Okta and holds everybody')
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
    delete: (nameOrId) => {
      const { id } = changeable(nameOrId)
      groups.delete(id)
      applications.forgetGroup(id)
    }
  }
}

function copyUser ({ password, ...user }: User): LocalOktaUser {
  return structuredClone(user)
}
