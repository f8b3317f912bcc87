import { readFileSync } from 'node:fs'
import Fastify, { type FastifyInstance } from 'fastify'
import FastifyLowest from 'fastify-lowest'
import t from 'tap'
import fastifyOkta from 'fastify-okta'
import { AUDIENCE } from '../kit/access-token.js'
import { Issuer } from '../kit/issuer.js'

interface Manifest {
  readonly version: string
  readonly peerDependencies: { readonly fastify: string }
}

function manifestOf (path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

const range = manifestOf('src/fastify-okta/package.json').peerDependencies.fastify

t.test('the range of Fastify that npm checks is the one that Fastify checks, and begins at the lowest version that is tested', async (t) => {
  const meta = (fastifyOkta as unknown as Record<symbol, { fastify: string }>)[Symbol.for('plugin-meta')]
  t.equal(meta?.fastify, range)
  t.equal(range, `^${manifestOf('node_modules/fastify-lowest/package.json').version}`)
})

for (const [title, create] of Object.entries({ lowest: FastifyLowest as unknown as typeof Fastify, installed: Fastify })) {
  t.test(`guards work with the ${title} version of Fastify`, async (t) => {
    const issuer = await Issuer.start(t)
    const app: FastifyInstance = create()
    t.teardown(async () => { await app.close() })
    await app.register(fastifyOkta, { issuer: issuer.url, audience: AUDIENCE, publicUrl: 'https://reports.example/v1' })
    app.get('/me', { onRequest: app.okta.authenticate }, async ({ claims }) => claims?.sub)
    app.get('/group', { onRequest: app.okta.requireGroup('a') }, async () => 'in')
    app.get('/jwt', async (request) => { await request.jwtVerify(); return request.claims?.sub })
    t.throws(() => app.get('/late', { preHandler: app.okta.authenticate }, async () => 'a'), { message: /mounted as preHandler/ })
    await app.ready()
    const authorization = `Bearer ${issuer.mint({ claims: { groups: ['b'] } })}`

    for (const url of ['/me', '/jwt']) {
      t.match(await app.inject({ url, headers: { authorization } }), { statusCode: 200, body: 'ada@example.com' }, url)
      t.match(await app.inject(url), { statusCode: 401, headers: { 'www-authenticate': [/resource_metadata/, /^DPoP/], 'cache-control': 'no-store' } }, url)
    }
    t.match(await app.inject({ url: '/group', headers: { authorization } }), { statusCode: 403 })
    t.equal((await app.inject('/.well-known/oauth-protected-resource/v1')).statusCode, 200)
  })
}
