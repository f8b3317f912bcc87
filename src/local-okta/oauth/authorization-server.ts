import type { Application } from '../resources/apps/application.js'
import type { User } from '../resources/users/user.js'
import type { ClaimSet } from '../tokens/claims.js'
import type { KeyPair } from '../tokens/signing-keys.js'
import type { TokenLifetimes, TokenRequest } from './policy.js'

/** The keys of an authorization server. */
export interface TokenKeys {
  /** Signs access tokens. */
  readonly accessToken: KeyPair
  /** Signs ID tokens. */
  readonly idToken: KeyPair
  /** Verifies access tokens. */
  readonly accessTokenVerification: readonly KeyPair[]
  /** What `/v1/keys` shows: verifies ID tokens. */
  readonly published: readonly KeyPair[]
}

/** For which request a server's claims are. */
export interface ClaimsContext {
  readonly client: Pick<Application, 'id'>
  readonly scopes: readonly string[]
  /** True for an ID token that comes beside an access token. */
  readonly isBesideAccessToken?: boolean
}

/** What the endpoints know of an authorization server: the org's own one, or a custom one. */
export interface AuthorizationServer {
  /** `org`, or the id of a custom server. */
  readonly id: string
  readonly issuer: string
  /** The URL of its endpoints without `/v1`: the issuer, except for the org's own server. */
  readonly baseUrl: string
  /** The `aud` of its access tokens. */
  readonly audience: string
  /** The `typ` of its access tokens. Undefined: none. */
  readonly accessTokenType: string | undefined
  readonly keys: TokenKeys
  /** The names of its scopes, OpenID Connect's own first. */
  scopes (): readonly string[]
  /** Further scopes, which a user can give only an app that an administrator has granted them to. */
  grantableScopes (): readonly string[]
  /** The names of the claims that it may add to ID tokens. */
  idTokenClaimNames (): readonly string[]
  /** How long the tokens live that the request may have. Undefined: it may have none. */
  evaluate (request: TokenRequest): TokenLifetimes | undefined
  /** The claims that the server adds to access tokens. @throws {TooManyGroupsError} */
  accessTokenClaims (user: User | undefined, context: ClaimsContext): ClaimSet
  /** The claims that the server adds to ID tokens. @throws {TooManyGroupsError} */
  idTokenClaims (user: User, context: ClaimsContext): ClaimSet
}
