import { notFound, OktaApiError } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import { Store } from '../../kernel/store.js'
import type { Changes } from '../../kernel/store.js'
import { AppUsers } from './app-users.js'
import type { Application, AppUser, NewApplication } from './application.js'
import { appTarget } from './events.js'

/** The apps of the org. */
export class Applications extends Store<Application> {
  /** Adds an app. As in Okta, nobody is assigned to it yet. */
  create (settings: NewApplication): Application {
    const application = this.insert({
      id: createId('0oa'),
      name: 'oidc_client',
      status: 'ACTIVE',
      authMethod: 'none',
      clientSecret: null,
      jwks: () => [],
      grantTypes: ['authorization_code'],
      redirectUris: [],
      postLogoutRedirectUris: [],
      grantedScopes: [],
      dpopBoundAccessTokens: false,
      ...settings
    })
    this.kernel.log.announce('application.lifecycle.create', appTarget(application))
    return application
  }

  /** The app with this id or exact label, or undefined. */
  find (idOrLabel: string): Application | undefined {
    return this.findById(idOrLabel) ?? this.all().find(({ label }) => label === idOrLabel)
  }

  /** The app with this id. @throws {OktaApiError} 404 E0000007 */
  get (id: string): Application {
    const application = this.findById(id)
    if (!application) throw notFound(id, 'AppInstance')
    return application
  }

  /** Gives an app public keys that are made when they are first asked for. It is part of making the app, and not a change. */
  setLazyKeys (id: string, jwks: Application['jwks']): void {
    this.changeQuietly(id, { jwks })
  }

  /** Changes an app's settings. */
  update ({ id }: Application, changes: Changes<Application>): Application {
    const application = this.change(id, changes)
    this.kernel.log.announce('application.lifecycle.update', appTarget(application))
    return application
  }

  setStatus (application: Application, status: Application['status']): Application {
    if (application.status === status) return application
    const changed = this.change(application.id, { status })
    this.kernel.log.announce(`application.lifecycle.${status === 'ACTIVE' ? 'activate' : 'deactivate'}`, appTarget(changed))
    return changed
  }

  /**
   * Deletes an app and its assignments.
   *
   * @throws {OktaApiError} 403 E0000056 while it is active
   */
  delete (application: Application): void {
    if (application.status === 'ACTIVE') {
      throw new OktaApiError('E0000056', undefined, ['The application must be deactivated before deletion.'])
    }
    this.kernel.log.announce('application.lifecycle.delete', appTarget(application))
    this.remove(application.id)
  }

  /** How the user is assigned: directly (`USER`), through a group (`GROUP`), or not at all. */
  assignmentOf (applicationId: string, userId: string): AppUser['scope'] | undefined {
    return this.kernel.store(AppUsers).scopeOf(applicationId, userId)
  }
}
