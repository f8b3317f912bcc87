import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import fastifyJwt from '@fastify/jwt'
import t, { type Test } from 'tap'
import { buildApplication, type Application } from '../../kit/application.js'
import { clientsKey, prove, PUBLIC_URL } from '../../kit/dpop-proof.js'
import { Issuer, json } from '../../kit/issuer.js'
import { restore, startOrg } from '../../kit/org.js'
import { strangersKey } from '../../kit/signing-key.js'
import fastifyOkta, { type DpopMode, type IssuerOptions, type SharedOptions } from 'fastify-okta'

const org = await startOrg(t)
t.beforeEach(() => { restore(org) })

type Verify = (request: FastifyRequest) => Promise<unknown>

/** The ways to verify in a handler: ours, and ours beside the application's own. */
const NAMES: Record<string, { verify: Verify, before: (app: FastifyInstance) => Promise<void> }> = {
  'request.jwtVerify()': { verify: async (request) => await request.jwtVerify(), before: async () => {} },
  'request.oktaJwtVerify()': {
    verify: async (request) => await (request as unknown as { oktaJwtVerify: () => Promise<unknown> }).oktaJwtVerify(),
    before: async (app) => { await app.register(fastifyJwt, { secret: 'a secret of their own, and long' }) }
  }
}

async function build (t: Test, { verify, before }: typeof NAMES[string] & object, okta: Partial<SharedOptions & IssuerOptions>): Promise<Application> {
  const handler = async ({ claims, oktaUser }: FastifyRequest): Promise<unknown> => ({ sub: claims?.sub, user: oktaUser?.id ?? null, isFrozen: Object.isFrozen(claims) })
  return await buildApplication(t, {
    okta,
    before,
    routes: (app) => {
      app.get('/verify', async (request) => { await verify(request); return await handler(request) })
      app.get('/guard', { onRequest: app.okta.authenticate }, handler)
      app.get('/both', { onRequest: app.okta.authenticate }, async (request) => { await verify(request); return await handler(request) })
      app.get('/then', async (request, reply: FastifyReply) => { await verify(request); await app.okta.requireScope('openid')(request, reply); return await handler(request) })
    }
  })
}

for (const [name, way] of Object.entries(NAMES)) {
  t.test(`${name} answers as the guards do`, async (t) => {
    const directory = { orgUrl: org.orgUrl, token: org.apiToken, cooldownMs: 1 }
    for (const mode of ['off', 'allowed', 'required'] as DpopMode[]) {
      const { app, issuer } = await build(t, way, { directory, ...(mode === 'off' ? {} : { publicUrl: PUBLIC_URL, dpop: { mode } }) })
      const bound = issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
      const now = Math.floor(Date.now() / 1000)
      const proofAt = (url: string): string => prove(bound, { claims: { htu: `${PUBLIC_URL}${url}` } })
      const requests: Record<string, (url: string) => Record<string, string>> = {
        'no credentials': () => ({}),
        'another scheme': () => ({ authorization: 'Basic YTpi' }),
        'a good token': () => ({ authorization: `Bearer ${issuer.mint()}` }),
        'a token that expired within the tolerance': () => ({ authorization: `Bearer ${issuer.mint({ claims: { exp: now - 10 } })}` }),
        'an expired token': () => ({ authorization: `Bearer ${issuer.mint({ claims: { exp: 1 } })}` }),
        'a forged token': () => ({ authorization: `Bearer ${issuer.mint({ key: strangersKey })}` }),
        'two tokens': () => ({ authorization: `Bearer ${issuer.mint()} ${issuer.mint()}` }),
        'something else': () => ({ authorization: 'Bearer garbage' }),
        'a bound token as a bearer token': () => ({ authorization: `Bearer ${bound}` }),
        'a bound token without a proof': () => ({ authorization: `DPoP ${bound}` }),
        'a bound token with a proof': (url) => ({ authorization: `DPoP ${bound}`, dpop: proofAt(url) }),
        'a bound token with the proof of another request': () => ({ authorization: `DPoP ${bound}`, dpop: proofAt('/other') }),
        'a bearer token with a proof': (url) => ({ authorization: `DPoP ${issuer.mint()}`, dpop: proofAt(url) }),
        'a user whom nobody knows': () => ({ authorization: `Bearer ${issuer.mint({ claims: { uid: '00unobody00000000001' } })}` })
      }
      for (const [title, headers] of Object.entries(requests)) {
        const guard = await app.inject({ url: '/guard', headers: headers('/guard') })
        const verify = await app.inject({ url: '/verify', headers: headers('/verify') })
        const facts = ({ statusCode, headers, body }: typeof guard): unknown => [statusCode, headers['www-authenticate'], headers['cache-control'], body]
        t.same(facts(verify), facts(guard), `${title}, DPoP ${mode}`)
        if (title.startsWith('a good')) t.equal(guard.statusCode, mode === 'required' ? 401 : 200)
        if (title === 'a bound token with a proof') t.equal(guard.statusCode, mode === 'off' ? 401 : 200)
      }
    }
  })

  t.test(`${name} refuses a user who is not active`, async (t) => {
    org.users.setStatus('ada@example.com', 'SUSPENDED')
    const { ask } = await build(t, way, { directory: { orgUrl: org.orgUrl, token: org.apiToken } })
    t.match(await ask('/verify'), { statusCode: 403, headers: { 'cache-control': 'no-store' } })
  })

  t.test(`${name} behind a guard does not ask for another proof, and a guard behind it neither`, async (t) => {
    const { app, issuer } = await build(t, way, { publicUrl: PUBLIC_URL })
    const bound = issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
    for (const url of ['/both', '/then']) {
      t.match(await app.inject({ url, headers: { authorization: `DPoP ${bound}`, dpop: prove(bound, { claims: { htu: `${PUBLIC_URL}${url}` } }) } }), { statusCode: 200 }, url)
    }
  })

  t.test(`${name} says 503 in an outage`, async (t) => {
    const { issuer, ask } = await build(t, way, {})
    issuer.keysAnswer = json(500, {})
    t.match(await ask('/verify', { header: { kid: 'new' } }), { statusCode: 503, headers: { 'retry-after': /^\d+$/ } })
  })
}

t.test('sibling scopes beside the application\'s own @fastify/jwt verify with their own audiences', async (t) => {
  const issuer = await Issuer.start(t)
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await app.register(fastifyJwt, { secret: 'a secret of their own, and long' })
  for (const name of ['one', 'two']) {
    await app.register(async (scope) => {
      await scope.register(fastifyOkta, { issuer: issuer.url, audience: `api://${name}` })
      scope.get(`/${name}`, async (request) => await (request as unknown as { oktaJwtVerify: () => Promise<unknown> }).oktaJwtVerify())
    })
  }
  for (const [name, other] of [['one', 'two'], ['two', 'one']] as const) {
    const headers = { authorization: `Bearer ${issuer.mint({ claims: { aud: `api://${name}` } })}` }
    t.match((await app.inject({ url: `/${name}`, headers })).json(), { aud: `api://${name}` })
    t.equal((await app.inject({ url: `/${other}`, headers })).statusCode, 401)
  }
  t.equal(app.jwt.decode<{ sub: string }>(app.jwt.sign({ sub: 'mine' }))?.sub, 'mine', 'and the application keeps its own')
})

t.test('request.jwtVerify() verifies the token of the header whatever its options say', async (t) => {
  const { issuer, ask } = await buildApplication(t, {
    routes: (app) => {
      app.get('/other', async (request) => {
        const other = issuer.mint({ claims: { sub: 'grace' } })
        await request.jwtVerify({ extractToken: () => other } as never)
        return request.claims
      })
    }
  })
  t.equal((await ask('/other')).statusCode, 401)
})

t.test('app.jwt verifies and signs nothing: a forged token cannot pass there, nor end the process', async (t) => {
  for (const [name, { before }] of Object.entries(NAMES)) {
    const { app, issuer } = await buildApplication(t, { before })
    const jwt = name.includes('okta') ? (app.jwt as unknown as { okta: typeof app.jwt }).okta : app.jwt
    let isCalledBack = false
    for (const token of [issuer.mint(), issuer.mint({ key: strangersKey }), 'garbage']) {
      t.throws(() => jwt.verify(token), { name: 'TypeError', message: /request\.jwtVerify\(\)/ })
      t.throws(() => { jwt.verify(token, () => { isCalledBack = true }) }, TypeError)
      t.throws(() => jwt.verify(token, { key: 'a key of the caller' } as never), TypeError)
    }
    t.equal(isCalledBack, false)
    t.throws(() => jwt.sign({ sub: 'mallory' }), /unable to sign/)
  }
})

t.test('the application\'s own @fastify/jwt verifies and signs as before', async (t) => {
  const { app } = await buildApplication(t, { before: async (host) => { await host.register(fastifyJwt, { secret: 'a secret of their own, and long' }) } })
  t.match(app.jwt.verify(app.jwt.sign({ sub: 'theirs' })), { sub: 'theirs' })
})
