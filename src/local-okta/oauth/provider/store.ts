import { randomBytes } from 'node:crypto'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Kernel } from '../../kernel/kernel.js'
import { DEVICE_CODE, GRANT_TYPES, RESPONSE_TYPES } from '../capabilities.js'
import { hasPrivateScheme, isLoopbackHttp } from '../redirect-uri.js'
import type { Application } from '../../resources/apps/application.js'
import { Applications } from '../../resources/apps/store.js'
import { Users } from '../../resources/users/store.js'
import { isActive } from '../../resources/users/user.js'
import type { IssuedTokens } from '../../tokens/issued-tokens.js'

/** Okta's default: two tabs that refresh at once both get tokens. */
const REFRESH_LEEWAY_SECONDS = 30

interface Entry {
  /** The server that it belongs to. Sessions are shared by all. */
  serverId: string
  payload: AdapterPayload
  expiresAt: number
}

/** Sessions, codes and refresh tokens of all authorization servers, kept in memory until they expire. */
export class ProviderStore {
  /**
   * The secret of every confidential client towards oidc-provider. Real credentials do not get that far: they are
   * checked before, by the one code that all endpoints share.
   */
  readonly internalSecret = randomBytes(32).toString('base64url')
  readonly #entries = new Map<string, Entry>()
  readonly #kernel: Kernel
  readonly #issued: IssuedTokens

  constructor (kernel: Kernel, issued: IssuedTokens) {
    this.#kernel = kernel
    this.#issued = issued
  }

  /** The adapter for one of oidc-provider's models, of one server. */
  adapterFor (serverId: string, model: string): Adapter {
    return {
      upsert: async (id, payload, expiresIn) => { this.#set(`${model}:${id}`, serverId, payload, expiresIn) },
      find: async (id) => model === 'Client' ? this.#findClient(id) : this.find(serverId, model, id),
      findByUid: async (uid) => this.#findWhere(serverId, model, (payload) => payload.uid === uid),
      findByUserCode: async (userCode) => this.#findWhere(serverId, model, (payload) => payload.userCode === userCode),
      consume: async (id) => { this.#consume(`${model}:${id}`) },
      destroy: async (id) => { this.destroy(model, id) },
      revokeByGrantId: async (grantId) => { this.revokeGrant(grantId) }
    }
  }

  /** The id of the server whose sign-in page this is. */
  serverIdOfInteraction (uid: string): string | undefined {
    return this.#entries.get(`Interaction:${uid}`)?.serverId
  }

  /**
   * What a server stored under this id, unless it has expired or is the session of a user who is not active. A
   * refresh token counts as not yet used for 30 seconds after its first use.
   */
  find (serverId: string, model: string, id: string): AdapterPayload | undefined {
    const entry = this.#entries.get(`${model}:${id}`)
    if (!entry || !this.#isLive(serverId, model, entry)) return undefined
    const { consumed, ...unused } = entry.payload
    return model === 'RefreshToken' && isWithinLeeway(consumed) ? unused : entry.payload
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

  #set (key: string, serverId: string, payload: AdapterPayload, expiresIn = Infinity): void {
    this.#entries.set(key, { serverId, payload, expiresAt: Date.now() + expiresIn * 1000 })
    if (this.#entries.size % 1000 === 0) this.#prune()
  }

  #consume (key: string): void {
    const entry = this.#entries.get(key)
    // the leeway runs from the first use
    if (entry) entry.payload.consumed ??= Math.floor(Date.now() / 1000)
  }

  #findClient (id: string): AdapterPayload | undefined {
    const application = this.#kernel.store(Applications).findById(id)
    return application?.status === 'ACTIVE' && application.signOnMode === 'OPENID_CONNECT' ? clientMetadata(application, this.internalSecret) : undefined
  }

  #findWhere (serverId: string, model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, entry] of this.#entries) {
      if (key.startsWith(`${model}:`) && matches(entry.payload) && this.#isLive(serverId, model, entry)) return entry.payload
    }
    return undefined
  }

  // sessions are the org's; a user who may not sign in has none
  #isLive (serverId: string, model: string, { payload, expiresAt, serverId: owner }: Entry): boolean {
    if (expiresAt <= Date.now()) return false
    if (model !== 'Session') return owner === serverId
    if (payload.accountId === undefined) return true
    return isActive(this.#kernel.store(Users).findById(payload.accountId))
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

function isWithinLeeway (consumed: unknown): boolean {
  return typeof consumed === 'number' && Date.now() / 1000 < consumed + REFRESH_LEEWAY_SECONDS
}

/** An app in RFC 7591's words, for oidc-provider. It does not see the app's own credentials. */
export function clientMetadata (application: Application, internalSecret: string): AdapterPayload {
  const { grantTypes } = application
  const isPublic = application.authMethod === 'none'
  return {
    client_id: application.id,
    client_name: application.label,
    application_type: engineApplicationType(application),
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
    ...(isPublic ? {} : { client_secret: internalSecret }),
    grant_types: engineGrantTypes(grantTypes),
    response_types: responseTypesOf(application),
    redirect_uris: application.redirectUris,
    dpop_bound_access_tokens: application.dpopBoundAccessTokens
  } as AdapterPayload
}

/** The response types that an app's grant types allow. A token from `/authorize` cannot be bound to a DPoP key. */
function responseTypesOf ({ grantTypes, dpopBoundAccessTokens }: Application): string[] {
  const allowed = new Set<string>()
  if (grantTypes.includes('authorization_code')) allowed.add('code')
  if (grantTypes.includes('implicit')) allowed.add('id_token').add(dpopBoundAccessTokens ? 'id_token' : 'token')
  return RESPONSE_TYPES.filter((responseType) => responseType.split(' ').every((part) => allowed.has(part)))
}

// oidc-provider allows `native` alone private-use schemes and, for RFC 8252 section 7.3, any port of the loopback
function engineApplicationType ({ applicationType, redirectUris }: Application): 'native' | 'web' {
  if (redirectUris.some((uri) => hasPrivateScheme(uri))) return 'native'
  return applicationType === 'native' && redirectUris.every((uri) => isLoopbackHttp(uri)) ? 'native' : 'web'
}

// the password grant is answered as that of a device: see password-grant.ts
// and `implicit` follows from the response types: named here, it would allow https alone
function engineGrantTypes (grantTypes: readonly string[]): string[] {
  const known = new Set(GRANT_TYPES.filter((grantType) => grantType !== 'password' && grantType !== 'implicit'))
  const supported = grantTypes.filter((grantType) => known.has(grantType))
  return grantTypes.includes('password') ? [...new Set([...supported, DEVICE_CODE])] : supported
}
