import t from 'tap'
import { parametersOf } from './challenge.js'
import { AUDIENCE } from '../kit/access-token.js'
import { Issuer, json } from '../kit/issuer.js'
import { protect, PUBLIC_URL, refusesToken } from './protected-resource.js'

const ago = (seconds: number): number => Math.floor(Date.now() / 1000) - seconds

t.test('section 3: a sign-in that is too weak is 401 with insufficient_user_authentication and acr_values', async t => {
  const { ask } = await protect(t)
  const response = await ask({ claims: { acr: 'urn:okta:loa:1fa:any' } }, '/strong')

  t.equal(response.statusCode, 401)
  t.match(parametersOf(response.headers['www-authenticate']), { error: 'insufficient_user_authentication', error_description: /sign-in/, acr_values: 'urn:okta:loa:2fa:any' })
  t.notOk(parametersOf(response.headers['www-authenticate'])?.['max_age'])
})

t.test('section 3: a sign-in that is too long ago is 401 with insufficient_user_authentication and max_age', async t => {
  const { ask } = await protect(t)
  const response = await ask({ claims: { auth_time: ago(310), iat: ago(0) } }, '/recent')

  t.equal(response.statusCode, 401)
  t.match(parametersOf(response.headers['www-authenticate']), { error: 'insufficient_user_authentication', max_age: '300' })
  t.notOk(parametersOf(response.headers['www-authenticate'])?.['acr_values'])
})

t.test('section 3: max_age is a whole number that is not negative', async t => {
  const { app, ask } = await protect(t)

  t.match(parametersOf((await ask({ claims: { auth_time: undefined } }, '/recent')).headers['www-authenticate'])?.['max_age'], /^\d+$/)
  for (const maxAgeSeconds of [-1, 0.5, NaN, Infinity]) {
    t.throws(() => app.okta.requireAuthentication({ maxAgeSeconds }), { name: 'TypeError', message: /whole number/ }, String(maxAgeSeconds))
  }
})

t.test('section 3: what is wrong with both is said in one challenge, in the scheme that was used', async t => {
  const { ask } = await protect(t, { plugin: { publicUrl: PUBLIC_URL } })
  const { headers } = await ask({ claims: { acr: 'urn:okta:loa:2fa:any', auth_time: ago(3600) } }, '/strong-and-recent')

  t.match(parametersOf(headers['www-authenticate'], 'Bearer'), { error: 'insufficient_user_authentication', acr_values: 'phr', max_age: '300' })
  t.notOk(parametersOf(headers['www-authenticate'], 'DPoP')?.['error'])
})

t.test('section 3: a token that is refused for itself is invalid_token, whatever the sign-in', async t => {
  const { ask } = await protect(t)
  refusesToken(t, await ask({ claims: { acr: 'urn:okta:loa:1fa:any', aud: 'api://other' } }, '/strong'), 'another audience')
})

t.test('section 3: a sign-in that is strong and recent enough passes', async t => {
  const { ask } = await protect(t)
  t.equal((await ask({ claims: { acr: 'urn:okta:loa:2fa:any' } }, '/strong')).statusCode, 200)
  t.equal((await ask({ claims: { acr: 'phrh' } }, '/strong')).statusCode, 200, 'stronger than required')
  t.equal((await ask({ claims: { auth_time: ago(200) } }, '/recent')).statusCode, 200)
  t.equal((await ask({ claims: { acr: 'phr', auth_time: ago(200) } }, '/strong-and-recent')).statusCode, 200)
})

t.test('section 6.1: acr and auth_time are the access token\'s own claims; absent, or of another type, they do not do', async t => {
  const { ask } = await protect(t)
  for (const acr of [undefined, null, '', ['urn:okta:loa:2fa:any'], 'URN:OKTA:LOA:2FA:ANY', 'urn:okta:loa:2fa:any:ifpossible', 'unknown', 2]) {
    t.equal((await ask({ claims: { acr } }, '/strong')).statusCode, 401, JSON.stringify(acr) ?? 'none')
  }
  for (const time of [undefined, null, String(ago(0)), [ago(0)], ago(-3600), -1]) {
    t.equal((await ask({ claims: { auth_time: time } }, '/recent')).statusCode, 401, JSON.stringify(time) ?? 'none')
  }
})

t.test('section 6.1: the time at which a token was issued does not stand in for the sign-in', async t => {
  const { ask } = await protect(t)
  t.equal((await ask({ claims: { iat: ago(0), auth_time: ago(3600) } }, '/recent')).statusCode, 401)
})

t.test('section 6.2: acr and auth_time are read from what introspection says, too', async t => {
  const issuer = await Issuer.start(t)
  const { ask } = await protect(t, { issuer, introspection: { clientId: 'resource', clientSecret: 'swordfish', cacheTtlMs: 0 } })
  const { cid, scp, ver, ...claims } = issuer.claims({ acr: 'urn:okta:loa:2fa:any' })
  issuer.introspectionAnswer = json(200, { active: true, ...claims, client_id: cid, scope: 'openid', aud: AUDIENCE })
  t.equal((await ask('opaque-token', '/strong')).statusCode, 200)
  issuer.introspectionAnswer = json(200, { active: true, ...claims, acr: undefined, client_id: cid, scope: 'openid' })

  t.equal((await ask('opaque-token-of-a-weak-sign-in', '/strong')).statusCode, 401)
})

t.test('section 9: the answer says what is required, and nothing about the sign-in', async t => {
  const { ask } = await protect(t)
  const response = await ask({ claims: { acr: 'urn:okta:loa:1fa:pwd', auth_time: ago(12_345) } }, '/strong-and-recent')

  t.notMatch(JSON.stringify([response.body, response.headers]), new RegExp(`1fa:pwd|${ago(12_345)}|12345`))
})
