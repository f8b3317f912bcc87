import Fastify from 'fastify'
import t from 'tap'
import fastifyOkta from 'fastify-okta'
import { parametersOf } from './challenge.js'
import { AUDIENCE } from '../kit/access-token.js'
import { Issuer } from '../kit/issuer.js'
import { foreignKey } from '../kit/signing-key.js'
import { protect, PUBLIC_URL } from './protected-resource.js'

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

t.test('section 1.2: the resource identifier is an https URL without a fragment', async t => {
  const { issuer } = await protect(t)
  for (const publicUrl of ['http://greetings.example', 'https://greetings.example/#a', 'https://greetings.example/?a', 'greetings.example', 'ftp://greetings.example']) {
    const app = Fastify()
    await t.rejects(async () => { await app.register(fastifyOkta, { issuer: issuer.url, audience: AUDIENCE, publicUrl }) }, { name: 'TypeError', message: /publicUrl/ }, publicUrl)
    await app.close()
  }
})

t.test('section 2: resource is the resource identifier, and authorization_servers are the issuers that are trusted', async t => {
  const issuer = await Issuer.start(t)
  const other = await Issuer.start(t, { key: foreignKey })
  const issuers = [issuer, other].map(({ url }) => ({ issuer: url, audience: AUDIENCE }))
  const { app } = await protect(t, { issuer, options: { issuers, publicUrl: PUBLIC_URL } })

  t.match((await app.inject(WELL_KNOWN)).json(), { resource: PUBLIC_URL, authorization_servers: [issuer.url, other.url] })
})

t.test('section 2: scopes_supported are the scopes that routes ask for', async t => {
  const { app } = await protect(t, { plugin: { publicUrl: PUBLIC_URL } })
  t.strictSame((await app.inject(WELL_KNOWN)).json<Record<string, unknown>>()['scopes_supported'], ['profile:read', 'profile:write'])
})

t.test('section 2: bearer_methods_supported is the header alone', async t => {
  const { app } = await protect(t, { plugin: { publicUrl: PUBLIC_URL } })
  t.strictSame((await app.inject(WELL_KNOWN)).json<Record<string, unknown>>()['bearer_methods_supported'], ['header'])
})

t.test('section 2: the metadata names the algorithms of DPoP proofs, asymmetric only, if proofs are accepted', async t => {
  const off = await protect(t, { plugin: { publicUrl: PUBLIC_URL, dpop: { mode: 'off' } } })
  const allowed = await protect(t, { plugin: { publicUrl: PUBLIC_URL } })
  const required = await protect(t, { plugin: { publicUrl: PUBLIC_URL, dpop: { mode: 'required' } } })
  const read = async ({ app }: typeof off): Promise<Record<string, unknown>> => (await app.inject(WELL_KNOWN)).json<Record<string, unknown>>()

  t.notHas(await read(off), { dpop_signing_alg_values_supported: [] })
  t.notHas(await read(off), { dpop_bound_access_tokens_required: true })
  t.ok((await read(allowed))['dpop_signing_alg_values_supported'])
  t.not((await read(allowed))['dpop_bound_access_tokens_required'], true)
  t.equal((await read(required))['dpop_bound_access_tokens_required'], true)
  for (const alg of (await read(required))['dpop_signing_alg_values_supported'] as string[]) t.notMatch(alg, /^(?:none|HS\d+)$/)
})

t.test('section 3: metadata is had by GET, without credentials', async t => {
  const { app } = await protect(t, { plugin: { publicUrl: PUBLIC_URL } })
  t.equal((await app.inject(WELL_KNOWN)).statusCode, 200)
  t.equal((await app.inject({ method: 'POST', url: WELL_KNOWN })).statusCode, 404)
})

t.test('section 3.1: the well-known part stands between the host and the path of the resource', async t => {
  const { app } = await protect(t, { plugin: { publicUrl: `${PUBLIC_URL}/api/v1` } })

  t.match((await app.inject(`${WELL_KNOWN}/api/v1`)).json(), { resource: `${PUBLIC_URL}/api/v1` })
  t.equal((await app.inject(WELL_KNOWN)).statusCode, 404)
})

t.test('section 3.2: the answer is 200 with a JSON object', async t => {
  const { app } = await protect(t, { plugin: { publicUrl: PUBLIC_URL } })
  const { statusCode, headers } = await app.inject(WELL_KNOWN)

  t.equal(statusCode, 200)
  t.match(headers['content-type'], /^application\/json(?:;|$)/)
})

t.test('section 3.2: a member that would have no values is left out', async t => {
  const issuer = await Issuer.start(t)
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await app.register(fastifyOkta, { issuer: issuer.url, audience: AUDIENCE, publicUrl: PUBLIC_URL })

  for (const [name, value] of Object.entries((await app.inject(WELL_KNOWN)).json<Record<string, unknown>>())) {
    t.not(Array.isArray(value) && value.length === 0, true, `${name} is not an empty list`)
  }
})

t.test('section 3.3: resource is exactly the identifier that the address was made from, whatever host a client names', async t => {
  const { app } = await protect(t, { plugin: { publicUrl: PUBLIC_URL } })
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }

  t.equal((await app.inject({ url: WELL_KNOWN, headers })).json<Record<string, unknown>>()['resource'], PUBLIC_URL)
})

t.test('section 5.1: a challenge says where the metadata is, with an error or without', async t => {
  const { app, ask } = await protect(t, { plugin: { publicUrl: `${PUBLIC_URL}/api` } })
  const url = `${PUBLIC_URL}${WELL_KNOWN}/api`
  for (const { headers } of [await app.inject('/claims'), await ask('abc'), await ask({}, '/write'), await ask({}, '/strong')]) {
    t.equal(parametersOf(headers['www-authenticate'])?.['resource_metadata'], url)
  }
})

t.test('section 5.1: a service that knows no address of its own has no metadata and says so by silence', async t => {
  const { app } = await protect(t)

  t.equal((await app.inject(WELL_KNOWN)).statusCode, 404)
  t.notOk(parametersOf((await app.inject('/claims')).headers['www-authenticate'])?.['resource_metadata'])
})

t.test('section 7.3: the host of a challenge is the service\'s own, never one that a client names', async t => {
  const { app } = await protect(t, { plugin: { publicUrl: PUBLIC_URL } })
  const { headers } = await app.inject({ url: '/claims', headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' } })

  t.notMatch(String(headers['www-authenticate']), /evil/)
})
