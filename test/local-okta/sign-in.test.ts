import * as oauth from 'oauth4webapi'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import t from 'tap'
import { AppClient, loopback, refusalOf, withNonce } from './app-client.js'
import { stopClock } from '../kit/clock.js'
import { callsTo } from './management-api.js'
import { share, start } from './start.js'

t.test('signing in with PKCE gives an access token, an ID token and a refresh token shaped as Okta\'s', async t => {
  const localOkta = await share()
  const app = await AppClient.discover(localOkta)
  const page = await app.authorize({ login_hint: 'ada@example.com' })
  t.equal(page.status, 200)
  t.match(page.html, /<label for="password">/, 'the fields have labels')
  t.match(page.html, /value="ada@example.com"/, 'the hint is filled in')
  t.notMatch(page.html, /<script|src=|https:/, 'no script and nothing from elsewhere')
  t.match(page.headers.get('content-security-policy'), /default-src 'none'/)

  const callback = await app.browser.submit(page, { username: 'ada@example.com', password: 'local-okta-1' })
  t.notOk(new URL(callback.url).searchParams.has('iss'), 'Okta sends no iss')
  const tokens = await app.exchange(callback)
  t.match(tokens, { token_type: 'bearer', expires_in: 3600, scope: 'openid profile email offline_access', refresh_token: String })

  t.strictSame(Object.keys(decodeProtectedHeader(tokens.access_token)).sort(), ['alg', 'kid'])
  const claims = decodeJwt(tokens.access_token)
  t.strictSame(Object.keys(claims).sort(),
    ['aud', 'auth_time', 'cid', 'exp', 'iat', 'iss', 'jti', 'scp', 'sub', 'uid', 'ver'])
  t.match(claims, {
    ver: 1,
    jti: /^AT\.[\w-]{43}$/,
    iss: localOkta.issuer,
    aud: 'api://default',
    cid: localOkta.clients.browser.clientId,
    uid: '00uadalovelace000001',
    sub: 'ada@example.com',
    scp: ['openid', 'profile', 'email', 'offline_access']
  })
  t.match(oauth.getValidatedIdTokenClaims(tokens), {
    sub: '00uadalovelace000001',
    ver: 1,
    jti: /^ID\./,
    amr: ['pwd'],
    idp: /^00o/,
    auth_time: Number,
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    preferred_username: 'ada@example.com'
  })
  t.match(await oauth.processUserInfoResponse(app.server, app.client, '00uadalovelace000001',
    await oauth.userInfoRequest(app.server, app.client, tokens.access_token, loopback)), { zoneinfo: 'Europe/London', locale: 'en-GB' })
})

t.test('a refresh token of the browser client rotates; using an old one later than 30 seconds ends its tokens', async t => {
  const app = await AppClient.discover(await share())
  const clock = stopClock(t)
  const first = await app.exchange(await app.signIn('ada@example.com'))
  const second = await app.refresh(first.refresh_token ?? '')
  t.not(second.refresh_token, first.refresh_token)
  t.match(decodeJwt(second.access_token), { sub: 'ada@example.com', auth_time: decodeJwt(first.access_token)['auth_time'] })

  clock.advance(29_000)
  t.match(await app.refresh(first.refresh_token ?? ''), { access_token: String, refresh_token: String }, 'two tabs may refresh at once')
  clock.advance(2000)
  t.match(await refusalOf(app.refresh(first.refresh_token ?? '')),
    { error: 'invalid_grant', error_description: 'The refresh token is invalid or expired.' })
  t.strictSame(await app.introspect(second.access_token), { active: false })
  t.match(await refusalOf(app.refresh(second.refresh_token ?? '')), { error: 'invalid_grant' })
})

t.test('the app decides whether refresh tokens rotate, and how long a used one is still accepted', async t => {
  const localOkta = await start(t)
  const clock = stopClock(t)
  const call = callsTo(localOkta)
  const { body: app } = await call('GET', `apps/${localOkta.clients.browser.clientId}`)
  const setRotation = async (refreshToken: unknown): Promise<void> => {
    const { status } = await call('PUT', `apps/${app.id}`, {
      ...app, settings: { ...app.settings, oauthClient: { ...app.settings.oauthClient, refresh_token: refreshToken } }
    })
    t.equal(status, 200)
  }
  const client = await AppClient.discover(localOkta)
  for (const leeway of [0, 5, 60]) {
    await setRotation({ rotation_type: 'ROTATE', leeway })
    const { refresh_token: used = '' } = await client.exchange(await client.signIn('ada@example.com', undefined, { prompt: 'login' }))
    await client.refresh(used)
    if (leeway > 0) {
      clock.advance(leeway * 1000 - 1000)
      t.ok((await client.refresh(used)).access_token, `${leeway} s are not over`)
    }
    clock.advance(1000)
    t.match(await refusalOf(client.refresh(used)), { error: 'invalid_grant' }, `${leeway} s are over`)
  }
  await setRotation({ rotation_type: 'STATIC' })
  const { refresh_token: kept = '' } = await client.exchange(await client.signIn('ada@example.com', undefined, { prompt: 'login' }))
  t.equal((await client.refresh(kept)).refresh_token, kept, 'one that does not rotate stays')
  clock.advance(61_000)
  t.ok((await client.refresh(kept)).access_token)
})

t.test('introspection sees a revoked token and a suspended user; revoking an access token leaves the refresh token', async t => {
  const localOkta = await share()
  const app = await AppClient.discover(localOkta)
  const tokens = await app.exchange(await app.signIn('ada@example.com'))
  t.match(await app.introspect(tokens.access_token), {
    active: true,
    username: 'ada@example.com',
    uid: '00uadalovelace000001',
    client_id: localOkta.clients.browser.clientId,
    token_type: 'Bearer',
    scope: 'openid profile email offline_access'
  })
  await app.revoke(tokens.access_token)
  t.strictSame(await app.introspect(tokens.access_token), { active: false })
  const refreshed = await app.refresh(tokens.refresh_token ?? '')

  localOkta.users.setStatus('ada@example.com', 'SUSPENDED')
  t.strictSame(await app.introspect(refreshed.access_token), { active: false })
  t.match(await refusalOf(app.refresh(refreshed.refresh_token ?? '')), { error: 'invalid_grant' })
})

t.test('revoking a refresh token ends its access tokens', async t => {
  const app = await AppClient.discover(await share())
  const tokens = await app.exchange(await app.signIn('ada@example.com'))
  await app.revoke(tokens.refresh_token ?? '')
  t.strictSame(await app.introspect(tokens.access_token), { active: false })
})

t.test('people who may not sign in stay on the page', async t => {
  const localOkta = await share()
  localOkta.users.setStatus('grace@example.com', 'SUSPENDED')
  const attempts = {
    'a wrong password': ['ada@example.com', 'wrong'],
    'an unknown login': ['nobody@example.com', 'local-okta-1'],
    'a suspended user': ['grace@example.com', 'local-okta-1']
  }
  for (const [title, [username = '', password = '']] of Object.entries(attempts)) {
    t.test(title, async t => {
      const app = await AppClient.discover(localOkta)
      const page = await app.signIn(username, password)
      t.equal(page.status, 401)
      t.match(page.html, /role="alert">Unable to sign in/)
      const second = await app.browser.submit(page, { username: 'ada@example.com', password: 'local-okta-1' })
      t.match(second.url, /\?code=/, 'and may try again')
    })
  }
})

t.test('a user who is not assigned to the app is sent back with access_denied', async t => {
  const localOkta = await share()
  localOkta.applications.unassignGroup('browser', 'Everyone')
  localOkta.applications.assignGroup('browser', 'Fastify Okta')
  const denied = { error: 'access_denied', error_description: 'User is not assigned to the client application.' }

  const grace = await AppClient.discover(localOkta)
  const refused = new URL((await grace.signIn('grace@example.com')).url)
  t.match(Object.fromEntries(refused.searchParams), denied)

  const ada = await AppClient.discover(localOkta)
  const tokens = await ada.exchange(await ada.signIn('ada@example.com'))
  localOkta.groups.removeUser('Fastify Okta', 'ada@example.com')
  t.match(await refusalOf(ada.refresh(tokens.refresh_token ?? '')), { ...denied, status: 400 }, 'at the token endpoint too')

  localOkta.applications.assignUser('browser', 'grace@example.com')
  t.match((await (await AppClient.discover(localOkta)).signIn('grace@example.com')).url, /\?code=/)
})

t.test('a request that is not right is sent back with Okta\'s words', async t => {
  const app = await AppClient.discover(await share())
  const requests = {
    'without state': [{ state: undefined }, 'invalid_request', "The authentication request has an invalid 'state' parameter."],
    'without PKCE': [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request',
      'PKCE code challenge is required by the application.'],
    'for an unknown scope': [{ scope: 'openid nonsense' }, 'invalid_scope',
      'One or more scopes are not configured for the authorization server resource.'],
    'without a prompt or a session': [{ prompt: 'none' }, 'login_required',
      'The client specified not to prompt, but the user is not logged in.'],
    'for a level it cannot reach': [{ acr_values: 'urn:okta:loa:2fa:any' }, 'unmet_authentication_requirements',
      "Unable to meet the authentication requirements imposed by 'acr_values' parameter."]
  } as const
  for (const [title, [changes, error, description]] of Object.entries(requests)) {
    t.test(title, async t => {
      const { searchParams } = new URL((await app.authorize(changes)).url)
      t.match(Object.fromEntries(searchParams), { error, error_description: description })
    })
  }
})

t.test('an unknown client or redirect URI gets a page, never a redirect', async t => {
  const app = await AppClient.discover(await share())
  for (const changes of [{ client_id: 'unknown' }, { redirect_uri: 'http://127.0.0.1:3000/elsewhere' }]) {
    const page = await app.authorize(changes)
    t.equal(page.status, 400)
    t.match(page.html, /Sign-in is not possible/)
  }
})

t.test('a session signs in again without a page until it is ended by logout', async t => {
  const app = await AppClient.discover(await share())
  const tokens = await app.exchange(await app.signIn('ada@example.com'))
  t.match((await app.authorize({ prompt: 'none' })).url, /\?code=/)
  t.match((await app.authorize({ prompt: 'login' })).html, /Sign in/)

  const logout = new URL(app.server.end_session_endpoint ?? '')
  logout.search = String(new URLSearchParams({
    id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: 'http://127.0.0.1:3000/', state: 's1'
  }))
  t.equal((await app.browser.visit(logout.href)).url, 'http://127.0.0.1:3000/?state=s1', 'without asking')
  t.match((await app.authorize({ prompt: 'none' })).url, /error=login_required/)
  t.match(await app.introspect(tokens.access_token), { active: true }, 'logout revokes no token')

  logout.searchParams.set('post_logout_redirect_uri', 'http://127.0.0.1:3000/elsewhere')
  const refused = await app.browser.visit(logout.href)
  t.equal(refused.status, 400)
  t.match(refused.html, /Sent.*127\.0\.0\.1:3000\/elsewhere.*Registered.*127\.0\.0\.1:3000\/<.*App.*Greeting page/s)
})

t.test('a level that a password reaches is in the token', async t => {
  const app = await AppClient.discover(await share())
  const tokens = await app.exchange(await app.signIn('ada@example.com', undefined, { acr_values: 'urn:okta:loa:1fa:pwd' }))
  t.match(decodeJwt(tokens.access_token), { acr: 'urn:okta:loa:1fa:pwd' })
})

t.test('a DPoP proof at the token endpoint binds the tokens to its key', async t => {
  const app = await AppClient.discover(await share())
  const DPoP = oauth.DPoP(app.client, await oauth.generateKeyPair('ES256'))
  const callback = await app.signIn('ada@example.com')
  t.match(await refusalOf(app.exchange(callback, { DPoP })), {
    error: 'use_dpop_nonce', error_description: 'Authorization server requires nonce in DPoP proof.', status: 400
  })
  const tokens = await app.exchange(callback, { DPoP })
  t.equal(tokens.token_type, 'dpop')
  t.match(decodeJwt(tokens.access_token), { cnf: { jkt: /^[\w-]{43}$/ } })
  t.match(await app.introspect(tokens.access_token), { active: true, token_type: 'DPoP', cnf: { jkt: String } })

  const response = await oauth.userInfoRequest(app.server, app.client, tokens.access_token, { ...loopback, DPoP })
  t.equal(response.status, 200, 'with its proof')
  const bearer = await oauth.userInfoRequest(app.server, app.client, tokens.access_token, loopback)
  t.equal(bearer.status, 401, 'not as a Bearer token')
  const userinfo = app.server.userinfo_endpoint ?? ''
  const without = await fetch(userinfo, { headers: { authorization: `DPoP ${tokens.access_token}` } })
  t.match([without.status, await without.json()], [400, { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' }])
  const unbound = await fetch(userinfo, { headers: { authorization: `DPoP ${(await app.exchange(await app.authorize())).access_token}` } })
  t.match([unbound.status, await unbound.json()], [401, { error_description: 'The presented access_token is not DPoP bound.' }])
  t.match(await refusalOf(app.refresh(tokens.refresh_token ?? '')),
    { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' }, 'nor without a proof')
  const otherKey = oauth.DPoP(app.client, await oauth.generateKeyPair('ES256'))
  t.match(await refusalOf(withNonce(async () => app.refresh(tokens.refresh_token ?? '', { DPoP: otherKey }))), { error: 'invalid_dpop_proof' })
  t.equal((await withNonce(async () => app.refresh(tokens.refresh_token ?? '', { DPoP }))).token_type, 'dpop')
})

t.test('the groups claim is in the tokens where the seed says so', async t => {
  const localOkta = await start(t, { seed: { groupsClaim: { name: 'groups', filter: '.*' } } })
  const app = await AppClient.discover(localOkta)
  const tokens = await app.exchange(await app.signIn('ada@example.com'))
  t.strictSame(decodeJwt(tokens.access_token)['groups'], ['Everyone', 'Fastify Okta'])
  t.strictSame(oauth.getValidatedIdTokenClaims(tokens)?.['groups'], ['Everyone', 'Fastify Okta'])

  for (let n = 0; n < 100; n += 1) {
    localOkta.groups.create(`g${n}`)
    localOkta.groups.addUser(`g${n}`, 'ada@example.com')
  }
  t.match(await refusalOf(app.refresh(tokens.refresh_token ?? '')), { error: 'server_error', status: 400 }, 'no more than a hundred')
})

t.test('a suspended user\'s session is over', async t => {
  const localOkta = await share()
  const app = await AppClient.discover(localOkta)
  await app.signIn('ada@example.com')
  localOkta.users.setStatus('ada@example.com', 'SUSPENDED')
  t.match((await app.authorize()).html, /Sign in/, 'back at the page')
  t.match((await app.authorize({ prompt: 'none' })).url, /error=login_required/)
})

t.test('somebody else may sign in over a session', async t => {
  const localOkta = await share()
  const app = await AppClient.discover(localOkta)
  await app.signIn('ada@example.com')
  const switched = await app.browser.submit(await app.authorize({ prompt: 'login' }),
    { username: 'grace@example.com', password: 'local-okta-1' })
  const callback = switched.html === '' ? switched : await app.browser.submit(switched)
  t.match(decodeJwt((await app.exchange(callback)).access_token), { sub: 'grace@example.com' })
})

t.test('a code works once, with its own verifier and redirect URI', async t => {
  const localOkta = await share()
  const app = await AppClient.discover(localOkta)
  const callback = await app.signIn('ada@example.com')
  const code = new URL(callback.url).searchParams.get('code') ?? ''
  const exchange = async (changes: Record<string, string>): Promise<unknown> => (await fetch(`${localOkta.issuer}/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code', client_id: localOkta.clients.browser.clientId, code, redirect_uri: 'http://127.0.0.1:3000/callback', ...changes
    })
  })).json()
  t.match(await exchange({}), { error: 'invalid_request', error_description: 'PKCE code verifier is required by the application.' })
  t.match(await exchange({ code_verifier: 'x'.repeat(43) }), { error: 'invalid_grant', error_description: 'PKCE verification failed.' })
  const { access_token: accessToken } = await app.exchange(callback)
  t.match(await refusalOf(app.exchange(callback)), { error: 'invalid_grant', error_description: 'The authorization code is invalid or has expired.' })
  t.strictSame(await app.introspect(accessToken), { active: false }, 'and using it twice ends its tokens')
})
