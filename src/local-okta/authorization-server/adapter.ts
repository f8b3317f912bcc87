import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Application } from '../org/applications.js'
import type { Org } from '../org/org.js'
import { isActive } from '../org/users.js'
import type { IssuedTokens } from '../tokens/issued-tokens.js'

interface Entry {
  payload: AdapterPayload
  expiresAt: number
}

/** Sessions, codes and refresh tokens of the `default` server, kept in memory until they expire. */
export class ProviderStore {
  readonly #entries = new Map<string, Entry>()
  readonly #org: Org
  readonly #issued: IssuedTokens

  constructor (org: Org, issued: IssuedTokens) {
    this.#org = org
    this.#issued = issued
  }

  /** The adapter for one of oidc-provider's models. */
  adapterFor = (model: string): Adapter => ({
    upsert: async (id, payload, expiresIn) => { this.#set(`${model}:${id}`, payload, expiresIn) },
    find: async (id) => model === 'Client' ? this.#findClient(id) : this.find(model, id),
    findByUid: async (uid) => this.#findWhere(model, (payload) => payload.uid === uid),
    findByUserCode: async (userCode) => this.#findWhere(model, (payload) => payload.userCode === userCode),
    consume: async (id) => { this.#consume(`${model}:${id}`) },
    destroy: async (id) => { this.destroy(model, id) },
    revokeByGrantId: async (grantId) => { this.revokeGrant(grantId) }
  })

  /** What is stored of a model under this id, unless it has expired or is the session of a user who is not active. */
  find (model: string, id: string): AdapterPayload | undefined {
    const entry = this.#entries.get(`${model}:${id}`)
    return entry && this.#isLive(model, entry) ? entry.payload : undefined
  }

  /** Removes one entry. */
  destroy (model: string, id: string): void {
    this.#entries.delete(`${model}:${id}`)
  }

  /** Ends a grant: its codes, refresh tokens and access tokens. */
  revokeGrant (grantId: string): void {
    this.#issued.revokeGrant(grantId)
    this.#deleteWhere((payload, key) => payload.grantId === grantId || key === `Grant:${grantId}`)
  }

  /** Ends a user's sessions, and its refresh and access tokens where `oauthTokens` says so. */
  forgetUser (userId: string, oauthTokens: boolean): void {
    if (oauthTokens) this.#issued.revokeUser(userId)
    this.#deleteWhere((payload, key) => payload.accountId === userId && (oauthTokens || key.startsWith('Session:')))
  }

  #set (key: string, payload: AdapterPayload, expiresIn = Infinity): void {
    this.#entries.set(key, { payload, expiresAt: Date.now() + expiresIn * 1000 })
    if (this.#entries.size % 1000 === 0) this.#prune()
  }

  #consume (key: string): void {
    const entry = this.#entries.get(key)
    if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000)
  }

  #findClient (id: string): AdapterPayload | undefined {
    const application = this.#org.applications.findById(id)
    return application?.status === 'ACTIVE' ? clientMetadata(application) : undefined
  }

  #findWhere (model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, entry] of this.#entries) {
      if (key.startsWith(`${model}:`) && matches(entry.payload) && this.#isLive(model, entry)) return entry.payload
    }
    return undefined
  }

  // a user who may not sign in has no session
  #isLive (model: string, { payload, expiresAt }: Entry): boolean {
    if (expiresAt <= Date.now()) return false
    if (model !== 'Session' || payload.accountId === undefined) return true
    return isActive(this.#org.users.find(payload.accountId))
  }

  #deleteWhere (matches: (payload: AdapterPayload, key: string) => boolean): void {
    for (const [key, { payload }] of this.#entries) {
      if (matches(payload, key)) this.#entries.delete(key)
    }
  }

  #prune (): void {
    const now = Date.now()
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt <= now) this.#entries.delete(key)
    }
  }
}

// RFC 7591's words for what an Okta app says
function clientMetadata (application: Application): AdapterPayload {
  const keys = application.jwks()
  return {
    client_id: application.id,
    client_name: application.label,
    application_type: application.applicationType === 'native' ? 'native' : 'web',
    token_endpoint_auth_method: application.authMethod,
    grant_types: application.grantTypes,
    response_types: application.grantTypes.includes('authorization_code') ? ['code'] : [],
    redirect_uris: application.redirectUris,
    post_logout_redirect_uris: application.postLogoutRedirectUris,
    dpop_bound_access_tokens: application.dpopBoundAccessTokens,
    ...(application.clientSecret !== null && { client_secret: application.clientSecret }),
    ...(keys.length > 0 && { jwks: { keys } })
  } as AdapterPayload
}
