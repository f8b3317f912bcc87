import { decodeJwt } from 'jose'
import t from 'tap'
import { AppClient } from '../app-client.js'
import { share, start } from '../start.js'

const ADA = 'ada@example.com'

t.test('login_hint fills in the username', async (t) => {
  const app = await AppClient.discover(await share())
  t.match((await app.authorize({ login_hint: 'grace@example.com"<x>' })).html, /value="grace@example\.com&quot;&lt;x&gt;"/)
})

t.test('prompt decides whether a session is enough', async (t) => {
  const app = await AppClient.discover(await share())
  t.match((await app.authorize({ prompt: 'none' })).url, /error=login_required&error_description=The\+client\+specified\+not\+to\+prompt%2C\+but\+the\+user\+is\+not\+logged\+in\./)
  await app.signIn(ADA)
  t.match((await app.authorize({ prompt: 'none' })).url, /\?code=/)
  t.match((await app.authorize({ prompt: 'login' })).html, /name="password"/)
  t.match((await app.authorize({ prompt: 'login consent' })).html, /name="password"/)
  t.match((await app.authorize({ prompt: 'consent' })).url, /\?code=/, 'apps are trusted: there is nothing to ask')
  t.match((await app.authorize({ prompt: 'none login' })).url, /error=invalid_request/)
  t.match((await app.authorize({ prompt: 'nonsense' })).url, /error=invalid_request/)
})

t.test('max_age=0 always takes a new sign-in, whose time is in the ID token', async (t) => {
  const localOkta = await start(t)
  const app = await AppClient.discover(localOkta)
  await app.signIn(ADA)
  t.match((await app.authorize({ max_age: '0', prompt: 'none' })).url, /error=login_required/)
  localOkta.clock.advance(60_000)
  const before = Math.floor((Date.now() + 60_000) / 1000)
  const tokens = await app.exchange(await app.browser.submit(await app.authorize({ max_age: '0' }), { username: ADA, password: 'local-okta-1' }))
  t.ok(Number(decodeJwt(tokens.id_token ?? '')['auth_time']) >= before - 1)
  t.match((await app.authorize({ max_age: '60' })).url, /\?code=/)
  localOkta.clock.advance(61_000)
  t.match((await app.authorize({ max_age: '60' })).html, /name="password"/)
  t.match((await app.authorize({ max_age: '-1' })).url, /error=invalid_request/)
  t.match((await app.authorize({ max_age: 'x' })).url, /error=invalid_request/)
})

t.test('errors are posted in the form of form_post, and no response has iss', async (t) => {
  const app = await AppClient.discover(await share())
  const refused = await app.authorize({ response_mode: 'form_post', prompt: 'none', state: 'a"b<c' })
  t.equal(refused.status, 200)
  t.match(refused.html, /<form method="post" action="http:\/\/127\.0\.0\.1:3000\/callback">/)
  t.match(refused.html, /name="error" value="login_required"/)
  t.match(refused.html, /name="state" value="a&quot;b&lt;c"/)
  t.notMatch(refused.html, /name="iss"/)
  t.match((await app.authorize({ response_mode: 'form_post', scope: 'openid nonsense' })).html, /name="error" value="invalid_scope"/)
  const { authorization_response_iss_parameter_supported: announced } = app.server
  t.notOk(announced, 'as at Okta')
  t.notMatch((await app.signIn(ADA)).url, /[?&]iss=/)
})

t.test('the claims parameter is ignored, as Okta does not announce it', async (t) => {
  const app = await AppClient.discover(await share())
  t.notOk(app.server.claims_parameter_supported)
  const tokens = await app.exchange(await app.signIn(ADA, undefined, { scope: 'openid', claims: JSON.stringify({ id_token: { given_name: { essential: true } } }) }))
  t.notOk(decodeJwt(tokens.id_token ?? '')['given_name'])
})
