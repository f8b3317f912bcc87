import type { webcrypto } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { decodeJwt } from 'jose'
import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient, loopback, refusalOf, withNonce } from './app-client.js'
import { Browser } from './browser.js'
import { share, start } from './start.js'

async function request (url: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<{ status: number, body: unknown }> {
  const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })
  return { status: response.status, body: await response.json() }
}

function serviceOf ({ clients }: LocalOkta): { client: oauth.Client, authentication: oauth.ClientAuth } {
  return { client: { client_id: clients.service.clientId }, authentication: oauth.ClientSecretBasic(clients.service.clientSecret) }
}

t.test('a service client gets a token with its own id as subject', async t => {
  const localOkta = await share()
  const { server } = await AppClient.discover(localOkta)
  const { client, authentication } = serviceOf(localOkta)
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope: 'greet' }, loopback)
  const tokens = await oauth.processClientCredentialsResponse(server, client, response)
  const claims = decodeJwt(tokens.access_token)
  t.match(claims, { cid: client.client_id, sub: client.client_id, scp: ['greet'] })
  t.notOk('uid' in claims || 'auth_time' in claims)
  const introspected = await oauth.introspectionRequest(server, client, authentication, tokens.access_token, loopback)
  t.match(await oauth.processIntrospectionResponse(server, client, introspected), { active: true })
})

t.test('the command line is sent back to any port of the loopback address, and keeps its refresh token', async t => {
  const localOkta = await share()
  const { clientId } = localOkta.clients.native
  const verifier = oauth.generateRandomCodeVerifier()
  const redirectUri = 'http://127.0.0.1:54321/callback'
  const browser = new Browser(localOkta.orgUrl)
  const page = await browser.visit(`${localOkta.issuer}/v1/authorize?${String(new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid offline_access',
    state: 's',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256'
  }))}`)
  const callback = new URL((await browser.submit(page, { username: 'ada@example.com', password: 'local-okta-1' })).url)
  t.equal(callback.origin, 'http://127.0.0.1:54321')
  const exchange = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri, code_verifier: verifier }
  const { body } = await request(`${localOkta.issuer}/v1/token`, { ...exchange, code: callback.searchParams.get('code') ?? '' })
  const { refresh_token: refreshToken = '' } = body as { refresh_token?: string }
  t.match(await request(`${localOkta.issuer}/v1/token`, { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken }),
    { status: 200, body: { refresh_token: refreshToken } })
})

t.test('a DPoP proof binds a service client\'s token', async t => {
  const localOkta = await share()
  const { server } = await AppClient.discover(localOkta)
  const { client, authentication } = serviceOf(localOkta)
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const tokens = await withNonce(async () => oauth.processClientCredentialsResponse(server, client,
    await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope: 'greet' }, { ...loopback, DPoP })))
  t.equal(tokens.token_type, 'dpop')
  t.match(decodeJwt(tokens.access_token), { cnf: { jkt: String } })
})

t.test('the token endpoint refuses with Okta\'s words', async t => {
  const localOkta = await share()
  const { browser, native, service } = localOkta.clients
  const secret = { client_id: service.clientId, client_secret: service.clientSecret }
  const password = { grant_type: 'password', client_id: native.clientId, username: 'ada@example.com', password: 'local-okta-1', scope: 'openid' }
  const requests: Record<string, [Record<string, string>, number, string, RegExp]> = {
    'without a client': [{ grant_type: 'client_credentials' }, 401, 'invalid_client', /^No client credentials found\.$/],
    'for an unknown client': [{ grant_type: 'client_credentials', client_id: 'x' }, 401, 'invalid_client', /^Invalid value for 'client_id' parameter\.$/],
    'with a wrong secret': [{ grant_type: 'client_credentials', ...secret, client_secret: 'x' }, 401, 'invalid_client',
      /^The client secret supplied for a confidential client is invalid\.$/],
    'for another grant': [{ grant_type: 'client_credentials', client_id: browser.clientId, scope: 'greet' }, 400, 'unauthorized_client',
      /Configured grant types: \[authorization_code, refresh_token\]\.$/],
    'for an unknown grant': [{ grant_type: 'nonsense', ...secret }, 400, 'unsupported_grant_type', /not supported/],
    'without scopes': [{ grant_type: 'client_credentials', ...secret }, 400, 'invalid_scope', /^No scopes were requested\.$/],
    'for an unknown scope': [{ grant_type: 'client_credentials', ...secret, scope: 'x' }, 400, 'invalid_scope', /^One or more scopes are not configured/],
    'for openid without a user': [{ grant_type: 'client_credentials', ...secret, scope: 'openid' }, 400, 'invalid_scope',
      /^Cannot request 'openid' scopes using client credentials\.$/],
    'with a dead code': [{ grant_type: 'authorization_code', client_id: browser.clientId, code: 'x', redirect_uri: 'http://127.0.0.1:3000/callback' },
      400, 'invalid_grant', /^The authorization code is invalid or has expired\.$/],
    'with a wrong password': [{ ...password, password: 'x' }, 400, 'invalid_grant', /^The credentials provided were invalid\.$/]
  }
  for (const [title, [form, status, error, description]] of Object.entries(requests)) {
    t.test(title, async t => {
      t.match(await request(`${localOkta.issuer}/v1/token`, form), { status, body: { error, error_description: description } })
    })
  }
  t.match(await request(`${localOkta.issuer}/v1/token`, password), { status: 200, body: { token_type: 'Bearer', scope: 'openid' } })
  localOkta.applications.unassignGroup('native', 'Everyone')
  t.match(await request(`${localOkta.issuer}/v1/token`, password),
    { status: 400, body: { error: 'access_denied', error_description: 'User is not assigned to the client application.' } })
})

t.test('introspection and revocation want to know the client, and each parameter once', async t => {
  const { issuer, clients } = await share()
  t.match(await request(`${issuer}/v1/introspect`, { token: 'x' }), { status: 401, body: { error: 'invalid_client' } })
  t.match(await request(`${issuer}/v1/introspect`, { client_id: clients.browser.clientId }),
    { status: 400, body: { error_description: "The 'token' parameter is required." } })
  const response = await fetch(`${issuer}/v1/revoke`, {
    method: 'POST', body: new URLSearchParams([['token', 'a'], ['token', 'b'], ['client_id', clients.browser.clientId]])
  })
  t.match(await response.json(), { error: 'invalid_request' })
  t.equal((await fetch(`${issuer}/v1/revoke`, {
    method: 'POST', body: new URLSearchParams({ token: 'unknown', client_id: clients.browser.clientId })
  })).status, 200, 'an unknown token is revoked already')
})

t.test('another client\'s token cannot be revoked', async t => {
  const localOkta = await share()
  const app = await AppClient.discover(localOkta)
  const token = await localOkta.mintAccessToken()
  await request(`${localOkta.issuer}/v1/introspect`, { token, client_id: localOkta.clients.native.clientId })
    .then(({ body }) => t.strictSame(body, { active: false }, 'a public client learns of its own tokens only'))
  await fetch(`${localOkta.issuer}/v1/revoke`, { method: 'POST', body: new URLSearchParams({ token, client_id: localOkta.clients.native.clientId }) })
  t.match(await app.introspect(token), { active: true })
})

t.test('a device signs in with a code that a person enters', async t => {
  const localOkta = await start(t)
  const { server } = await AppClient.discover(localOkta)
  const client = { client_id: localOkta.clients.native.clientId }
  const started = await oauth.processDeviceAuthorizationResponse(server, client, await oauth.deviceAuthorizationRequest(
    server, client, oauth.None(), { scope: 'openid profile greet' }, loopback))
  t.match(started, { verification_uri: `${localOkta.orgUrl}/activate`, expires_in: 600, interval: 5 })
  const poll = async (): Promise<oauth.TokenEndpointResponse> => oauth.processDeviceCodeResponse(server, client,
    await oauth.deviceCodeGrantRequest(server, client, oauth.None(), started.device_code, loopback))
  t.match(await refusalOf(poll()), {
    error: 'authorization_pending', error_description: 'The device authorization is pending. Please try again later.'
  })

  const browser = new Browser(localOkta.orgUrl)
  const wrong = await browser.submit(await browser.visit(started.verification_uri), { user_code: 'AAAA-AAAA' })
  t.match(wrong.html, /role="alert"/)
  const confirm = await browser.submit(wrong, { user_code: started.user_code })
  const signIn = await browser.submit(confirm)
  const done = await browser.submit(signIn, { username: 'grace@example.com', password: 'local-okta-1' })
  t.match(done.html, /Device activated/)
  t.match(decodeJwt((await poll()).access_token), { sub: 'grace@example.com', scp: ['openid', 'profile', 'greet'] })
})

t.test('the org server knows private_key_jwt and granted scopes only', async t => {
  const localOkta = await share()
  const { management, service } = localOkta.clients
  const url = `${localOkta.orgUrl}/oauth2/v1/token`
  t.match(await request(url, { grant_type: 'client_credentials', client_id: service.clientId, client_secret: service.clientSecret, scope: 'okta.users.read' }),
    { status: 401, body: { error: 'invalid_client', error_description: /must use the private_key_jwt/ } })

  const issuer = new URL(localOkta.orgUrl)
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, loopback))
  const client = { client_id: management.clientId }
  const key = await crypto.subtle.importKey('jwk', management.privateKeyJwk as webcrypto.JsonWebKey,
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign'])
  const ask = async (scope: string): Promise<oauth.TokenEndpointResponse> => oauth.processClientCredentialsResponse(server, client,
    await oauth.clientCredentialsGrantRequest(server, client, oauth.PrivateKeyJwt(key), { scope }, loopback))
  const tokens = await ask('okta.users.read okta.apps.read')
  t.match(tokens, { token_type: 'bearer', scope: 'okta.users.read' })
  t.match(await refusalOf(ask('okta.apps.manage')), { error: 'consent_required' })
  t.match(await refusalOf(ask('greet')), { error: 'invalid_scope' })

  const introspected = await oauth.introspectionRequest(server, client, oauth.PrivateKeyJwt(key), tokens.access_token, loopback)
  t.match(await oauth.processIntrospectionResponse(server, client, introspected), { active: true, iss: localOkta.orgUrl })
})
