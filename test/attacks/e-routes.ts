import fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import type { Attack } from './attack.js'
import { Connection, toBytes, type Message } from './connection.js'
import { expectAnswer } from './expectation.js'
import { AUDIENCE } from '../kit/access-token.js'
import type { Issuer } from '../kit/issuer.js'
import { bearer, KEYS_PATH, startPlugin } from './target.js'

const JSON_BODY = ['Content-Type', 'application/json'] as const
const PATHS = ['/greet/', '//greet', '/GREET', '/Greet', '/greet;x=1', '/./greet', '/x/../greet', '/greet/.', '/greet//', '/greet.json', '/greet%20', '\\greet', '/greet\\']
const ENCODED = ['/%67reet', '/greet%2f', '/greet%00', '/greet%252f', '/%2e%2e/greet', '/%2Fgreet', '/gree%74', '/greet%23', '/greet%3f', '/greet%0a', '/%ef%bd%87reet', '/greet%c0%af', '/greet%zz', '/%']

/** A path with a good token and without: whatever it leads to, no caller is greeted without. */
const notOpen = (paths: readonly string[]): ((issuer: Issuer) => Record<string, Message>) => () =>
  Object.fromEntries(paths.map(target => [target, { target }]))

const hidden = { app: 'an answer of the handler' }

export const ROUTES: readonly Attack[] = [
  {
    number: 101,
    title: 'HEAD is guarded as GET is',
    expected: 'FST_OKTA_MISSING_CREDENTIALS',
    requests: () => ({ 'HEAD /greet': { method: 'HEAD', target: '/greet' }, 'HEAD /me': { method: 'HEAD', target: '/me' } })
  },
  {
    number: 101,
    title: 'HEAD with a bad token has the same challenge as GET',
    run: async (t, { send, issuer }) => {
      const headers = [bearer(issuer.mint({ claims: { exp: 1 } }))]
      const [get, head] = [await send({ headers }), await send({ method: 'HEAD', headers })]
      expectAnswer(t, 'HEAD', head, { outcomes: ['FST_OKTA_INVALID_TOKEN'], isHead: true })
      t.strictSame(head.headers.get('www-authenticate'), get.headers.get('www-authenticate'))
    }
  },
  {
    number: 102,
    title: 'OPTIONS finds nothing, and says nothing of anybody',
    expected: 404,
    requests: ({ issuer }) => ({
      'without a token': { method: 'OPTIONS', target: '/greet' },
      'a preflight': { method: 'OPTIONS', target: '/greet', headers: [['Origin', 'https://evil.example'], ['Access-Control-Request-Method', 'GET'], ['Access-Control-Request-Headers', 'authorization']] },
      'with a token': { method: 'OPTIONS', target: '/me', headers: [bearer(issuer.mint())] }
    })
  },
  {
    number: 103,
    title: 'Other methods reach no handler',
    why: 'to QUERY, which must have a body, Fastify itself says 400',
    expected: [404, 405, 400],
    requests: ({ issuer }) => Object.fromEntries(['POST', 'PUT', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY', 'REPORT'].flatMap(method => [
      [method, { method, target: '/greet' }],
      [`${method} with a token`, { method, target: '/greet', headers: [bearer(issuer.mint())] }]
    ]))
  },
  {
    number: 103,
    title: 'A method is not overridden by a header or the query',
    expected: [404, 405],
    requests: ({ issuer }) => Object.fromEntries(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', '_method'].map(name =>
      [name, { method: 'POST', target: '/greet?_method=GET', headers: [[name, 'GET'], bearer(issuer.mint())] }]))
  },
  {
    number: 104,
    title: 'No other way of writing the path leads past the guard',
    expected: ['FST_OKTA_MISSING_CREDENTIALS', 404, 400],
    requests: ({ issuer }) => notOpen(PATHS)(issuer)
  },
  {
    number: 104,
    title: 'Nor with a bad token',
    expected: ['FST_OKTA_INVALID_TOKEN', 404, 400],
    requests: ({ issuer }) => Object.fromEntries(PATHS.map(target => [target, { target, headers: [bearer(issuer.mint({ claims: { exp: 1 } }))] }]))
  },
  {
    number: 105,
    title: 'No way of encoding the path leads past the guard',
    expected: ['FST_OKTA_MISSING_CREDENTIALS', 404, 400],
    requests: ({ issuer }) => notOpen(ENCODED)(issuer)
  },
  {
    number: 105,
    title: 'What is encoded and found is guarded by the group as well',
    expected: ['FST_OKTA_GROUP_REQUIRED', 404, 400],
    requests: ({ issuer }) => Object.fromEntries(ENCODED.map(target => [target, { target, headers: [bearer(issuer.mint({ claims: { groups: [] } }))] }]))
  },
  {
    number: 106,
    title: 'Headers about another path are ignored',
    expected: 'FST_OKTA_MISSING_CREDENTIALS',
    requests: () => Object.fromEntries(['X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Uri', 'X-Original-URI', 'X-Forwarded-Path', 'X-Forwarded-Prefix'].map(name => [name, { target: '/greet', headers: [[name, '/livez']] }]))
  },
  {
    number: 106,
    title: 'They open nothing either',
    run: async (t, { send }) => {
      for (const name of ['X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Uri']) {
        t.strictSame(JSON.parse((await send({ target: '/livez', headers: [[name, '/greet']] })).body), { status: 'live' }, name)
      }
    }
  },
  {
    number: 107,
    title: 'A stranger\'s body is not looked at',
    expected: 'FST_OKTA_MISSING_CREDENTIALS',
    requests: () => {
      const send = (body: string, more: Message['headers'] = [JSON_BODY]): Message => ({ method: 'PATCH', headers: more, body })
      return {
        'broken JSON': send('{"firstName":'),
        'another schema': send('{"role":"admin"}'),
        'too large': send(JSON.stringify({ nickName: 'x'.repeat(40_000) })),
        'another type': send('x', [['Content-Type', 'application/xml']]),
        'no type': send('x', []),
        'a prototype': send('{"__proto__":{"x":1}}'),
        'another encoding': send('x', [JSON_BODY, ['Content-Encoding', 'gzip']])
      }
    }
  },
  {
    number: 107,
    title: 'Nor is that of somebody without the scope',
    expected: 'FST_OKTA_INSUFFICIENT_SCOPE',
    requests: ({ issuer }) => ({ 'broken JSON': { method: 'PATCH', headers: [bearer(issuer.mint()), JSON_BODY], body: '{"firstName":' } })
  },
  {
    number: 108,
    title: 'A guard that would run too late, or is not there, stops the start',
    run: async (t, { issuer }) => {
      const start = async () => {
        const app = fastify()
        t.teardown(async () => { await app.close() })
        await app.register(fastifyOkta, { issuer: issuer.url, audience: AUDIENCE })
        return app
      }
      const app = await start()
      for (const hook of ['preHandler', 'preValidation', 'preParsing', 'onSend']) {
        t.throws(() => { app.get(`/${hook}`, { [hook]: app.okta.requireGroup('x') }, async () => hidden) }, TypeError, hook)
        t.throws(() => { app.addHook(hook as 'preHandler', app.okta.authenticate as never) }, TypeError, `addHook ${hook}`)
        await app.register(async scope => { t.throws(() => { scope.addHook(hook as 'preHandler', scope.okta.authenticate as never) }, TypeError, `a scope's addHook ${hook}`) })
      }
      t.throws(() => app.okta.requireGroup(), TypeError, 'no group')
      t.throws(() => app.okta.requireScope('a b'), TypeError, 'two scopes in one')
      const bare = fastify()
      t.teardown(async () => { await bare.close() })
      t.throws(() => { bare.get('/greet', { onRequest: (bare as typeof app).okta.requireGroup('x') }, async () => hidden) }, TypeError, 'before the plugin')
      t.throws(() => { bare.get('/greet', { onRequest: undefined as never, preHandler: (bare as typeof app).okta.authenticate }, async () => hidden) }, TypeError)
    }
  },
  {
    number: 108,
    title: 'A guard holds in every encapsulation context',
    run: async (t, { issuer }) => {
      const { send } = await startPlugin(t, {
        issuer,
        options: { issuer: issuer.url, audience: AUDIENCE },
        routes: app => {
          app.register(async scope => {
            scope.addHook('onRequest', scope.okta.authenticate as never)
            scope.get('/inside', async () => 'in')
            scope.register(async inner => { inner.get('/deeper', async () => 'in') })
          })
          app.get('/outside', async () => 'in')
        }
      })
      for (const target of ['/inside', '/deeper']) expectAnswer(t, target, await send({ target }), { outcomes: ['FST_OKTA_MISSING_CREDENTIALS'] })
      t.equal((await send({ target: '/outside' })).status, 200)
    }
  },
  {
    number: 109,
    title: 'A host\'s own error handler keeps the challenge',
    run: async (t, { issuer }) => {
      const { send, get } = await startPlugin(t, {
        issuer,
        options: { issuer: issuer.url, audience: AUDIENCE },
        routes: app => {
          app.setErrorHandler((error: Error & { statusCode?: number, code?: string }, _request, reply) => {
            reply.code(error.statusCode ?? 500).send({ statusCode: error.statusCode ?? 500, code: error.code, error: 'Unauthorized', message: 'no' })
          })
          app.get('/me', { onRequest: app.okta.authenticate }, async () => 'in')
        }
      })
      expectAnswer(t, 'no token', await send({}), { outcomes: ['FST_OKTA_MISSING_CREDENTIALS'] })
      expectAnswer(t, 'a bad token', await get('/me', issuer.mint({ claims: { exp: 1 } })), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
    }
  },
  {
    number: 109,
    title: 'A handler that throws says nothing of the caller',
    target: {
      routes: app => {
        app.get('/broken', { onRequest: app.okta.authenticate }, async request => {
          throw new Error(`broken for ${request.claims?.sub ?? ''} with ${request.headers.authorization ?? ''}`)
        })
      }
    },
    run: async (t, { get, issuer }) => {
      const token = issuer.mint()
      expectAnswer(t, 'a 500', await get('/broken', token), { outcomes: [500], secrets: [token, 'ada@example.com'] })
    }
  },
  {
    number: 110,
    title: 'A path that does not exist looks the same to every caller',
    run: async (t, { send, issuer }) => {
      const answers = [
        await send({ target: '/nothing' }), await send({ target: '/greet/nothing' }), await send({ target: '/me/admin' }),
        await send({ target: '/greet/nothing', headers: [bearer(issuer.mint())] }), await send({ target: '/greet/nothing', headers: [bearer('bad')] })
      ]
      for (const answer of answers) expectAnswer(t, 'a 404', answer, { outcomes: [404] })
      t.equal(new Set(answers.map(({ body }) => body)).size, 1)
    }
  },
  {
    number: 111,
    title: 'A caller that disconnects during a fetch of the keys does not stop the fetch',
    run: async (t, { port, issuer, get }) => {
      let answer = (): void => {}
      issuer.faults.set(KEYS_PATH, (_request, response) => {
        answer = () => { response.end(JSON.stringify({ keys: issuer.keys })) }
      })
      const before = issuer.fetches
      const asking = Array.from({ length: 5 }, async () => {
        const connection = await Connection.open(port)
        connection.write(toBytes({ headers: [bearer(issuer.mint({ header: { kid: 'not-there' } }))] }))
        return connection
      })
      const connections = await Promise.all(asking)
      while (issuer.fetches === before) await new Promise(resolve => { setTimeout(resolve, 2) })
      for (const connection of connections) connection.close()
      const patient = get('/me', issuer.mint({ header: { kid: 'not-there' } }))
      await new Promise(resolve => { setTimeout(resolve, 20) })
      issuer.faults.clear()
      answer()
      t.equal((await patient).status, 401)
      t.ok(issuer.fetches - before <= 2, 'they shared a fetch')
    }
  }
]
