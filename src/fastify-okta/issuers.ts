import type { FastifyBaseLogger } from 'fastify'
import { createClientAuthentication } from './oauth/client-authentication.js'
import { Introspection } from './oauth/introspection.js'
import { IssuerKeys } from './oauth/issuer-keys.js'
import { checkProxyVariables } from './oauth/network.js'
import { Directory, type DirectoryAction } from './okta/directory/directory.js'
import { DirectoryFailure } from './okta/directory/directory-failure.js'
import type { Issuer, LocalVerification, RemoteVerification } from './okta/access-token/issuer.js'
import { createCrossCheck } from './okta/access-token/cross-check.js'
import { Revocations } from './okta/revocations/revocations.js'
import type { DirectoryRefusal, IntrospectionSettings, IssuerSettings, Settings } from './options.js'
import type { SafeRecorder } from './recorder.js'

/** Receives what happens. */
interface Observers {
  readonly log: FastifyBaseLogger
  readonly recorder: SafeRecorder
}

/**
 * Opens what belongs to the issuers. Their keys are fetched, side by side; then the SDK is imported where one has a
 * directory, which blocks the process for over a second: an answer with keys would time out meanwhile. An issuer that
 * is unavailable is opened all the same; its keys are fetched when they are needed.
 *
 * @throws {TypeError} a proxy variable, or a credential, that cannot be used
 */
export async function openIssuers (settings: Settings, observers: Observers): Promise<Issuer[]> {
  checkProxyVariables()
  const verifications = await Promise.all(settings.issuers.map(async issuer => await openVerification(issuer, settings, observers)))
  const directories = await Promise.all(settings.issuers.map(async issuer => await openDirectory(issuer, observers)))
  const { clockToleranceSeconds, maxTokenLifetimeSeconds } = settings
  const revocations = await openRevocations(settings, directories, observers)
  return settings.issuers.map(({ issuer, audiences, clientIds }, i) => ({
    policy: { issuer, audiences, clientIds, clockToleranceSeconds, maxTokenLifetimeSeconds },
    verification: verifications[i] as LocalVerification | RemoteVerification,
    directory: directories[i] as Directory | null,
    revocations: revocations[i] as Revocations
  }))
}

/** Of each issuer; issuers of one org have the same. */
async function openRevocations (settings: Settings, directories: ReadonlyArray<Directory | null>, { log, recorder }: Observers): Promise<Revocations[]> {
  const { revocation: { maxWatermarks, store }, maxTokenLifetimeSeconds, clockToleranceSeconds } = settings
  const orgs = settings.issuers.map(({ issuer, directory }) => directory?.orgUrl ?? new URL(issuer).origin)
  const opened = new Map([...new Set(orgs)].map((org) => [org, new Revocations({
    org,
    directories: directories.filter((directory, i): directory is Directory => directory !== null && orgs[i] === org),
    maxTokenLifetimeMs: maxTokenLifetimeSeconds * 1000,
    maxWatermarks,
    clockToleranceMs: clockToleranceSeconds * 1000,
    store,
    onFull: () => { log.warn({ org, maxWatermarks }, 'too many users are revoked: all users who signed in before some of them must sign in again') },
    // Not what it failed with: a store's words may hold its address and password.
    onStoreFailure: () => { log.warn({ org }, 'revocations could not be shared: this is repeated') },
    onCount: (users) => { recorder.recordRevokedUsers(users, org) },
    onListenerError: (err) => { log.error({ err, org }, 'a listener of app.okta.onRevoked failed') }
  })]))
  await Promise.all([...opened.values()].map(async (revocations) => { await revocations.open() }))
  return orgs.map((org) => opened.get(org) as Revocations)
}

async function openVerification (issuer: IssuerSettings, settings: Settings, observers: Observers): Promise<LocalVerification | RemoteVerification> {
  const { introspection } = issuer
  return introspection === null ? await openKeys(issuer, settings, observers) : openIntrospection(introspection, observers)
}

async function openDirectory ({ directory, issuer }: IssuerSettings, { log, recorder }: Observers): Promise<Directory | null> {
  if (directory === null) return null
  const { onRefused, ...settings } = directory
  const failures = createFailureLog(log, issuer, onRefused)
  return await Directory.open({
    ...settings,
    onFailure: failures.log,
    onLookup: (result, seconds) => {
      if (result === 'found') failures.reset()
      recorder.recordLookup(result, seconds, issuer)
    },
    onUse: result => { recorder.recordCacheUse(result, issuer) },
    onRateLimit: (remaining, limit) => { recorder.recordRateLimit(remaining, issuer, limit) }
  })
}

/** A refusal of the credentials needs an operator: it is reported once, until a lookup succeeds again or the refusal is another. */
function createFailureLog (log: FastifyBaseLogger, issuer: string, onRefused?: (refusal: DirectoryRefusal) => void): { log: (err: unknown, action: DirectoryAction) => void, reset: () => void } {
  let reported = ''
  return {
    log: (err, action) => {
      const isRefusal = err instanceof DirectoryFailure && err.reason === 'refused'
      if (!isRefusal || err.message === reported) log.warn({ err, issuer }, action === 'change' ? 'a profile change in the directory failed' : 'a lookup in the directory failed')
      else if (onRefused === undefined) log.error({ issuer, reason: err.reason, status: err.status, errorCode: err.errorCode }, err.message)
      else onRefused({ status: err.status, errorCode: err.errorCode, action })
      if (isRefusal) reported = err.message
    },
    reset: () => { reported = '' }
  }
}

async function openKeys ({ issuer, audiences, jwksUri }: IssuerSettings, settings: Settings, { log, recorder }: Observers): Promise<LocalVerification> {
  const { keysTtlMs, keysCooldownMs, keysCeilingMs, keysTimeoutMs } = settings
  const keys = new IssuerKeys({
    jwksUri,
    keysTtlMs,
    keysCooldownMs,
    keysCeilingMs,
    keysTimeoutMs,
    onFetch: outcome => {
      const isFailure = 'error' in outcome
      recorder.recordKeysFetch(isFailure ? 'failed' : 'ok', issuer)
      if (isFailure) {
        log.warn({ err: outcome.error, issuer }, 'the keys of the issuer could not be fetched')
        return
      }
      if (outcome.clockSkewSeconds !== undefined) recorder.recordClockSkew(outcome.clockSkewSeconds, issuer)
      for (const { kid, fault } of outcome.refused) log.warn({ issuer, kid, fault }, 'a key of the issuer is not used')
    }
  })
  await keys.load()
  const onDisagreement = (): void => { log.error({ issuer }, 'a token was refused because two verifiers disagree about it') }
  return { keys, secondOpinion: settings.secondOpinion ? createCrossCheck({ issuer, audiences, onDisagreement }) : null }
}

function openIntrospection ({ endpoint, credentials, cacheTtlMs, timeoutMs, maxConcurrent }: IntrospectionSettings, { log }: Observers): RemoteVerification {
  const introspection = new Introspection({
    endpoint,
    authenticateClient: createClientAuthentication(credentials, endpoint),
    timeoutMs,
    maxConcurrent,
    onFailure: err => { log.warn({ err }, 'a token could not be introspected') }
  })
  return { introspection, cacheTtlMs }
}
