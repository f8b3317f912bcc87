import { X509Certificate } from 'node:crypto'
import type { JWK } from 'jose'
import { invalid, notFound } from '../../kernel/errors.js'
import type { Kernel } from '../../kernel/kernel.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest } from '../../kernel/route.js'
import { Store } from '../../kernel/store.js'
import type { Entity } from '../../kernel/store.js'
import type { Application } from './application.js'
import { createCertifiedKey, toCertifiedJwk } from './certificate.js'
import { Applications } from './store.js'
import { appOf } from './requested-app.js'

const MIN_YEARS = 2
const MAX_YEARS = 10
const READ = 'okta.apps.read'
const MANAGE = 'okta.apps.manage'

/** A signing key of an app and its certificate. Two apps can share one. Its private half is not kept: nothing signs with it. */
export interface AppKey extends Entity {
  readonly appId: string
  readonly jwk: JWK & { kid: string }
  readonly expiresAt: string
}

/** The signing keys of the apps. */
export class AppKeys extends Store<AppKey> {
  constructor (kernel: Kernel) {
    super(kernel)
    kernel.store(Applications).onDelete(({ id }) => {
      for (const key of this.ofApp(id)) this.remove(key.id)
    })
  }

  /** The keys of an app. */
  ofApp (appId: string): AppKey[] {
    return this.all().filter((key) => key.appId === appId)
  }

  /** A key of an app. @throws {OktaApiError} 404 E0000007 */
  get (app: Application, kid: string): AppKey {
    const key = this.findById(idOf(app.id, kid))
    if (!key) throw notFound(kid, 'CredentialKey')
    return key
  }

  /** Makes a key with a certificate for these years. */
  async generate (app: Application, years: number): Promise<AppKey> {
    const made = await createCertifiedKey(app.label, years, this.kernel.clock.now())
    const expiresAt = new Date(new X509Certificate(made.certificate).validTo).toISOString()
    const jwk = toCertifiedJwk(made)
    return this.insert({ id: idOf(app.id, jwk.kid), appId: app.id, jwk, expiresAt })
  }

  /** Gives a key to another app as well. @throws {OktaApiError} 400 E0000001 if that app has it */
  share ({ jwk, expiresAt }: AppKey, app: Application): AppKey {
    const id = idOf(app.id, jwk.kid)
    if (this.findById(id)) throw invalid('targetAid', 'Key already exists in the list of key credentials for the target app.')
    return this.insert({ id, appId: app.id, jwk, expiresAt })
  }
}

function idOf (appId: string, kid: string): string {
  return `${appId}:${kid}`
}

const STORES = { apps: Applications, keys: AppKeys }

const { route } = routesOn(STORES)

/** `/apps/{appId}/credentials/keys`: the signing keys of an app. */
export const appKeyRoutes = [
  route({
    method: 'GET',
    path: '/apps/{appId}/credentials/keys',
    scope: READ,
    answer: (stores, request) => stores.keys.ofApp(appOf(stores, request).id).map(toKeyView)
  }),
  route({
    method: 'POST',
    path: '/apps/{appId}/credentials/keys/generate',
    scope: MANAGE,
    status: 201,
    answer: async (stores, request) => toKeyView(await stores.keys.generate(appOf(stores, request), readYears(request)))
  }),
  route({
    method: 'GET',
    path: '/apps/{appId}/credentials/keys/{keyId}',
    scope: READ,
    answer: (stores, request) => toKeyView(stores.keys.get(appOf(stores, request), request.params['keyId'] ?? ''))
  }),
  route({
    method: 'POST',
    path: '/apps/{appId}/credentials/keys/{keyId}/clone',
    scope: MANAGE,
    status: 201,
    answer: (stores, request) => {
      const key = stores.keys.get(appOf(stores, request), request.params['keyId'] ?? '')
      const { targetAid } = request.query
      if (targetAid === undefined) throw invalid('targetAid', 'The parameter is required')
      return toKeyView(stores.keys.share(key, stores.apps.get(targetAid)))
    }
  })
]

function toKeyView ({ jwk, created, lastUpdated, expiresAt }: AppKey): Record<string, unknown> {
  return { ...jwk, created, lastUpdated, expiresAt }
}

function readYears ({ query: { validityYears } }: ApiRequest): number {
  const years = Number(validityYears ?? MIN_YEARS)
  if (!Number.isInteger(years) || years < MIN_YEARS || years > MAX_YEARS) {
    throw invalid('validityYears', `Validity years out of range. It should be ${MIN_YEARS} - ${MAX_YEARS} years`)
  }
  return years
}
