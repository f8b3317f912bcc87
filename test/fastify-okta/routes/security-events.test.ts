import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import { ADA, mint, type TokenDifference } from '../../kit/access-token.js'
import { buildApplication, type Application, type ApplicationOptions } from '../../kit/application.js'
import { hangUp } from '../../kit/issuer.js'
import { CREDENTIAL_CHANGE, logoutToken, orgKey, PUBLIC_URL, securityEventToken, SESSION_REVOKED, sessionRevoked, STREAM_AUDIENCE, VERIFICATION } from '../../kit/messages.js'
import { createSigningKey, usualKey } from '../../kit/signing-key.js'
import { nowSeconds } from '../../kit/clock.js'

const PATH = '/okta/security-events'
const STREAM_SECRET = 'Bearer the-secret-of-the-stream'
const foreignKey = createSigningKey('org')

interface Receiver extends Application {
  readonly log: Array<Record<string, unknown>>
  push (token: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  /** The status that a token of Ada's gets that was issued at this time. */
  statusAt (iat: number): Promise<number>
}

async function build (t: Test, { okta, ...options }: ApplicationOptions = {}): Promise<Receiver> {
  const log: Array<Record<string, unknown>> = []
  const application = await buildApplication(t, {
    fastify: { logger: { level: 'info', stream: { write: (line: string) => { log.push(JSON.parse(line) as Record<string, unknown>) } } } },
    okta: { securityEvents: { audience: STREAM_AUDIENCE }, ...okta },
    ...options
  })
  const { app, issuer, ask } = application
  return {
    ...application,
    log,
    push: async (token, headers = {}) => await app.inject({ method: 'POST', url: PATH, headers: { 'content-type': 'application/secevent+jwt', accept: 'application/json', ...headers }, payload: token }),
    statusAt: async (iat) => (await ask('/me', issuer.mint({ claims: { iat, auth_time: iat } }))).statusCode
  }
}

t.test('a user whose session or credentials Okta revokes is refused from that time on', async t => {
  for (const type of [SESSION_REVOKED, CREDENTIAL_CHANGE]) {
    const { push, statusAt, issuer, log } = await build(t)
    const at = nowSeconds() - 100
    const { [SESSION_REVOKED]: event } = sessionRevoked(issuer.origin, ADA, { event_timestamp: at })
    t.match(await push(securityEventToken(issuer.origin, { [type]: event })), { statusCode: 202, body: '', headers: { 'cache-control': 'no-store' } })
    t.same([await statusAt(at), await statusAt(at + 1)], [401, 200])
    t.match(log.find(({ source }) => source === 'security_events'), { level: 30, type, uid: ADA, effect: 'revoked', delaySeconds: Number, reqId: String })
  }
})

t.test('the time of an event may be in seconds or milliseconds, and is the token\'s if there is none', async t => {
  const at = nowSeconds() - 100
  for (const [event, claims] of [[{ event_timestamp: at }, {}], [{ event_timestamp: at * 1000 }, {}], [{ event_timestamp: undefined }, { iat: at }]]) {
    const { push, statusAt, issuer } = await build(t)
    t.equal((await push(securityEventToken(issuer.origin, sessionRevoked(issuer.origin, ADA, event), { claims: claims as Record<string, unknown> }))).statusCode, 202)
    t.same([await statusAt(at), await statusAt(at + 1)], [401, 200], JSON.stringify([event, claims]))
  }
})

t.test('an event of the future counts as now, whatever its time', async t => {
  const year2100 = 4_102_444_800
  for (const [event, claims] of [[{ event_timestamp: year2100 }, {}], [{ event_timestamp: year2100 * 1000 }, {}], [{ event_timestamp: 1e300 }, {}], [{ event_timestamp: undefined }, { iat: year2100 }]]) {
    const { push, statusAt, issuer } = await build(t)
    const before = nowSeconds()
    t.equal((await push(securityEventToken(issuer.origin, sessionRevoked(issuer.origin, ADA, event), { claims: claims as Record<string, unknown> }))).statusCode, 202)
    t.same([await statusAt(before), await statusAt(nowSeconds() + 2)], [401, 200], JSON.stringify([event, claims]))
  }
})

t.test('the subject may be in the event or at the top, but not two different ones', async t => {
  const subjects: Array<[event: unknown, top: unknown, status: number, isRevoked: boolean]> = [
    [{ format: 'iss_sub', sub: ADA }, undefined, 202, true],
    [undefined, { format: 'iss_sub', sub: ADA }, 202, true],
    [{ format: 'iss_sub', sub: ADA }, { format: 'iss_sub', sub: ADA }, 202, true],
    [{ format: 'email', email: 'ada@example.com' }, { format: 'email', email: 'Ada@Example.com' }, 202, true],
    [undefined, { format: 'opaque', id: ADA }, 202, true],
    [{ format: 'iss_sub', sub: ADA }, { format: 'iss_sub', sub: '00ugracehopper000001' }, 400, false],
    [{ format: 'iss_sub', sub: ADA }, { format: 'email', email: 'ada@example.com' }, 400, false],
    [{ format: 'iss_sub', sub: ADA }, { format: 'phone_number', phone_number: '+12065550100' }, 400, false],
    [{ format: 'phone_number', phone_number: '+12065550100' }, { format: 'iss_sub', sub: ADA }, 400, false],
    [{ format: 'iss_sub' }, undefined, 400, false],
    ['ada@example.com', undefined, 400, false],
    [null, undefined, 400, false]
  ]
  for (const [event, top, status, isRevoked] of subjects) {
    const { push, statusAt, issuer } = await build(t)
    const complete = (subject: unknown): unknown =>
      typeof subject === 'object' && subject !== null && 'format' in subject && subject.format === 'iss_sub' ? { iss: issuer.origin, ...subject } : subject
    const response = await push(securityEventToken(issuer.origin, sessionRevoked(issuer.origin, '', { subject: complete(event) }), { claims: { sub_id: complete(top) } }))
    const title = JSON.stringify([event, top])
    t.equal(response.statusCode, status, title)
    if (status === 400) t.equal(response.json().err, 'invalid_request', title)
    t.equal(await statusAt(nowSeconds() - 1), isRevoked ? 401 : 200, title)
  }
})

t.test('what is of no consequence here is accepted, without effect', async t => {
  const { push, statusAt, issuer, log } = await build(t, { okta: { securityEvents: { audience: STREAM_AUDIENCE, revokeOn: ['credential-change'] } } })
  const { origin } = issuer
  const subject = { format: 'iss_sub', iss: origin, sub: ADA }
  const events: Record<string, unknown> = {
    'an event that is not to revoke': sessionRevoked(origin, ADA),
    'an event of an unknown type': { 'https://schemas.openid.net/secevent/risc/event-type/account-disabled': { subject } },
    'a type that only ends like one': { [`https://other.example/${CREDENTIAL_CHANGE}`]: { subject } },
    'a subject of another issuer': { [CREDENTIAL_CHANGE]: { subject: { ...subject, iss: 'https://other.okta.com' } } },
    'an unknown format': { [CREDENTIAL_CHANGE]: { subject: { format: 'phone_number', phone_number: '+12065550100' } } },
    'no subject': { [CREDENTIAL_CHANGE]: {} }
  }
  for (const [title, event] of Object.entries(events)) t.match(await push(securityEventToken(origin, event)), { statusCode: 202, body: '' }, title)
  t.equal(await statusAt(nowSeconds() - 1), 200)
  t.same(log.filter(({ source }) => source === 'security_events').map(({ effect }) => effect), Object.keys(events).map(() => 'none'))
})

t.test('a verification is logged with its state, and one that the transmitter sends by itself without', async t => {
  const { push, issuer, log } = await build(t)
  const claims = { sub_id: { format: 'opaque', id: 'esc1k235GIIztAuGK0g5' } }
  for (const event of [{ state: 'what-the-operator-made-up' }, {}, { state: 'a\nline' }]) {
    t.equal((await push(securityEventToken(issuer.origin, { [VERIFICATION]: event }, { claims }))).statusCode, 202)
  }
  t.same(log.filter(({ effect }) => effect === 'verified').map(({ state }) => state), ['what-the-operator-made-up', undefined, undefined])
})

t.test('an event that is older than any token, or not later than one before, is not logged as a revocation', async t => {
  const { push, statusAt, issuer, log } = await build(t)
  const at = nowSeconds() - 100
  for (const timestamp of [at - 100_000, at, at]) {
    t.equal((await push(securityEventToken(issuer.origin, sessionRevoked(issuer.origin, ADA, { event_timestamp: timestamp })))).statusCode, 202)
  }
  t.same([await statusAt(at), await statusAt(at + 1)], [401, 200])
  t.same(log.filter(({ source }) => source === 'security_events').map(({ effect }) => effect), ['evicted', 'revoked', 'evicted'])
})

t.test('a token that comes again is accepted again, without effect', async t => {
  const { push, statusAt, issuer, log } = await build(t)
  const { origin } = issuer
  const jti = 'set-07efd930f0977e4fcc1149a733ce7f78'
  const first = securityEventToken(origin, sessionRevoked(origin, '00ugracehopper000001'), { claims: { jti } })
  for (const token of [first, first, securityEventToken(origin, sessionRevoked(origin, ADA), { claims: { jti } })]) t.equal((await push(token)).statusCode, 202)
  t.equal(await statusAt(nowSeconds() - 1), 200)
  t.same(log.filter(({ source }) => source === 'security_events').map(({ effect }) => effect), ['revoked', 'repeated', 'repeated'])
})

t.test('what is not a token of the org for this receiver is 400 with a code, and has no effect', async t => {
  const { push, statusAt, issuer, log } = await build(t)
  const { origin } = issuer
  const events = sessionRevoked(origin, ADA)
  const differing = (difference: TokenDifference, of: unknown = events): string => securityEventToken(origin, of, difference)
  const tokens: Record<string, [err: string, token: string]> = {
    'an access token': ['invalid_request', issuer.mint({ key: orgKey })],
    'an access token with events': ['invalid_request', mint(origin, { claims: { events, aud: STREAM_AUDIENCE }, key: orgKey })],
    'a credential of Universal Logout': ['invalid_request', logoutToken(origin, { claims: { aud: STREAM_AUDIENCE, events } })],
    'no type': ['invalid_request', differing({ header: { typ: undefined } })],
    'the type JWT': ['invalid_request', differing({ header: { typ: 'JWT' } })],
    'none as its algorithm': ['invalid_key', differing({ header: { alg: 'none' }, sign: () => 'AA' })],
    HS256: ['invalid_key', differing({ header: { alg: 'HS256' } })],
    PS256: ['invalid_key', differing({ header: { alg: 'PS256' } })],
    'a key of its own': ['invalid_key', differing({ header: { jwk: foreignKey.jwk }, key: foreignKey })],
    'an address of keys': ['invalid_key', differing({ header: { jku: 'http://127.0.0.1:9/keys' } })],
    'no kid': ['invalid_key', differing({ header: { kid: undefined } })],
    'a kid that is not known': ['invalid_key', differing({ header: { kid: 'other' } })],
    'a forged signature': ['invalid_key', differing({ key: foreignKey })],
    'the key of the custom authorization server': ['invalid_key', differing({ key: usualKey })],
    'another org': ['invalid_issuer', differing({ claims: { iss: 'https://other.okta.com' } })],
    'no issuer': ['invalid_issuer', differing({ claims: { iss: undefined } })],
    'another audience': ['invalid_audience', differing({ claims: { aud: `${STREAM_AUDIENCE}/` } })],
    'a second audience': ['invalid_audience', differing({ claims: { aud: [STREAM_AUDIENCE, 'https://other.example'] } })],
    'no jti': ['invalid_request', differing({ claims: { jti: undefined } })],
    'no iat': ['invalid_request', differing({ claims: { iat: undefined } })],
    'no events': ['invalid_request', differing({ claims: { events: undefined } })],
    'an empty object of events': ['invalid_request', differing({}, {})],
    'events that are an array': ['invalid_request', differing({}, [events])],
    'two events': ['invalid_request', differing({}, { ...events, [CREDENTIAL_CHANGE]: {} })],
    'an event that is a string': ['invalid_request', differing({}, { [SESSION_REVOKED]: ADA })],
    'a time that is a string': ['invalid_request', differing({}, sessionRevoked(origin, ADA, { event_timestamp: '2026-01-01' }))],
    'a negative time': ['invalid_request', differing({}, sessionRevoked(origin, ADA, { event_timestamp: -1 }))],
    'two members of one name': ['invalid_request', differing({ claimsText: JSON.stringify({ iss: origin, aud: STREAM_AUDIENCE, jti: 'x', iat: nowSeconds(), events }).replace('{', '{"jti":"y",') })],
    'deeper than any event': ['invalid_request', differing({ claimsText: `{"iss":"${origin}","aud":"${STREAM_AUDIENCE}","jti":"x","iat":1,"events":${'{"a":'.repeat(1000)}1${'}'.repeat(1001)}` })],
    'JSON in place of a token': ['invalid_request', JSON.stringify({ events })],
    'nothing at all': ['invalid_request', ''],
    'too long': ['invalid_request', differing({ claims: { more: 'x'.repeat(20_000) } })]
  }
  const fetches = issuer.requests.length
  for (const [title, [err, token]] of Object.entries(tokens)) {
    const response = await push(token)
    t.match(response, { statusCode: 400, headers: { 'content-type': /^application\/json/ } }, title)
    t.match(response.json(), { err, description: String }, title)
    t.strictSame(Object.keys(response.json()), ['err', 'description'], title)
  }
  t.match((await push(differing({}), { 'content-type': 'application/json' })).json(), { err: 'invalid_request' })
  t.match((await push(differing({}), { 'content-type': 'application/jwt' })).json(), { err: 'invalid_request' })
  t.ok(issuer.requests.slice(fetches).every(({ url }) => url === '/oauth2/v1/keys'), 'nothing but the org\'s keys is fetched')
  t.equal(await statusAt(nowSeconds() - 1), 200)
  t.match(log.find(({ reason }) => reason === 'audience'), { source: 'security_events', code: 'FST_OKTA_INVALID_SECURITY_EVENT', claim: 'aud', expected: STREAM_AUDIENCE, received: `${STREAM_AUDIENCE}/`, route: PATH })
})

t.test('where the stream authenticates, another Authorization is refused before the body is read', async t => {
  const { push, statusAt, issuer } = await build(t, { okta: { securityEvents: { audience: STREAM_AUDIENCE, authorization: STREAM_SECRET } } })
  const token = securityEventToken(issuer.origin, sessionRevoked(issuer.origin, ADA))
  for (const authorization of [undefined, '', 'x', `${STREAM_SECRET}x`, STREAM_SECRET.slice(7), STREAM_SECRET.toLowerCase()]) {
    for (const body of [token, 'x'.repeat(100_000)]) {
      const response = await push(body, authorization === undefined ? {} : { authorization })
      t.match([response.statusCode, response.json().err], [400, 'authentication_failed'])
    }
  }
  t.equal(await statusAt(nowSeconds() - 1), 200)
  t.equal((await push(token, { authorization: STREAM_SECRET })).statusCode, 202)
  t.equal(await statusAt(nowSeconds() - 1), 401)
})

t.test('without that option any Authorization is accepted', async t => {
  const { push, issuer } = await build(t)
  t.equal((await push(securityEventToken(issuer.origin, sessionRevoked(issuer.origin, ADA)), { authorization: 'anything' })).statusCode, 202)
})

t.test('while the keys of the org cannot be fetched it is 503 with Retry-After, and the token works afterwards', async t => {
  const { issuer } = await build(t)
  issuer.faults.set('/oauth2/v1/keys', hangUp)
  const { push, statusAt } = await build(t, { issuer })
  const token = securityEventToken(issuer.origin, sessionRevoked(issuer.origin, ADA))
  const response = await push(token)
  t.match(response.json(), { statusCode: 503, code: 'FST_OKTA_ISSUER_UNAVAILABLE' })
  t.match(response.headers['retry-after'], /^[1-9]\d*$/)

  issuer.faults.clear()
  await new Promise(resolve => { setTimeout(resolve, 5) })
  t.equal((await push(token)).statusCode, 202)
  t.equal(await statusAt(nowSeconds() - 1), 401)
})

t.test('no message passes for an access token', async t => {
  const { issuer, ask } = await build(t, { okta: { publicUrl: PUBLIC_URL, securityEvents: { audience: STREAM_AUDIENCE } } })
  const accessToken = issuer.claims()
  for (const key of [orgKey, usualKey]) {
    for (const typ of ['secevent+jwt', 'global-token-revocation+jwt', 'oauth-id-jag+jwt', undefined]) {
      for (const claims of [{ events: {}, cid: undefined }, { events: {} }, { aud: issuer.url, cid: undefined }, { sub: '0oaapp00000000000001', cid: undefined, ver: undefined }]) {
        t.equal((await ask('/me', mint(issuer.url, { header: { typ }, key, claims: { ...accessToken, ...claims } }))).statusCode, 401, JSON.stringify([typ, claims]))
      }
    }
  }
})
