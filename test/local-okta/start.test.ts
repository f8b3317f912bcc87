import { calculateJwkThumbprint, createRemoteJWKSet, decodeProtectedHeader, jwtVerify, type JWK } from 'jose'
import t from 'tap'
import { startLocalOkta } from 'local-okta'
import { createEcPair, createRsaPair } from '../kit/key-pair.js'
import { nextKey, usualKey } from '../kit/signing-key.js'
import { start } from './start.js'

t.test('the issuer is the same string everywhere', async t => {
  const { orgUrl, issuer } = await start(t)
  t.equal(issuer, `${orgUrl}/oauth2/default`)
  const documents = [
    `${issuer}/.well-known/openid-configuration`,
    `${issuer}/.well-known/oauth-authorization-server`,
    `${orgUrl}/.well-known/oauth-authorization-server/oauth2/default`
  ]
  for (const url of documents) t.match(await (await fetch(url)).json(), { issuer, jwks_uri: `${issuer}/v1/keys` })
  t.match(await (await fetch(`${orgUrl}/.well-known/openid-configuration`)).json(), { issuer: orgUrl })
})

t.test('it starts on the loopback only, and not in production', async t => {
  for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.com']) await t.rejects(startLocalOkta({ host }), TypeError, host)
  await t.rejects(startLocalOkta({ port: -1 }), { message: /^port must be/ })
  await t.rejects(startLocalOkta({ redirectUris: ['/callback'] }), { message: /^redirectUris must be/ })
  await t.rejects(startLocalOkta({ seed: { applications: [] } }), { message: /^seed.applications must hold/ })
  const before = process.env['NODE_ENV']
  t.teardown(() => { if (before === undefined) delete process.env['NODE_ENV']; else process.env['NODE_ENV'] = before })
  for (const environment of ['production', 'Production', ' production', 'production,eu', 'eu, PRODUCTION', '"production"']) {
    process.env['NODE_ENV'] = environment
    await t.rejects(startLocalOkta(), { message: /NODE_ENV=production/ }, environment)
  }
})

t.test('it signs with the keys that are given, and a token outlasts a restart', async t => {
  const signingKeys = [usualKey, nextKey].map(({ privateKey }) => ({ ...privateKey.export({ format: 'jwk' }), kid: 'not-this' }))
  const before = await startLocalOkta({ signingKeys })
  const token = await before.mintAccessToken()
  await before.stop()
  const { keys, issuer } = await start(t, { signingKeys, port: Number(new URL(before.orgUrl).port) })
  t.strictSame(keys, before.keys)
  t.match(keys, [{ status: 'ACTIVE', jwk: { n: usualKey.jwk.n } }, { status: 'NEXT', jwk: { n: nextKey.jwk.n } }])
  t.equal(keys[0]?.kid, await calculateJwkThumbprint(usualKey.jwk as JWK))
  await jwtVerify(token, createRemoteJWKSet(new URL(`${issuer}/v1/keys`)), { issuer })
})

t.test('keys that are not given are generated; anything but different private RSA keys of 2048 bits is refused', async t => {
  const privateJwk = usualKey.privateKey.export({ format: 'jwk' })
  const one = await start(t, { signingKeys: [privateJwk] })
  const other = await start(t, { signingKeys: [privateJwk] })
  t.equal(one.keys[0]?.kid, other.keys[0]?.kid)
  t.not(one.keys[1]?.kid, other.keys[1]?.kid)
  const small = createRsaPair(1024).privateKey.export({ format: 'jwk' })
  const curve = createEcPair().privateKey.export({ format: 'jwk' })
  for (const signingKeys of [[usualKey.jwk], [small], [curve], [{}], [privateJwk, privateJwk], 'a text'] as JWK[][]) {
    await t.rejects(startLocalOkta({ signingKeys }), { name: 'TypeError', message: /^signingKeys must be/ })
  }
})

t.test('keys that are read while they are being made are the ones that sign', async t => {
  const localOkta = await startLocalOkta()
  t.teardown(async () => { await localOkta.stop() })
  const minting = localOkta.mintAccessToken()
  const fetching = fetch(`${localOkta.issuer}/v1/keys`)
  const [active, next] = localOkta.keys
  t.equal(decodeProtectedHeader(await minting).kid, active?.kid)
  t.match(await (await fetching).json(), { keys: [{ kid: active?.kid }, { kid: next?.kid }] })
  t.strictSame(localOkta.keys, [active, next])
})

t.test('two can run side by side, and a port in use is an error', async t => {
  const [one, other] = [await start(t), await start(t)]
  t.not(one.apiToken, other.apiToken)
  one.users.update('ada@example.com', { nickName: 'Countess' })
  t.equal(other.users.find('ada@example.com')?.profile['nickName'], undefined, 'they share nothing')
  await t.rejects(startLocalOkta({ port: Number(new URL(one.orgUrl).port) }), { code: 'EADDRINUSE' })
})

t.test('it writes nothing to the console', async t => {
  const written = ['log', 'info', 'warn', 'error'].map((method) => t.capture(console, method as 'log'))
  const localOkta = await start(t)
  await fetch(`${localOkta.issuer}/v1/authorize?client_id=x`)
  await localOkta.rotateKeys()
  for (const calls of written) t.strictSame(calls(), [])
})

t.test('a browser on the page\'s origin may call the token endpoint, one from elsewhere may not', async t => {
  const { issuer } = await start(t, { redirectUris: ['http://127.0.0.1:5555/callback'] })
  for (const [origin, allowed] of [['http://127.0.0.1:5555', 'http://127.0.0.1:5555'], ['http://evil.example', null]] as const) {
    const preflight = await fetch(`${issuer}/v1/token`, {
      method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'dpop' }
    })
    t.equal(preflight.headers.get('access-control-allow-origin'), allowed)
    const response = await fetch(`${issuer}/v1/token`, { method: 'POST', headers: { origin }, body: new URLSearchParams() })
    t.equal(response.headers.get('access-control-allow-origin'), allowed)
    t.equal(response.status, 401)
  }
  const keys = await fetch(`${issuer}/v1/keys`, { headers: { origin: 'http://evil.example' } })
  t.equal(keys.headers.get('access-control-allow-origin'), '*', 'the keys are public')
})
