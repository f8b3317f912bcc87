import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAuthenticate } from './api-authentication.js'
import { buildApp } from './app.js'
import { ProviderStore } from './oauth/provider/store.js'
import { createProviderFactory } from './oauth/provider/provider.js'
import { clientsOf } from './clients.js'
import type { LocalOktaClients } from './clients.js'
import type { OAuthContext } from './oauth/context.js'
import { createControl } from './control.js'
import type { LocalOktaClock, LocalOktaSnapshot } from './control.js'
import { Faults } from './kernel/faults.js'
import { createApiToken } from './kernel/identifiers.js'
import { Kernel } from './kernel/kernel.js'
import { RecordedRequests } from './kernel/requests.js'
import { answerClientError, createListener } from './listener.js'
import { UsedIds } from './oauth/used-ids.js'
import { findListenAddress } from './listen-address.js'
import { completeOptions, hostHeaderOf } from './options.js'
import type { LocalOktaOptions, LocalOktaSettings } from './options.js'
import { mintAccessToken, mintIdToken, mintOrgAccessToken } from './oauth/mint.js'
import type { MintOptions } from './oauth/mint-options.js'
import { Servers } from './oauth/servers.js'
import { SessionTokens } from './oauth/session-tokens.js'
import { Applications } from './resources/apps/store.js'
import { createLocalApplications } from './resources/apps/test-api.js'
import type { LocalOktaApplications } from './resources/apps/test-api.js'
import { ServerScopes } from './resources/authorization-servers/parts.js'
import { DEFAULT_SERVER_ID } from './resources/authorization-servers/store.js'
import { EventDeliveries } from './resources/event-hooks/deliveries.js'
import { createLocalEventHooks } from './resources/event-hooks/test-api.js'
import type { LocalOktaEventHooks } from './resources/event-hooks/test-api.js'
import { createLocalGroups } from './resources/groups/test-api.js'
import type { LocalOktaGroups } from './resources/groups/test-api.js'
import { findUnserved, RESOURCES } from './resources/index.js'
import { Users } from './resources/users/store.js'
import { createLocalUsers } from './resources/users/test-api.js'
import type { LocalOktaUsers } from './resources/users/test-api.js'
import { ADMINISTRATOR, CLIENT_IDS } from './seed.js'
import type { LocalOktaSeed } from './seed.js'
import { IssuedTokens } from './tokens/issued-tokens.js'
import { ServerKeys } from './tokens/server-keys.js'
import { createKeyPairSync, SigningKeys } from './tokens/signing-keys.js'
import type { KeyPair, PublicSigningKey } from './tokens/signing-keys.js'

/** An Okta org that runs in this process. */
export interface LocalOkta {
  /** Such as `http://127.0.0.1:4000`: no trailing slash. */
  readonly orgUrl: string
  /** `{orgUrl}/oauth2/default`. */
  readonly issuer: string
  /** `api://default`. */
  readonly audience: string
  /** An API token (`SSWS`) of the administrator, another one at each start. */
  readonly apiToken: string
  readonly clients: LocalOktaClients
  readonly users: LocalOktaUsers
  readonly groups: LocalOktaGroups
  readonly applications: LocalOktaApplications
  readonly eventHooks: LocalOktaEventHooks
  /** The requests so far. */
  readonly requests: RecordedRequests
  readonly faults: Faults
  /** The org's time. */
  readonly clock: LocalOktaClock
  /**
   * Puts the org back to its start: seed, clock, no faults, no recorded requests. Sessions and tokens of users end. The API
   * token, the address and the signing keys stay.
   */
  reset (): void
  /** The state of the org, for {@link LocalOkta.restore}. Without sessions, tokens, faults, requests and signing keys. */
  snapshot (): LocalOktaSnapshot
  /** Puts a snapshot in the place of the org's state. Sessions and tokens of users end. @throws {TypeError} for what is not one */
  restore (snapshot: LocalOktaSnapshot): void
  /** The published keys of the `default` server; public halves only. */
  readonly keys: PublicSigningKey[]
  /** @throws {TypeError} for a user, client or kid the org does not have */
  mintAccessToken (options?: MintOptions): Promise<string>
  /** @throws {TypeError} as above, and for a service client without a user */
  mintIdToken (options?: MintOptions): Promise<string>
  /** @throws {TypeError} as above */
  mintOrgAccessToken (options?: MintOptions): Promise<string>
  /** The next key becomes the active one at once; the old one stays published. Gives the new active `kid`. */
  rotateKeys (): Promise<string>
  /** Publishes an old key no longer. @throws {TypeError} for a key that is not published or still needed */
  retireKey (kid: string): Promise<void>
  /** Closes the port and every connection, those that hang too. Stopping twice is stopping once. */
  stop (): Promise<void>
}

/**
 * Starts an Okta org in memory: the `default` authorization server, the org's own
 * one, and the management API. It forgets everything when it stops.
 *
 * @throws {TypeError} for an option that is wrong; it names the option
 * @throws {Error} with `NODE_ENV=production`, or when the port is taken
 */
export async function startLocalOkta (options: LocalOktaOptions = {}): Promise<LocalOkta> {
  // a guard against a mistake, not a setting
  // eslint-disable-next-line no-restricted-syntax
  if (isProduction(process.env['NODE_ENV'])) {
    throw new Error('the local Okta is for development: it does not start with NODE_ENV=production')
  }
  const settings = completeOptions(options)
  const { address, urlHost } = await findListenAddress(settings.host, settings.network)
  const [server, keys] = await Promise.all([listen(settings.port, address), SigningKeys.create(settings.signingKeys)])
  try {
    return await assemble(settings, { server, orgUrl: urlOf(server, urlHost) }, keys)
  } catch (error) {
    server.close()
    throw error
  }
}

/** NODE_ENV in any letter case; some tools take several names in it, with commas between them. */
function isProduction (environment = ''): boolean {
  return environment.split(/[\s,;"']+/).some((name) => name.toLowerCase() === 'production')
}

async function assemble (
  settings: LocalOktaSettings, { server, orgUrl }: { server: Server, orgUrl: string }, keys: SigningKeys
): Promise<LocalOkta> {
  // few tests need it, and it takes 100 ms or more to make
  const managementKey = once(createKeyPairSync)
  const kernel = new Kernel(orgUrl, ADMINISTRATOR)
  seedResources(kernel, settings.seed, managementKey)
  kernel.store(ServerKeys).set(DEFAULT_SERVER_ID, keys)
  const issued = new IssuedTokens()
  const store = new ProviderStore(kernel, issued)
  kernel.store(Users).onSessionsEnd(({ userId, oauthTokens }) => { store.forgetUser(userId, oauthTokens) })
  const sessionTokens = new SessionTokens()
  const createProvider = await createProviderFactory({ kernel, store, issued, sessionTokens })
  const servers = new Servers(kernel, createProvider)
  const context: OAuthContext = { kernel, servers, issued, store, sessionTokens, usedIds: new UsedIds() }
  return serve({ context, settings, server, keys, managementKey })
}

/** Makes every resource's stores and fills them. @throws {TypeError} for a seed that contradicts itself */
function seedResources (kernel: Kernel, seed: LocalOktaSeed, managementKey: () => KeyPair): void {
  for (const [name, clientId] of Object.entries(CLIENT_IDS)) {
    if (!seed.applications.some((application) => application.clientId === clientId)) {
      throw new TypeError(`seed.applications must hold the ${name} client ${clientId}`)
    }
  }
  for (const { stores, eventTypes } of RESOURCES) {
    kernel.log.declare(eventTypes)
    for (const StoreType of stores) kernel.store(StoreType)
  }
  fillResources(kernel, seed, managementKey)
}

function fillResources (kernel: Kernel, seed: LocalOktaSeed, managementKey: () => KeyPair): void {
  for (const resource of RESOURCES) resource.seed?.(kernel, seed)
  const hasOwnKeys = seed.applications.some(({ clientId, jwks }) => clientId === CLIENT_IDS.management && jwks !== undefined)
  if (!hasOwnKeys) kernel.store(Applications).setLazyKeys(CLIENT_IDS.management, () => [managementKey().publicJwk])
}

interface RunningParts {
  readonly context: OAuthContext
  readonly settings: LocalOktaSettings
  readonly server: Server
  /** Of the `default` server. */
  readonly keys: SigningKeys
  readonly managementKey: () => KeyPair
}

async function serve ({ context, settings, server, keys, managementKey }: RunningParts): Promise<LocalOkta> {
  const { kernel } = context
  const { issuer, audience } = await context.servers.default()
  const apiToken = createApiToken()
  const requests = new RecordedRequests()
  const faults = new Faults()
  const control = createControl(kernel, { faults, requests, seed: () => { fillResources(kernel, settings.seed, managementKey) } })
  const api = {
    kernel,
    routes: RESOURCES.flatMap(({ routes }) => routes),
    unserved: findUnserved(),
    authenticate: createAuthenticate(context, apiToken)
  }
  const rotateKeys = async (): Promise<string> => {
    await keys.rotate()
    return keys.active.kid
  }
  const retireKey = async (kid: string): Promise<void> => {
    keys.retire(kid)
  }
  const console = {
    kernel,
    apiToken,
    faults,
    issuer,
    audience,
    scopes: () => kernel.store(ServerScopes).ofServer(DEFAULT_SERVER_ID).map(({ name }) => name),
    keys: () => keys.list(),
    mintAccessToken: async (request: MintOptions) => mintAccessToken(context, request),
    rotateKeys,
    retireKey
  }
  const app = await buildApp({ context, api, control, console, logger: settings.logger })
  server.on('clientError', answerClientError)
  server.on('request', createListener({ context, app, requests, faults, allowedHosts: settings.allowedHosts }))
  return {
    orgUrl: kernel.orgUrl,
    issuer,
    audience,
    apiToken,
    clients: clientsOf(kernel.store(Applications), managementKey),
    users: createLocalUsers(kernel),
    groups: createLocalGroups(kernel),
    applications: createLocalApplications(kernel),
    eventHooks: createLocalEventHooks(kernel),
    requests,
    faults,
    clock: {
      advance: (ms) => { control.clock.advance(ms) },
      set: (date) => { control.clock.set(date) },
      reset: () => { control.clock.reset() }
    },
    reset: () => { control.reset() },
    snapshot: () => control.snapshot(),
    restore: (snapshot) => { control.restore(snapshot) },
    get keys () { return keys.list() },
    mintAccessToken: async (options = {}) => mintAccessToken(context, options),
    mintIdToken: async (options = {}) => mintIdToken(context, options),
    mintOrgAccessToken: async (options = {}) => mintOrgAccessToken(context, options),
    rotateKeys,
    retireKey,
    stop: once(async () => {
      kernel.store(EventDeliveries).stop()
      const closed = new Promise<void>((resolve) => server.close(() => { resolve() }))
      server.closeAllConnections()
      await closed
      await app.close()
    })
  }
}

async function listen (port: number, address: string): Promise<Server> {
  // an idle connection stays open: to close it just when a busy process uses it again would lose a request
  const server = createServer({ keepAliveTimeout: 0 })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => { resolve(server) })
  })
}

function urlOf (server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${hostHeaderOf(host)}:${port}`
}

function once<T> (make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
