import type { JWK } from 'jose'
import type { Kernel } from '../../kernel/kernel.js'
import { CLIENT_IDS } from '../../seed.js'
import type { Group } from '../groups/group.js'
import { Groups } from '../groups/store.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'
import { AppGroups } from './app-groups.js'
import { AppUsers } from './app-users.js'
import type { Application } from './application.js'
import { Applications } from './store.js'

/** A copy of an app and of the ids of the groups assigned to it. Without its secrets. */
export type LocalOktaApplication = Readonly<Omit<Application, 'clientSecret' | 'secrets' | 'jwks' | 'firstKid' | 'policies'> & { jwks: JWK[], groupIds: string[] }>

/**
 * The apps of a local Okta, for tests. An app is named by its client id, its
 * label, or `browser`, `native`, `service`, `management`. Each method throws a
 * TypeError for an app, user or group the org does not have.
 */
export interface LocalOktaApplications {
  /** Undefined, rather than a TypeError, if there is none. */
  find (application: string): LocalOktaApplication | undefined
  list (): LocalOktaApplication[]
  /** Binds the app's access tokens to DPoP keys, or no longer. */
  setDpopBound (application: string, isBound: boolean): void
  assignUser (application: string, loginOrId: string): void
  unassignUser (application: string, loginOrId: string): void
  assignGroup (application: string, nameOrId: string): void
  unassignGroup (application: string, nameOrId: string): void
}

/** Makes the programmatic API of the apps. */
export function createLocalApplications (kernel: Kernel): LocalOktaApplications {
  const [apps, users, groups] = [kernel.store(Applications), kernel.store(Users), kernel.store(Groups)]
  const [appUsers, appGroups] = [kernel.store(AppUsers), kernel.store(AppGroups)]
  const find = (name: string): Application | undefined => apps.find((CLIENT_IDS as Record<string, string>)[name] ?? name)
  const copy = ({ clientSecret, secrets, jwks, firstKid, policies, ...app }: Application): LocalOktaApplication =>
    ({ ...structuredClone({ ...app, jwks: [...jwks()] }), groupIds: appGroups.ofApp(app.id).map(({ groupId }) => groupId) })
  const appOf = (name: string): Application => getOrThrow(find(name), 'app', name)
  const userOf = (loginOrId: string): User => getOrThrow(users.find(loginOrId), 'user', loginOrId)
  const groupOf = (nameOrId: string): Group => getOrThrow(groups.find(nameOrId), 'group', nameOrId)
  return {
    find: (name) => {
      const app = find(name)
      return app && copy(app)
    },
    list: () => apps.all().map(copy),
    setDpopBound: (name, isBound) => { apps.update(appOf(name), { dpopBoundAccessTokens: isBound }) },
    assignUser: (name, login) => { appUsers.assign(appOf(name), userOf(login)) },
    unassignUser: (name, login) => { appUsers.unassign(appOf(name), userOf(login)) },
    assignGroup: (name, group) => { appGroups.assign(appOf(name), groupOf(group)) },
    unassignGroup: (name, group) => { appGroups.unassign(appOf(name), groupOf(group)) }
  }
}

function getOrThrow<T> (found: T | undefined, kind: string, name: string): T {
  if (!found) throw new TypeError(`this org has no ${kind} ${name}`)
  return found
}
