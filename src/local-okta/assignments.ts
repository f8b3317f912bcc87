import type { JWK } from 'jose'
import type { Application } from './org/applications.js'
import type { Org } from './org/org.js'
import { CLIENT_IDS } from './seed.js'

/** A copy of an app and of the ids of the groups assigned to it. Without its secret. */
export type LocalOktaApplication = Readonly<Omit<Application, 'clientSecret' | 'jwks'> & { jwks: JWK[], groupIds: string[] }>

/**
 * The apps of a local Okta, for tests. An app is named by its client id, its
 * label, or `browser`, `native`, `service`, `management`. Each method throws a
 * TypeError for an app, user or group the org does not have.
 */
export interface LocalOktaApplications {
  /** Undefined, rather than a TypeError, when there is none. */
  find (application: string): LocalOktaApplication | undefined
  list (): LocalOktaApplication[]
  /** Binds the app's access tokens to DPoP keys, or no longer. */
  setDpopBound (application: string, isBound: boolean): void
  assignUser (application: string, loginOrId: string): void
  unassignUser (application: string, loginOrId: string): void
  assignGroup (application: string, nameOrId: string): void
  unassignGroup (application: string, nameOrId: string): void
}

/** Makes the programmatic face of the apps. */
export function createLocalApplications ({ applications, groups, users }: Org): LocalOktaApplications {
  const find = (name: string): Application | undefined =>
    applications.find((CLIENT_IDS as Record<string, string>)[name] ?? name)
  const copy = ({ clientSecret, jwks, ...application }: Application): LocalOktaApplication =>
    ({ ...structuredClone({ ...application, jwks: [...jwks()] }), groupIds: applications.groupIdsOf(application.id) })
  const known = (name: string): Application => demand(find(name), 'app', name)
  const userId = (loginOrId: string): string => demand(users.find(loginOrId), 'user', loginOrId).id
  const groupId = (nameOrId: string): string => demand(groups.find(nameOrId), 'group', nameOrId).id
  return {
    find: (name) => {
      const application = find(name)
      return application && copy(application)
    },
    list: () => applications.all().map(copy),
    setDpopBound: (name, isBound) => { known(name).dpopBoundAccessTokens = isBound },
    assignUser: (name, login) => { applications.assignUser(known(name).id, userId(login)) },
    unassignUser: (name, login) => { applications.unassignUser(known(name).id, userId(login)) },
    assignGroup: (name, group) => { applications.assignGroup(known(name).id, groupId(group)) },
    unassignGroup: (name, group) => { applications.unassignGroup(known(name).id, groupId(group)) }
  }
}

function demand<T> (found: T | undefined, kind: string, name: string): T {
  if (!found) throw new TypeError(`this org has no ${kind} ${name}`)
  return found
}
