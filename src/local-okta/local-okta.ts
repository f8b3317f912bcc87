import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildApp } from './app.js'
import { createLocalApplications } from './assignments.js'
import type { LocalOktaApplications } from './assignments.js'
import { ProviderStore } from './authorization-server/adapter.js'
import { createProviderFactory } from './authorization-server/provider.js'
import { clientsOf } from './clients.js'
import type { LocalOktaClients } from './clients.js'
import type { LocalOktaContext } from './context.js'
import { EventDeliveries } from './event-hooks/deliveries.js'
import { createLocalEventHooks } from './registrations.js'
import type { LocalOktaEventHooks } from './registrations.js'
import { Faults } from './faults.js'
import { createListener } from './listener.js'
import { ReplayedIds } from './oauth/replayed-ids.js'
import { completeOptions } from './options.js'
import type { LocalOktaOptions, LocalOktaSettings } from './options.js'
import { createApiToken } from './org/identifiers.js'
import { createOrg } from './org/org.js'
import { createLocalGroups, createLocalUsers } from './people.js'
import type { LocalOktaGroups, LocalOktaUsers } from './people.js'
import { RecordedRequests } from './requests.js'
import { IssuedTokens } from './tokens/issued-tokens.js'
import { mintAccessToken, mintIdToken, mintOrgAccessToken } from './tokens/mint.js'
import type { MintOptions } from './tokens/mint.js'
import { createKeyPair, createKeyPairSync, SigningKeys } from './tokens/signing-keys.js'
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
  const [server, keys] = await Promise.all([listen(settings), SigningKeys.create(settings.signingKeys)])
  try {
    return await assemble(settings, server, keys)
  } catch (error) {
    server.close()
    throw error
  }
}

/** NODE_ENV in any letter case; some tools take several names in it, with commas between them. */
function isProduction (environment = ''): boolean {
  return environment.split(/[\s,;"']+/).some((name) => name.toLowerCase() === 'production')
}

async function assemble (settings: LocalOktaSettings, server: Server, keys: SigningKeys): Promise<LocalOkta> {
  // Few ask for it, and a start need not wait for it.
  const managementKey = once(createKeyPairSync)
  const org = createOrg(settings.seed, {
    ...settings, orgUrl: urlOf(server, settings.host), apiToken: createApiToken(), managementKey: () => managementKey().publicJwk
  })
  const issued = new IssuedTokens()
  const store = new ProviderStore(org, issued)
  const createProvider = await createProviderFactory({ org, keys, store, issued })
  let provider = createProvider()
  const context: LocalOktaContext = {
    org,
    allowedHosts: settings.allowedHosts,
    deliveries: new EventDeliveries(org),
    keys,
    orgIdTokenKey: once(createKeyPair),
    orgAccessTokenKey: once(createKeyPair),
    issued,
    store,
    usedIds: new ReplayedIds(),
    provider: () => provider
  }
  const renewProvider = (): void => { provider = createProvider() }
  return serve(context, settings, server, managementKey, renewProvider)
}

async function serve (
  context: LocalOktaContext, settings: LocalOktaSettings, server: Server, managementKey: () => KeyPair, renewProvider: () => void
): Promise<LocalOkta> {
  const { org, deliveries, keys } = context
  const { orgUrl, issuer, audience, apiToken } = org
  const requests = new RecordedRequests()
  const faults = new Faults()
  const app = await buildApp(context, settings.logger)
  server.on('request', createListener(context, app, requests, faults))
  return {
    orgUrl,
    issuer,
    audience,
    apiToken,
    clients: clientsOf(org, managementKey),
    users: createLocalUsers(org, context.store),
    groups: createLocalGroups(org),
    applications: createLocalApplications(org),
    eventHooks: createLocalEventHooks(org, deliveries),
    requests,
    faults,
    get keys () { return keys.list() },
    mintAccessToken: async (options = {}) => mintAccessToken(context, options),
    mintIdToken: async (options = {}) => mintIdToken(context, options),
    mintOrgAccessToken: async (options = {}) => mintOrgAccessToken(context, options),
    rotateKeys: async () => {
      await keys.rotate()
      renewProvider()
      return keys.active.kid
    },
    retireKey: async (kid) => {
      keys.retire(kid)
      renewProvider()
    },
    stop: once(async () => {
      deliveries.stop()
      const closed = new Promise<void>((resolve) => server.close(() => { resolve() }))
      server.closeAllConnections()
      await closed
      await app.close()
    })
  }
}

async function listen ({ port, host }: LocalOktaSettings): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => { resolve(server) })
  })
}

function urlOf (server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function once<T> (make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
