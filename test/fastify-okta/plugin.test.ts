import Fastify from 'fastify'
import t from 'tap'
import fastifyOkta, { type FastifyOktaOptions, type UsedProof } from 'fastify-okta'
import { AUDIENCE, GROUP } from '../kit/access-token.js'
import { buildApplication } from '../kit/application.js'
import { stopClock } from '../kit/clock.js'
import { clientsKey, prove } from '../kit/dpop-proof.js'
import { hang, Issuer, json } from '../kit/issuer.js'
import { GRACE, restore, startOrg } from '../kit/org.js'
import { failureOf } from '../kit/refusal.js'
import { nextKey, strangersKey, usualKey } from '../kit/signing-key.js'

const org = await startOrg(t)
t.beforeEach(() => { restore(org) })

t.test('an application with one issuer authenticates, distinguishes groups and scopes, and leaves other routes open', async t => {
  const { app, issuer, ask } = await buildApplication(t)

  t.equal(issuer.fetches, 1, 'the keys are fetched while the application starts')
  t.match((await ask('/me')).json(), { claims: { iss: issuer.url, aud: AUDIENCE, sub: 'ada@example.com' }, oktaUser: null })
  t.equal((await ask('/greet', { claims: { groups: [GROUP] } })).body, 'Good Morning')
  t.equal((await ask('/greet')).statusCode, 403)
  t.equal((await ask('/write', { claims: { scp: ['profile:write', 'profile'] } })).body, 'written')
  t.equal((await ask('/write')).statusCode, 403)
  t.equal((await app.inject('/open')).statusCode, 200)
  t.equal(issuer.fetches, 1)
})

t.test('an option that is wrong stops the start', async t => {
  for (const [options, message] of [
    [{ issuer: 'http://acme.okta.com/oauth2/default', audience: 'a' }, /^issuer must be an https URL/],
    [{ issuer: 'https://acme.okta.com/oauth2/default' }, /^audience must be/],
    [{ issuers: [] }, /^issuers must be/]
  ] as Array<[FastifyOktaOptions, RegExp]>) {
    const app = Fastify()
    t.teardown(async () => { await app.close() })
    t.match(await failureOf((async () => await app.register(fastifyOkta, options))()), { name: 'TypeError', message })
  }
})

t.test('a guard that asks for nothing stops the start as well', async t => {
  const { app } = await buildApplication(t)
  t.throws(() => app.okta.requireGroup(), TypeError)
  t.throws(() => app.okta.requireScope(), TypeError)
  t.throws(() => app.okta.requireAuthentication({}), TypeError)
})

t.test('an application starts though the issuer is unavailable, answers 503, and recovers by itself', async t => {
  const clock = stopClock(t)
  const issuer = await Issuer.start(t)
  issuer.keysAnswer = json(503, {})
  const { app, ask } = await buildApplication(t, { issuer, okta: { keysCooldownMs: 10_000 } })

  t.same(await app.okta.isReady(), { keys: false, directory: true, problems: [{ part: 'keys', issuer: issuer.url, reason: 'answered 503' }], messages: [] })
  for (let i = 0; i < 3; i++) {
    const response = await ask('/me')
    t.match(response, { statusCode: 503, headers: { 'retry-after': '10', 'cache-control': 'no-store', 'www-authenticate': undefined } })
    t.match(response.json(), { code: 'FST_OKTA_ISSUER_UNAVAILABLE', message: 'access tokens cannot be verified now' })
  }
  t.equal((await ask('/me', { claims: { exp: 1 } })).statusCode, 401, 'what is refused without a key is refused')
  t.equal(issuer.fetches, 1)

  issuer.keysAnswer = undefined
  clock.advance(10_000)
  t.equal((await ask('/me')).statusCode, 200)
  t.match(await app.okta.isReady(), { keys: true, directory: true })
})

t.test('while the issuer is unavailable, tokens and keys in memory are still accepted', async t => {
  const clock = stopClock(t)
  const { issuer, ask } = await buildApplication(t, { okta: { keysTtlMs: 60_000, keysCeilingMs: 120_000, keysCooldownMs: 1000, keysTimeoutMs: 2000 } })
  issuer.keysAnswer = hang
  clock.advance(60_000)
  t.equal((await ask('/me')).statusCode, 200)
  t.equal((await ask('/me', { header: { kid: 'other' } })).statusCode, 503)
  clock.advance(59_999)
  t.equal((await ask('/me')).statusCode, 200)
  clock.advance(1)
  t.equal((await ask('/me')).statusCode, 503)
})

t.test('a flood of unknown keys costs one fetch', async t => {
  const clock = stopClock(t)
  const { issuer, ask } = await buildApplication(t, { okta: { keysCooldownMs: 10_000 } })
  clock.advance(10_000)
  const answers = await Promise.all(Array.from({ length: 200 }, async (_, i) => await ask('/me', { header: { kid: `other-${i}` } })))

  t.same(new Set(answers.map(({ statusCode }) => statusCode)), new Set([401]))
  t.equal(issuer.fetches, 2)
})

t.test('issuers do not mix, and one that is not known costs nothing', async t => {
  const [one, other, stranger] = [await Issuer.start(t), await Issuer.start(t), await Issuer.start(t)]
  other.keys = [strangersKey.jwk]
  const { app, ask } = await buildApplication(t, {
    options: { issuers: [{ issuer: one.url, audience: 'api://one' }, { issuer: other.url, audience: ['api://other', 'api://more'], clientIds: ['0oaother'] }] }
  })
  const fetches = [one.fetches, other.fetches]

  t.equal((await ask('/me', one.mint({ claims: { aud: 'api://one' } }))).json().claims.iss, one.url)
  t.equal((await ask('/me', other.mint({ key: strangersKey, claims: { aud: 'api://more', cid: '0oaother' } }))).json().claims.iss, other.url)
  const refused = {
    'the key of the other issuer': one.mint({ key: strangersKey, claims: { aud: 'api://one' } }),
    'the key of the other issuer, the other way round': other.mint({ claims: { aud: 'api://other', cid: '0oaother' } }),
    'the audience of the other': one.mint({ claims: { aud: 'api://other' } }),
    'the audience of the other, the other way round': other.mint({ key: strangersKey, claims: { aud: 'api://one', cid: '0oaother' } }),
    'a client of the other': other.mint({ key: strangersKey, claims: { aud: 'api://other' } }),
    'an issuer that is not known': stranger.mint({ claims: { aud: 'api://one' } })
  }
  for (const [title, token] of Object.entries(refused)) t.equal((await ask('/me', token)).statusCode, 401, title)
  t.same([one.fetches, other.fetches, stranger.requests.length], [...fetches, 0])
  t.equal(app.okta.directory, null)
})

t.test('each issuer may have a directory', async t => {
  const [one, other, third] = [await Issuer.start(t), await Issuer.start(t), await Issuer.start(t)]
  const directory = { orgUrl: org.orgUrl, token: org.apiToken }
  const { app, ask } = await buildApplication(t, {
    options: {
      issuers: [
        { issuer: one.url, audience: AUDIENCE }, { issuer: other.url, audience: AUDIENCE, directory }, { issuer: third.url, audience: AUDIENCE, directory: { ...directory, token: 'wrong' } }
      ]
    }
  })
  const { okta } = app

  t.equal((await ask('/me', one.mint())).json().oktaUser, null)
  t.match((await ask('/me', other.mint())).json().oktaUser, { profile: { firstName: 'Ada' } })
  t.equal((await ask('/me', third.mint())).statusCode, 503, 'the users of one are not those of another')
  t.equal((await ask('/greet', one.mint({ claims: { groups: [GROUP] } }))).statusCode, 200)
  t.equal((await ask('/greet', other.mint({ claims: { groups: [GROUP], uid: GRACE } }))).statusCode, 403)
  t.ok(okta.directory)
  t.equal(okta.directoryOf(other.url), okta.directory)
  t.not(okta.directoryOf(third.url), okta.directory)
  for (const name of [one.url, 'https://stranger.example', '']) t.equal(okta.directoryOf(name), null)
  t.same(await okta.isReady(), {
    keys: true, directory: false, problems: [{ part: 'directory', issuer: third.url, reason: 'refused', status: 401, errorCode: 'E0000011' }], messages: []
  }, 'one that does not answer is enough')
})

t.test('an application is ready when its keys are there and its directory answers', async t => {
  const clock = stopClock(t)
  const { app } = await buildApplication(t, { okta: { directory: { orgUrl: org.orgUrl, token: org.apiToken } } })
  t.match(await app.okta.isReady(), { keys: true, directory: true })
  org.faults.add({ path: '/api/v1/users', status: 500 })
  clock.advance(20_000)
  t.match(await app.okta.isReady(), { keys: true, directory: false })

  const asked = await buildApplication(t, { okta: { introspection: { clientId: 'a', clientSecret: 'b' } } })
  t.match(await asked.app.okta.isReady(), { keys: true, directory: true }, 'an issuer that is asked has no keys to wait for')
  t.equal(asked.issuer.requests.length, 0)
})

t.test('the attributes and times that the options name are those of the directory', async t => {
  org.users.update('ada@example.com', { badge: 7 })
  const { ask } = await buildApplication(t, { okta: { directory: { orgUrl: org.orgUrl, token: org.apiToken, profileAttributes: ['badge'], userCacheTtlMs: 0 } } })

  t.equal((await ask('/me')).json().oktaUser.profile.badge, 7)
  org.users.update('ada@example.com', { badge: 8 })
  t.equal((await ask('/me')).json().oktaUser.profile.badge, 8)
})

t.test('limits that the options name hold', async t => {
  const clock = stopClock(t)
  const now = clock.now() / 1000
  const { ask } = await buildApplication(t, { okta: { maxTokenBytes: 1000, maxTokenLifetimeSeconds: 600, clockToleranceSeconds: 5, clientIds: ['0oaours'], realm: 'ours' } })
  const ours = { cid: '0oaours', exp: now + 600 }

  t.equal((await ask('/me', { claims: ours })).statusCode, 200)
  t.equal((await ask('/me', { claims: { ...ours, iat: now + 5 } })).statusCode, 200)
  for (const claims of [{ ...ours, cid: 'theirs' }, { ...ours, exp: now + 601 }, { ...ours, iat: now + 6 }, { ...ours, padding: 'a'.repeat(500) }]) {
    t.match(await ask('/me', { claims }), { statusCode: 401, headers: { 'www-authenticate': [/^Bearer realm="ours", error="invalid_token"/] } })
  }
})

t.test('what an operator must know is logged, without a secret', async t => {
  const lines: string[] = []
  const issuer = await Issuer.start(t)
  issuer.keys = [{ ...usualKey.jwk, d: 'private-number' }, nextKey.jwk]
  const fastify = { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(line) } } } }
  const { ask } = await buildApplication(t, { issuer, fastify, okta: { keysCooldownMs: 1, directory: { orgUrl: org.orgUrl, token: org.apiToken } } })
  const logged = (message: string): Record<string, unknown> | undefined => lines.map(line => JSON.parse(line) as Record<string, unknown>).find(({ msg }) => msg === message)
  t.match(lines.map(line => JSON.parse(line) as object), [{ issuer: issuer.url, kid: 'usual', fault: 'private', msg: 'a key of the issuer is not used' }])

  org.faults.add({ path: /^\/api/, status: 500 })
  await ask('/me', { key: nextKey })
  t.match(logged('a lookup in the directory failed'), { err: { type: 'DirectoryFailure' } })

  issuer.keysAnswer = json(500, {})
  await new Promise(resolve => { setTimeout(resolve, 5) })
  await ask('/me', { header: { kid: 'other' } })
  t.match(logged('the keys of the issuer could not be fetched'), { issuer: issuer.url, err: { message: 'answered 500' } })

  const asked = await buildApplication(t, { fastify, okta: { introspection: { clientId: 'a', clientSecret: 'client-secret' } } })
  asked.issuer.introspectionAnswer = json(500, {})
  await asked.ask('/me', 'opaque-token')
  t.match(logged('a token could not be introspected'), { err: { message: 'answered 500' } })
  for (const secret of ['private-number', org.apiToken, 'client-secret', 'opaque-token']) t.notOk(lines.some(line => line.includes(secret)))
})

t.test('what the service says of itself is served where there is a public URL', async t => {
  const { app, issuer } = await buildApplication(t, {
    okta: { publicUrl: 'https://greeting.example/api' },
    routes: app => { app.get('/b', { onRequest: app.okta.requireScope('b', 'a') }, async () => 'b') }
  })
  const response = await app.inject('/.well-known/oauth-protected-resource/api')

  t.match(response, { statusCode: 200, headers: { 'access-control-allow-origin': '*' } })
  t.match(response.json(), { resource: 'https://greeting.example/api', authorization_servers: [issuer.url], scopes_supported: ['a', 'b', 'profile', 'profile:write'] })
  t.match((await app.inject('/me')).headers['www-authenticate'], [
    /^Bearer realm="okta", resource_metadata="https:\/\/greeting\.example\/\.well-known\/oauth-protected-resource\/api"/, /^DPoP /
  ])
  const without = await buildApplication(t)
  t.equal((await without.app.inject('/.well-known/oauth-protected-resource')).statusCode, 404)
})

t.test('a bound token comes with a proof, which is good once', async t => {
  const { app, issuer } = await buildApplication(t, { okta: { publicUrl: 'https://greeting.example/api', dpop: { maxReplays: 2 } } })
  const token = issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
  const ask = async (authorization: string, proof?: string): Promise<number> =>
    (await app.inject({ url: '/me', headers: { authorization, ...(proof === undefined ? {} : { dpop: proof }) } })).statusCode
  const proof = prove(token)

  t.equal(await ask(`DPoP ${token}`, proof), 200)
  t.equal(await ask(`DPoP ${token}`, proof), 401)
  t.equal(await ask(`DPoP ${token}`), 401)
  t.equal(await ask(`Bearer ${token}`, prove(token)), 401)
  t.equal(await ask(`Bearer ${token}`), 401)
  t.equal(await ask(`DPoP ${issuer.mint()}`, prove(issuer.mint())), 401)
  t.equal(await ask(`DPoP ${token}`, prove(token)), 200)
  t.equal(await ask(`DPoP ${token}`, prove(token)), 503, 'no more can be remembered')

  const off = await buildApplication(t, { issuer })
  t.equal((await off.app.inject({ url: '/me', headers: { authorization: `DPoP ${token}`, dpop: prove(token) } })).statusCode, 401)
  t.equal((await off.ask('/me', token)).statusCode, 401, 'a bound token never passes without a proof')
})

t.test('where nonces are on, every answer to a request with DPoP or to one that should have come with it brings one', async t => {
  const okta = { publicUrl: 'https://greeting.example/api', dpop: { mode: 'required', nonceLifetimeSeconds: 60, nonceSecret: new Uint8Array(32) } } as const
  const { app, issuer } = await buildApplication(t, { okta })
  const token = issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
  const ask = async (nonce?: string): Promise<ReturnType<typeof app.inject> extends Promise<infer Response> ? Response : never> =>
    await app.inject({ url: '/me', headers: { authorization: `DPoP ${token}`, dpop: prove(token, { claims: { nonce } }) } })

  const first = await ask()
  t.match(first, { statusCode: 401, headers: { 'www-authenticate': [/^DPoP .*error="use_dpop_nonce"/], 'dpop-nonce': /^[\w-]{43}$/ } })
  t.equal((await ask(String(first.headers['dpop-nonce']))).statusCode, 200)
  t.notOk((await app.inject('/open')).headers['dpop-nonce'])
  t.ok((await app.inject('/me')).headers['dpop-nonce'], 'with the challenge of the scheme')
  t.notOk((await app.inject('/anybody')).headers['dpop-nonce'], 'not asked for')
  const bearer = await app.inject({ url: '/me', headers: { authorization: `Bearer ${issuer.mint()}` } })
  t.equal(bearer.statusCode, 401, 'no other scheme is accepted')
  t.notOk(bearer.headers['dpop-nonce'], 'not asked for')

  const replica = await buildApplication(t, { issuer, okta })
  t.equal((await replica.app.inject({ url: '/me', headers: { authorization: `DPoP ${token}` } })).headers['dpop-nonce'], first.headers['dpop-nonce'], 'replicas with one secret hand out the same')
})

t.test('proofs are remembered in the store that the options name', async t => {
  const keys: string[] = []
  const replayStore = { remember: async ({ key }: UsedProof) => { keys.push(key); return keys.length === 1 } }
  const { app, issuer } = await buildApplication(t, { okta: { publicUrl: 'https://greeting.example/api', dpop: { replayStore } } })
  const token = issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
  const statuses: number[] = []
  for (let i = 0; i < 2; i++) statuses.push((await app.inject({ url: '/me', headers: { authorization: `DPoP ${token}`, dpop: prove(token) } })).statusCode)

  t.same(statuses, [200, 401])
  t.equal(keys.length, 2)
})

t.test('a plugin in a part of an application guards that part', async t => {
  const issuer = await Issuer.start(t)
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await app.register(async part => {
    await part.register(fastifyOkta, { issuer: issuer.url, audience: AUDIENCE })
    part.get('/inside', { onRequest: part.okta.authenticate }, async ({ claims }) => claims?.sub)
  })
  app.get('/outside', async () => 'outside')

  t.notOk(app.hasDecorator('okta'))
  t.equal((await app.inject('/outside')).statusCode, 200)
  t.equal((await app.inject('/inside')).statusCode, 401)
  t.equal((await app.inject({ url: '/inside', headers: { authorization: `Bearer ${issuer.mint()}` } })).body, 'ada@example.com')
})
