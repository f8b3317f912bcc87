import type { webcrypto } from 'node:crypto'
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import t from 'tap'
import { defaultSeed } from 'local-okta'
import type { LocalOkta } from 'local-okta'
import { AppClient, loopback, refusalOf } from '../app-client.js'
import { start } from '../start.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const withImplicit = defaultSeed.applications.map((app) => ({ ...app, grantTypes: [...app.grantTypes, 'implicit'] }))

/** What is left until a time of a token, in hours by the machine's clock. */
function hoursUntil (time: unknown): number {
  return Math.round((Number(time) * 1000 - Date.now()) / HOUR_MS)
}

async function signIn (app: AppClient): Promise<oauth.TokenEndpointResponse> {
  return app.exchange(await app.signIn('ada@example.com'))
}

async function isSignedIn (app: AppClient): Promise<boolean> {
  const { url } = await app.authorize({ prompt: 'none' })
  return new URL(url).searchParams.has('code')
}

t.test('access tokens expire by the clock of the org, minted ones too', async t => {
  const localOkta = await start(t)
  const app = await AppClient.discover(localOkta)
  const tokens = [(await signIn(app)).access_token, await localOkta.mintAccessToken()]
  localOkta.clock.advance(59 * 60_000)
  for (const token of tokens) t.match(await app.introspect(token), { active: true })
  localOkta.clock.advance(2 * 60_000)
  for (const token of tokens) t.match(await app.introspect(token), { active: false })
  const { status } = await fetch(`${localOkta.issuer}/v1/userinfo`, { headers: { authorization: `Bearer ${tokens[0]}` } })
  t.equal(status, 401)
})

t.test('what is issued after the clock was moved has the times of the org', async t => {
  const localOkta = await start(t)
  localOkta.clock.advance(48 * HOUR_MS)
  const app = await AppClient.discover(localOkta)
  const tokens = await signIn(app)
  for (const token of [tokens.access_token, tokens.id_token ?? '', await localOkta.mintAccessToken(), await localOkta.mintIdToken()]) {
    const { iat, exp, auth_time: authTime } = decodeJwt(token)
    t.strictSame([iat, authTime, exp].map(hoursUntil), [48, 48, 49])
  }
  const introspected = await app.introspect(tokens.refresh_token ?? '')
  t.strictSame([introspected.iat, introspected.exp].map(hoursUntil), [48, 48 + 7 * 24])
  t.match(await app.introspect(tokens.access_token), { active: true })
})

t.test('the authentication time of a session stays when the clock moves on', async t => {
  const localOkta = await start(t)
  const app = await AppClient.discover(localOkta)
  const first = decodeJwt((await signIn(app)).id_token ?? '')
  localOkta.clock.advance(HOUR_MS)
  const again = await AppClient.discover(localOkta, app.browser)
  const { id_token: idToken = '' } = await again.exchange(await again.authorize())
  const { iat, auth_time: authTime } = decodeJwt(idToken)
  t.equal(authTime, first['auth_time'])
  t.equal(hoursUntil(iat), 1)
  t.notOk(new URL((await again.authorize({ prompt: 'none', max_age: '60' })).url).searchParams.has('code'), 'an hour is more than max_age')
})

t.test('ID tokens of /authorize have the times of the org', async t => {
  const localOkta = await start(t, { seed: { applications: withImplicit } })
  localOkta.clock.advance(-5 * HOUR_MS)
  const app = await AppClient.discover(localOkta)
  const { url } = await app.signIn('ada@example.com', undefined, { response_type: 'id_token', scope: 'openid' })
  const idToken = new URLSearchParams(new URL(url).hash.slice(1)).get('id_token') ?? ''
  const { iat, exp } = decodeJwt(idToken)
  t.strictSame([iat, exp].map(hoursUntil), [-5, -4])
})

t.test('sessions and refresh tokens end by the clock of the org', async t => {
  const localOkta = await start(t)
  const app = await AppClient.discover(localOkta)
  const { refresh_token: refreshToken = '' } = await signIn(app)
  localOkta.clock.advance(HOUR_MS)
  t.ok(await isSignedIn(app))
  localOkta.clock.advance(3 * HOUR_MS)
  t.notOk(await isSignedIn(app))
  localOkta.clock.advance(6 * DAY_MS)
  const rotated = await app.refresh(refreshToken)
  localOkta.clock.advance(6 * DAY_MS)
  const { refresh_token: last = '' } = await app.refresh(rotated.refresh_token ?? '')
  localOkta.clock.advance(8 * DAY_MS)
  t.match(await refusalOf(app.refresh(last)), { error: 'invalid_grant' }, 'unused for longer than the seven days of the rule')
})

t.test('client assertions, DPoP proofs and rate limits go on when the clock is moved', async t => {
  const localOkta = await start(t)
  localOkta.clock.advance(30 * DAY_MS)
  const { management } = localOkta.clients
  const key = await crypto.subtle.importKey('jwk', management.privateKeyJwk as webcrypto.JsonWebKey, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign'])
  const as = { issuer: localOkta.orgUrl, token_endpoint: `${localOkta.orgUrl}/oauth2/v1/token` }
  const client = { client_id: management.clientId }
  const response = await oauth.clientCredentialsGrantRequest(as, client, oauth.PrivateKeyJwt(key), { scope: 'okta.users.read' }, loopback)
  t.equal(response.status, 200)
  localOkta.faults.add({ path: '/api/v1/users', status: 429 })
  const { headers } = await fetch(`${localOkta.orgUrl}/api/v1/users`)
  const wait = Number(headers.get('x-rate-limit-reset')) - Date.parse(headers.get('date') ?? '') / 1000
  t.ok(wait > 0 && wait <= 61, 'by Date, which is the org\'s time')
})

t.test('a snapshot keeps sessions and tokens; what was issued after it ends', async t => {
  const localOkta = await start(t)
  const app = await AppClient.discover(localOkta)
  const tokens = await signIn(app)
  const snapshot = JSON.parse(JSON.stringify(localOkta.snapshot())) as ReturnType<LocalOkta['snapshot']>
  const later = await localOkta.mintAccessToken({ user: 'grace@example.com' })
  await app.revoke(tokens.access_token)
  localOkta.restore(snapshot)
  t.match(await app.introspect(tokens.access_token), { active: true })
  t.match(await app.introspect(later), { active: false })
  t.ok(await isSignedIn(app))
  t.ok((await app.refresh(tokens.refresh_token ?? '')).access_token)
  localOkta.reset()
  t.match(await app.introspect(tokens.access_token), { active: false })
  t.notOk(await isSignedIn(app))
})
