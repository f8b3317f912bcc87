import { invalid, notFound } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import { readObject, readText } from '../../kernel/json.js'
import type { Kernel } from '../../kernel/kernel.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Stores } from '../../kernel/route.js'
import { Store } from '../../kernel/store.js'
import type { Entity } from '../../kernel/store.js'
import type { Application } from './application.js'
import { appTarget } from './events.js'
import { Applications } from './store.js'
import { appOf } from './requested-app.js'

/** An `okta.*` scope that an administrator has granted to an app, for the org server. */
interface ScopeGrant extends Entity {
  readonly appId: string
  readonly scopeId: string
  /** The administrator's id. */
  readonly grantedBy: string
}

/** Which `okta.*` scopes are granted to which apps. */
export class ScopeGrants extends Store<ScopeGrant> {
  readonly #apps: Applications

  constructor (kernel: Kernel) {
    super(kernel)
    this.#apps = kernel.store(Applications)
    this.#apps.onDelete(({ id }) => {
      for (const grant of this.ofApp(id)) this.remove(grant.id)
    })
  }

  /** The grants of an app. */
  ofApp (appId: string): ScopeGrant[] {
    return this.all().filter((grant) => grant.appId === appId)
  }

  /** A grant of an app. @throws {OktaApiError} 404 E0000007 */
  get (app: Application, id: string): ScopeGrant {
    const grant = this.findById(id)
    if (grant?.appId !== app.id) throw notFound(id, 'OAuth2ScopeConsentGrant')
    return grant
  }

  /** Grants a scope; granting it again changes nothing. */
  grant (app: Application, scopeId: string): ScopeGrant {
    const existing = this.ofApp(app.id).find((grant) => grant.scopeId === scopeId)
    if (existing) return existing
    const grant = this.insert({ id: createId('oag'), appId: app.id, scopeId, grantedBy: this.kernel.administrator.id })
    this.#apps.setGrantedScopes(app.id, this.ofApp(app.id).map((granted) => granted.scopeId))
    this.kernel.log.announce('app.oauth2.as.consent.grant', appTarget(app))
    return grant
  }

  /** Revokes a grant. */
  revoke (app: Application, { id }: ScopeGrant): void {
    this.remove(id)
    this.#apps.setGrantedScopes(app.id, this.ofApp(app.id).map(({ scopeId }) => scopeId))
    this.kernel.log.announce('app.oauth2.as.consent.revoke', appTarget(app))
  }
}

const STORES = { apps: Applications, grants: ScopeGrants }

const { route } = routesOn(STORES)

/** `/apps/{appId}/grants`: the `okta.*` scopes of an app. */
export const scopeGrantRoutes = [
  route({
    method: 'GET',
    path: '/apps/{appId}/grants',
    scope: 'okta.appGrants.read',
    answer: (stores, request) => {
      const app = appOf(stores, request)
      return stores.grants.ofApp(app.id).map((grant) => toGrantView(stores.orgUrl, grant, request))
    }
  }),
  route({
    method: 'POST',
    path: '/apps/{appId}/grants',
    scope: 'okta.appGrants.manage',
    status: 201,
    body: (body) => ({ issuer: readText(readObject(body), 'issuer'), scopeId: readText(readObject(body), 'scopeId') }),
    answer: (stores, request) => {
      const { issuer, scopeId } = request.body
      if (issuer !== stores.orgUrl) throw invalid('issuer', `The issuer must be ${stores.orgUrl}`)
      if (!/^(okta|ssf)\.[\w.]+$/.test(scopeId)) throw invalid('scopeId', 'The scope is not a scope of the org authorization server')
      return toGrantView(stores.orgUrl, stores.grants.grant(appOf(stores, request), scopeId), request)
    }
  }),
  route({
    method: 'GET',
    path: '/apps/{appId}/grants/{grantId}',
    scope: 'okta.appGrants.read',
    answer: (stores, request) => toGrantView(stores.orgUrl, grantOf(stores, request), request)
  }),
  route({
    method: 'DELETE',
    path: '/apps/{appId}/grants/{grantId}',
    scope: 'okta.appGrants.manage',
    status: 204,
    answer: (stores, request) => { stores.grants.revoke(appOf(stores, request), grantOf(stores, request)) }
  })
]

function toGrantView (orgUrl: string, { id, appId, scopeId, grantedBy, created, lastUpdated }: ScopeGrant, { query }: ApiRequest): Record<string, unknown> {
  const app = `${orgUrl}/api/v1/apps/${appId}`
  return {
    id,
    status: 'ACTIVE',
    source: 'ADMIN',
    issuer: orgUrl,
    clientId: appId,
    scopeId,
    created,
    createdBy: { id: grantedBy, type: 'User' },
    lastUpdated,
    ...(query['expand'] === 'scope' ? { _embedded: { scope: { id: scopeId } } } : {}),
    _links: {
      self: { href: `${app}/grants/${id}`, hints: { allow: ['GET', 'DELETE'] } },
      app: { href: app },
      client: { href: `${orgUrl}/oauth2/v1/clients/${appId}` }
    }
  }
}

function grantOf (stores: Stores<typeof STORES>, request: ApiRequest): ScopeGrant {
  return stores.grants.get(appOf(stores, request), request.params['grantId'] ?? '')
}
