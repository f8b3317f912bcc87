import fastifyAuth from '@fastify/auth'
import { FastifyOtelInstrumentation } from '@fastify/otel'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { GROUP } from '../../kit/access-token.js'
import { buildApplication, type Application } from '../../kit/application.js'
import { json } from '../../kit/issuer.js'
import type { OktaHook } from 'fastify-okta'

type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => unknown
type Wrap = (guard: OktaHook, app: FastifyInstance) => unknown

/** How users of Fastify call a hook. */
const WAYS: Record<string, Wrap> = {
  'as a hook': (guard) => guard,
  'among other hooks': (guard) => [async () => {}, guard, async () => {}],
  awaited: (guard) => async (request: FastifyRequest, reply: FastifyReply) => { await guard(request, reply) },
  'returned from an arrow': (guard) => (request: FastifyRequest, reply: FastifyReply) => guard(request, reply),
  'returned from an async arrow': (guard) => async (request: FastifyRequest, reply: FastifyReply) => await guard(request, reply),
  'with then': (guard) => ((request, reply, done) => { guard(request, reply).then(() => { done() }, done) }) satisfies Hook,
  'with done': (guard) => ((request, reply, done) => { guard(request, reply, done) }) satisfies Hook,
  'with done, returned': (guard) => ((request, reply, done) => guard(request, reply, done)) satisfies Hook,
  'with a done of its own': (guard) => ((request, reply, done) => { guard(request, reply, (error) => { done(error) }) }) satisfies Hook,
  'through @fastify/auth': (guard, app) => app.auth([guard]),
  'through @fastify/auth, with and': (guard, app) => app.auth([guard, async () => {}], { relation: 'and' }),
  'through @fastify/auth, in an array': (guard, app) => app.auth([[guard, async () => {}]]),
  'through @fastify/auth, all run': (guard, app) => app.auth([guard, guard], { relation: 'and', run: 'all' })
}

async function build (t: Test, wrap: Wrap, isTraced = false): Promise<Application> {
  const otel = new FastifyOtelInstrumentation()
  return await buildApplication(t, {
    before: async (app) => {
      if (isTraced) await app.register(otel.plugin())
      await app.register(fastifyAuth)
    },
    routes: (app) => {
      const { okta } = app
      const guards = { authenticate: okta.authenticate, identify: okta.identify, group: okta.requireGroup(GROUP), scope: okta.requireScope('openid') }
      for (const [name, guard] of Object.entries(guards)) app.get(`/wrapped/${name}`, { onRequest: wrap(guard, app) as OktaHook }, async ({ claims }) => ({ claims }))
    }
  })
}

for (const [title, wrap] of Object.entries(WAYS)) {
  for (const isTraced of [false, true]) {
    t.test(`a guard ${title}${isTraced ? ', with @fastify/otel,' : ''} answers as a guard does, the first time and from memory`, async (t) => {
      const { app, issuer, ask } = await build(t, wrap, isTraced)
      const [good, member, expired] = [issuer.mint(), issuer.mint({ claims: { groups: [GROUP] } }), issuer.mint({ claims: { exp: 1 } })]

      for (let i = 0; i < 2; i++) {
        for (const name of ['authenticate', 'identify', 'scope']) {
          t.match((await ask(`/wrapped/${name}`, good)).json(), { claims: { sub: 'ada@example.com' } }, `${name}, a good token`)
          t.match(await ask(`/wrapped/${name}`, expired), { statusCode: 401, headers: { 'www-authenticate': [/invalid_token/], 'cache-control': 'no-store' } }, `${name}, an expired token`)
        }
        t.equal((await ask('/wrapped/group', member)).statusCode, 200)
        t.match(await ask('/wrapped/group', good), { statusCode: 403, headers: { 'cache-control': 'no-store' } })
        t.match(await app.inject('/wrapped/authenticate'), { statusCode: 401, headers: { 'www-authenticate': ['Bearer realm="okta"'] } })
        t.equal((await app.inject('/wrapped/identify')).statusCode, 200)
      }
      issuer.keysAnswer = json(500, {})
      t.match(await ask('/wrapped/authenticate', { header: { kid: 'new' } }), { statusCode: 503, headers: { 'retry-after': /^\d+$/ } }, 'an outage stays one')
    })
  }
}

t.test('a guard that is called without done returns a promise, whatever it knows and decides', async (t) => {
  const returned: unknown[] = []
  const { app, issuer, ask } = await buildApplication(t, {
    routes: (app) => {
      app.get('/by-hand', async (request, reply) => {
        for (const guard of [app.okta.authenticate, app.okta.identify, app.okta.requireScope('openid'), app.okta.requireGroup('none')]) {
          const pending: unknown = guard(request, reply)
          returned.push(pending)
          await (pending as Promise<void>).catch(() => {})
        }
        return 'a'
      })
    }
  })
  const token = issuer.mint()
  for (let i = 0; i < 2; i++) await ask('/by-hand', token)
  await ask('/by-hand', 'garbage')
  await app.inject('/by-hand')

  t.equal(returned.length, 16)
  for (const value of returned) t.ok(value instanceof Promise)
})

t.test('a framework that catches the errors of guards can answer with their status, and the challenge is on its answer', async (t) => {
  // As NestJS does: guards are called behind the body, and errors are turned into answers without Fastify.
  const { app, ask } = await buildApplication(t, {
    routes: (app) => {
      app.post('/nest', async (request, reply) => {
        try {
          await app.okta.requireGroup(GROUP)(request, reply)
          return 'ok'
        } catch (error) {
          const { expose, status, statusCode } = error as { expose: unknown, status: unknown, statusCode: number }
          t.type(expose, 'boolean')
          t.equal(status, statusCode)
          return await reply.code(statusCode).send({ message: 'refused' })
        }
      })
    }
  })
  const { authorization } = { authorization: `Bearer ${(await buildApplication(t)).issuer.mint()}` }
  const post = async (headers: Record<string, string>) => await app.inject({ method: 'POST', url: '/nest', headers, payload: { a: 1 } })

  t.match(await post({}), { statusCode: 401, headers: { 'www-authenticate': ['Bearer realm="okta"'], 'cache-control': 'no-store' } })
  t.match(await post({ authorization }), { statusCode: 401, headers: { 'www-authenticate': [/invalid_token/] } })
  t.equal((await ask('/greet')).statusCode, 403)
})
