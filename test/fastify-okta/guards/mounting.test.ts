import fastifyAuth from '@fastify/auth'
import { FastifyOtelInstrumentation } from '@fastify/otel'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import t, { type Test } from 'tap'
import fastifyOkta, { type OktaHook, type OktaRequirement } from 'fastify-okta'
import { AUDIENCE } from '../../kit/access-token.js'
import { buildApplication } from '../../kit/application.js'
import { Issuer } from '../../kit/issuer.js'

/** A hook of any name of an application that is refused anyway. */
type AnyHook = 'preHandler'

/** Where @fastify/otel is: not at all, before the plugin, and in every application from its first moment. */
const TRACINGS: Record<string, (t: Test) => (app?: FastifyInstance) => void> = {
  'without tracing': () => () => {},
  'with @fastify/otel registered before': () => (app) => { app?.register(new FastifyOtelInstrumentation().plugin()) },
  'with @fastify/otel from the start of every application': (t) => {
    const otel = new FastifyOtelInstrumentation({ registerOnInitialization: true })
    t.teardown(() => { otel.disable() })
    return () => {}
  }
}

async function build (t: Test, trace: (app?: FastifyInstance) => void): Promise<FastifyInstance> {
  const issuer = await Issuer.start(t)
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  trace(app)
  await app.register(fastifyOkta, { issuer: issuer.url, audience: AUDIENCE })
  return app
}

t.test('an application may give the default not-found handler its hooks, beside the plugin', async (t) => {
  const app = await build(t, () => {})
  app.addHook('onRequest', async (_request, reply) => { reply.header('x-hook', 'a') })
  const { setNotFoundHandler } = app as unknown as { setNotFoundHandler: () => void }
  setNotFoundHandler.call(app)
  t.match(await app.inject('/nowhere'), { statusCode: 404, headers: { 'x-hook': 'a' } })
})

for (const [title, start] of Object.entries(TRACINGS)) {
  t.test(`a guard at a later hook than onRequest stops the start, ${title}`, async (t) => {
    const app = await build(t, start(t))
    const guard = app.okta.requireGroup('a') as OktaHook
    const message = /^okta\.requireGroup is mounted as \w+: mount it as onRequest/

    for (const hook of ['preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse', 'onError', 'onTimeout', 'onRequestAbort']) {
      t.throws(() => app.get(`/${hook}`, { [hook]: guard }, async () => 'a'), { name: 'TypeError', message }, `on a route as ${hook}`)
      t.throws(() => app.get(`/${hook}/among`, { [hook]: [async () => {}, guard] }, async () => 'a'), { message }, `in an array of ${hook}`)
      t.throws(() => app.route({ method: 'GET', url: `/${hook}/route`, [hook]: guard, handler: async () => 'a' }), { message }, `in a route as ${hook}`)
      t.throws(() => app.addHook(hook as AnyHook, guard), { message }, `on an instance as ${hook}`)
    }
    app.register(async (child) => {
      t.throws(() => child.addHook('preHandler', guard), { message }, 'on an instance inside')
      t.throws(() => child.get('/inside', { preHandler: guard }, async () => 'a'), { message }, 'on a route inside')
    })
    t.throws(() => app.setNotFoundHandler({ preHandler: guard }, async () => 'a'), { message }, 'of a not-found handler')
    t.throws(() => app.setNotFoundHandler({ preValidation: [guard] } as never, async () => 'a'), { message }, 'in an array of a not-found handler')
    await app.ready()
  })

  t.test(`a route shows what its guards ask for, ${title}`, async (t) => {
    const app = await build(t, start(t))
    const seen: Record<string, unknown[]> = {}
    const requirementsOf = (route: RouteOptions): unknown[] => [route.onRequest].flat().map((hook) => (hook as { requirement?: OktaRequirement } | undefined)?.requirement)
    const routes: RouteOptions[] = []
    app.addHook('onRoute', (route) => {
      seen[`${String(route.method)} ${route.url}`] = requirementsOf(route)
      routes.push(route)
    })
    const { okta } = app
    app.get('/group', { onRequest: okta.requireGroup('a') }, async () => 'a')
    app.get('/among', { onRequest: [async () => {}, okta.requireScope('b'), okta.identify] }, async () => 'a')
    app.get('/open', { onRequest: async () => {} }, async () => 'a')
    await app.ready()

    const group = { authentication: 'required', groups: ['a'], scopes: [] }
    t.match(seen['GET /group'], [group])
    t.match(seen['HEAD /group'], [group])
    t.match(seen['GET /among'], [undefined, { scopes: ['b'] }, { authentication: 'optional' }])
    t.match(seen['GET /open'], [undefined])
    t.match(requirementsOf(routes.find(({ url }) => url === '/group') as RouteOptions), [group], 'when the application is ready too')
  })
}

t.test('a route shows what its guards ask for, with @fastify/otel registered after', async (t) => {
  const app = await build(t, () => {})
  await app.register(new FastifyOtelInstrumentation().plugin())
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => { routes.push(route) })
  app.get('/group', { onRequest: app.okta.requireGroup('a') }, async () => 'a')
  t.throws(() => app.get('/late', { preHandler: app.okta.authenticate }, async () => 'a'), { message: /okta\.authenticate is mounted as preHandler/ })
  await app.ready()

  t.match((routes.find(({ url }) => url === '/group') as unknown as { onRequest: OktaHook }).onRequest.requirement, { groups: ['a'] })
})

t.test('a trace shows each guard by its name', async (t) => {
  const spans: string[] = []
  const span = new Proxy({}, { get: () => () => span }) as never
  const otel = new FastifyOtelInstrumentation()
  otel.setTracerProvider({ getTracer: () => ({ startSpan: (name: string) => { spans.push(name); return span }, startActiveSpan: () => span as never }) })
  const { ask } = await buildApplication(t, {
    before: async (app) => { await app.register(otel.plugin()) },
    routes: (app) => {
      const { okta } = app
      app.get('/all', { onRequest: [okta.authenticate, okta.identify, okta.requireScope('openid'), okta.requireAuthentication({ maxAgeSeconds: 60 })] }, async () => 'a')
    }
  })
  t.equal((await ask('/all')).statusCode, 200)
  t.equal((await ask('/greet')).statusCode, 403)
  for (const name of ['authenticate', 'identify', 'requireScope', 'requireAuthentication', 'requireGroup']) t.ok(spans.includes(`onRequest - ${name}`), name)
})

t.test('a guard that runs behind the parsed body guards, and says so in the log once', async (t) => {
  const lines: Array<{ msg: string, guard?: string }> = []
  const logger = { level: 'warn', stream: { write: (line: string) => { lines.push(JSON.parse(line) as never) } } }
  const { app, issuer } = await buildApplication(t, {
    fastify: { logger },
    before: async (app) => { await app.register(fastifyAuth) },
    routes: (app) => {
      app.post('/arrow', { preHandler: async (request, reply) => { await app.okta.authenticate(request, reply) } }, async () => 'in')
      app.post('/auth', { preHandler: app.auth([app.okta.requireScope('openid')]) }, async () => 'in')
      app.post('/early', { onRequest: app.okta.identify }, async () => 'in')
    }
  })
  const post = async (url: string, headers: Record<string, string> = {}) => await app.inject({ method: 'POST', url, headers, payload: { a: 1 } })
  const authorization = `Bearer ${issuer.mint()}`
  for (let i = 0; i < 2; i++) {
    for (const url of ['/arrow', '/auth']) {
      t.equal((await post(url)).statusCode, 401)
      t.equal((await post(url, { authorization })).statusCode, 200)
    }
    t.equal((await post('/early')).statusCode, 200)
  }

  t.match(lines.filter(({ msg }) => msg.includes('after the body was parsed')), [
    { guard: 'authenticate', msg: /^okta\.authenticate ran after the body was parsed: mount it as onRequest/ }, { guard: 'requireScope' }
  ])
  t.equal(lines.length, 2)
})
