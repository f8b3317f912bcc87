import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { checkRecorder, withErrorHandling, type Recorder } from '#fastify-okta/recorder.js'
import { ADA, CLIENT, CLIENT_CREDENTIALS, GROUP } from '../kit/access-token.js'
import { buildApplication, type Application, type ApplicationOptions } from '../kit/application.js'
import { clientsKey, prove } from '../kit/dpop-proof.js'
import { hangUp, json } from '../kit/issuer.js'

const METHODS = [
  'recordVerification', 'recordRefusal', 'recordDecision', 'recordKeysFetch', 'recordClockSkew', 'recordLookup', 'recordCacheUse', 'recordRateLimit',
  'recordMessage', 'recordRevokedUsers'
] as const satisfies ReadonlyArray<keyof Recorder>

type Call = [method: string, ...facts: unknown[]]

/** A recorder that keeps the calls of its methods, and may do more. */
function createRecorder (and: () => unknown = () => {}): { recorder: Recorder, calls: Call[] } {
  const calls: Call[] = []
  const recorder = Object.fromEntries(METHODS.filter(method => method !== 'recordDecision').map(method => [method, (...facts: unknown[]) => {
    calls.push([method, ...facts.filter(fact => fact !== undefined)])
    return and()
  }])) as Recorder
  return { recorder, calls }
}

/** An application with a recorder, and the calls since the last look, except those that report numbers. */
async function buildRecorded (t: Test, options: ApplicationOptions = {}): Promise<Application & { calls: () => Call[] }> {
  const { recorder, calls } = createRecorder()
  const application = await buildApplication(t, { ...options, okta: { ...options.okta, recorder } })
  const withoutNumbers = (): Call[] => calls.splice(0).filter(([method]) => !['recordClockSkew', 'recordLookup', 'recordRateLimit'].includes(method))
  return { ...application, calls: withoutNumbers }
}

t.test('fetches of the issuer\'s keys are recorded, and the difference of the clocks', async t => {
  const { recorder, calls } = createRecorder()
  const { issuer, ask } = await buildApplication(t, { okta: { recorder } })

  t.match(calls, [['recordKeysFetch', 'ok', issuer.url], ['recordClockSkew', Number, issuer.url]])
  t.ok(Math.abs(calls[1]?.[1] as number) < 60)
  calls.splice(0)
  issuer.keysAnswer = hangUp
  t.equal((await ask('/me', { header: { kid: 'new' } })).statusCode, 503)
  t.same(calls, [['recordKeysFetch', 'failed', issuer.url], ['recordVerification', 'unavailable'], ['recordRefusal', 'FST_OKTA_ISSUER_UNAVAILABLE']])
})

t.test('the number of revoked users is recorded', async t => {
  const { app, issuer, ask, calls } = await buildRecorded(t)
  calls()
  const before = new Date(Date.now() - 60_000)
  for (const uid of [ADA, '00u2', ADA]) await app.okta.revoke({ uid, before })
  t.same(calls(), [['recordRevokedUsers', 1, issuer.origin], ['recordRevokedUsers', 2, issuer.origin]])
  t.equal((await ask('/me')).statusCode, 200)
})

t.test('each token that a guard verifies is recorded once, and each refusal', async t => {
  const { issuer, ask, app, calls } = await buildRecorded(t)
  calls()
  const good = issuer.mint()
  await ask('/me', good)
  await ask('/me', good)
  await ask('/anybody', good)
  t.same(calls(), [['recordVerification', 'verified'], ['recordVerification', 'cached'], ['recordVerification', 'cached']])
  await ask('/me', { claims: { iat: 1, exp: 2 } })
  t.same(calls(), [['recordVerification', 'refused', 'expired'], ['recordRefusal', 'FST_OKTA_INVALID_TOKEN', 'expired']])
  await ask('/greet', good)
  t.same(calls(), [['recordVerification', 'cached'], ['recordRefusal', 'FST_OKTA_GROUP_REQUIRED', 'no_groups']])
  await ask('/write', good)
  t.same(calls(), [['recordVerification', 'cached'], ['recordRefusal', 'FST_OKTA_INSUFFICIENT_SCOPE', 'missing_scope']])
  await app.inject('/me')
  t.same(calls(), [['recordRefusal', 'FST_OKTA_MISSING_CREDENTIALS']])
  await app.inject({ url: '/me', headers: { authorization: 'Bearer' } })
  t.same(calls(), [['recordRefusal', 'FST_OKTA_INVALID_REQUEST']])
  await app.inject('/anybody')
  await app.inject('/open')
  t.same(calls(), [], 'without a token on a route that needs none, nothing is recorded')
})

t.test('refused proofs are recorded with their reason', async t => {
  const { issuer, app, calls } = await buildRecorded(t, { okta: { publicUrl: 'https://greeting.example/api' } })
  calls()
  const bound = issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
  const ask = async (headers: Record<string, string>): Promise<Call[]> => {
    await app.inject({ url: '/me', headers })
    return calls()
  }
  const proof = prove(bound)

  t.same(await ask({ authorization: `DPoP ${bound}`, dpop: proof }), [['recordVerification', 'verified']])
  t.same(await ask({ authorization: `DPoP ${bound}`, dpop: proof }), [['recordVerification', 'cached'], ['recordRefusal', 'FST_OKTA_INVALID_DPOP_PROOF', 'replayed']])
  t.same(await ask({ authorization: `Bearer ${bound}` }), [['recordVerification', 'cached'], ['recordRefusal', 'FST_OKTA_INVALID_TOKEN', 'confirmation']])
})

t.test('lookups in the directory are recorded', async t => {
  const { recorder, calls } = createRecorder()
  const { issuer, ask } = await buildApplication(t, { okta: { recorder, directory: { token: 'secret', orgUrl: 'http://127.0.0.1:1' } } })
  calls.splice(0)
  await ask('/me', { claims: CLIENT_CREDENTIALS })
  t.same(calls, [['recordVerification', 'verified']], 'a client has no user to be looked up')
  calls.splice(0)
  await ask('/me')
  t.match(calls, [
    ['recordVerification', 'verified'],
    ['recordLookup', 'failed', Number, issuer.url],
    ['recordCacheUse', 'miss', issuer.url],
    ['recordRefusal', 'FST_OKTA_DIRECTORY_UNAVAILABLE']
  ])
})

t.test('the remaining rate limit is recorded', async t => {
  const { recorder, calls } = createRecorder()
  const { issuer, ask } = await buildApplication(t, { okta: { recorder, directory: { token: 'secret' } } })
  issuer.answer = json(404, { errorCode: 'E0000007' }, { 'x-rate-limit-remaining': '42', 'x-rate-limit-limit': '600' })
  calls.splice(0)
  t.equal((await ask('/me')).statusCode, 403, 'there is no such user')

  t.match(calls.find(([method]) => method === 'recordRateLimit'), ['recordRateLimit', 42, issuer.url, 600])
  t.match(calls.filter(([method]) => method === 'recordLookup'), [['recordLookup', 'not_found', Number, issuer.url]])
  t.same(calls.at(-1), ['recordRefusal', 'FST_OKTA_USER_INACTIVE', 'inactive'])
})

t.test('an error that is not the plugin\'s own is not recorded, since its code may be any string', async t => {
  const fail = (): never => { throw Object.assign(new Error('a bug'), { code: ADA, reason: ADA }) }
  const breakRequest = (app: FastifyInstance): void => {
    app.addHook('onRequest', async request => { Object.defineProperty(request.raw, 'rawHeaders', { get: fail }) })
  }
  const { app, calls } = await buildRecorded(t, { before: breakRequest })
  calls()
  t.equal((await app.inject('/me')).statusCode, 500)
  t.same(calls(), [])
})

for (const [title, fail] of Object.entries({
  throws: () => { throw new Error('the recorder is broken') },
  rejects: async () => { throw new Error('the recorder is broken') }
})) {
  t.test(`a recorder that ${title} changes nothing, and its failure is logged once`, async t => {
    const { recorder, calls } = createRecorder(fail)
    const log: string[] = []
    const fastify = { logger: { level: 'warn', stream: { write: (line: string) => { log.push(line) } } } }
    const { app, ask, issuer } = await buildApplication(t, { okta: { recorder }, fastify })
    const good = issuer.mint()

    t.equal((await ask('/me', good)).statusCode, 200)
    t.equal((await ask('/me', good)).statusCode, 200)
    t.match(await app.inject('/me'), { statusCode: 401, headers: { 'www-authenticate': /^Bearer realm/, 'cache-control': 'no-store' } })
    t.equal((await ask('/me', { claims: { aud: 'other' } })).statusCode, 401)
    t.equal((await ask('/greet', good)).statusCode, 403)
    issuer.keysAnswer = hangUp
    t.match(await ask('/me', { header: { kid: 'new' } }), { statusCode: 503, headers: { 'retry-after': /^\d+$/ } })

    t.ok(calls.length > 10, `it failed ${calls.length} times`)
    t.equal(log.filter(line => line.includes('the recorder failed')).length, 1)
  })
}

t.test('a recorder may leave methods out, and its methods are called on it', async t => {
  class Counter implements Recorder {
    refusals = 0
    recordRefusal (): void { this.refusals++ }
  }
  const counter = new Counter()
  const safe = withErrorHandling(counter, error => { t.error(error) })
  safe.recordVerification('cached')
  safe.recordRefusal('FST_OKTA_GROUP_REQUIRED')

  t.equal(counter.refusals, 1)
  t.same(Object.keys(safe), METHODS.filter(method => method !== 'recordDecision'), 'decisions are not assembled without a recorder of decisions')
})

t.test('a recorder whose method is not a function is refused at the start', async t => {
  t.doesNotThrow(() => { checkRecorder({}) })
  for (const method of METHODS) t.throws(() => { checkRecorder({ [method]: 'a' } as never) }, { name: 'TypeError', message: `recorder.${method} must be a function` })
})

/** An application, and the decisions reported since the last look, each with its route. */
async function buildAudited (t: Test, options: ApplicationOptions = {}): Promise<Application & { decisions: () => unknown[] }> {
  const decisions: unknown[] = []
  const recorder: Recorder = { recordDecision: (decision, request) => { decisions.push({ ...decision, route: request.routeOptions.url }) } }
  return { ...await buildApplication(t, { ...options, okta: { ...options.okta, recorder } }), decisions: () => decisions.splice(0) }
}

t.test('each decision of a guard is reported with the caller and what was required', async t => {
  const { ask, app, decisions } = await buildAudited(t, {
    routes: app => { app.get('/two', { onRequest: [app.okta.identify, app.okta.requireScope('openid')] }, async () => 'a') }
  })
  const who = { uid: ADA, cid: CLIENT, jti: String }

  await ask('/greet', { claims: { groups: [GROUP] } })
  t.match(decisions(), [{ outcome: 'allowed', guard: 'requireGroup', route: '/greet', ...who, groups: [GROUP], scopes: [] }])
  await ask('/greet', { claims: { groups: [] } })
  t.match(decisions(), [{ outcome: 'refused', guard: 'requireGroup', code: 'FST_OKTA_GROUP_REQUIRED', reason: 'not_a_member', ...who, groups: [GROUP] }])
  await ask('/write')
  t.match(decisions(), [{ outcome: 'refused', guard: 'requireScope', reason: 'missing_scope', ...who, scopes: ['profile', 'profile:write'] }])
  await ask('/two')
  t.match(decisions(), [{ outcome: 'allowed', guard: 'identify' }, { outcome: 'allowed', guard: 'requireScope' }])
  await ask('/me', { claims: CLIENT_CREDENTIALS })
  t.match(decisions(), [{ outcome: 'allowed', guard: 'authenticate', uid: undefined, cid: CLIENT }])

  await ask('/me', { claims: { exp: 1 } })
  t.strictSame(decisions(), [{ outcome: 'refused', code: 'FST_OKTA_INVALID_TOKEN', reason: 'expired', guard: 'authenticate', groups: [], scopes: [], route: '/me' }], 'nothing of a token that is not verified')
  await app.inject('/me')
  t.strictSame(decisions(), [{ outcome: 'refused', code: 'FST_OKTA_MISSING_CREDENTIALS', guard: 'authenticate', groups: [], scopes: [], route: '/me' }])
  await app.inject('/anybody')
  await app.inject('/open')
  t.same(decisions(), [], 'nothing is decided about a request without credentials that may have none')
})

t.test('a user who is not active is named in the decision that refuses it', async t => {
  const { issuer, ask, decisions } = await buildAudited(t, { okta: { directory: { token: 'secret' } } })
  issuer.answer = json(404, { errorCode: 'E0000007' })
  await ask('/me')
  t.match(decisions(), [{ outcome: 'refused', code: 'FST_OKTA_USER_INACTIVE', reason: 'inactive', uid: ADA, cid: CLIENT }])
})
