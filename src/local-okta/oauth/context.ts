import type { Kernel } from '../kernel/kernel.js'
import type { IssuedTokens } from '../tokens/issued-tokens.js'
import type { DevicePolls } from './device-polls.js'
import type { ProviderStore } from './provider/store.js'
import type { Servers } from './servers.js'
import type { SessionTokens } from './session-tokens.js'
import type { UsedIds } from './used-ids.js'

/** What the endpoints of the authorization servers share. */
export interface OAuthContext {
  readonly kernel: Kernel
  readonly servers: Servers
  /** The access tokens of all servers. */
  readonly issued: IssuedTokens
  /** Sessions, codes and refresh tokens of all servers. */
  readonly store: ProviderStore
  /** Ids of client assertions and DPoP proofs that have been used. */
  readonly usedIds: UsedIds
  /** What DPoP proofs must carry where oidc-provider does not check them: one for as long as the org runs; Okta renews its own every day. */
  readonly dpopNonce: string
  readonly sessionTokens: SessionTokens
  readonly devicePolls: DevicePolls
}
