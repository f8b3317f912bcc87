import { randomBytes } from 'node:crypto'
import type { JWK } from 'jose'
import { invalid, notFound, OktaApiError } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import { Store } from '../../kernel/store.js'
import type { Changes } from '../../kernel/store.js'
import { AppUsers } from './app-users.js'
import { usesSecret } from './application.js'
import type { Application, AppUser, ClientKey, ClientSecret, NewApplication } from './application.js'
import { appTarget } from './events.js'
import type { AppDescription } from './read.js'
import type { UniversalLogoutEndpoint } from './universal-logout-endpoint.js'

const MAX_SECRETS = 2
const MAX_KEYS = 50

/** The apps of the org. */
export class Applications extends Store<Application> {
  /** Adds an app. As in Okta, nobody is assigned to it yet. */
  create (settings: NewApplication): Application {
    const { clientSecret = null } = settings
    const application = this.insert({
      id: createId('0oa'),
      name: 'oidc_client',
      signOnMode: 'OPENID_CONNECT',
      record: {},
      status: 'ACTIVE',
      authMethod: 'none',
      clientSecret,
      secrets: clientSecret === null ? [] : [this.#createSecret(clientSecret)],
      jwks: () => [],
      keys: [],
      grantTypes: ['authorization_code'],
      redirectUris: [],
      postLogoutRedirectUris: [],
      grantedScopes: [],
      dpopBoundAccessTokens: false,
      firstKid: randomBytes(32).toString('base64url'),
      policies: {},
      universalLogout: null,
      ...settings
    })
    this.kernel.log.announce('application.lifecycle.create', appTarget(application))
    return application
  }

  /**
   * Adds an app that a request describes.
   *
   * @throws {OktaApiError} 400 E0000001 for a client id that another app has
   */
  register ({ clientId, clientSecret, ...settings }: AppDescription, status: Application['status']): Application {
    if (clientId !== undefined && this.findById(clientId)) {
      throw invalid('client_id', 'An object with this field already exists in the current organization')
    }
    return this.create({
      ...settings, ...(clientId === undefined ? {} : { id: clientId }), status, clientSecret: usesSecret(settings) ? clientSecret ?? newSecret() : null
    })
  }

  /** Replaces what an administrator may write. The client id stays, and the secret unless there is a new one. */
  replace (application: Application, { clientId, clientSecret, jwks, ...settings }: AppDescription): Application {
    const { id, clientSecret: current, secrets } = application
    if (clientId !== undefined && clientId !== id) throw invalid('client_id', 'The client id cannot be changed')
    if (settings.signOnMode !== application.signOnMode) throw invalid('signOnMode', 'The sign-on mode cannot be changed')
    const wanted = usesSecret(settings) ? clientSecret ?? current ?? newSecret() : null
    const kept = wanted === null || secrets.some(({ secret }) => secret === wanted) ? secrets : [this.#createSecret(wanted), ...secrets].slice(0, MAX_SECRETS)
    // keys that were added by the API stay beside those of the settings
    const active = application.keys.filter(({ status }) => status === 'ACTIVE').map(({ jwk: key }) => key)
    const own = jwks().filter(({ kid }) => !active.some((key) => key.kid === kid))
    return this.update(application, { ...settings, clientSecret: wanted, secrets: kept, jwks: () => [...own, ...active] })
  }

  override save (): unknown {
    return this.all().map(({ jwks, ...app }) => ({ ...app, jwks: jwks() }))
  }

  override load (saved: unknown): void {
    super.load((saved as Array<Omit<Application, 'jwks'> & { jwks: JWK[] }>).map(({ jwks, ...app }) => app))
    for (const { id, jwks } of saved as Array<{ id: string, jwks: JWK[] }>) this.changeQuietly(id, { jwks: () => jwks })
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

  /** Says which `okta.*` scopes are granted. Called by the store of the grants; it is not a change of the app. */
  setGrantedScopes (id: string, grantedScopes: string[]): void {
    this.changeQuietly(id, { grantedScopes })
  }

  /** Says which policy of a type the app has. Called by the store of the mappings; it is not a change of the app. */
  setPolicy ({ id, policies }: Application, type: string, policyId?: string): void {
    const others = Object.fromEntries(Object.entries(policies).filter(([known]) => known !== type))
    this.changeQuietly(id, { policies: policyId === undefined ? others : { ...others, [type]: policyId } })
  }

  /** A secret of an app. @throws {OktaApiError} 404 E0000007 */
  secretOf ({ secrets }: Application, id: string): ClientSecret {
    const secret = secrets.find((known) => known.id === id)
    if (!secret) throw notFound(id, 'OAuth2ClientSecret')
    return secret
  }

  /** Adds a secret, a new one by default. @throws {OktaApiError} 400 E0000001 if there are two */
  addSecret (application: Application, value: string = newSecret(), status: ClientSecret['status'] = 'ACTIVE'): ClientSecret {
    if (application.secrets.length >= MAX_SECRETS) throw invalid('client_secret', 'You have reached the maximum number of client secrets per client.')
    const secret = this.#createSecret(value, status)
    this.#setSecrets(application, [...application.secrets, secret])
    return secret
  }

  setSecretStatus (application: Application, id: string, status: ClientSecret['status']): ClientSecret {
    const secret = { ...this.secretOf(application, id), status, lastUpdated: this.kernel.clock.timestamp() }
    this.#setSecrets(application, application.secrets.map((other) => other.id === id ? secret : other))
    return secret
  }

  /** @throws {OktaApiError} 400 E0000001 while the secret is active */
  deleteSecret (application: Application, id: string): void {
    if (this.secretOf(application, id).status === 'ACTIVE') throw invalid('status', 'An active client secret cannot be deleted. Deactivate it first.')
    this.#setSecrets(application, application.secrets.filter((other) => other.id !== id))
  }

  /** A key of an app. @throws {OktaApiError} 404 E0000007 */
  keyOf ({ keys }: Application, id: string): ClientKey {
    const key = keys.find((known) => known.id === id)
    if (!key) throw notFound(id, 'JsonWebKey')
    return key
  }

  /** Adds a public key. @throws {OktaApiError} 400 E0000001 for a kid that another key has, and if there are 50 keys */
  addKey (application: Application, jwk: JWK, status: ClientKey['status'] = 'ACTIVE'): ClientKey {
    const { keys } = application
    const kid = jwk.kid ?? createId('kid')
    if (keys.some((key) => key.jwk.kid === kid)) throw invalid('JsonWebKey', "Each key must have a unique 'kid'.")
    if (keys.length >= MAX_KEYS) throw invalid('JsonWebKey', 'You have reached the maximum number of keys allowed.')
    const now = this.kernel.clock.timestamp()
    const key = { id: createId('pks'), status, created: now, lastUpdated: now, jwk: { ...jwk, kid } }
    this.#setKeys(application, [...keys, key])
    return key
  }

  setKeyStatus (application: Application, id: string, status: ClientKey['status']): ClientKey {
    const key = { ...this.keyOf(application, id), status, lastUpdated: this.kernel.clock.timestamp() }
    this.#setKeys(application, application.keys.map((other) => other.id === id ? key : other))
    return key
  }

  /** @throws {OktaApiError} 400 E0000001 while the key is active */
  deleteKey (application: Application, id: string): void {
    if (this.keyOf(application, id).status === 'ACTIVE') throw invalid('JsonWebKey', "'ACTIVE' keys cannot be deleted. Deactivate this one first.")
    this.#setKeys(application, application.keys.filter((other) => other.id !== id))
  }

  /** Changes an app's settings. */
  update ({ id }: Application, changes: Changes<Application>): Application {
    const application = this.change(id, changes)
    this.kernel.log.announce('application.lifecycle.update', appTarget(application))
    return application
  }

  setUniversalLogout (application: Application, endpoint: UniversalLogoutEndpoint | null): Application {
    return this.update(application, { universalLogout: endpoint })
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

  #createSecret (secret: string, status: ClientSecret['status'] = 'ACTIVE'): ClientSecret {
    const now = this.kernel.clock.timestamp()
    return { id: createId('ocs'), secret, status, created: now, lastUpdated: now }
  }

  #setSecrets (application: Application, secrets: ClientSecret[]): void {
    const newest = secrets.filter(({ status }) => status === 'ACTIVE').at(-1)
    this.update(application, { secrets, clientSecret: newest?.secret ?? null })
  }

  #setKeys (application: Application, keys: ClientKey[]): void {
    const active = keys.filter(({ status }) => status === 'ACTIVE').map(({ jwk }) => jwk)
    const own = application.jwks().filter(({ kid }) => !application.keys.some((key) => key.jwk.kid === kid))
    this.update(application, { keys, jwks: () => [...own, ...active] })
  }
}

function newSecret (): string {
  return randomBytes(48).toString('base64url')
}
