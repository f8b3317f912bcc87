import fastifyAuth from '@fastify/auth'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import type { Recorder } from 'fastify-okta'
import { buildApplication, type Application } from '../../kit/application.js'
import { clientsKey, prove, PUBLIC_URL } from '../../kit/dpop-proof.js'
import { json } from '../../kit/issuer.js'

const LEFT_BY_A_REFUSAL = ['www-authenticate', 'cache-control', 'retry-after', 'dpop-nonce']

/** The application's own way in beside the access token. */
async function byApiKey (request: FastifyRequest): Promise<void> {
  if (request.headers['x-api-key'] !== 'good') throw Object.assign(new Error('the API key is wrong'), { statusCode: 401 })
}

async function build (t: Test, routes: (app: FastifyInstance) => void): Promise<Application & { refusals: string[] }> {
  const refusals: string[] = []
  const recorder: Recorder = {
    recordRefusal: (code) => { refusals.push(code) },
    recordDecision: ({ outcome, code }) => { if (outcome === 'refused') refusals.push(`decision ${String(code)}`) }
  }
  const application = await buildApplication(t, {
    okta: { recorder, publicUrl: PUBLIC_URL, dpop: { nonceLifetimeSeconds: 60 } },
    before: async (app) => { await app.register(fastifyAuth) },
    routes
  })
  return { ...application, refusals }
}

t.test('a request that passes after a guard has refused it is answered as if that guard had not been asked', async (t) => {
  const { app, issuer, ask, refusals } = await build(t, (app) => {
    const { okta } = app
    const ways = {
      '/auth': { onRequest: app.auth([okta.authenticate, byApiKey]) },
      '/late': { preHandler: app.auth([okta.authenticate, byApiKey]) },
      '/caught': { onRequest: async (request: FastifyRequest, reply: FastifyReply) => { await okta.authenticate(request, reply).catch(async () => { await byApiKey(request) }) } }
    }
    for (const [url, options] of Object.entries(ways)) app.get(url, options, async () => 'in')
    app.get('/scopes', { onRequest: app.auth([okta.requireScope('admin'), okta.requireScope('openid')]) }, async () => 'in')
    app.get('/scopes/late', { preHandler: app.auth([okta.requireScope('admin'), okta.requireScope('openid')]) }, async () => 'in')
    app.get('/handler', async (request, reply) => await okta.authenticate(request, reply).then(() => 'in', () => 'public'))
  })
  const bound = issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
  const passing: Array<[string, string, Record<string, string>]> = []
  for (const url of ['/auth', '/late', '/caught']) {
    passing.push([url, 'without a token', {}])
    passing.push([url, 'with a bad token', { authorization: 'Bearer garbage' }])
    passing.push([url, 'with credentials of another scheme', { authorization: 'Basic YTpi' }])
    passing.push([url, 'with a proof that has no nonce', { authorization: `DPoP ${bound}`, dpop: prove(bound) }])
  }
  for (const url of ['/scopes', '/scopes/late']) passing.push([url, 'with another scope', { authorization: `Bearer ${issuer.mint()}` }])
  passing.push(['/handler', 'without a token', {}])

  for (const [url, title, headers] of passing) {
    const response = await app.inject({ url, headers: { 'x-api-key': 'good', ...headers } })
    t.equal(response.statusCode, 200, `${url} ${title}`)
    t.same(LEFT_BY_A_REFUSAL.filter((name) => name in response.headers), [], `${url} ${title}`)
  }

  issuer.keysAnswer = json(500, {})
  const away = issuer.mint({ header: { kid: 'new' } })
  t.equal((await ask('/me', away)).statusCode, 503)
  refusals.splice(0, 2)
  const response = await app.inject({ url: '/auth', headers: { 'x-api-key': 'good', authorization: `Bearer ${away}` } })
  t.equal(response.statusCode, 200, 'in an outage')
  t.same(LEFT_BY_A_REFUSAL.filter((name) => name in response.headers), [], 'in an outage')
  t.same(refusals, [], 'and none of it counts as a refusal')
})

t.test('what a handler answers for reasons of its own has no challenge of a guard that was overruled', async (t) => {
  const { app, refusals } = await build(t, (app) => {
    app.get('/own', { onRequest: app.auth([app.okta.authenticate, byApiKey]) }, async (_request, reply) => { await reply.code(401).send('not today') })
  })
  const response = await app.inject({ url: '/own', headers: { 'x-api-key': 'good' } })

  t.equal(response.statusCode, 401)
  t.same(LEFT_BY_A_REFUSAL.filter((name) => name in response.headers), [])
  t.same(refusals, [])
})

t.test('a request that nobody lets pass is refused with the challenge, once', async (t) => {
  const { app, issuer, refusals } = await build(t, (app) => {
    app.get('/auth', { onRequest: app.auth([byApiKey, app.okta.authenticate]) }, async () => 'in')
    app.get('/auth/all', { onRequest: app.auth([app.okta.requireScope('admin'), app.okta.authenticate], { relation: 'and', run: 'all' }) }, async () => 'in')
    app.get('/group', { onRequest: app.auth([app.okta.requireGroup('none')]) }, async () => 'in')
  })

  t.match(await app.inject('/auth'), { statusCode: 401, headers: { 'www-authenticate': [/^Bearer realm="okta"/, /^DPoP /], 'cache-control': 'no-store' } })
  t.same(refusals.splice(0), ['FST_OKTA_MISSING_CREDENTIALS', 'decision FST_OKTA_MISSING_CREDENTIALS'])
  const headers = { authorization: `Bearer ${issuer.mint()}` }
  t.match(await app.inject({ url: '/auth/all', headers }), { statusCode: 403, headers: { 'www-authenticate': [/insufficient_scope/] } })
  t.same(refusals.splice(0), ['FST_OKTA_INSUFFICIENT_SCOPE', 'decision FST_OKTA_INSUFFICIENT_SCOPE'])
  t.match(await app.inject({ url: '/group', headers }), { statusCode: 403 }, 'not 401, as @fastify/auth has it by itself')
  t.same(refusals.splice(0), ['FST_OKTA_GROUP_REQUIRED', 'decision FST_OKTA_GROUP_REQUIRED'])
})
