import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import { buildApplication, type Application } from '../../kit/application.js'
import type { OktaHook } from '#fastify-okta/guards/hook.js'
import fastifyOkta from 'fastify-okta'
import { AUDIENCE } from '../../kit/access-token.js'
import { Issuer } from '../../kit/issuer.js'

/** Everything that can be mounted, by the name that a refusal gives it. */
function guardsOf ({ okta }: FastifyInstance): Record<string, OktaHook> {
  return {
    authenticate: okta.authenticate,
    identify: okta.identify,
    requireGroup: okta.requireGroup('a'),
    requireScope: okta.requireScope('a'),
    requireAuthentication: okta.requireAuthentication({ acr: 'a' })
  }
}

const HOOKS_OF_A_REQUEST = [
  'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse', 'onError', 'onTimeout', 'onRequestAbort'
] as const

t.test('a guard is mounted on a route as onRequest and nowhere else', async t => {
  await buildApplication(t, {
    routes: app => {
      for (const [name, guard] of Object.entries(guardsOf(app))) {
        t.doesNotThrow(() => app.get(`/${name}`, { onRequest: guard }, async () => 'a'))
        t.doesNotThrow(() => app.get(`/${name}/among-others`, { onRequest: [async () => {}, guard] }, async () => 'a'))
        for (const hook of HOOKS_OF_A_REQUEST) {
          const message = `okta.${name} is mounted as ${hook}: mount it as onRequest, so that it runs before the body is read`
          t.throws(() => app.get(`/${name}/${hook}`, { [hook]: guard }, async () => 'a'), { name: 'TypeError', message }, `${name} as ${hook}`)
          t.throws(() => app.get(`/${name}/${hook}/list`, { [hook]: [async () => {}, guard] }, async () => 'a'), { message }, `in a list of ${hook}`)
        }
      }
    }
  })
})

t.test('a guard is added to an instance as onRequest and nowhere else', async t => {
  await buildApplication(t, {
    routes: async app => {
      await app.register(async child => {
        await child.register(async grandchild => {
          for (const [name, guard] of Object.entries(guardsOf(grandchild))) {
            for (const instance of [app, child, grandchild]) {
              for (const hook of HOOKS_OF_A_REQUEST) {
                t.throws(() => instance.addHook(hook as 'preHandler', guard), { name: 'TypeError', message: new RegExp(`mounted as ${hook}`) }, `${name} as ${hook}`)
              }
            }
            t.doesNotThrow(() => grandchild.addHook('onRequest', guard))
          }
        })
      })
    }
  })
})

t.test('the start fails, and says why', async t => {
  const issuer = await Issuer.start(t)
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await app.register(fastifyOkta, { issuer: issuer.url, audience: AUDIENCE })
  app.register(async child => { child.addHook('preHandler', child.okta.authenticate) })

  await t.rejects(async () => await app.ready(), { message: /okta\.authenticate is mounted as preHandler/ })
})

t.test('a hook states its requirement, and the statement cannot be changed', async t => {
  await buildApplication(t, {
    routes: ({ okta }) => {
      const groups = ['a', '00g1']
      const stepUp = { acr: 'phr', maxAgeSeconds: 60 }
      t.same(okta.identify.requirement, { authentication: 'optional', groups: [], scopes: [] })
      t.same(okta.authenticate.requirement, { authentication: 'required', groups: [], scopes: [] })
      t.same(okta.requireGroup(...groups).requirement, { authentication: 'required', groups, scopes: [] })
      t.same(okta.requireScope('a', 'b:c').requirement, { authentication: 'required', groups: [], scopes: ['a', 'b:c'] })
      t.same(okta.requireAuthentication(stepUp).requirement, { authentication: 'required', groups: [], scopes: [], acr: 'phr', maxAgeSeconds: 60 })
      t.same(okta.requireAuthentication({ acr: 'a' }).requirement, { authentication: 'required', groups: [], scopes: [], acr: 'a' })

      const guard = okta.requireGroup('a') as unknown as { requirement: { authentication: string, groups: string[] } }
      t.throws(() => { guard.requirement = { authentication: 'optional', groups: [] } }, TypeError)
      t.throws(() => { guard.requirement.authentication = 'optional' }, TypeError)
      t.throws(() => { guard.requirement.groups.push('b') }, TypeError)
    }
  })
})

t.test('hooks of others are mounted wherever they like', async t => {
  const { ask } = await buildApplication(t, {
    routes: app => {
      app.addHook('onSend', async (_request, reply) => { reply.header('x-hook', 'a') })
      app.addHook('preHandler', function (_request, _reply, done) { t.equal(typeof this.okta, 'object'); done() })
      app.get('/hooks', { onRequest: app.okta.authenticate, preHandler: [async (_request, reply) => { reply.header('x-route', 'b') }] }, async () => 'a')
    }
  })

  t.match(await ask('/hooks'), { statusCode: 200, headers: { 'x-hook': 'a', 'x-route': 'b' } })
})

t.test('a guard that is added to an instance guards all of its routes and no others', async t => {
  const { app, ask } = await buildApplication(t, {
    routes: async app => {
      await app.register(async child => {
        child.addHook('onRequest', child.okta.authenticate)
        child.get('/inside', async ({ claims }) => claims?.sub)
      })
    }
  })

  t.equal((await app.inject('/inside')).statusCode, 401)
  t.equal((await ask('/inside')).body, 'ada@example.com')
  t.equal((await app.inject('/open')).statusCode, 200)
})

t.test('a guard runs before the body is read', async t => {
  const { app } = await buildApplication(t, {
    routes: app => {
      const schema = { body: { type: 'object', required: ['secretName'] } }
      app.post('/body', { onRequest: app.okta.authenticate, schema, bodyLimit: 10 }, async () => 'a')
    }
  })
  for (const payload of ['{', '{}', `"${'a'.repeat(100)}"`]) {
    const response = await app.inject({ method: 'POST', url: '/body', headers: { 'content-type': 'application/json' }, payload })
    t.equal(response.statusCode, 401)
    t.notMatch(response.body, 'secretName')
  }
})

t.test('a guard can be called by hand', async t => {
  const { ask, app } = await buildApplication(t, {
    routes: app => {
      app.get('/by-hand', {
        onRequest: async (request, reply) => { await app.okta.authenticate(request, reply) }
      }, async ({ claims }) => claims?.sub)
    }
  })

  t.equal((await ask('/by-hand')).body, 'ada@example.com')
  t.equal((await ask('/by-hand')).body, 'ada@example.com', 'from memory too')
  t.match(await app.inject('/by-hand'), { statusCode: 401, headers: { 'www-authenticate': ['Bearer realm="okta"'] } })
})

t.test('a refusal is not to be stored, and carries its challenge', async t => {
  const { app, ask } = await buildApplication(t)
  const refusals: Array<[Awaited<ReturnType<Application['ask']>>, number, string | undefined]> = [
    [await app.inject('/me'), 401, 'Bearer realm="okta"'],
    [await app.inject({ url: '/me', headers: { authorization: 'Basic YTpi' } }), 401, 'Bearer realm="okta"'],
    [await app.inject({ url: '/me', headers: { authorization: 'Bearer' } }), 400, 'Bearer realm="okta", error="invalid_request", error_description="the Bearer credentials are malformed"'],
    [await ask('/me', 'a.b.c'), 401, 'Bearer realm="okta", error="invalid_token", error_description="the access token is invalid"'],
    [await app.inject('/write'), 401, 'Bearer realm="okta", scope="profile profile:write"'],
    [await ask('/write', {}), 403, 'Bearer realm="okta", error="insufficient_scope", error_description="the access token does not have the required scope", scope="profile profile:write"'],
    [await ask('/greet', {}), 403, undefined]
  ]
  for (const [response, statusCode, challenge] of refusals) {
    t.equal(response.statusCode, statusCode)
    t.equal(response.headers['cache-control'], 'no-store')
    t.same(response.headers['www-authenticate'] ?? [], challenge === undefined ? [] : [challenge])
    t.equal(response.headers['retry-after'], undefined)
  }
})

t.test('HEAD is guarded as GET is', async t => {
  const { app } = await buildApplication(t)
  const response = await app.inject({ method: 'HEAD', url: '/me' })

  t.match(response, { statusCode: 401, body: '', headers: { 'www-authenticate': ['Bearer realm="okta"'], 'cache-control': 'no-store' } })
})

t.test('an error handler of the application\'s keeps the challenge', async t => {
  const { app, ask } = await buildApplication(t, {
    before: app => { app.setErrorHandler(async (_error, _request, reply) => await reply.code(418).send({ teapot: true })) }
  })

  t.match(await app.inject('/me'), { statusCode: 418, headers: { 'www-authenticate': ['Bearer realm="okta"'], 'cache-control': 'no-store' } })
  t.match(await ask('/me', 'a.b.c'), { statusCode: 418, headers: { 'www-authenticate': [/invalid_token/] } })
})
