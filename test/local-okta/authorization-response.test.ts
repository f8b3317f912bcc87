import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import t from 'tap'
import { AppClient, loopback, refusalOf, withNonce } from './app-client.js'
import type { Visited } from './browser.js'
import { share } from './start.js'

/** The members of a response, whichever mode brought it. */
function responseOf ({ url, html }: Visited): Record<string, string> {
  const { hash, searchParams } = new URL(url)
  const posted = /postMessage\((\{.*?\}), "([^"]*)"\)/.exec(html)?.[1]
  if (posted !== undefined) return JSON.parse(posted) as Record<string, string>
  const inputs = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  if (inputs.length > 0) return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value.replaceAll('&#39;', "'")]))
  return Object.fromEntries(hash === '' ? searchParams : new URLSearchParams(hash.slice(1)))
}

t.test('a response has the same members in every mode, and no iss', async (t) => {
  for (const mode of ['query', 'fragment', 'form_post', 'okta_post_message']) {
    const app = await AppClient.discover(await share())
    t.strictSame(Object.keys(responseOf(await app.signIn('ada@example.com', undefined, { response_mode: mode }))).sort(), ['code', 'state'], mode)

    const other = await AppClient.discover(await share())
    const refused = responseOf(await other.authorize({ response_mode: mode, prompt: 'none' }))
    t.strictSame(Object.keys(refused).sort(), ['error', 'error_description', 'state'], `${mode}, refused`)
    t.equal(refused['error_description'], 'The client specified not to prompt, but the user is not logged in.')
  }
})

t.test('okta_post_message posts to the origin of the redirect URI and may be shown in a frame', async (t) => {
  const app = await AppClient.discover(await share())
  await app.signIn('ada@example.com')
  const page = await app.authorize({ response_mode: 'okta_post_message', prompt: 'none', state: '</script><script>' })
  t.equal(page.status, 200)
  t.match(page.html, /"http:\/\/127\.0\.0\.1:3000"\)/)
  t.equal(page.html.split('</script>').length, 2, 'what was sent does not end the script')
  t.equal(responseOf(page)['state'], '</script><script>')
  const policy = page.headers.get('content-security-policy') ?? ''
  t.notMatch(policy, /frame-ancestors/)
  const [, script = ''] = /<script>(.*)<\/script>/.exec(page.html) ?? []
  t.match(policy, createHash('sha256').update(script).digest('base64'), 'its own script may run')
})

t.test('an ID token that comes with an access token has at_hash', async (t) => {
  const app = await AppClient.discover(await share())
  const first = await app.exchange(await app.signIn('ada@example.com'))
  for (const { access_token: accessToken, id_token: idToken = '' } of [first, await app.refresh(first.refresh_token ?? '')]) {
    t.equal(decodeJwt(idToken)['at_hash'], createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'))
  }
})

t.test('the password grant gives the tokens that its scopes ask for', async (t) => {
  const localOkta = await share()
  const { server } = await AppClient.discover(localOkta)
  const client: oauth.Client = { client_id: localOkta.clients.native.clientId }
  const exchange = async (scope: string): Promise<oauth.TokenEndpointResponse> => oauth.processGenericTokenEndpointResponse(server, client,
    await oauth.genericTokenEndpointRequest(server, client, oauth.None(), 'password',
      { username: 'ada@example.com', password: 'local-okta-1', scope }, loopback))
  const tokens = await exchange('openid profile offline_access')
  t.match(tokens, { token_type: 'bearer', scope: 'openid profile offline_access', id_token: String, refresh_token: String })
  t.match(oauth.getValidatedIdTokenClaims(tokens), { sub: '00uadalovelace000001', amr: ['pwd'], auth_time: Number, at_hash: String })
  const refreshed = await oauth.processRefreshTokenResponse(server, client,
    await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refresh_token ?? '', loopback))
  t.match(decodeJwt(refreshed.access_token), { sub: 'ada@example.com' })

  const plain = await exchange('greet')
  t.notOk('id_token' in plain || 'refresh_token' in plain)
})

t.test('an app that requires DPoP gets no token without a proof, whatever the grant', async (t) => {
  const localOkta = await share()
  localOkta.applications.setDpopBound('native', true)
  t.teardown(() => { localOkta.applications.setDpopBound('native', false) })
  const { server } = await AppClient.discover(localOkta)
  const client: oauth.Client = { client_id: localOkta.clients.native.clientId }
  const form = { username: 'ada@example.com', password: 'local-okta-1', scope: 'openid' }
  const missing = { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' }
  const refused = await oauth.genericTokenEndpointRequest(server, client, oauth.None(), 'password', form, loopback)
  t.match([refused.status, await refused.json()], [400, missing])

  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('RS256'))
  const request = async (): Promise<oauth.TokenEndpointResponse> => oauth.processGenericTokenEndpointResponse(server, client,
    await oauth.genericTokenEndpointRequest(server, client, oauth.None(), 'password', form, { ...loopback, DPoP }))
  const tokens = await withNonce(request)
  t.equal(tokens.token_type, 'dpop')
  t.match(decodeJwt(tokens.access_token), { cnf: { jkt: String } })
})

t.test('a code of an app that requires DPoP names the missing proof as the cause', async (t) => {
  const localOkta = await share()
  localOkta.applications.setDpopBound('browser', true)
  t.teardown(() => { localOkta.applications.setDpopBound('browser', false) })
  const app = await AppClient.discover(localOkta)
  const callback = await app.signIn('ada@example.com')
  t.match(await refusalOf(app.exchange(callback)), { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' })
  const DPoP = oauth.DPoP(app.client, await oauth.generateKeyPair('ES256'))
  t.equal((await withNonce(async () => app.exchange(callback, { DPoP }))).token_type, 'dpop', 'the code is still good')
})

t.test('introspection knows ID tokens: those of the caller, as long as they and their users are good', async (t) => {
  const localOkta = await share()
  const app = await AppClient.discover(localOkta)
  const { id_token: idToken = '' } = await app.exchange(await app.signIn('grace@example.com'))
  t.match(await app.introspect(idToken), {
    active: true, sub: '00ugracehopper000001', iss: localOkta.issuer, aud: app.client.client_id, client_id: app.client.client_id, username: 'grace@example.com'
  })
  t.strictSame(await app.introspect(await localOkta.mintIdToken({ expiresInSeconds: -1 })), { active: false }, 'expired')
  t.strictSame(await app.introspect(await localOkta.mintIdToken({ client: 'native' })), { active: false }, 'of another app')
  t.strictSame(await app.introspect(await localOkta.mintIdToken({ claims: { iss: 'https://other.example' } })), { active: false }, 'of another issuer')
  localOkta.users.setStatus('grace@example.com', 'SUSPENDED')
  t.strictSame(await app.introspect(idToken), { active: false })
})
