import { Counter, Gauge, Histogram, type GaugeConfiguration, type Registry } from 'prom-client'
import { DIRECTORY_UNAVAILABLE_REASONS, GROUP_REQUIRED_REASONS, INVALID_DPOP_PROOF_REASONS, INVALID_TOKEN_REASONS, MESSAGE_EFFECTS, MESSAGE_SOURCES, type Recorder } from 'fastify-okta'

const NO_REASON = ''

/** What guards refuse with, and the reasons of each. A code that is missing here is counted all the same; it does not begin at 0. */
const REFUSALS: Readonly<Record<string, readonly string[]>> = {
  FST_OKTA_MISSING_CREDENTIALS: [NO_REASON],
  FST_OKTA_INVALID_REQUEST: [NO_REASON],
  FST_OKTA_INVALID_TOKEN: INVALID_TOKEN_REASONS,
  FST_OKTA_INVALID_DPOP_PROOF: INVALID_DPOP_PROOF_REASONS,
  FST_OKTA_USE_DPOP_NONCE: [NO_REASON],
  FST_OKTA_INSUFFICIENT_USER_AUTHENTICATION: [NO_REASON],
  FST_OKTA_INSUFFICIENT_SCOPE: ['missing_scope'],
  FST_OKTA_GROUP_REQUIRED: GROUP_REQUIRED_REASONS,
  FST_OKTA_USER_INACTIVE: ['inactive'],
  FST_OKTA_NOT_REGISTERED: [NO_REASON],
  FST_OKTA_ISSUER_UNAVAILABLE: [NO_REASON],
  FST_OKTA_DIRECTORY_UNAVAILABLE: DIRECTORY_UNAVAILABLE_REASONS,
  FST_OKTA_DPOP_REPLAY_STORE_UNAVAILABLE: ['unavailable', 'too_many_proofs']
}

/** In seconds. A lookup takes two calls of Okta's API, and is given up after two seconds. */
const LOOKUP_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]
/** The window of Okta's rate limits: then what the last response said is no longer so. In milliseconds. */
const RATE_LIMIT_WINDOW_MS = 60_000

/**
 * Makes metrics of the plugin's events. Labels are words of closed sets, and each series exists from the start, at 0, so that
 * the first event of its kind is visible as an increase; a gauge exists once its value is known.
 *
 * The service has one issuer, so no series names it.
 */
export function createOktaMetrics (registry: Registry): Required<Omit<Recorder, 'recordDecision'>> {
  const registers = [registry]
  return {
    recordVerification: countVerifications(registers),
    recordRefusal: countRefusals(registers),
    recordKeysFetch: countKeysFetches(registers),
    recordClockSkew: showClockSkew(registers),
    recordLookup: observeLookups(registers),
    recordCacheUse: countCacheUse(registers),
    recordRateLimit: showRateLimit(registers),
    recordMessage: countMessages(registers),
    recordRevokedUsers: showRevokedUsers(registers)
  }
}

// For each count prom-client makes a text of the labels, to find the series. What happens at every request is counted in a
// plain number, therefore, which goes to the series when that is read.

function countVerifications (registers: Registry[]): Required<Recorder>['recordVerification'] {
  let cached = 0
  const counter = new Counter({
    name: 'okta_token_verifications_total',
    help: 'Access tokens that guards checked; cached: served from the cache, unavailable: it could not be determined.',
    labelNames: ['result', 'reason'],
    registers,
    collect () {
      counter.inc({ result: 'cached', reason: NO_REASON }, cached)
      cached = 0
    }
  })
  for (const result of ['verified', 'unavailable']) counter.inc({ result, reason: NO_REASON }, 0)
  for (const reason of INVALID_TOKEN_REASONS) counter.inc({ result: 'refused', reason }, 0)
  return (result, reason = NO_REASON as never) => {
    if (result === 'cached') cached++
    else counter.inc({ result, reason })
  }
}

function countCacheUse (registers: Registry[]): Required<Recorder>['recordCacheUse'] {
  let hits = 0
  const counter = new Counter({
    name: 'okta_lookup_cache_total',
    help: 'Users that were requested; hit: in the cache, stale: in the cache and old, used because Okta is unavailable, miss: not in the cache.',
    labelNames: ['result'],
    registers,
    collect () {
      counter.inc({ result: 'hit' }, hits)
      hits = 0
    }
  })
  for (const result of ['stale', 'miss']) counter.inc({ result }, 0)
  return result => {
    if (result === 'hit') hits++
    else counter.inc({ result })
  }
}

function countRefusals (registers: Registry[]): Required<Recorder>['recordRefusal'] {
  const counter = new Counter({ name: 'okta_refusals_total', help: 'Requests that guards refused, by the code in the answer.', labelNames: ['code', 'reason'], registers })
  for (const [code, reasons] of Object.entries(REFUSALS)) for (const reason of reasons) counter.inc({ code, reason }, 0)
  return (code, reason = NO_REASON as never) => { counter.inc({ code, reason }) }
}

function countKeysFetches (registers: Registry[]): Required<Recorder>['recordKeysFetch'] {
  const counter = new Counter({ name: 'okta_jwks_fetches_total', help: 'Fetches of the issuer\'s keys.', labelNames: ['result'], registers })
  const fetchedAt = createGauge({ name: 'okta_jwks_fetched_timestamp_seconds', help: 'When the issuer\'s keys that are in memory were fetched.', registers })
  for (const result of ['ok', 'failed']) counter.inc({ result }, 0)
  return result => {
    counter.inc({ result })
    if (result === 'ok') fetchedAt.setToCurrentTime()
  }
}

function observeLookups (registers: Registry[]): Required<Recorder>['recordLookup'] {
  const histogram = new Histogram({
    name: 'okta_lookup_seconds',
    help: 'How long lookups of a user and its groups in the directory took.',
    labelNames: ['result'],
    buckets: LOOKUP_BUCKETS,
    registers
  })
  for (const result of ['found', 'not_found', 'rate_limited', 'failed']) histogram.zero({ result })
  return (result, seconds) => { histogram.observe({ result }, seconds) }
}

function showClockSkew (registers: Registry[]): Required<Recorder>['recordClockSkew'] {
  const gauge = createGauge({ name: 'okta_clock_skew_seconds', help: 'How far this machine\'s clock is ahead of the issuer\'s, give or take a second or two.', registers })
  return seconds => { gauge.set(seconds) }
}

function showRateLimit (registers: Registry[]): Required<Recorder>['recordRateLimit'] {
  let calledAt = -Infinity
  const forgetOld = (gauge: Gauge): void => { if (performance.now() - calledAt > RATE_LIMIT_WINDOW_MS) gauge.remove() }
  const remaining = createGauge({
    name: 'okta_api_rate_limit_remaining',
    help: 'How many more calls of the last kind Okta\'s API accepts now, by its rate limit; absent if it was not called in the last minute.',
    registers,
    collect () { forgetOld(this) }
  })
  const limit = createGauge({
    name: 'okta_api_rate_limit',
    help: 'How many calls of that kind Okta\'s API accepts in a minute; absent if it was not called in the last minute.',
    registers,
    collect () { forgetOld(this) }
  })
  return (left, _issuer, total) => {
    calledAt = performance.now()
    remaining.set(left)
    if (total !== undefined) limit.set(total)
  }
}

/** In seconds. Okta promises no bound, and the System Log is read at intervals. */
const DELAY_BUCKETS = [0.1, 0.5, 1, 5, 15, 60, 300, 3600]

function countMessages (registers: Registry[]): Required<Recorder>['recordMessage'] {
  const counter = new Counter({
    name: 'okta_messages_total',
    help: 'Messages of Okta about sign-outs and changes; revoked: tokens are refused from now on, evicted: a user is read again.',
    labelNames: ['source', 'effect'],
    registers
  })
  const delay = new Histogram({ name: 'okta_message_delay_seconds', help: 'How long ago it happened at Okta when a message came.', labelNames: ['source'], buckets: DELAY_BUCKETS, registers })
  const receivedAt = new Gauge({ name: 'okta_last_message_timestamp_seconds', help: 'When the last message came.', labelNames: ['source'], registers })
  for (const source of MESSAGE_SOURCES) {
    delay.zero({ source })
    for (const effect of [...MESSAGE_EFFECTS, 'refused']) counter.inc({ source, effect }, 0)
  }
  return (source, effect, delaySeconds) => {
    counter.inc({ source, effect })
    if (effect === 'refused') return
    receivedAt.setToCurrentTime({ source })
    if (delaySeconds !== undefined) delay.observe({ source }, delaySeconds)
  }
}

function showRevokedUsers (registers: Registry[]): Required<Recorder>['recordRevokedUsers'] {
  const gauge = new Gauge({ name: 'okta_revoked_users', help: 'Users whose tokens are refused before they expire.', registers })
  return users => { gauge.set(users) }
}

/** Without a value until one is set: 0 would say that the clocks agree, and that no calls are left. */
function createGauge (configuration: GaugeConfiguration<string>): Gauge {
  const gauge = new Gauge(configuration)
  gauge.remove()
  return gauge
}
