import { GROUP } from '../../kit/access-token.js'
import { Agent, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import fastifyOkta, { type FastifyOkta, type FastifyOktaOptions, type OktaGuard } from 'fastify-okta'
import { Issuer } from '../../kit/issuer.js'
import { GRACE, restore, startOrg } from '../../kit/org.js'
import { failureOf } from '../../kit/refusal.js'
import { strangersKey } from '../../kit/signing-key.js'

const org = await startOrg(t)
t.beforeEach(() => { restore(org) })

interface Neighbours {
  readonly app: FastifyInstance
  readonly issuer: Issuer
  readonly pub: FastifyOkta
  readonly admin: FastifyOkta
  ask (url: string, accessToken?: string): Promise<{ statusCode: number, body: unknown }>
}

/** Two registrations in sibling scopes: `pub` has no directory, `admin` another audience and the directory. */
async function build (t: Test, mount: (scopes: Record<'pub' | 'admin', FastifyInstance>) => void): Promise<Neighbours> {
  const issuer = await Issuer.start(t)
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  const scopes: Partial<Record<'pub' | 'admin', FastifyInstance>> = {}
  const register = async (name: 'pub' | 'admin', options: FastifyOktaOptions): Promise<void> => {
    await app.register(async (scope) => {
      await scope.register(fastifyOkta, options)
      scopes[name] = scope
      if (name === 'admin') mount(scopes as Required<typeof scopes>)
    })
  }
  await register('pub', { issuer: issuer.url, audience: 'api://pub' })
  await register('admin', { issuer: issuer.url, audience: 'api://admin', directory: { orgUrl: org.orgUrl, token: org.apiToken } })
  await app.ready()
  return {
    app,
    issuer,
    pub: scopes.pub!.okta,
    admin: scopes.admin!.okta,
    ask: async (url, accessToken) => {
      const response = await app.inject({ url, headers: accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` } })
      return { statusCode: response.statusCode, body: response.json() }
    }
  }
}

const handler = async ({ claims, oktaUser }: { claims: unknown, oktaUser: unknown }): Promise<unknown> => ({ claims, oktaUser })

t.test('a guard verifies with its own issuers, audiences and directory, wherever it is mounted', async (t) => {
  const { issuer, ask } = await build(t, ({ pub, admin }) => {
    for (const [mounted, scope] of Object.entries({ pub, admin })) {
      for (const [of, { okta }] of Object.entries({ pub, admin })) scope.get(`/${of}-in-${mounted}`, { onRequest: okta.authenticate }, handler)
    }
  })
  const tokens = { pub: issuer.mint({ claims: { aud: 'api://pub' } }), admin: issuer.mint({ claims: { aud: 'api://admin' } }) }

  for (let i = 0; i < 2; i++) {
    for (const mounted of ['pub', 'admin']) {
      const pub = await ask(`/pub-in-${mounted}`, tokens.pub)
      t.match(pub, { statusCode: 200, body: { claims: { aud: 'api://pub' }, oktaUser: null } }, `pub in ${mounted}`)
      const admin = await ask(`/admin-in-${mounted}`, tokens.admin)
      t.match(admin, { statusCode: 200, body: { claims: { aud: 'api://admin' }, oktaUser: { profile: { firstName: 'Ada' } } } }, `admin in ${mounted}`)
      t.equal((await ask(`/pub-in-${mounted}`, tokens.admin)).statusCode, 401, `the other's token, pub in ${mounted}`)
      t.equal((await ask(`/admin-in-${mounted}`, tokens.pub)).statusCode, 401, `the other's token, admin in ${mounted}`)
      t.equal((await ask(`/pub-in-${mounted}`)).statusCode, 401)
    }
  }
})

t.test('a guard does not rely on what the guard of another registration has authenticated', async (t) => {
  const { issuer, ask } = await build(t, ({ pub, admin }) => {
    for (const [name, scope] of Object.entries({ pub, admin })) {
      scope.get(`/${name}/group`, { onRequest: [pub.okta.identify, admin.okta.requireGroup(GROUP)] }, handler)
      scope.get(`/${name}/both`, { onRequest: [pub.okta.authenticate, admin.okta.authenticate] }, handler)
      scope.get(`/${name}/scope`, { onRequest: [pub.okta.authenticate, admin.okta.requireScope('openid')] }, handler)
      scope.get(`/${name}/recent`, { onRequest: [pub.okta.authenticate, admin.okta.requireAuthentication({ maxAgeSeconds: 60 })] }, handler)
      scope.get(`/${name}/warm`, { onRequest: pub.okta.authenticate }, handler)
    }
  })
  const token = issuer.mint({ claims: { aud: 'api://pub', uid: GRACE, groups: [GROUP] } })
  for (const scope of ['pub', 'admin']) {
    t.equal((await ask(`/${scope}/warm`, token)).statusCode, 200)
    for (const path of ['group', 'both', 'scope', 'recent']) t.equal((await ask(`/${scope}/${path}`, token)).statusCode, 401, `${path} in ${scope}`)
  }

  const both = issuer.mint({ claims: { aud: ['api://pub', 'api://admin'], uid: GRACE } })
  t.equal((await ask('/admin/both', both)).statusCode, 200, 'a token that is meant for both')
  t.equal((await ask('/admin/group', both)).statusCode, 403, 'whose user is not in the group')
  t.equal((await ask('/admin/both', issuer.mint({ key: strangersKey, claims: { aud: ['api://pub', 'api://admin'] } }))).statusCode, 401)
})

t.test('request.jwtVerify() verifies with the registration of its scope, whatever another has authenticated', async (t) => {
  const { issuer, ask } = await build(t, ({ pub, admin }) => {
    for (const [name, scope] of Object.entries({ pub, admin })) {
      for (const [of, { okta }] of Object.entries({ pub, admin })) {
        scope.get(`/${of}-then-verify-in-${name}`, { onRequest: okta.authenticate }, async (request) => {
          await request.jwtVerify()
          return await handler(request)
        })
      }
    }
  })
  const tokens = { pub: issuer.mint({ claims: { aud: 'api://pub' } }), admin: issuer.mint({ claims: { aud: 'api://admin' } }) }

  for (let i = 0; i < 2; i++) {
    for (const name of ['pub', 'admin'] as const) {
      const other = name === 'pub' ? 'admin' : 'pub'
      t.match(await ask(`/${name}-then-verify-in-${name}`, tokens[name]), { statusCode: 200, body: { claims: { aud: `api://${name}` } } })
      t.equal((await ask(`/${other}-then-verify-in-${name}`, tokens[other])).statusCode, 401, `${other} authenticates, ${name} verifies`)
    }
  }
})

t.test('a guard decides again about each request, also if both come over one connection', async (t) => {
  const { app, issuer } = await build(t, ({ pub, admin }) => {
    for (const [name, scope] of Object.entries({ pub, admin })) scope.get(`/${name}`, { onRequest: scope.okta.authenticate }, handler)
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => { agent.destroy() })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const statusOf = async (path: string, token?: string): Promise<number | undefined> => await new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    get({ host: '127.0.0.1', port, path, agent, headers }, (response) => { response.resume().on('end', () => { resolve(response.statusCode) }) }).on('error', reject)
  })
  const token = issuer.mint({ claims: { aud: 'api://pub' } })

  for (const [path, presented, status] of [['/pub', token, 200], ['/pub', undefined, 401], ['/admin', token, 401], ['/pub', 'garbage', 401], ['/pub', token, 200]] as const) {
    t.equal(await statusOf(path, presented), status, `${path} with ${presented === token ? 'a good token' : presented ?? 'no token'}`)
  }
})

t.test('a request that identify lets pass without credentials is not authenticated for a guard behind it', async (t) => {
  const { ask, issuer } = await build(t, ({ pub, admin }) => {
    const guards: Record<string, (okta: FastifyOkta) => OktaGuard> = {
      authenticate: (okta) => okta.authenticate,
      group: (okta) => okta.requireGroup(GROUP),
      scope: (okta) => okta.requireScope('openid'),
      recent: (okta) => okta.requireAuthentication({ maxAgeSeconds: 60 })
    }
    for (const [name, guardOf] of Object.entries(guards)) {
      for (const [of, { okta }] of Object.entries({ pub, admin })) {
        admin.get(`/${name}-of-${of}`, { onRequest: [pub.okta.identify, admin.okta.identify, guardOf(okta)] }, handler)
      }
    }
  })
  for (const name of ['authenticate', 'group', 'scope', 'recent']) {
    for (const of of ['pub', 'admin']) {
      t.equal((await ask(`/${name}-of-${of}`)).statusCode, 401, `${name} of ${of}`)
      t.equal((await ask(`/${name}-of-${of}`, issuer.mint({ key: strangersKey, claims: { aud: `api://${of}` } }))).statusCode, 401, `${name} of ${of}, forged`)
    }
  }
})

t.test('a foreign or half-made state is not an authentication', async (t) => {
  const { app, ask } = await build(t, ({ pub }) => {
    pub.addHook('onRequest', async (request) => {
      const carrier = request as unknown as Record<string | symbol, unknown>
      carrier['claims'] = { sub: 'mallory' }
      for (const key of [...Object.getOwnPropertySymbols(request), Symbol('fastify-okta.authentication'), Symbol.for('fastify-okta.authentication')]) {
        if (/okta\.authentication/.test(String(key)) && carrier[key] === null) carrier[key] = undefined
        else if (!(key in carrier)) carrier[key] = { accessToken: { claims: {} }, entry: null }
      }
    })
    pub.get('/x', { onRequest: pub.okta.authenticate }, handler)
  })
  t.equal((await ask('/x')).statusCode, 401)
  t.equal((await app.inject({ url: '/x', headers: { authorization: 'Bearer garbage' } })).statusCode, 401)
})

t.test('a registration in a scope that has one already stops the start, and the message says what to do', async (t) => {
  const issuer = await Issuer.start(t)
  const options = { issuer: issuer.url, audience: 'api://default' }
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await app.register(fastifyOkta, options)
  const message = /registered in this scope, or in one around it: .* `issuers`/

  t.match(await failureOf((async () => { await app.register(fastifyOkta, options) })()), { name: 'TypeError', message })
  const other = Fastify()
  t.teardown(async () => { await other.close() })
  await other.register(fastifyOkta, options)
  other.register(async (child) => { child.register(async (grandchild) => { await grandchild.register(fastifyOkta, options) }) })
  t.match(await failureOf((async () => { await other.ready() })()), { message })
})

t.test('a name that the application already uses stops the start, and the message says which and what needs it', async (t) => {
  const issuer = await Issuer.start(t)
  const taken: Record<string, (app: FastifyInstance) => void> = {
    'request.claims': (app) => { app.decorateRequest('claims', null) },
    'request.oktaUser': (app) => { app.decorateRequest('oktaUser' as 'claims', null) },
    'app.okta': (app) => { app.decorate('okta', {} as FastifyOkta) }
  }
  for (const [name, take] of Object.entries(taken)) {
    const app = Fastify()
    t.teardown(async () => { await app.close() })
    take(app)
    const failure = await failureOf((async () => { await app.register(fastifyOkta, { issuer: issuer.url, audience: 'a' }) })())
    t.match(failure, { name: 'TypeError', message: `${name} is decorated by something else: fastify-okta needs this name` })
  }
})
