import type { Server } from 'node:http'
import accepts from '@fastify/accepts'
import fastify, { type FastifyHttpOptions, type FastifyInstance } from 'fastify'
import fastifyOkta, { type DirectoryRefusal, type IssuerOptions, type MessageOptions, type Recorder, type SharedOptions } from 'fastify-okta'
import { createClockWatch } from './log/clock-watch.js'
import { closeConnectionsOnStop } from './http/connections.js'
import { describeRoutes } from './routes/docs/document.js'
import { docs } from './routes/docs/routes.js'
import type { Access } from './routes/docs/security.js'
import { greeting } from './routes/greeting/routes.js'
import { Readiness } from './routes/health/readiness.js'
import { health } from './routes/health/routes.js'
import { createAuditLog } from './log/audit-log.js'
import { openLog, type LogStream } from './log/destination.js'
import { loggerOptions } from './log/logger.js'
import { readRequestId } from './log/request-id.js'
import { RequestLog } from './log/request-log.js'
import { me } from './routes/me/routes.js'
import { Metrics } from './routes/metrics/metrics.js'
import { metricsRoutes } from './routes/metrics/routes.js'
import { Pages } from './pages/pages.js'
import { pageRoutes, signInNotSetUp } from './pages/routes.js'
import { answerRefusals, handleClientError, handleExpectAndMissingHost, handleFrameworkError, setCommonHeaders } from './http/refusals.js'
import type { SharedState } from './redis/shared-state.js'
import { credentialsSetting, type AppSettings } from './settings/app-settings.js'
import { welcome } from './routes/welcome/routes.js'

/** Overrides for tests. */
interface AppOverrides {
  /** Overrides the plugin's defaults. */
  plugin?: SharedOptions
  /** The clock of the greeting. Default: the machine's. */
  now?: () => Date
  /** Where the log goes. Default: the standard output. */
  logStream?: LogStream
  /** How long a command of Redis may take, in milliseconds. Default 250. */
  redisTimeoutMs?: number | undefined
}

/** A profile change is the largest body, except for those that Okta sends. */
const BODY_LIMIT_BYTES = 16 * 1024

/** Against clients that hold connections by sending slowly, or nothing; Node's own limits are minutes. In milliseconds. */
const HEADERS_TIMEOUT = 10_000
const REQUEST_TIMEOUT = 15_000
const CONNECTION_TIMEOUT = 30_000
const TIMEOUTS_CHECKED_EVERY = 5_000
/** Longer than load balancers keep an idle connection (60 s is usual), so none sends a request into one that closes. */
const KEEP_ALIVE_TIMEOUT = 72_000
/** To load the Okta SDK takes seconds on a busy machine. Fastify's own limit of 10 s has stopped starts there. */
const PLUGIN_TIMEOUT = 60_000

/**
 * Builds the greeting service without listening. The issuer's keys are loaded and the directory is opened meanwhile; an
 * issuer that is unavailable does not keep it from being built.
 *
 * @throws {TypeError} an option of the plugin is wrong
 * @throws {Error} there is a page for browsers, and its script and style have not been built
 */
export async function buildApp (settings: AppSettings, { plugin = {}, now = () => new Date(), logStream, redisTimeoutMs }: AppOverrides = {}): Promise<FastifyInstance> {
  const app = fastify({ ...serverOptions(), logger: loggerOptions(settings.logLevel, logStream ?? await openLog()) })
  const metrics = new Metrics()
  const pages = createPages(settings)
  await traceRequests(app, settings)
  prepare(app, metrics, pages)
  await app.register(accepts)
  // Must be registered before the routes (`onRoute`).
  const access = accessOf(settings)
  await describeRoutes(app, access, settings.publicUrl ?? null)
  const shared = await openShared(app, settings, redisTimeoutMs)
  if (shared !== null) metrics.showRedis(shared.isAvailable)
  const readiness = new Readiness(app, credentialsSetting(settings))
  await app.register(fastifyOkta, { ...sharedOptions(settings, shared), ...messageOptions(settings, shared), recorder: createRecorder(app, metrics, settings), ...plugin, ...issuerOptions(settings, readiness, shared) })
  await app.register(welcome, { pages })
  await app.register(greeting, { ...settings.greeting, now })
  await app.register(me)
  await app.register(health, { readiness, isRedisAvailable: shared?.isAvailable ?? null })
  await app.register(docs, access)
  await app.register(metricsRoutes, { metrics })
  if (pages !== null) await app.register(pageRoutes, { pages })
  else await app.register(signInNotSetUp, { missing: typeof settings.pageClientId === 'string' ? 'PUBLIC_URL' : 'OKTA_OAUTH2_CLIENTID' })
  return app
}

/** What holds for every request, whatever its route. */
function prepare (app: FastifyInstance, metrics: Metrics, pages: Pages | null): void {
  app.addHook('onRequest', (request, reply, done) => {
    setCommonHeaders(request, reply)
    done()
  })
  metrics.measureRequests(app)
  answerRefusals(app, pages)
  handleExpectAndMissingHost(app)
  closeConnectionsOnStop(app)
  app.removeContentTypeParser('text/plain')
}

/** The metrics count what happens; decisions and a wrong clock go to the log as well. */
function createRecorder (app: FastifyInstance, { recorder }: Metrics, { auditLog = 'off' }: AppSettings): Recorder {
  const watchClock = createClockWatch(app.log)
  const recordDecision = createAuditLog(app.log, auditLog)
  return Object.assign({}, recorder, recordDecision === undefined ? {} : { recordDecision }, {
    recordClockSkew (seconds: number, issuer: string) {
      recorder.recordClockSkew?.(seconds, issuer)
      watchClock(seconds)
    }
  })
}

/** `null` if there is no client for the page, or no origin that Okta could send browsers back to. */
function createPages ({ pageClientId = null, publicUrl = null, dpop, okta, greeting }: AppSettings): Pages | null {
  if (pageClientId === null || publicUrl === null) return null
  return new Pages({ issuer: okta.issuer, clientId: pageClientId, publicUrl, group: greeting.group, isDpopRequired: dpop === 'required' })
}

/** As the pages have it, and the plugin, by its defaults. */
function accessOf ({ okta: { issuer, audience }, pageClientId = null, publicUrl = null, dpop = 'allowed' }: AppSettings): Access {
  return publicUrl === null ? { issuer, audience, clientId: null, dpop: 'off' } : { issuer, audience, clientId: pageClientId, dpop }
}

/** `null` if replicas share nothing; only otherwise is ioredis loaded. */
async function openShared (app: FastifyInstance, { redisUrl = null, dpop }: AppSettings, commandTimeoutMs: number | undefined): Promise<SharedState | null> {
  if (redisUrl === null) return null
  const { openSharedState } = await import('./redis/shared-state.js')
  const shared = await openSharedState(redisUrl, { log: app.log, isDpopRequired: dpop === 'required', commandTimeoutMs })
  app.addHook('onReady', async () => { shared.watch() })
  app.addHook('onClose', async () => { shared.close() })
  return shared
}

/** Only if traces are exported is OpenTelemetry loaded. */
async function traceRequests (app: FastifyInstance, { tracesUrl = null }: AppSettings): Promise<void> {
  if (tracesUrl === null) return
  const { startTelemetry } = await import('./telemetry/telemetry.js')
  await startTelemetry(app, { tracesUrl })
}

function sharedOptions ({ publicUrl = null, dpop = 'allowed' }: AppSettings, shared: SharedState | null): SharedOptions {
  const revocation = shared === null ? {} : { revocation: { store: shared.revocations } }
  if (publicUrl === null) return revocation
  return { ...revocation, publicUrl, dpop: { mode: dpop, ...(shared === null ? {} : { replayStore: shared.replays }) } }
}

/** The ways in which Okta tells of sign-outs and changes, those that the settings turn on. */
function messageOptions ({ eventHookSecret = null, universalLogoutClientId: clientId = null, securityEvents = null, systemLogPollSeconds: pollSeconds = null }: AppSettings, shared: SharedState | null): MessageOptions {
  const usedMessages = shared === null ? {} : { store: shared.usedMessages }
  return {
    ...(eventHookSecret === null ? {} : { eventHook: { secret: eventHookSecret } }),
    ...(clientId === null ? {} : { universalLogout: { clientId, ...usedMessages } }),
    ...(securityEvents === null ? {} : { securityEvents: { ...securityEvents, ...usedMessages } }),
    ...(pollSeconds === null ? {} : { systemLog: { pollSeconds, ...(shared === null ? {} : { store: shared.logPosition }) } })
  }
}

function issuerOptions ({ okta }: AppSettings, readiness: Readiness, shared: SharedState | null): IssuerOptions {
  if (okta.directory === undefined) return okta
  const onRefused = (refusal: DirectoryRefusal): void => { readiness.noteRefusal(refusal) }
  return { ...okta, directory: { ...okta.directory, onRefused, ...(shared === null ? {} : { sharedCache: shared.users }) } }
}

function serverOptions (): FastifyHttpOptions<Server> {
  return {
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT,
    connectionTimeout: CONNECTION_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    pluginTimeout: PLUGIN_TIMEOUT,
    http: { requireHostHeader: false, headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY },
    forceCloseConnections: 'idle',
    // A request that arrives on an open connection while the service stops is answered, and the connection closed.
    return503OnClosing: false,
    trustProxy: false,
    // A body with anything unexpected in it is refused, not changed.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
    genReqId: readRequestId,
    logController: new RequestLog(),
    // A logger for each request costs as much as its guard, and few requests write a line: each line has the request's id.
    childLoggerFactory: logger => logger,
    frameworkErrors: handleFrameworkError as never,
    clientErrorHandler: handleClientError as never
  }
}
