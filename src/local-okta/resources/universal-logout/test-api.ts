import type { Kernel } from '../../kernel/kernel.js'
import { CLIENT_IDS } from '../../seed.js'
import type { Application } from '../apps/application.js'
import { Applications } from '../apps/store.js'
import { findEndpointIssue } from '../apps/universal-logout-endpoint.js'
import type { UniversalLogoutEndpoint } from '../apps/universal-logout-endpoint.js'
import { Users } from '../users/store.js'
import { UniversalLogout } from './universal-logout.js'

/** The Universal Logout endpoint of an app. */
export interface LocalOktaUniversalLogoutEndpoint extends UniversalLogoutEndpoint {
  /** Of the app, or `browser`, `native`, `service` or `management`. */
  readonly clientId: string
}

/** Universal Logout of a local Okta, for tests. */
export interface LocalOktaUniversalLogout {
  /**
   * Gives an app its endpoint, in the place of one that it has. `format` is the subject's: `email` (Okta's default) or
   * `iss_sub`.
   *
   * @throws {TypeError} for an unknown app; for a URL of more than 1024 characters, or neither https nor on the loopback
   */
  register (endpoint: Omit<LocalOktaUniversalLogoutEndpoint, 'format'> & Partial<Pick<UniversalLogoutEndpoint, 'format'>>): void
  /** Removes an app's endpoint. @throws {TypeError} for an unknown app */
  unregister (clientId: string): void
  list (): LocalOktaUniversalLogoutEndpoint[]
  /** Signs a user out everywhere, as an administrator does in the console. @throws {TypeError} for an unknown user */
  signOut (loginOrId: string): void
}

/** Makes the programmatic API of Universal Logout. */
export function createLocalUniversalLogout (kernel: Kernel): LocalOktaUniversalLogout {
  const [apps, users] = [kernel.store(Applications), kernel.store(Users)]
  const appOf = (clientId: string): Application => {
    const app = apps.find((CLIENT_IDS as Record<string, string>)[clientId] ?? clientId)
    if (!app) throw new TypeError(`this org has no app ${clientId}`)
    return app
  }
  return {
    register: ({ clientId, url, format = 'email' }) => {
      const issue = findEndpointIssue({ url, format })
      if (issue) throw new TypeError(`${issue.field} ${issue.cause}`)
      apps.setUniversalLogout(appOf(clientId), { url, format })
    },
    unregister: (clientId) => { apps.setUniversalLogout(appOf(clientId), null) },
    list: () => apps.all().flatMap(({ id, universalLogout }) => universalLogout ? [{ clientId: id, ...universalLogout }] : []),
    signOut: (loginOrId) => {
      const user = users.find(loginOrId)
      if (!user) throw new TypeError(`this org has no user ${loginOrId}`)
      kernel.store(UniversalLogout).signOutByHand(user)
    }
  }
}
