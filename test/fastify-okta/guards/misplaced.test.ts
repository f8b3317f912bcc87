import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import fastifyOkta, { type FastifyOkta, type OktaHook } from 'fastify-okta'
import { AUDIENCE } from '../../kit/access-token.js'
import { Issuer } from '../../kit/issuer.js'
import { strangersKey } from '../../kit/signing-key.js'

type Place = (app: FastifyInstance, register: (scope: FastifyInstance) => Promise<void>, pick: (okta: FastifyOkta) => OktaHook) => Promise<void>

const handler = async ({ claims, oktaUser }: FastifyRequest): Promise<unknown> => ({ reached: true, claims, oktaUser })

/** Where a guard can run although the plugin has not decorated the requests of that scope. */
const PLACES: Record<string, Place> = {
  'in a scope made before the plugin is registered': async (app, register, pick) => {
    app.register(async child => {
      child.get('/x', { onRequest: async (request, reply) => { await pick(app.okta)(request, reply) } }, handler)
    })
    await register(app)
  },
  'as a hook of the root, added before the plugin is registered': async (app, register, pick) => {
    app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => { await pick(app.okta)(request, reply) })
    app.register(async child => { child.get('/x', handler) })
    await register(app)
  },
  'outside the scope in which the plugin is registered': async (app, register, pick) => {
    let okta!: FastifyOkta
    await app.register(async child => {
      await register(child)
      okta = child.okta
    })
    app.get('/x', { onRequest: pick(okta) }, handler)
  },
  'in a sibling of the scope in which the plugin is registered': async (app, register, pick) => {
    let okta!: FastifyOkta
    await app.register(async child => {
      await register(child)
      okta = child.okta
    })
    await app.register(async sibling => { sibling.get('/x', { onRequest: pick(okta) }, handler) })
  }
}

const GUARDS: Record<string, (okta: FastifyOkta) => OktaHook> = {
  authenticate: okta => okta.authenticate,
  identify: okta => okta.identify,
  requireGroup: okta => okta.requireGroup('a'),
  requireScope: okta => okta.requireScope('openid'),
  requireAuthentication: okta => okta.requireAuthentication({ maxAgeSeconds: 60 })
}

async function build (t: Test, place: Place, pick: (okta: FastifyOkta) => OktaHook): Promise<{ app: FastifyInstance, issuer: Issuer }> {
  const issuer = await Issuer.start(t)
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await place(app, async scope => { await scope.register(fastifyOkta, { issuer: issuer.url, audience: AUDIENCE }) }, pick)
  await app.ready()
  return { app, issuer }
}

for (const [where, place] of Object.entries(PLACES)) {
  for (const [name, pick] of Object.entries(GUARDS)) {
    t.test(`${name} lets no request pass ${where}`, async t => {
      const { app, issuer } = await build(t, place, pick)
      const ask = async (authorization?: string) => await app.inject({ url: '/x', headers: authorization === undefined ? {} : { authorization } })

      t.equal((await ask()).statusCode, name === 'identify' ? 500 : 401, 'without credentials')
      t.equal((await ask('Bearer garbage')).statusCode, 401, 'with garbage')
      t.equal((await ask(`Bearer ${issuer.mint({ claims: { exp: 1 } })}`)).statusCode, 401, 'with an expired token')
      for (const [title, token] of Object.entries({ good: issuer.mint(), forged: issuer.mint({ key: strangersKey }) })) {
        const response = await ask(`Bearer ${token}`)
        t.notOk(response.json().reached, `with a ${title} token`)
        t.ok(response.statusCode >= 400, `with a ${title} token`)
      }
    })
  }
}

t.test('the error of a misplaced guard says where to register the plugin', async t => {
  const { app, issuer } = await build(t, PLACES['in a scope made before the plugin is registered'] as Place, okta => okta.authenticate)
  const response = await app.inject({ url: '/x', headers: { authorization: `Bearer ${issuer.mint()}` } })

  t.match(response.json(), { statusCode: 500, code: 'FST_OKTA_NOT_REGISTERED', message: /register fastify-okta .* before its routes/ })
})
