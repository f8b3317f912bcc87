import type { Kernel } from '../kernel/kernel.js'
import type { AuthorizationServerRecord } from '../resources/authorization-servers/authorization-server.js'
import { ServerScopes } from '../resources/authorization-servers/parts.js'
import { AuthorizationServers } from '../resources/authorization-servers/store.js'
import type { User } from '../resources/users/user.js'
import type { ClaimSet } from '../tokens/claims.js'
import type { SigningKeys } from '../tokens/signing-keys.js'
import type { AuthorizationServer, ClaimsContext, TokenKeys } from './authorization-server.js'
import { evaluatePolicies } from './policy.js'
import type { TokenLifetimes, TokenRequest } from './policy.js'
import { evaluateClaims, idTokenClaimNames } from './server-claims.js'

/** A custom authorization server, such as `default`: its records decide scopes, claims, who gets tokens, and for how long. */
export class CustomServer implements AuthorizationServer {
  readonly id: string
  readonly issuer: string
  readonly baseUrl: string
  readonly audience: string
  readonly accessTokenType = undefined
  readonly #kernel: Kernel
  readonly #keys: SigningKeys

  constructor (kernel: Kernel, record: AuthorizationServerRecord, keys: SigningKeys) {
    this.id = record.id
    const servers = kernel.store(AuthorizationServers)
    this.issuer = servers.issuerOf(record)
    this.baseUrl = this.issuer
    this.audience = servers.audienceOf(record)
    this.#kernel = kernel
    this.#keys = keys
  }

  get keys (): TokenKeys {
    const { active, published } = this.#keys
    return { accessToken: active, idToken: active, accessTokenVerification: published, published }
  }

  scopes (): readonly string[] {
    return this.#kernel.store(ServerScopes).ofServer(this.id).map(({ name }) => name)
  }

  grantableScopes (): readonly string[] {
    return []
  }

  idTokenClaimNames (): readonly string[] {
    return idTokenClaimNames(this.#kernel, this.id)
  }

  evaluate (request: TokenRequest): TokenLifetimes | undefined {
    return evaluatePolicies(this.#kernel, this.id, request)
  }

  accessTokenClaims (user: User | undefined, { client, scopes }: ClaimsContext): ClaimSet {
    return evaluateClaims(this.#kernel, { serverId: this.id, claimType: 'RESOURCE', clientId: client.id, user, scopes })
  }

  idTokenClaims (user: User, { client, scopes, isBesideAccessToken = false }: ClaimsContext): ClaimSet {
    return evaluateClaims(this.#kernel, {
      serverId: this.id, claimType: 'IDENTITY', clientId: client.id, user, scopes, alwaysIncludedOnly: isBesideAccessToken
    })
  }
}
