import Fastify from 'fastify'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import t, { type Test } from 'tap'
import fastifyOkta, { type IntrospectionOptions } from 'fastify-okta'
import { parametersOf } from './challenge.js'
import { AUDIENCE } from '../kit/access-token.js'
import { stopClock } from '../kit/clock.js'
import { Issuer, json } from '../kit/issuer.js'
import { foreignKey } from '../kit/signing-key.js'
import { protect, refusesToken, type ProtectedResource } from './protected-resource.js'

const CLIENT = { clientId: 'resource', clientSecret: 'sword fish+%' }

async function protectByIntrospection (t: Test, options: IntrospectionOptions = CLIENT, path = '/oauth2/default'): Promise<ProtectedResource> {
  const issuer = await Issuer.start(t, { path })
  issuer.introspectionAnswer = json(200, activeAnswer(issuer))
  return await protect(t, { issuer, introspection: options })
}

/** What Okta says of a good token. */
function activeAnswer (issuer: Issuer, difference: Record<string, unknown> = {}): Record<string, unknown> {
  const { cid, scp, ver, ...rest } = issuer.claims()
  return { active: true, token_type: 'Bearer', username: 'ada@example.com', scope: 'openid profile:read profile:write', client_id: cid, ...rest, ...difference }
}

t.test('section 2: the endpoint is reached by TLS, except on the loopback', async t => {
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  const options = { issuer: 'https://dev-1.okta.com', audience: AUDIENCE, introspection: { ...CLIENT, endpoint: 'http://dev-1.okta.com/oauth2/v1/introspect' } }

  await t.rejects(async () => { await app.register(fastifyOkta, options) }, { name: 'TypeError', message: /introspection.endpoint must be an https URL/ })
})

t.test('section 2.1: a question is a POST of a form with the token and its kind', async t => {
  const { ask, issuer } = await protectByIntrospection(t)
  await ask('opaque-token')

  t.match(issuer.introspections, [{ method: 'POST', headers: { 'content-type': /^application\/x-www-form-urlencoded/, accept: 'application/json' } }])
  t.match(Object.fromEntries(issuer.introspections[0]?.form ?? []), { token: 'opaque-token', token_type_hint: 'access_token' })
})

t.test('section 2.1: the token is in the body and nowhere else', async t => {
  const { ask, issuer } = await protectByIntrospection(t)
  await ask('opaque-token')
  const { url, headers } = issuer.introspections[0] ?? {}

  t.equal(url, '/oauth2/default/v1/introspect')
  t.notMatch(JSON.stringify(headers), /opaque-token/)
})

t.test('section 2.1: the service authenticates with its secret', async t => {
  const { ask, issuer } = await protectByIntrospection(t)
  await ask('opaque-token')
  const basic = Buffer.from('resource:sword+fish%2B%25').toString('base64')

  t.equal(issuer.introspections[0]?.headers.authorization, `Basic ${basic}`, 'encoded as RFC 6749 section 2.3.1 says')
})

t.test('section 2.1: the service authenticates with its private key, by a new assertion each time', async t => {
  const privateKey = { ...foreignKey.privateKey.export({ format: 'jwk' }), kid: 'k1' }
  const { ask, issuer } = await protectByIntrospection(t, { clientId: 'resource', privateKey, cacheTtlMs: 0 })
  await ask('opaque-token')
  await ask('opaque-token')
  const assertions = issuer.introspections.map(({ form }) => form.get('client_assertion') ?? '')

  t.equal(issuer.introspections[0]?.form.get('client_assertion_type'), 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  t.match(decodeProtectedHeader(assertions[0] ?? ''), { alg: 'RS256', kid: 'k1' })
  t.match(decodeJwt(assertions[0] ?? ''), { iss: 'resource', sub: 'resource', aud: `${issuer.url}/v1/introspect`, exp: Number })
  t.not(decodeJwt(assertions[0] ?? '').jti, decodeJwt(assertions[1] ?? '').jti)
})

t.test('section 2.2: a token that is not active is refused', async t => {
  const { ask, issuer } = await protectByIntrospection(t)
  issuer.introspectionAnswer = json(200, activeAnswer(issuer, { active: false }))
  refusesToken(t, await ask('opaque-token'), 'whatever else is said of it')
})

t.test('section 2.2: active must be true itself; an answer that does not say it is an outage', async t => {
  const { ask, issuer } = await protectByIntrospection(t)
  for (const [i, document] of [{}, { active: 'true' }, { active: 1 }, { active: null }, [], 'active', null].entries()) {
    issuer.introspectionAnswer = json(200, JSON.stringify(document))
    const response = await ask(`opaque-token-${i}`)
    t.equal(response.statusCode, 503, JSON.stringify(document))
    t.notOk(response.headers['www-authenticate'])
  }
})

t.test('section 2.2: an active token passes, and what is said of it becomes its claims', async t => {
  const { ask } = await protectByIntrospection(t)
  const response = await ask('opaque-token')

  t.equal(response.statusCode, 200)
  t.match(response.json(), { sub: 'ada@example.com', cid: '0oa1a2b3c4d5e6f7g8h9', scp: ['openid', 'profile:read', 'profile:write'] })
  t.equal((await ask('opaque-token', '/write')).statusCode, 200, 'its scope counts')
})

t.test('section 2.2: a token that is said to be active is held against issuer, audience and times all the same', async t => {
  const { ask, issuer } = await protectByIntrospection(t)
  const now = Math.floor(Date.now() / 1000)
  const differences: Array<Record<string, unknown>> = [
    { iss: 'https://evil.example' }, { iss: undefined }, { aud: 'api://other' }, { aud: undefined }, { exp: now - 1, iat: now - 60 }, { exp: undefined },
    { nbf: now + 600 }, { sub: undefined }, { client_id: undefined }, { jti: 'ID.x' }, { cnf: { 'x5t#S256': 'a' } }
  ]
  for (const [i, difference] of differences.entries()) {
    issuer.introspectionAnswer = json(200, activeAnswer(issuer, difference))
    refusesToken(t, await ask(`opaque-token-${i}`), JSON.stringify(difference))
  }
})

t.test('section 2.3: a service that is refused itself does not take the token for bad', async t => {
  const { ask, issuer } = await protectByIntrospection(t)
  for (const status of [400, 401, 403, 429, 500, 302]) {
    issuer.introspectionAnswer = json(status, { error: 'invalid_client' })
    const response = await ask(`opaque-token-${status}`)
    t.equal(response.statusCode, 503, String(status))
    t.match(response.headers['retry-after'], /^[1-9]\d*$/)
    t.notOk(parametersOf(response.headers['www-authenticate']))
  }
})

t.test('section 4: an answer is not used beyond the token\'s expiration', async t => {
  const { ask, issuer } = await protectByIntrospection(t, { ...CLIENT, cacheTtlMs: 3_600_000 })
  const exp = Math.floor(Date.now() / 1000) + 60
  issuer.introspectionAnswer = json(200, activeAnswer(issuer, { exp }))
  const clock = { ms: Date.now() }
  t.intercept(Date, 'now', { value: () => clock.ms, configurable: true })
  t.equal((await ask('opaque-token')).statusCode, 200)
  t.equal((await ask('opaque-token')).statusCode, 200)
  t.equal(issuer.introspections.length, 1, 'it is remembered until then')
  clock.ms = exp * 1000

  refusesToken(t, await ask('opaque-token'), 'though the issuer still says that it is active')
})

t.test('section 4: an answer is cached no longer than the option says, and a revocation takes effect', async t => {
  const { ask, issuer } = await protectByIntrospection(t, { ...CLIENT, cacheTtlMs: 1000 })
  const clock = stopClock(t)
  t.equal((await ask('opaque-token')).statusCode, 200)
  issuer.introspectionAnswer = json(200, { active: false })
  clock.advance(999)
  t.equal((await ask('opaque-token')).statusCode, 200)
  clock.advance(1)

  refusesToken(t, await ask('opaque-token'), 'revoked')
})

t.test('section 4: with no cache every request asks', async t => {
  const { ask, issuer } = await protectByIntrospection(t, { ...CLIENT, cacheTtlMs: 0 })
  t.equal((await ask('opaque-token')).statusCode, 200)
  issuer.introspectionAnswer = json(200, { active: false })

  refusesToken(t, await ask('opaque-token'), 'revoked')
  t.equal(issuer.introspections.length, 2)
})

t.test('section 4: one token is asked about at one endpoint, that of the issuer it names', async t => {
  const { ask, issuer } = await protectByIntrospection(t)
  refusesToken(t, await ask(issuer.mint({ claims: { iss: 'https://evil.example/oauth2/default' } })), 'of another issuer')
  t.equal(issuer.introspections.length, 0)
})
