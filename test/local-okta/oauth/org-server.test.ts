import { decodeJwt, decodeProtectedHeader } from 'jose'
import * as client from 'openid-client'
import t from 'tap'
import { refusalOf } from '../app-client.js'
import { insecure, signInForCode } from '../openid-client-flow.js'
import { share } from '../start.js'

t.test("the org's own server signs people in, and its access tokens are good for introspection only", async t => {
  const localOkta = await share()
  const { orgUrl, clients: { browser: { clientId } } } = localOkta
  const configuration = await client.discovery(new URL(orgUrl), clientId, undefined, client.None(), insecure)
  const { browser, authorizationUrl, callbackUrl, checks } = await signInForCode(orgUrl, configuration)
  const tokens = await client.authorizationCodeGrant(configuration, callbackUrl, checks)
  t.match(tokens.claims(), { iss: orgUrl, sub: '00uadalovelace000001', aud: clientId }, 'an ID token of the org')
  t.match(decodeJwt(tokens.access_token), { iss: orgUrl, aud: orgUrl, cid: clientId, sub: 'ada@example.com' })

  const { keys } = await (await fetch(`${orgUrl}/oauth2/v1/keys`)).json() as { keys: Array<{ kid: string }> }
  const { kid, typ } = decodeProtectedHeader(tokens.access_token)
  t.equal(typ, 'application/okta-internal-at+jwt')
  t.notOk(keys.some((key) => key.kid === kid), 'its key is not published')

  t.match(await client.fetchUserInfo(configuration, tokens.access_token, '00uadalovelace000001'), { name: 'Ada Lovelace' })
  t.match(await client.tokenIntrospection(configuration, tokens.access_token), { active: true, iss: orgUrl })
  const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
  const custom = await client.discovery(new URL(localOkta.issuer), clientId, undefined, client.None(), insecure)
  t.match(await client.tokenIntrospection(custom, refreshed.access_token), { active: false }, 'another server does not know it')
  t.match(await refusalOf(client.refreshTokenGrant(custom, refreshed.refresh_token ?? '')), { error: 'invalid_grant' })
  await client.tokenRevocation(configuration, refreshed.access_token)
  t.match(await client.tokenIntrospection(configuration, refreshed.access_token), { active: false })

  const page = await browser.visit(authorizationUrl.href.replace(`${orgUrl}/oauth2/v1`, `${localOkta.issuer}/v1`))
  t.match(page.url, /^http:\/\/127\.0\.0\.1:3000\/callback\?code=/, 'the session counts at every server')
  const users = await fetch(`${orgUrl}/api/v1/users`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  t.equal(users.status, 403, 'it has no scope of the Management API')
})

t.test('a server that does not exist is not found at any of its endpoints', async t => {
  const { orgUrl } = await share()
  for (const path of [
    'ausunknown/v1/keys', 'ausunknown/v1/authorize?client_id=x', 'ausunknown/.well-known/openid-configuration', 'org/v1/keys', 'org/v1/authorize'
  ]) {
    const response = await fetch(`${orgUrl}/oauth2/${path}`)
    t.match([response.status, await response.json()], [404, { errorCode: 'E0000007' }], path)
  }
})
