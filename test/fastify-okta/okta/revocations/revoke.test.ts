import fc from 'fast-check'
import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import type { Recorder } from 'fastify-okta'
import { ADA, CLIENT, CLIENT_CREDENTIALS, type TokenDifference } from '../../../kit/access-token.js'
import { buildApplication } from '../../../kit/application.js'
import { stopClock } from '../../../kit/clock.js'
import { Issuer, json } from '../../../kit/issuer.js'
import { GRACE, restore, startOrg } from '../../../kit/org.js'
import { runs } from '../../../kit/ci.js'

const org = await startOrg(t)
t.beforeEach(() => { restore(org) })

const DIRECTORY = { orgUrl: org.orgUrl, token: org.apiToken, cooldownMs: 1 }
const REFUSED = { statusCode: 401, json: { code: 'FST_OKTA_INVALID_TOKEN', message: 'the access token is invalid' } }

/** A token that was issued some seconds ago, when its user signed in. */
function issuedAgo (seconds: number, claims: object = {}): TokenDifference {
  const at = Math.floor(Date.now() / 1000) - seconds
  return { claims: { iat: at, auth_time: at, ...claims } }
}

function answerOf ({ statusCode, json }: LightMyRequestResponse): object {
  return statusCode === 200 ? { statusCode } : { statusCode, json: json() }
}

t.test('a token that was accepted before is refused after its user is revoked, with every guard, and a later one is accepted', async (t) => {
  const refusals: unknown[][] = []
  const verifications: unknown[][] = []
  const recorder: Recorder = {
    recordRefusal: (code, reason) => { refusals.push([code, reason]) },
    recordVerification: (result, reason) => { verifications.push([result, reason]) }
  }
  const { app, issuer, ask } = await buildApplication(t, {
    okta: { recorder },
    routes: (app) => { app.get('/verify', async (request) => await request.jwtVerify()) }
  })
  const accessToken = issuer.mint(issuedAgo(5))
  t.equal((await ask('/me', accessToken)).statusCode, 200)
  t.same(await app.okta.revoke({ uid: ADA, before: new Date(Date.now() - 2000) }), { userIds: [ADA], isUnknown: false, isRaised: true })

  for (const url of ['/me', '/anybody', '/greet', '/write', '/verify']) {
    const response = await ask(url, accessToken)
    t.match(answerOf(response), REFUSED, url)
    t.match(response.headers['www-authenticate'], /^Bearer realm="okta", error="invalid_token"/, url)
  }
  t.match(answerOf(await ask('/me', issuedAgo(5, { jti: 'never seen' }))), REFUSED, 'one that was not seen before')
  t.match(answerOf(await ask('/me', issuedAgo(1, { auth_time: Math.floor(Date.now() / 1000) - 5 }))), REFUSED, 'a refreshed one')
  t.equal((await ask('/me', issuedAgo(1))).statusCode, 200, 'after a new sign-in')
  t.equal((await ask('/me', issuedAgo(5, { uid: GRACE }))).statusCode, 200, 'another user')
  t.same([...new Set(refusals.map((refusal) => refusal.join()))], ['FST_OKTA_INVALID_TOKEN,revoked'])
  t.equal(verifications.filter((verification) => verification.join() === 'refused,revoked').length, 7)
})

t.test('a login or an address is looked up in the directory, without regard to case, and stands for every user who has it', async (t) => {
  org.users.update(GRACE, { email: 'Ada@Example.com' })
  const { app, ask } = await buildApplication(t, { okta: { directory: DIRECTORY } })
  for (const uid of [ADA, GRACE]) t.equal((await ask('/me', issuedAgo(3, { uid }))).statusCode, 200)
  const result = await app.okta.revoke({ login: 'ADA@example.COM' })

  t.same({ ...result, userIds: [...result.userIds].sort() }, { userIds: [ADA, GRACE].sort(), isUnknown: false, isRaised: true })
  for (const uid of [ADA, GRACE]) t.match(answerOf(await ask('/me', issuedAgo(3, { uid }))), REFUSED)
  t.same(await app.okta.revoke({ login: 'nobody@example.com' }), { userIds: [], isUnknown: true, isRaised: false })
  t.same(await app.okta.revoke({ login: ADA }), { userIds: [], isUnknown: true, isRaised: false }, 'an id is not a login')
})

t.test('while the directory is unavailable a login cannot be revoked, but an id can', async (t) => {
  const { app, ask } = await buildApplication(t, { okta: { directory: DIRECTORY } })
  t.equal((await ask('/me', issuedAgo(3))).statusCode, 200)
  org.faults.add({ path: /^\/api\/v1\//, status: 503 })

  await t.rejects(app.okta.revoke({ login: 'ada@example.com' }), { code: 'FST_OKTA_DIRECTORY_UNAVAILABLE', statusCode: 503 })
  t.equal((await ask('/me', issuedAgo(3))).statusCode, 200, 'nothing was raised')
  t.match(await app.okta.revoke({ uid: ADA }), { isRaised: true })
  t.match(answerOf(await ask('/me', issuedAgo(3))), REFUSED, 'and not 503, although she cannot be read')
})

t.test('without a directory a login is compared with the subject of tokens, without regard to case', async (t) => {
  const { app, ask } = await buildApplication(t)
  t.same(await app.okta.revoke({ login: 'ADA@example.com' }), { userIds: [], isUnknown: false, isRaised: true })
  t.match(answerOf(await ask('/me', issuedAgo(2, { sub: 'Ada@Example.com' }))), REFUSED)
  t.equal((await ask('/me', issuedAgo(2, { sub: 'grace@example.com' }))).statusCode, 200)
})

t.test('a client that acts for itself is revoked by its id, as is the user of a token that is introspected', async (t) => {
  const { app, ask } = await buildApplication(t)
  t.equal((await ask('/me', issuedAgo(2, CLIENT_CREDENTIALS))).statusCode, 200)
  await app.okta.revoke({ uid: CLIENT })
  t.match(answerOf(await ask('/me', issuedAgo(2, CLIENT_CREDENTIALS))), REFUSED)
  t.equal((await ask('/me', issuedAgo(2))).statusCode, 200, 'users of this client are not concerned')

  const issuer = await Issuer.start(t)
  const { cid, scp, ...claims } = issuer.claims({ ...issuedAgo(2).claims })
  issuer.introspectionAnswer = json(200, { active: true, client_id: cid, ...claims })
  const introspecting = await buildApplication(t, { issuer, okta: { introspection: { clientId: 'a', clientSecret: 'secret' } } })
  t.equal((await introspecting.ask('/me', 'opaque')).statusCode, 200)
  await introspecting.app.okta.revoke({ uid: ADA })
  t.match(answerOf(await introspecting.ask('/me', 'opaque')), REFUSED)
})

t.test('a time in the future counts as now, and one that is older than tokens live revokes nothing', async (t: Test) => {
  const clock = stopClock(t)
  const { app, ask } = await buildApplication(t)
  t.match(await app.okta.revoke({ uid: ADA, before: new Date(clock.now() - 86_400_000) }), { isRaised: false })
  t.match(await app.okta.revoke({ uid: ADA, before: new Date('2100-01-01') }), { isRaised: true })
  t.match(answerOf(await ask('/me', issuedAgo(0))), REFUSED)
  clock.advance(1000)
  t.equal((await ask('/me', issuedAgo(0))).statusCode, 200)
})

t.test('what revoke cannot be called with is a TypeError', async (t) => {
  const { app } = await buildApplication(t)
  const calls: Array<[Record<string, unknown>, RegExp]> = [
    [{}, /uid or login/],
    [{ uid: '' }, /^uid /],
    [{ uid: 1 }, /^uid /],
    [{ login: '' }, /^login /],
    [{ login: 'a'.repeat(257) }, /^login /],
    [{ uid: 'a', login: 'b' }, /uid or login/],
    [{ uid: 'a', before: 5 }, /^before /],
    [{ uid: 'a', before: new Date(NaN) }, /^before /]
  ]
  for (const [call, message] of calls) await t.rejects(app.okta.revoke(call as never), { name: 'TypeError', message }, JSON.stringify(call))
})

t.test('issuers of one org share revocations, and revoke applies to every org', async (t) => {
  const [one, two] = [await Issuer.start(t), await Issuer.start(t)]
  const { app } = await buildApplication(t, { options: { issuers: [one, two].map(({ url }) => ({ issuer: url, audience: 'api://default' })) } })
  const ask = async (issuer: Issuer): Promise<number> => {
    return (await app.inject({ url: '/me', headers: { authorization: `Bearer ${issuer.mint(issuedAgo(2))}` } })).statusCode
  }
  t.same([await ask(one), await ask(two)], [200, 200])
  await app.okta.revoke({ uid: ADA })
  t.same([await ask(one), await ask(two)], [401, 401])
})

t.test('of tokens around a watermark, the guard refuses exactly those at the watermark or before', async (t: Test) => {
  const clock = stopClock(t)
  const { app, issuer } = await buildApplication(t, { okta: { secondOpinion: false } })
  const atMs = clock.now() - 50_000
  await app.okta.revoke({ uid: ADA, before: new Date(atMs) })
  const time = fc.integer({ min: atMs - 3000, max: atMs + 3000 })

  await fc.assert(fc.asyncProperty(time, fc.option(time, { nil: undefined }), async (iatMs, authMs) => {
    const claims = { iat: iatMs / 1000, auth_time: authMs === undefined ? undefined : authMs / 1000 }
    const headers = { authorization: `Bearer ${issuer.mint({ claims })}` }
    const isRefused = iatMs <= atMs || (authMs !== undefined && authMs <= atMs)
    // Verified, and then from memory.
    for (let i = 0; i < 2; i++) if (((await app.inject({ url: '/me', headers })).statusCode === 401) !== isRefused) return false
    return true
  }), { numRuns: runs(50, 300) })
})
