import Fastify, { type FastifyInstance } from 'fastify'
import fastifyAuth from '@fastify/auth'
import t, { type Test } from 'tap'
import fastifyOkta, { type FastifyOktaOptions } from 'fastify-okta'
import { AUDIENCE } from '../../kit/access-token.js'
import { Issuer } from '../../kit/issuer.js'

const ORIGIN = 'https://reports.example'

/** Asks for a route without credentials, and then for the metadata where the challenge says. */
async function follow (app: FastifyInstance, url: string): Promise<{ statusCode: number, json: () => Record<string, unknown>, headers: Record<string, unknown>, url: string }> {
  const refused = await app.inject(url)
  const metadata = /resource_metadata="https:\/\/reports\.example([^"]+)"/.exec(String(refused.headers['www-authenticate']))?.[1]
  if (metadata === undefined) throw new Error(`no metadata in the answer ${refused.statusCode} of ${url}`)
  const response = await app.inject(metadata)
  return { statusCode: response.statusCode, json: () => response.json(), headers: response.headers, url: metadata }
}

async function build (t: Test, make: (app: FastifyInstance, options: FastifyOktaOptions & { issuer: string }) => Promise<void>): Promise<{ app: FastifyInstance, issuer: Issuer }> {
  const issuer = await Issuer.start(t)
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await make(app, { issuer: issuer.url, audience: AUDIENCE, publicUrl: ORIGIN })
  await app.ready()
  return { app, issuer }
}

for (const publicUrl of [ORIGIN, `${ORIGIN}/v1`]) {
  t.test(`under a prefix the metadata is where the challenge says, with the public URL ${publicUrl}`, async (t) => {
    const { app, issuer } = await build(t, async (app, options) => {
      await app.register(async (v1) => {
        await v1.register(fastifyOkta, { ...options, publicUrl })
        v1.get('/reports', { onRequest: v1.okta.requireScope('reports:read') }, async () => 'a')
      }, { prefix: '/v1' })
    })
    const metadata = await follow(app, '/v1/reports')

    t.match(metadata, { statusCode: 200, headers: { 'access-control-allow-origin': '*' } })
    t.match(metadata.json(), { resource: publicUrl, authorization_servers: [issuer.url], scopes_supported: ['reports:read'] })
  })
}

t.test('behind a guard of the whole application the metadata is public, and nothing else is', async (t) => {
  const guards: Record<string, (app: FastifyInstance) => void> = {
    authenticate: (app) => { app.addHook('onRequest', app.okta.authenticate) },
    'by hand': (app) => { app.addHook('onRequest', async (request, reply) => { await app.okta.authenticate(request, reply) }) },
    requireGroup: (app) => { app.addHook('onRequest', app.okta.requireGroup('a')) },
    requireScope: (app) => { app.addHook('onRequest', app.okta.requireScope('a')) },
    '@fastify/auth': (app) => { app.addHook('onRequest', app.auth([app.okta.authenticate])) },
    'before the plugin': () => {}
  }
  for (const [title, guard] of Object.entries(guards)) {
    const { app } = await build(t, async (app, options) => {
      await app.register(fastifyAuth)
      if (title === 'before the plugin') app.addHook('onRequest', async (request, reply) => { await app.okta.authenticate(request, reply) })
      await app.register(fastifyOkta, options)
      guard(app)
      app.get('/reports', async () => 'a')
      app.get('/.well-known/other', async () => 'a')
    })
    const metadata = await follow(app, '/reports')

    t.equal(metadata.statusCode, 200, title)
    t.equal(metadata.headers['www-authenticate'], undefined, title)
    const bad = await app.inject({ url: metadata.url, headers: { authorization: 'Bearer garbage' } })
    t.equal(bad.statusCode, 200, `${title}, with a bad token`)
    t.equal((await app.inject('/.well-known/other')).statusCode, 401, title)
    t.equal((await app.inject('/unknown')).statusCode, 401, title)
  }
})

t.test('two scopes with a public URL each have a document each', async (t) => {
  const { app } = await build(t, async (app, options) => {
    for (const name of ['a', 'b']) {
      await app.register(async (scope) => {
        await scope.register(fastifyOkta, { ...options, audience: `api://${name}`, publicUrl: `${ORIGIN}/${name}` })
        scope.get(`/${name}`, { onRequest: scope.okta.requireScope(name) }, async () => 'a')
      })
    }
  })
  for (const name of ['a', 'b']) {
    const metadata = await follow(app, `/${name}`)
    t.equal(metadata.statusCode, 200)
    t.match(metadata.json(), { resource: `${ORIGIN}/${name}`, scopes_supported: [name] })
  }
})

t.test('two scopes with one public URL share a document that lists the scopes of both', async (t) => {
  const other = await Issuer.start(t)
  const { app, issuer } = await build(t, async (app, options) => {
    await app.register(async (scope) => {
      await scope.register(fastifyOkta, { ...options, dpop: { mode: 'required' } })
      scope.get('/a', { onRequest: scope.okta.requireScope('a') }, async () => 'a')
    })
    await app.register(async (scope) => {
      await scope.register(fastifyOkta, { ...options, issuer: other.url, dpop: { mode: 'off' } })
      scope.get('/b', { onRequest: scope.okta.requireScope('b') }, async () => 'a')
    })
  })
  for (const url of ['/a', '/b']) {
    const document = (await follow(app, url)).json()
    t.match(document, { authorization_servers: [issuer.url, other.url], scopes_supported: ['a', 'b'], dpop_signing_alg_values_supported: Array })
    t.equal(document['dpop_bound_access_tokens_required'], undefined, 'not everywhere')
  }
})

t.test('a client in a browser may ask for the metadata with a header of its own', async (t) => {
  for (const isGuarded of [false, true]) {
    const { app } = await build(t, async (app, options) => {
      await app.register(fastifyOkta, options)
      if (isGuarded) app.addHook('onRequest', app.okta.authenticate)
      app.get('/reports', { onRequest: app.okta.authenticate }, async () => 'a')
    })
    const { url } = await follow(app, '/reports')
    const response = await app.inject({
      method: 'OPTIONS', url, headers: { origin: 'https://inspector.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'mcp-protocol-version' }
    })

    t.match(response, {
      statusCode: 204, headers: { 'access-control-allow-origin': '*', 'access-control-allow-methods': /GET/, 'access-control-allow-headers': '*' }
    })
  }
})

t.test('the challenge of a request without credentials names the scopes that the route asks for, and no error', async (t) => {
  const { app, issuer } = await build(t, async (app, { publicUrl, ...options }) => {
    await app.register(fastifyOkta, { ...options, dpop: { mode: 'off' } })
    const { okta } = app
    app.get('/scope', { onRequest: okta.requireScope('a', 'b') }, async () => 'a')
    app.get('/after', { onRequest: [okta.authenticate, okta.requireScope('a'), okta.requireScope('b')] }, async () => 'a')
    app.get('/by-hand', { onRequest: async (request, reply) => { await okta.requireScope('a', 'b')(request, reply) } }, async () => 'a')
    app.get('/none', { onRequest: okta.authenticate }, async () => 'a')
  })
  for (const url of ['/scope', '/after', '/by-hand']) {
    for (const headers of [{}, { authorization: 'Basic YTpi' }]) {
      t.match(await app.inject({ url, headers }), { statusCode: 401, headers: { 'www-authenticate': ['Bearer realm="okta", scope="a b"'] } }, url)
    }
  }
  t.same((await app.inject('/none')).headers['www-authenticate'], ['Bearer realm="okta"'])
  const expired = { authorization: `Bearer ${issuer.mint({ claims: { exp: 1 } })}` }
  t.match(await app.inject({ url: '/scope', headers: expired }), { headers: { 'www-authenticate': [/^Bearer realm="okta", error="invalid_token", error_description="[^"]*"$/] } })
})
