import type Provider from 'oidc-provider'
import type { Kernel } from '../kernel/kernel.js'
import { AuthorizationServers, DEFAULT_SERVER_ID } from '../resources/authorization-servers/store.js'
import { OrgKeys } from '../tokens/org-keys.js'
import { ServerKeys } from '../tokens/server-keys.js'
import type { AuthorizationServer } from './authorization-server.js'
import { CustomServer } from './custom-server.js'
import { ORG_SERVER_ID, OrgServer } from './org-server.js'

/** Makes the OAuth provider of a server. */
export type CreateProvider = (server: AuthorizationServer) => Promise<Provider>

/** The authorization servers that are in service. */
export class Servers {
  readonly #kernel: Kernel
  readonly #createProvider: CreateProvider
  readonly #providers = new Map<string, { version: string, provider: Promise<Provider> }>()
  #org: Promise<AuthorizationServer> | undefined

  constructor (kernel: Kernel, createProvider: CreateProvider) {
    this.#kernel = kernel
    this.#createProvider = createProvider
  }

  /** The server that has this id, the org's own included. Undefined if there is none, or it is not active. */
  async findById (id: string): Promise<AuthorizationServer | undefined> {
    return id === ORG_SERVER_ID ? this.org() : this.findCustom(id)
  }

  /** The active custom server that a URL names. Undefined if there is none. */
  async findCustom (id: string): Promise<AuthorizationServer | undefined> {
    const record = this.#kernel.store(AuthorizationServers).findById(id)
    if (record?.status !== 'ACTIVE') return undefined
    return new CustomServer(this.#kernel, record, await this.#kernel.store(ServerKeys).of(id))
  }

  /** The org's own server. Its keys are made when it is first needed. */
  async org (): Promise<AuthorizationServer> {
    return (this.#org ??= this.#createOrgServer())
  }

  /** The `default` server, even if it is not active: for tokens that are minted. */
  async default (): Promise<AuthorizationServer> {
    const record = this.#kernel.store(AuthorizationServers).default()
    return new CustomServer(this.#kernel, record, await this.#kernel.store(ServerKeys).of(DEFAULT_SERVER_ID))
  }

  /** The OAuth provider of a server: another one after each change of its keys, scopes or names of claims. */
  async providerOf (server: AuthorizationServer): Promise<Provider> {
    const { id, audience, keys } = server
    const kids = keys.published.map(({ kid }) => kid)
    const version = JSON.stringify([audience, keys.idToken.kid, kids, server.scopes(), server.idTokenClaimNames()])
    const known = this.#providers.get(id)
    if (known?.version === version) return known.provider
    const provider = this.#createProvider(server)
    this.#providers.set(id, { version, provider })
    return provider
  }

  async #createOrgServer (): Promise<AuthorizationServer> {
    return new OrgServer(this.#kernel.orgUrl, await this.#kernel.store(OrgKeys).all())
  }
}
