import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import Fastify from 'fastify'
import t from 'tap'
import { AUDIENCE, encode, startIssuer } from '../rfc/issuer.js'

// The plugin takes `verify` of node:crypto when it is loaded; njwt calls `crypto.createVerify` each time. A stub that
// believes everything, in the place of `verify` while the plugin is loaded, is a first verifier that errs.
const { verify } = crypto
let asked = 0
crypto.verify = ((): boolean => { asked++; return true }) as unknown as typeof verify
syncBuiltinESMExports()
const { default: fastifyOkta } = await import('fastify-okta')
const { buildApp } = await import('#greeting/app.js')
crypto.verify = verify

t.test('a first verifier that errs is overruled by the cross-check: the token is refused, and the log says that they disagree', async t => {
  const issuer = await startIssuer(t)
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'trace', stream: { write: (line: string) => { lines.push(line) } } } })
  t.teardown(async () => { await app.close() })
  await app.register(fastifyOkta, { issuer: issuer.url, audience: AUDIENCE })
  app.get('/', { onRequest: app.okta.authenticate }, async request => request.claims)
  const ask = async (accessToken: string) => await app.inject({ url: '/', headers: { authorization: `Bearer ${accessToken}` } })
  const forged = issuer.mint({ sign: () => encode(crypto.randomBytes(256)) })

  t.equal((await ask(issuer.mint())).statusCode, 200)
  t.equal((await ask(forged)).statusCode, 401)
  t.equal((await ask(forged)).statusCode, 401, 'it is not remembered as good')
  t.ok(asked >= 3, 'the first verifier was asked, and believed it')
  t.match(lines.map(line => JSON.parse(line) as unknown).filter(line => (line as { level: number }).level === 50), [
    { msg: /two verifiers disagree/, issuer: issuer.url }, { msg: /two verifiers disagree/ }
  ])
  t.notOk(lines.join('').includes(forged.slice(-40)), 'which does not say the token')
})

t.test('the metrics of the service say so too', async t => {
  const issuer = await startIssuer(t)
  const app = await buildApp({ okta: { issuer: issuer.url, audience: AUDIENCE }, greeting: { group: 'a', timeZone: 'UTC' }, logLevel: 'silent' })
  t.teardown(async () => { await app.close() })
  const forged = issuer.mint({ sign: () => encode(crypto.randomBytes(256)) })

  t.match((await app.inject('/metrics')).body, /^okta_token_verifications_total\{result="refused",reason="verifiers_disagree"\} 0$/m)
  t.equal((await app.inject({ url: '/me', headers: { authorization: `Bearer ${forged}` } })).statusCode, 401)
  t.match((await app.inject('/metrics')).body, /^okta_token_verifications_total\{result="refused",reason="verifiers_disagree"\} 1$/m)
})

t.test('without the cross-check one such bug is enough, which is why it is on by default', async t => {
  const issuer = await startIssuer(t)
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  await app.register(fastifyOkta, { issuer: issuer.url, audience: AUDIENCE, secondOpinion: false })
  app.get('/', { onRequest: app.okta.authenticate }, async () => 'let in')
  const forged = issuer.mint({ sign: () => encode(crypto.randomBytes(256)) })

  t.equal((await app.inject({ url: '/', headers: { authorization: `Bearer ${forged}` } })).statusCode, 200)
})

t.test('the stub is gone by the time the cross-check is asked: node:crypto refuses what it believed', async t => {
  const issuer = await startIssuer(t)
  t.equal(crypto.createVerify('RSA-SHA256').update('x').verify(issuer.key.publicKey, Buffer.alloc(256)), false)
})
