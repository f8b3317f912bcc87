import type Provider from 'oidc-provider'
import type { ProviderStore } from './provider/store.js'
import type { Org } from './org.js'
import type { UsedIds } from './used-ids.js'
import type { IssuedTokens } from '../tokens/issued-tokens.js'
import type { KeyPair, SigningKeys } from '../tokens/signing-keys.js'

/** What the authorization servers work on. */
export interface LocalOktaContext {
  readonly org: Org
  /** Host names, beside those of the loopback, at which the org may be called. */
  readonly allowedHosts: readonly string[]
  /** The keys of the `default` server. */
  readonly keys: SigningKeys
  /** The org server's published key, for ID tokens. Made when first asked for. */
  readonly orgIdTokenKey: () => Promise<KeyPair>
  /** The org server's key for access tokens, published nowhere. Made when first asked for. */
  readonly orgAccessTokenKey: () => Promise<KeyPair>
  readonly issued: IssuedTokens
  readonly store: ProviderStore
  /** Ids of client assertions and DPoP proofs that have been used. */
  readonly usedIds: UsedIds
  /** The provider in force; another one after each rotation of the keys. */
  readonly provider: () => Provider
}
