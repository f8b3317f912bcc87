import { randomBytes } from 'node:crypto'
import { Kernel } from './kernel/kernel.js'
import { AuthnTransactions } from './oauth/authn/transactions.js'
import type { OAuthContext } from './oauth/context.js'
import { OAUTH_EVENT_TYPES } from './oauth/oauth-events.js'
import { requireOidcProvider } from './oauth/provider/import-oidc-provider.js'
import { createProviderFactory } from './oauth/provider/provider.js'
import { ProviderStore } from './oauth/provider/store.js'
import { Servers } from './oauth/servers.js'
import { SessionTokens } from './oauth/session-tokens.js'
import { DevicePolls } from './oauth/device-polls.js'
import { UsedIds } from './oauth/used-ids.js'
import { Applications } from './resources/apps/store.js'
import { DEFAULT_SERVER_ID } from './resources/authorization-servers/store.js'
import { RESOURCES } from './resources/index.js'
import { ADMINISTRATOR, CLIENT_IDS } from './seed.js'
import type { LocalOktaSeed } from './seed.js'
import { IssuedTokens } from './tokens/issued-tokens.js'
import { ServerKeys } from './tokens/server-keys.js'
import { createKeyPairSync } from './tokens/signing-keys.js'
import type { KeyPair } from './tokens/signing-keys.js'

/** What an org starts with. */
interface OrgParts {
  readonly orgUrl: string
  readonly seed: LocalOktaSeed
  /** The first keys of the `default` server: the active and the next one. Those that are left out are made when they are needed. */
  readonly signingKeys: readonly KeyPair[]
}

/** An org: its resources and its authorization servers. It does not listen yet. */
export interface Org {
  readonly context: OAuthContext
  /** The key pair of the management client, made when it is first needed. */
  readonly managementKey: () => KeyPair
  /** Fills the org again, once it is empty. */
  readonly seed: () => void
}

/** Makes an org and fills it. @throws {TypeError} for a seed that contradicts itself; {Error} if oidc-provider is not installed */
export function createOrg ({ orgUrl, seed, signingKeys }: OrgParts): Org {
  requireOidcProvider()
  requireClients(seed)
  // few tests need it, and it takes 100 ms or more to make
  const managementKey = once(createKeyPairSync)
  const kernel = new Kernel(orgUrl, ADMINISTRATOR)
  for (const { stores, eventTypes } of RESOURCES) {
    kernel.log.declare(eventTypes)
    for (const StoreType of stores) kernel.store(StoreType)
  }
  seedResources(kernel, seed, managementKey)
  kernel.store(ServerKeys).give(DEFAULT_SERVER_ID, signingKeys)
  return { context: createContext(kernel), managementKey, seed: () => { seedResources(kernel, seed, managementKey) } }
}

function requireClients ({ applications }: LocalOktaSeed): void {
  for (const [name, clientId] of Object.entries(CLIENT_IDS)) {
    if (!applications.some((application) => application.clientId === clientId)) {
      throw new TypeError(`seed.applications must hold the ${name} client ${clientId}`)
    }
  }
}

function seedResources (kernel: Kernel, seed: LocalOktaSeed, managementKey: () => KeyPair): void {
  for (const resource of RESOURCES) resource.seed?.(kernel, seed)
  const hasOwnKeys = seed.applications.some(({ clientId, jwks }) => clientId === CLIENT_IDS.management && jwks !== undefined)
  if (!hasOwnKeys) kernel.store(Applications).setLazyKeys(CLIENT_IDS.management, () => [managementKey().publicJwk])
}

function createContext (kernel: Kernel): OAuthContext {
  kernel.log.declare(OAUTH_EVENT_TYPES)
  kernel.store(AuthnTransactions)
  const [issued, store, sessionTokens] = [kernel.store(IssuedTokens), kernel.store(ProviderStore), kernel.store(SessionTokens)]
  const createProvider = createProviderFactory({ kernel, store, issued, sessionTokens })
  return { kernel, servers: new Servers(kernel, createProvider), issued, store, sessionTokens, usedIds: new UsedIds(), dpopNonce: randomBytes(24).toString('base64url'), devicePolls: new DevicePolls() }
}

function once<T> (make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
