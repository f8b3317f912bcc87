import type { Server } from 'node:http'
import accepts from '@fastify/accepts'
import fastify, { type FastifyHttpOptions, type FastifyInstance } from 'fastify'
import fastifyOkta, { type IssuerOptions, type SharedOptions } from 'fastify-okta'
import { describeRoutes } from './routes/docs/document.js'
import { docs } from './routes/docs/routes.js'
import type { Access } from './routes/docs/security.js'
import { events } from './routes/events/routes.js'
import { closeIdleConnectionsOnStop } from './graceful-stop.js'
import { greeting } from './routes/greeting/routes.js'
import { health } from './routes/health/routes.js'
import { me } from './routes/me/routes.js'
import { Metrics } from './routes/metrics/metrics.js'
import { metricsRoutes } from './routes/metrics/routes.js'
import { Pages } from './pages/pages.js'
import { pageRoutes, signInNotSetUp } from './pages/routes.js'
import { answerRefusals, refuseForNode, refuseUnparsed, refuseUnrouted } from './refusals.js'
import type { SharedState } from './redis/shared-state.js'
import { loggerOptions, RequestLog } from './request-log.js'
import type { Settings } from './settings/settings.js'
import { welcome } from './routes/welcome/routes.js'

/** The settings of the service once it is known whose tokens it takes. */
export type AppSettings = Pick<Settings, 'greeting' | 'logLevel'> & Partial<Pick<Settings, 'eventHookSecret' | 'pageClientId' | 'publicUrl' | 'dpop' | 'redisUrl'>> & { readonly okta: Readonly<IssuerOptions> }

/** What tests hold in their hands. */
export interface AppOverrides {
  /** Goes over the plugin's defaults. */
  plugin?: SharedOptions
  /** What time it is for the greeting. Default: the machine's clock. */
  now?: () => Date
  /** Where the log goes. Default: the standard output. */
  logStream?: { write: (line: string) => void }
}

/** A profile change is the largest body there is, but for those that Okta sends. */
const BODY_LIMIT_BYTES = 16 * 1024

/** For those who send slowly, or nothing, to hold connections: Node's own limits are minutes. In milliseconds. */
const HEADERS_TIMEOUT = 10_000
const REQUEST_TIMEOUT = 15_000
const CONNECTION_TIMEOUT = 30_000
const TIMEOUTS_CHECKED_EVERY = 5_000
/** Longer than load balancers keep an idle connection (60 s is usual), so that none sends a request into one that closes. */
const KEEP_ALIVE_TIMEOUT = 72_000

/**
 * Builds the greeting service without listening. The issuer's keys are loaded and the directory is opened meanwhile; an
 * issuer that is away keeps neither from being built.
 *
 * @throws {TypeError} an option of the plugin's is wrong
 * @throws {Error} there is a page for browsers, and what they get has not been built
 */
export async function buildApp (settings: AppSettings, { plugin = {}, now = () => new Date(), logStream }: AppOverrides = {}): Promise<FastifyInstance> {
  const app = fastify({ ...serverOptions(), logger: loggerOptions(settings.logLevel, logStream) })
  app.addHook('onRequest', (_request, reply, done) => {
    // All that is answered is for one caller and one moment, a refusal and a 404 too.
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
    done()
  })
  const metrics = new Metrics()
  metrics.measureRequests(app)
  const pages = createPages(settings)
  answerRefusals(app, pages)
  refuseForNode(app)
  closeIdleConnectionsOnStop(app)
  app.removeContentTypeParser('text/plain')
  await app.register(accepts)
  // Before the routes, to hear of them.
  const access = accessOf(settings)
  await describeRoutes(app, access, settings.publicUrl ?? null)
  const shared = await openShared(app, settings)
  await app.register(fastifyOkta, { ...originOptions(settings, shared), recorder: metrics.recorder, ...plugin, ...issuerOptions(settings, shared) })
  await app.register(welcome, { pages })
  await app.register(greeting, { ...settings.greeting, now })
  await app.register(me)
  await app.register(health)
  await app.register(docs, access)
  await app.register(metricsRoutes, { metrics })
  if (typeof settings.eventHookSecret === 'string') await app.register(events, { secret: settings.eventHookSecret })
  if (pages !== null) await app.register(pageRoutes, { pages })
  else await app.register(signInNotSetUp, { missing: typeof settings.pageClientId === 'string' ? 'PUBLIC_URL' : 'OKTA_OAUTH2_CLIENTID' })
  return app
}

/** `null` where there is no client that the page could be, or no origin that Okta could send browsers back to. */
function createPages ({ pageClientId = null, publicUrl = null, dpop, okta, greeting }: AppSettings): Pages | null {
  if (pageClientId === null || publicUrl === null) return null
  return new Pages({ issuer: okta.issuer, clientId: pageClientId, publicUrl, group: greeting.group, isDpopRequired: dpop === 'required' })
}

/** As the pages have it, and the plugin, by its defaults. */
function accessOf ({ okta: { issuer, audience }, pageClientId = null, publicUrl = null, dpop = 'allowed' }: AppSettings): Access {
  return publicUrl === null ? { issuer, audience, clientId: null, dpop: 'off' } : { issuer, audience, clientId: pageClientId, dpop }
}

/** `null` where replicas share nothing. ioredis is loaded for those who use it. */
async function openShared (app: FastifyInstance, { redisUrl = null, dpop }: AppSettings): Promise<SharedState | null> {
  if (redisUrl === null) return null
  const { openSharedState } = await import('./redis/shared-state.js')
  const shared = await openSharedState(redisUrl, { log: app.log, isDpopRequired: dpop === 'required' })
  app.addHook('onReady', async () => { shared.watch() })
  app.addHook('onClose', async () => { shared.close() })
  return shared
}

function originOptions ({ publicUrl = null, dpop = 'allowed' }: AppSettings, shared: SharedState | null): SharedOptions {
  if (publicUrl === null) return {}
  return { publicUrl, dpop: { mode: dpop, ...(shared === null ? {} : { replayStore: shared.replays }) } }
}

function issuerOptions ({ okta }: AppSettings, shared: SharedState | null): IssuerOptions {
  if (shared === null || okta.directory === undefined) return okta
  return { ...okta, directory: { ...okta.directory, sharedCache: shared.users } }
}

function serverOptions (): FastifyHttpOptions<Server> {
  return {
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT,
    connectionTimeout: CONNECTION_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    http: { requireHostHeader: false, headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY },
    forceCloseConnections: 'idle',
    // A request that comes on an open connection while the service stops is answered, and told to close.
    return503OnClosing: false,
    trustProxy: false,
    // A body with anything unexpected in it is refused, not mended.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
    logController: new RequestLog(),
    // One for each request costs as much as its guard, and few write a line: those say themselves which request it was.
    childLoggerFactory: logger => logger,
    frameworkErrors: refuseUnrouted as never,
    clientErrorHandler: refuseUnparsed as never
  }
}
