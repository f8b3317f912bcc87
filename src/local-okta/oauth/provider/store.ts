import { randomBytes } from 'node:crypto'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Kernel } from '../../kernel/kernel.js'
import { refreshTokenRotationOf } from '../../resources/apps/refresh-token-rotation.js'
import { Applications } from '../../resources/apps/store.js'
import { RefreshTokens } from '../../resources/oauth-tokens/refresh-tokens.js'
import type { RefreshToken } from '../../resources/oauth-tokens/refresh-tokens.js'
import { SESSION_SECONDS, Sessions } from '../../resources/sessions/store.js'
import { Users } from '../../resources/users/store.js'
import { IssuedTokens } from '../../tokens/issued-tokens.js'
import { clientMetadata } from './client-metadata.js'
import { toMachineTime, toOrgTime } from './org-time.js'

interface Entry {
  /** The server that it belongs to. */
  readonly serverId: string
  /** With its times in the org's time. */
  readonly payload: AdapterPayload
  /** By the org's clock, in milliseconds. Null: never. */
  readonly expiresAt: number | null
}

/** Codes, grants and refresh tokens of all authorization servers, kept in memory until they expire by the org's clock. */
export class ProviderStore {
  /**
   * The secret towards oidc-provider of confidential clients without one of their own. Credentials do not get that far: they
   * are checked before, by the one code that all endpoints share.
   */
  readonly internalSecret = randomBytes(32).toString('base64url')
  readonly #entries = new Map<string, Entry>()
  readonly #kernel: Kernel
  readonly #issued: IssuedTokens

  constructor (kernel: Kernel) {
    this.#kernel = kernel
    this.#issued = kernel.store(IssuedTokens)
    kernel.store(Users).onSessionsEnd(({ userId, oauthTokens }) => { if (oauthTokens) this.#forgetUser(userId) })
    kernel.store(RefreshTokens).connect({ list: () => this.#refreshTokens(), revoke: (grantId) => { this.revokeGrant(grantId) } })
  }

  /** The adapter for one of oidc-provider's models, of one server. It takes and gives the machine's time. */
  adapterFor (serverId: string, model: string): Adapter {
    if (model === 'Session') return this.#sessionAdapter()
    const { clock } = this.#kernel
    const given = (payload: AdapterPayload | undefined): AdapterPayload | undefined => payload && toMachineTime(payload, clock)
    return {
      upsert: async (id, payload, expiresIn) => { this.#set(`${model}:${id}`, serverId, toOrgTime(payload, clock), expiresIn) },
      find: async (id) => model === 'Client' ? this.#findClient(id) : given(this.find(serverId, model, id)),
      findByUid: async (uid) => given(this.#findWhere(serverId, model, (payload) => payload.uid === uid)),
      findByUserCode: async (userCode) => given(this.#findWhere(serverId, model, (payload) => payload.userCode === userCode)),
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
   * What a server stored under this id, in the org's time, unless it has expired. A refresh token counts as not yet used for
   * the leeway of its app after its first use. The code of a device may have expired: the device is told so.
   */
  find (serverId: string, model: string, id: string): AdapterPayload | undefined {
    const entry = this.#entries.get(`${model}:${id}`)
    if (!entry || entry.serverId !== serverId || (this.#isExpired(entry) && model !== 'DeviceCode')) return undefined
    const { consumed, ...unused } = entry.payload
    return model === 'RefreshToken' && this.#isWithinLeeway(entry.payload) ? unused : entry.payload
  }

  #refreshTokens (): RefreshToken[] {
    return [...this.#entries].flatMap(([key, { serverId, payload, expiresAt }]) => {
      const { clientId, accountId, scope = '', grantId, consumed, iat } = payload
      if (!key.startsWith('RefreshToken:') || clientId === undefined || grantId === undefined || consumed !== undefined) return []
      return [{ key, serverId, clientId, userId: accountId, scopes: scope.split(' '), grantId, issuedAt: (iat ?? 0) * 1000, expiresAt }]
    })
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

  /** For a snapshot. */
  save (): unknown {
    return [...this.#entries]
  }

  /** Puts what was saved in the place of what is here. */
  load (saved: unknown): void {
    this.clear()
    for (const [key, entry] of structuredClone(saved) as Array<[string, Entry]>) this.#entries.set(key, entry)
  }

  clear (): void {
    this.#entries.clear()
  }

  // the sessions of all servers are the org's
  #sessionAdapter (): Adapter {
    const { clock } = this.#kernel
    const sessions = this.#kernel.store(Sessions)
    const given = (payload: AdapterPayload | undefined): AdapterPayload | undefined => payload && toMachineTime(payload, clock)
    return {
      upsert: async (cookie, payload, expiresIn = SESSION_SECONDS) => { sessions.set(cookie, toOrgTime(payload, clock), expiresIn) },
      find: async (cookie) => given(sessions.payloadOf(cookie)),
      findByUid: async (uid) => given(sessions.payloadOfUid(uid)),
      findByUserCode: async () => undefined,
      consume: async () => {},
      destroy: async (cookie) => { sessions.delete(cookie) },
      revokeByGrantId: async () => {}
    }
  }

  // a user's refresh and access tokens, with the codes for them
  #forgetUser (userId: string): void {
    this.#issued.revokeUser(userId)
    this.#deleteWhere((payload) => payload.accountId === userId)
  }

  #set (key: string, serverId: string, payload: AdapterPayload, expiresIn: number | undefined): void {
    const expiresAt = expiresIn === undefined || expiresIn === Infinity ? null : this.#kernel.clock.now() + expiresIn * 1000
    this.#entries.set(key, { serverId, payload, expiresAt })
    if (this.#entries.size % 1000 === 0) this.#prune()
  }

  #consume (key: string): void {
    const entry = this.#entries.get(key)
    // the leeway runs from the first use
    if (entry) entry.payload.consumed ??= Math.floor(this.#kernel.clock.now() / 1000)
  }

  #findClient (id: string): AdapterPayload | undefined {
    const application = this.#kernel.store(Applications).findById(id)
    return application?.status === 'ACTIVE' && application.signOnMode === 'OPENID_CONNECT' ? clientMetadata(application, this.internalSecret) : undefined
  }

  #findWhere (serverId: string, model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, entry] of this.#entries) {
      if (key.startsWith(`${model}:`) && matches(entry.payload) && this.#isLive(serverId, entry)) return entry.payload
    }
    return undefined
  }

  #isLive (serverId: string, entry: Entry): boolean {
    return entry.serverId === serverId && !this.#isExpired(entry)
  }

  #isExpired ({ expiresAt }: Entry): boolean {
    return expiresAt !== null && expiresAt <= this.#kernel.clock.now()
  }

  #isWithinLeeway ({ consumed, clientId }: AdapterPayload): boolean {
    const application = this.#kernel.store(Applications).findById(clientId ?? '')
    if (typeof consumed !== 'number' || !application) return false
    return this.#kernel.clock.now() / 1000 < consumed + refreshTokenRotationOf(application).leewaySeconds
  }

  #deleteWhere (matches: (payload: AdapterPayload, key: string) => boolean): void {
    for (const [key, { payload }] of this.#entries) {
      if (matches(payload, key)) this.#entries.delete(key)
    }
  }

  #prune (): void {
    for (const [key, entry] of this.#entries) if (this.#isExpired(entry)) this.#entries.delete(key)
  }
}
