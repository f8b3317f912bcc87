import { createPrivateKey } from 'node:crypto'
import t from 'tap'
import { openUsersApi, type UsersApi } from '#fastify-okta/okta/directory/users-api.js'
import { ADA } from '../../../kit/access-token.js'
import { hang, Issuer, json } from '../../../kit/issuer.js'
import { restore, startOrg } from '../../../kit/org.js'
import { failureOf } from '../../../kit/refusal.js'
import { strangersKey, usualKey } from '../../../kit/signing-key.js'
import { openApi } from './open-api.js'

const org = await startOrg(t)
t.beforeEach(() => { restore(org) })

/** As a service app that signs with its private key. */
async function openAsServiceApp (difference: Record<string, unknown> = {}): Promise<UsersApi> {
  const { clientId, scopes, privateKeyJwk: privateKey } = org.clients.management
  return await openApi(org, { credentials: { clientId, scopes, privateKey: { ...privateKey }, ...difference } })
}

t.test('a service app signs itself in, once', async t => {
  const api = await openAsServiceApp()
  t.match(await api.readUser(ADA), { id: ADA })
  await api.updateProfile(ADA, { nickName: 'Countess' })
  t.match(await api.readUser(ADA), { profile: { nickName: 'Countess' } })
  await api.ping()

  t.equal(org.requests.filter(({ path }) => path === '/oauth2/v1/token').length, 1)
})

t.test('a service app brings its key as PEM as well', async t => {
  const { clientId, scopes, privateKeyJwk } = org.clients.management
  const pem = createPrivateKey({ key: privateKeyJwk as never, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }) as string
  const api = await openUsersApi({
    orgUrl: org.orgUrl,
    credentials: { clientId, scopes, privateKey: pem, keyId: privateKeyJwk.kid as string },
    profileAttributes: [],
    timeoutMs: 20_000
  })

  t.match(await api.readUser(ADA), { id: ADA })
})

t.test('the credentials that are given are not changed', async t => {
  const privateKey = Object.freeze(usualKey.privateKey.export({ format: 'jwk' }))
  const scopes = Object.freeze(['okta.users.read'])

  await t.resolves(openUsersApi({
    orgUrl: 'http://127.0.0.1:1', credentials: { clientId: 'a', scopes, privateKey: { ...privateKey } }, profileAttributes: [], timeoutMs: 100
  }))
})

t.test('a service app that Okta refuses says so, and asks nothing without a token', async (t) => {
  const api = await openAsServiceApp({ privateKey: { ...strangersKey.privateKey.export({ format: 'jwk' }), kid: 'stranger' } })

  t.match(await failureOf(api.readUser(ADA)), {
    reason: 'refused', isOutage: true, errorCode: 'invalid_client', message: /^Okta refuses the service app an access token \(40\d invalid_client\)$/
  })
  t.notOk(org.requests.some(({ path }) => path.startsWith('/api/')))
})

t.test('a service app whose token Okta does not issue is a failure, whatever is answered', async (t) => {
  const failures: Array<[object, object]> = [
    [{ status: 500, body: { error: 'server_error' } }, { reason: 'unavailable', message: /500 server_error$/ }],
    [{ status: 400, body: { error: 'invalid_scope' } }, { reason: 'refused', errorCode: 'invalid_scope' }],
    [{ status: 502, body: '<h1>Bad Gateway</h1>' }, { reason: 'unavailable', status: 502 }],
    [{ status: 404, body: 'default backend - 404' }, { reason: 'unavailable', status: 404 }],
    [{ status: 400, body: { error: { a: 1 } } }, { reason: 'unavailable', errorCode: undefined }],
    [{ status: 400, body: { error: 'a'.repeat(1000) } }, { reason: 'unavailable', errorCode: undefined }],
    [{ status: 200, body: 'null' }, { reason: 'unavailable' }],
    [{ status: 200, body: { access_token: 'a b' } }, { reason: 'unavailable' }],
    [{ drop: true }, { reason: 'unavailable' }],
    [{ status: 429 }, { reason: 'rate_limited', waitMs: Number }],
    [{ status: 400, body: { error: 'use_dpop_nonce' }, headers: { 'dpop-nonce': 'a' } }, { reason: 'refused', errorCode: 'use_dpop_nonce' }]
  ]
  for (const [fault, expected] of failures) {
    const api = await openAsServiceApp()
    org.faults.add({ path: '/oauth2/v1/token', ...fault })
    t.match(await failureOf(api.readUser(ADA)), { ...expected, isOutage: true }, JSON.stringify(fault).slice(0, 100))
    t.notOk(org.requests.some(({ path }) => path.startsWith('/api/')))
    org.faults.clear()
  }
})

t.test('a service app that must prove its key does so', async (t) => {
  const proofs: string[] = []
  const org = await Issuer.start(t)
  org.answer = (request, response) => {
    const proof = String(request.headers['dpop'])
    proofs.push(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString())
    const isToken = request.url === '/oauth2/v1/token'
    if (isToken && !proofs.at(-1)?.includes('"nonce":"n1"')) json(400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'n1' })(request, response)
    else if (isToken) json(200, { access_token: 'bound', token_type: 'DPoP', expires_in: 3600 })(request, response)
    else json(404, { errorCode: request.headers.authorization === 'DPoP bound' ? 'E0000007' : 'E0000009' })(request, response)
  }
  const api = await openUsersApi({
    orgUrl: org.origin,
    credentials: { clientId: 'a', scopes: ['okta.users.read'], privateKey: usualKey.privateKey.export({ format: 'jwk' }) },
    profileAttributes: [],
    timeoutMs: 20_000
  })

  t.equal(await api.readUser(ADA), null)
  t.equal(org.requests.filter(({ url }) => url === '/oauth2/v1/token').length, 2)
  t.match(JSON.parse(proofs.at(-1) ?? ''), { htm: 'GET', htu: new RegExp(`^${org.origin}/api/v1/users/`), ath: String })
})

t.test('an access token that the API refuses is renewed once', async (t) => {
  const api = await openAsServiceApp()
  await api.ping()
  org.faults.add({ path: '/api/v1/users', status: 401, times: 1 })
  await api.ping()
  t.equal(org.requests.filter(({ path }) => path === '/oauth2/v1/token').length, 2)
})

t.test('a token endpoint that does not answer is cut off by the deadline, for a ping too', async t => {
  const org = await Issuer.start(t)
  org.answer = hang
  const api = await openUsersApi({
    orgUrl: org.origin,
    credentials: { clientId: 'a', scopes: ['okta.users.read'], privateKey: usualKey.privateKey.export({ format: 'jwk' }) },
    profileAttributes: [],
    timeoutMs: 200
  })

  await t.rejects(api.readUser(ADA))
  await t.rejects(api.ping())
})
