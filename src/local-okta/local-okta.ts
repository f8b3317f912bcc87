import { createAuthenticate } from './api-authentication.js'
import { buildApp, buildConsole } from './app.js'
import { clientsOf } from './clients.js'
import type { LocalOktaClients } from './clients.js'
import { createControl } from './control.js'
import type { LocalOktaClock, LocalOktaSnapshot } from './control.js'
import { Deliveries } from './kernel/deliveries.js'
import type { Delivery } from './kernel/deliveries.js'
import type { Faults } from './kernel/faults.js'
import { createRecordedRequests } from './kernel/requests.js'
import type { RecordedRequests } from './kernel/requests.js'
import { Router } from './kernel/router.js'
import { answerClientError, createListener } from './listener.js'
import { findListenAddress } from './listen-address.js'
import { listen, urlOf } from './listen.js'
import type { OpenPort } from './listen.js'
import { mintAccessToken, mintIdToken, mintOrgAccessToken } from './oauth/mint.js'
import type { MintOptions } from './oauth/mint-options.js'
import { completeOptions } from './options.js'
import type { LocalOktaOptions, LocalOktaSettings } from './options.js'
import { createOrg } from './org.js'
import type { Org } from './org.js'
import { Applications } from './resources/apps/store.js'
import { createLocalApplications } from './resources/apps/test-api.js'
import type { LocalOktaApplications } from './resources/apps/test-api.js'
import { createLocalEventHooks } from './resources/event-hooks/test-api.js'
import type { LocalOktaEventHooks } from './resources/event-hooks/test-api.js'
import { createLocalGroups } from './resources/groups/test-api.js'
import type { LocalOktaGroups } from './resources/groups/test-api.js'
import { ApiTokens } from './resources/api-tokens/store.js'
import { AuthorizationServers, DEFAULT_SERVER_ID } from './resources/authorization-servers/store.js'
import { findUnserved, RESOURCES } from './resources/index.js'
import { createLocalSecurityEvents } from './resources/ssf/test-api.js'
import type { LocalOktaSecurityEvents } from './resources/ssf/test-api.js'
import { createLocalUniversalLogout } from './resources/universal-logout/test-api.js'
import type { LocalOktaUniversalLogout } from './resources/universal-logout/test-api.js'
import { createLocalUsers } from './resources/users/test-api.js'
import type { LocalOktaUsers } from './resources/users/test-api.js'
import { ServerKeys } from './tokens/server-keys.js'
import type { PublicSigningKey } from './tokens/signing-keys.js'

/** The deliveries of event hooks, Universal Logout and security events, for tests. */
export interface LocalOktaDeliveries {
  /** The newest 500 deliveries, oldest first. */
  all (): Delivery[]
  /** Waits until everything that has happened so far is delivered, or lost. Not for what a fault holds back. */
  settled (): Promise<void>
}

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
  readonly universalLogout: LocalOktaUniversalLogout
  readonly securityEvents: LocalOktaSecurityEvents
  readonly deliveries: LocalOktaDeliveries
  /** The requests so far. */
  readonly requests: RecordedRequests
  readonly faults: Faults
  /** The org's time. */
  readonly clock: LocalOktaClock
  /**
   * Puts the org back to its start: seed, clock, no faults, no recorded requests. Every session and token ends, except the
   * API token. The address and the signing keys stay.
   */
  reset (): void
  /** The state of the org with its sessions and tokens, for {@link LocalOkta.restore}. Without faults, requests and signing keys. */
  snapshot (): LocalOktaSnapshot
  /** Puts a snapshot in the place of the org's state: tokens issued since then end, those of then are live. @throws {TypeError} for what is not one */
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
  const port = await listen(settings.port, address)
  try {
    const org = createOrg({ orgUrl: urlOf(port.server, urlHost), seed: settings.seed, signingKeys: settings.signingKeys })
    return await serve(org, settings, port)
  } catch (error) {
    port.server.close()
    port.server.closeAllConnections()
    throw error
  }
}

/** NODE_ENV in any letter case; some tools take several names in it, with commas between them. */
function isProduction (environment = ''): boolean {
  return environment.split(/[\s,;"']+/).some((name) => name.toLowerCase() === 'production')
}

async function serve (org: Org, settings: LocalOktaSettings, { server, answerBy }: OpenPort): Promise<LocalOkta> {
  const { context, context: { kernel }, managementKey } = org
  const servers = kernel.store(AuthorizationServers)
  const [issuer, audience] = [servers.issuerOf(servers.default()), servers.audienceOf(servers.default())]
  const serverKeys = kernel.store(ServerKeys)
  const { apiToken } = settings
  kernel.store(ApiTokens).setFirst(apiToken)
  const deliveries = kernel.store(Deliveries)
  const control = createControl(kernel, { keys: async () => serverKeys.of(DEFAULT_SERVER_ID), seed: org.seed })
  const { clock, faults, requests } = control
  let console: ReturnType<typeof buildConsole> | undefined
  const openConsole = async () => (console ??= buildConsole({ kernel, context, control, apiToken, issuer, audience }, settings.logger))
  const app = await buildApp({
    context,
    api: {
      kernel,
      router: new Router(RESOURCES.flatMap(({ routes }) => routes), findUnserved()),
      authenticate: createAuthenticate(context)
    },
    control,
    openConsole,
    logger: settings.logger
  })
  server.on('clientError', answerClientError)
  answerBy(createListener({ context, app, requests, faults, allowedHosts: settings.allowedHosts }))
  // In the thread pool, from now on: a client that asks for the keys at once may wait a few seconds only. If it fails, that client is told.
  serverKeys.of(DEFAULT_SERVER_ID).catch(() => {})
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
    universalLogout: createLocalUniversalLogout(kernel),
    securityEvents: createLocalSecurityEvents(kernel),
    deliveries: {
      all: () => structuredClone([...deliveries.all()]),
      settled: async () => { await deliveries.settled() }
    },
    requests: createRecordedRequests(requests),
    faults,
    clock: {
      advance: (ms) => { clock.advance(ms) },
      set: (date) => { clock.set(date) },
      reset: () => { clock.reset() }
    },
    reset: () => { control.reset() },
    snapshot: () => control.snapshot(),
    restore: (snapshot) => { control.restore(snapshot) },
    get keys () { return serverKeys.ofSync(DEFAULT_SERVER_ID).list() },
    mintAccessToken: async (options = {}) => mintAccessToken(context, options),
    mintIdToken: async (options = {}) => mintIdToken(context, options),
    mintOrgAccessToken: async (options = {}) => mintOrgAccessToken(context, options),
    rotateKeys: async () => {
      const keys = await control.keys()
      await keys.rotate()
      return keys.active.kid
    },
    retireKey: async (kid) => { (await control.keys()).retire(kid) },
    stop: createStop(async () => {
      deliveries.stop()
      const closed = new Promise<void>((resolve) => server.close(() => { resolve() }))
      server.closeAllConnections()
      await closed
      await Promise.all([app.close(), console?.then(async (opened) => { await opened.close() })])
    })
  }
}

function createStop (stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | undefined
  return async () => (stopping ??= stop())
}
