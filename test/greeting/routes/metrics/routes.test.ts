import { stopClock } from '../../../kit/clock.js'
import t from 'tap'
import * as plugin from 'fastify-okta'
import { Secrets } from '../../../hygiene/secrets.js'
import { delivery, oktaEvent } from '../../../kit/event-hook.js'
import { buildService, startOkta } from '../../service.js'
import { growth, parseExposition, scrape } from './exposition.js'

const requests = (route: string, statusClass: string, method = 'GET'): string => `http_request_duration_seconds_count{method="${method}",route="${route}",status_class="${statusClass}"}`
const verifications = (result: string, reason = ''): string => `okta_token_verifications_total{result="${result}",reason="${reason}"}`
const refusals = (code: string, reason = ''): string => `okta_refusals_total{code="FST_OKTA_${code}",reason="${reason}"}`
const lookups = (result: string): string => `okta_lookup_seconds_count{result="${result}"}`
const cacheUses = (result: string): string => `okta_lookup_cache_total{result="${result}"}`
const fetches = (result: string): string => `okta_jwks_fetches_total{result="${result}"}`

const okta = await startOkta(t)
t.afterEach(() => { okta.faults.clear() })

/** What handlers refuse with, and no guard does. */
const BY_HANDLERS = [
  'FST_OKTA_INVALID_PROFILE', 'FST_OKTA_INVALID_EVENT', 'FST_OKTA_EVENT_HOOK_SECRET', 'FST_OKTA_EVENT_HOOK_CHALLENGE',
  'FST_OKTA_INVALID_LOGOUT_TOKEN', 'FST_OKTA_INVALID_LOGOUT_REQUEST', 'FST_OKTA_UNKNOWN_SUBJECT', 'FST_OKTA_INVALID_SECURITY_EVENT'
]

t.test('each request is counted once', async t => {
  const { issuer, audience, apiToken: token } = okta
  // Once the directory has failed, it is left alone until the test is over.
  const settings = { okta: { issuer, audience, directory: { token, userCacheTtlMs: 0, cooldownMs: 600_000 } } }
  const { app, credentials } = await buildService(t, { okta, settings, plugin: { keysCooldownMs: 1 } })
  const good = await credentials()
  const grace = await credentials({ user: 'grace@example.com' })
  const directory = /^\/api\/v1\//
  const keys = '/oauth2/default/v1/keys'
  const whenAway = (path: string | RegExp): void => { okta.faults.add({ path, status: 500 }) }
  const greet = async (headers = {}): Promise<number> => (await app.inject({ url: '/greet', headers })).statusCode
  let before = await scrape(t, app)
  async function counts (title: string, ask: () => Promise<unknown>, expected: Record<string, number>): Promise<void> {
    await ask()
    const after = await scrape(t, app)
    t.same(growth(before, after), expected, title)
    before = after
  }

  await counts('a good token', async () => await greet(good), { [verifications('verified')]: 1, [lookups('found')]: 1, [cacheUses('miss')]: 1, [requests('/greet', '2xx')]: 1 })
  await counts('and again', async () => await greet(good), { [verifications('cached')]: 1, [lookups('found')]: 1, [cacheUses('miss')]: 1, [requests('/greet', '2xx')]: 1 })
  await counts('an expired one', async () => await greet(await credentials({ expiresInSeconds: -10 })), { [verifications('refused', 'expired')]: 1, [refusals('INVALID_TOKEN', 'expired')]: 1, [requests('/greet', '4xx')]: 1 })
  await counts('none', async () => await greet(), { [refusals('MISSING_CREDENTIALS')]: 1, [requests('/greet', '4xx')]: 1 })
  await counts('of somebody who is not in the group', async () => await greet(grace), { [verifications('verified')]: 1, [lookups('found')]: 1, [cacheUses('miss')]: 1, [refusals('GROUP_REQUIRED', 'not_a_member')]: 1, [requests('/greet', '4xx')]: 1 })
  await counts('under a kid that the issuer does not have', async () => await greet(await credentials({ header: { kid: 'unknown' } })), { [verifications('refused', 'unknown_key')]: 1, [fetches('ok')]: 1, [refusals('INVALID_TOKEN', 'unknown_key')]: 1, [requests('/greet', '4xx')]: 1 })
  await counts('the issuer is unavailable', async () => {
    whenAway(keys)
    t.equal(await greet(await credentials({ header: { kid: 'other' } })), 503)
  }, { [verifications('unavailable')]: 1, [fetches('failed')]: 1, [refusals('ISSUER_UNAVAILABLE')]: 1, [requests('/greet', '5xx')]: 1 })
  okta.faults.clear()
  await counts('the directory is unavailable, and has answered about this user before', async () => {
    whenAway(directory)
    t.equal(await greet(good), 200)
  }, { [verifications('cached')]: 1, [lookups('failed')]: 1, [cacheUses('stale')]: 1, [requests('/greet', '2xx')]: 1 })
  await counts('the directory is unavailable, and has not', async () => {
    t.equal(await greet(await credentials({ claims: { uid: '00unobody00000000001' } })), 503)
  }, { [verifications('verified')]: 1, [cacheUses('miss')]: 1, [refusals('DIRECTORY_UNAVAILABLE', 'unavailable')]: 1, [requests('/greet', '5xx')]: 1 })
  await counts('what is not there, whatever it is called', async () => {
    await app.inject('/no/such/thing')
    await app.inject({ method: 'DELETE', url: '/greet' })
  }, { [requests('unmatched', '4xx', 'any')]: 2 })
  await counts('HEAD, which comes into being by being used', async () => await app.inject({ method: 'HEAD', url: '/livez' }), { [requests('/livez', '2xx', 'HEAD')]: 1 })
})

t.test('every series exists from the start, at 0, and no gauge does that has no value yet', async t => {
  const { app } = await buildService(t, { okta })
  const series = await scrape(t, app)

  for (const code of refusalCodes()) t.ok([...series.keys()].some(name => name.startsWith(`okta_refusals_total{code="${code}"`)), code)
  for (const reason of plugin.INVALID_TOKEN_REASONS) {
    t.equal(series.get(verifications('refused', reason)), 0)
    t.equal(series.get(refusals('INVALID_TOKEN', reason)), 0)
  }
  for (const reason of plugin.INVALID_DPOP_PROOF_REASONS) t.equal(series.get(refusals('INVALID_DPOP_PROOF', reason)), 0)
  for (const source of plugin.MESSAGE_SOURCES) {
    for (const effect of [...plugin.MESSAGE_EFFECTS, 'refused']) t.equal(series.get(`okta_messages_total{source="${source}",effect="${effect}"}`), 0)
    t.equal(series.get(`okta_message_delay_seconds_count{source="${source}"}`), 0)
    t.notOk(series.has(`okta_last_message_timestamp_seconds{source="${source}"}`))
  }
  for (const result of ['cached', 'verified', 'unavailable']) t.equal(series.get(verifications(result)), 0)
  for (const result of ['found', 'not_found', 'rate_limited', 'failed']) t.equal(series.get(lookups(result)), 0)
  for (const result of ['hit', 'stale', 'miss']) t.equal(series.get(cacheUses(result)), 0)
  for (const route of ['/', '/greet', '/me', '/livez', '/readyz', '/metrics']) for (const statusClass of ['2xx', '3xx', '4xx', '5xx']) t.equal(series.get(requests(route, statusClass)), 0)
  t.equal(series.get(fetches('ok')), 1, 'the keys were fetched at the start')
  t.equal(series.get(fetches('failed')), 0)
  t.equal(series.get('okta_revoked_users'), 0)
  t.ok(Math.abs(Date.now() / 1000 - (series.get('okta_jwks_fetched_timestamp_seconds') ?? 0)) < 600)
  t.ok(Math.abs(series.get('okta_clock_skew_seconds') ?? NaN) < 60)
  t.ok((series.get('process_cpu_seconds_total') ?? 0) > 0)
})

t.test('each app counts for itself, as many as there are in a process', async t => {
  const { issuer, audience, apiToken: token } = okta
  const settings = { okta: { issuer, audience, directory: { token } } }
  const [one, other] = [await buildService(t, { okta, settings }), await buildService(t, { okta, settings })]
  const good = await one.credentials()
  for (let i = 0; i < 3; i++) await one.app.inject({ url: '/greet', headers: good })
  const series = await scrape(t, one.app)

  t.equal(series.get(verifications('cached')), 2)
  t.equal(series.get(cacheUses('hit')), 2)
  t.equal(series.get(cacheUses('miss')), 1)
  t.ok((series.get('okta_api_rate_limit_remaining') ?? NaN) > 0)
  t.equal((await scrape(t, one.app)).get(verifications('cached')), 2, 'and a scrape changes nothing')
  t.equal((await scrape(t, other.app)).get(verifications('verified')), 0)
})

t.test('what Okta said of its rate limit counts for a minute, which is its window', async (t) => {
  const clock = stopClock(t)
  const { app, credentials } = await buildService(t)

  await app.inject({ url: '/greet', headers: await credentials() })
  const series = await scrape(t, app)
  const [remaining = NaN, limit = NaN] = [series.get('okta_api_rate_limit_remaining'), series.get('okta_api_rate_limit')]
  t.ok(remaining > 0 && limit >= remaining, `${remaining} of ${limit}`)

  clock.advance(61_000)
  const later = await scrape(t, app)
  t.same([later.get('okta_api_rate_limit_remaining'), later.get('okta_api_rate_limit')], [undefined, undefined])
})

t.test('messages of Okta are counted by what came of them, and a source that was never heard of has no time', async (t) => {
  const secret = 'a-secret-of-these-tests'
  const { app } = await buildService(t, { okta, settings: { eventHookSecret: secret } })
  const count = async (effect: string): Promise<unknown> => (await scrape(t, app)).get(`okta_messages_total{source="event_hook",effect="${effect}"}`)
  const payload = delivery([oktaEvent('user.lifecycle.suspend', ['User', '00uadalovelace000001']), oktaEvent('group.user_membership.add', ['User', '00uadalovelace000001'])])
  for (const authorization of [secret, secret, 'another secret']) await app.inject({ method: 'POST', url: '/okta/events', headers: { authorization }, payload })

  t.same([await count('revoked'), await count('evicted'), await count('repeated'), await count('refused')], [1, 1, 1, 1])
  const series = await scrape(t, app)
  t.equal(series.get('okta_message_delay_seconds_count{source="event_hook"}'), 2)
  t.ok(Math.abs(Date.now() / 1000 - (series.get('okta_last_message_timestamp_seconds{source="event_hook"}') ?? 0)) < 600)
  t.equal(series.get('okta_last_message_timestamp_seconds{source="universal_logout"}'), undefined)
})

t.test('the metrics contain no part of a token, a secret or a user', async t => {
  const { app, credentials } = await buildService(t, { okta })
  const secrets = new Secrets()
  secrets.add('the API token', okta.apiToken)
  for (const name of ['ada@example.com', 'Lovelace', '00uadalovelace000001', 'Fastify Okta']) secrets.add(name, name.padEnd(9, ' '))
  const tokens = [await credentials(), await credentials({ header: { kid: 'k'.repeat(99) } }), await credentials({ claims: { aud: 'https://evil.example/aud' } }), { authorization: 'Bearer not.a.token.at.all' }]
  for (const { authorization } of tokens) {
    secrets.add('a token', authorization.slice(7))
    for (const url of ['/greet', '/me', `/${authorization.slice(7)}`, `/greet?timeZone=${authorization.slice(7, 60)}`]) await app.inject({ url, headers: { authorization } })
  }
  for (const text of ['k'.repeat(99), 'https://evil.example/aud']) secrets.add('a claim', text)

  t.equal(secrets.findIn((await app.inject('/metrics')).body), undefined)
})

t.test('the metrics need no authentication', async t => {
  const { app } = await buildService(t, { okta })
  for (const headers of [{}, { authorization: 'Bearer nonsense' }, { accept: 'application/openmetrics-text' }, { accept: 'text/html' }]) {
    t.match(await app.inject({ url: '/metrics', headers }), { statusCode: 200, headers: { 'content-type': /^text\/plain; version=0\.0\.4/ } })
  }
})

t.test('the parser of these tests refuses anything but the format', async t => {
  const wrong = {
    'a sample of nothing': 'a_total 1\n',
    'no number': '# TYPE a counter\na one\n',
    'a label without quotes': '# TYPE a counter\na{b=c} 1\n',
    'a quote in a label': '# TYPE a counter\na{b="c"d"} 1\n',
    'a series twice': '# TYPE a counter\na 1\na 2\n',
    'a bucket that shrinks': '# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    'a count that differs': '# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n',
    'no end': '# TYPE a counter\na 1'
  }
  for (const [title, text] of Object.entries(wrong)) t.throws(() => parseExposition(text), title)
  t.same([...parseExposition('# HELP a b\n# TYPE a gauge\na{b="\\"c\\""} -1.5e-7\n')], [['a{b="\\"c\\""}', -1.5e-7]])
})

/** The codes of what guards can throw: all that there are, except those of handlers. */
function refusalCodes (): string[] {
  const classes = Object.values(plugin).filter(value => typeof value === 'function' && value.prototype instanceof plugin.FastifyOktaError)
  return classes.map(Class => new (Class as unknown as new () => plugin.FastifyOktaError)().code).filter(code => !BY_HANDLERS.includes(code))
}

t.test('within a second the metrics are rendered 20 times at most', async (t) => {
  const clock = stopClock(t)
  const { app } = await buildService(t)
  const body = async (): Promise<string> => (await app.inject('/metrics')).body
  const texts = []
  for (let i = 0; i < 24; i++) texts.push(await body())

  t.equal(new Set(texts.slice(0, 20)).size, 20, 'each counts the one before it')
  t.equal(new Set(texts.slice(19)).size, 1)
  clock.advance(1000)
  t.not(await body(), texts[23])
})
