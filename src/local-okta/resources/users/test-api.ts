import type { Kernel } from '../../kernel/kernel.js'
import { Users } from './store.js'
import type { NewUser, User, UserProfile, UserStatus } from './user.js'

/** A copy of a user; changing it changes nothing in the org. Without the secrets. */
export type LocalOktaUser = Readonly<Omit<User, 'password' | 'formerPasswords' | 'recoveryQuestion'>>

/** The users of a local Okta, for tests: past the HTTP API and its rules. */
export interface LocalOktaUsers {
  /** @throws {TypeError} if the login is taken */
  create (user: NewUser): LocalOktaUser
  find (loginOrId: string): LocalOktaUser | undefined
  list (): LocalOktaUser[]
  /** Puts attributes over the profile. @throws {TypeError} for an unknown user, or a login that is taken */
  update (loginOrId: string, profile: Partial<UserProfile>): LocalOktaUser
  /**
   * Any status from any other. Anything but ACTIVE makes the user's tokens inactive; DEPROVISIONED ends them for good.
   *
   * @throws {TypeError} for an unknown user
   */
  setStatus (loginOrId: string, status: UserStatus): LocalOktaUser
  /** At once, without the first step of Okta's two. @throws {TypeError} for an unknown user */
  delete (loginOrId: string): void
}

/** Makes the programmatic API of the users. */
export function createLocalUsers (kernel: Kernel): LocalOktaUsers {
  const users = kernel.store(Users)
  const known = (loginOrId: string): User => {
    const user = users.find(loginOrId)
    if (!user) throw new TypeError(`this org has no user ${loginOrId}`)
    return user
  }
  const requireFreeLogin = (login: string | undefined, byOtherThan?: string): void => {
    if (login !== undefined && users.isLoginTaken(login, byOtherThan)) throw new TypeError(`the login ${login} is taken`)
  }
  return {
    create: (user) => {
      requireFreeLogin(user.profile.login)
      return copy(users.create(user))
    },
    find: (loginOrId) => {
      const user = users.find(loginOrId)
      return user && copy(user)
    },
    list: () => users.all().map(copy),
    update: (loginOrId, profile) => {
      const user = known(loginOrId)
      requireFreeLogin(profile.login, user.id)
      return copy(users.updateProfile(user, profile))
    },
    setStatus: (loginOrId, status) => copy(users.setStatus(known(loginOrId), status)),
    delete: (loginOrId) => { users.delete(known(loginOrId).id) }
  }
}

function copy ({ password, formerPasswords, recoveryQuestion, ...user }: User): LocalOktaUser {
  return structuredClone(user)
}
