import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Issuer } from './okta/access-token/issuer.js'
import { withDeadline } from './okta/directory/deadline.js'
import type { OktaOrg } from './okta/events/okta-org.js'
import { OrgKeys } from './okta/events/org-keys.js'
import { SeenEvents } from './okta/events/seen-events.js'
import { SystemLog } from './okta/events/system-log.js'
import { SystemLogApi } from './okta/events/system-log-api.js'
import type { Settings } from './options.js'
import type { SafeRecorder } from './recorder.js'
import { MessageLog } from './routes/message-log.js'
import { mountMessageRoutes } from './routes/message-routes.js'

/** How long the start waits for the System Log, in milliseconds; it is read to its end all the same. */
const MAX_FIRST_READING_MS = 5000

interface MessagesOptions {
  readonly settings: Settings
  readonly issuers: readonly Issuer[]
  readonly recorder: SafeRecorder
}

/**
 * Receives what Okta tells of sign-outs and changes, in the ways that are configured: mounts the routes that Okta calls, and
 * reads the System Log from the start of the application to its end.
 */
export function receiveMessages (fastify: FastifyInstance, { settings, issuers, recorder }: MessagesOptions): MessageLog {
  const { log } = fastify
  const messages = new MessageLog({ log, recorder })
  const seen = new SeenEvents()
  const orgs = openOrgs(issuers, settings, log)
  const systemLogs = openSystemLogs(orgs, settings, { log, seen, messages })
  mountMessageRoutes(fastify, { settings, orgs, messages, seen })
  fastify.addHook('onReady', async () => {
    const reading = Promise.all(systemLogs.map(async (systemLog) => { await systemLog.start() }))
    await withDeadline(reading, MAX_FIRST_READING_MS, 'the System Log is long').catch(() => {})
  })
  fastify.addHook('onClose', async () => { for (const systemLog of systemLogs) systemLog.stop() })
  return messages
}

/**
 * The orgs of the issuers, as far as their messages are concerned, and the keys that sign those. Does not wait for the keys:
 * they are fetched in the background, and again when they are needed.
 */
function openOrgs (issuers: readonly Issuer[], settings: Settings, log: FastifyBaseLogger): OktaOrg[] {
  const { universalLogout, securityEvents, keysTtlMs, keysCooldownMs, keysCeilingMs, keysTimeoutMs } = settings
  return [...new Set(issuers.map(({ revocations }) => revocations))].map((revocations) => {
    const own = issuers.filter((issuer) => issuer.revocations === revocations)
    const { org: url } = revocations
    const keys = new OrgKeys({
      orgUrl: url,
      clientId: universalLogout?.clientId ?? null,
      keysTtlMs,
      keysCooldownMs,
      keysCeilingMs,
      keysTimeoutMs,
      onFetch: (outcome) => {
        if ('error' in outcome) log.warn({ err: outcome.error, org: url }, 'the keys that sign messages of the org could not be fetched')
      }
    })
    if (universalLogout !== null || securityEvents !== null) keys.load().catch(() => {})
    const named = own.map(({ policy: { issuer } }) => issuer)
    return {
      url,
      issuers: new Set([url, ...named.map((issuer) => new URL(issuer).origin), ...named]),
      keys,
      revocations,
      directory: own.find(({ directory }) => directory !== null)?.directory ?? null
    }
  })
}

interface SystemLogObservers {
  readonly log: FastifyBaseLogger
  readonly seen: SeenEvents
  readonly messages: Pick<MessageLog, 'accept' | 'add' | 'note'>
}

/** The System Logs of the orgs that have a directory; none of them is read yet. */
function openSystemLogs (orgs: readonly OktaOrg[], settings: Settings, { log, seen, messages }: SystemLogObservers): SystemLog[] {
  const { systemLog, issuers, maxTokenLifetimeSeconds } = settings
  if (systemLog === null) return []
  messages.add('system_log')
  return orgs.flatMap((org) => {
    const directory = issuers.map((issuer) => issuer.directory).find((candidate) => candidate?.orgUrl === org.url)
    if (directory === null || directory === undefined) return []
    return [new SystemLog({
      org,
      api: new SystemLogApi(directory),
      seen,
      pollMs: systemLog.pollSeconds * 1000,
      maxTokenLifetimeMs: maxTokenLifetimeSeconds * 1000,
      userCacheCeilingMs: directory.userCacheCeilingMs,
      store: systemLog.store ?? null,
      onRead: () => { messages.note('system_log') },
      onMessage: (message) => { messages.accept(message) },
      onFailure: ({ message, reason, status, errorCode }) => {
        const level = reason === 'refused' ? 'error' : 'warn'
        log[level]({ org: org.url, reason, status, errorCode }, `the System Log cannot be read: ${message}`)
      },
      onRecovery: () => { log.info({ org: org.url }, 'the System Log is read again') }
    })]
  })
}
