import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import t from 'tap'
import { Browser } from './browser.js'
import { share } from './start.js'

const REDIRECT_URI = 'http://127.0.0.1:3000/callback'
const insecure = { execute: [client.allowInsecureRequests] }

t.test('openid-client signs in with DPoP, reads the user, refreshes, introspects and revokes', async (t) => {
  const localOkta = await share()
  const { clientId } = localOkta.clients.browser
  const configuration = await client.discovery(new URL(localOkta.issuer), clientId, undefined, client.None(), insecure)
  const [pkceCodeVerifier, expectedState, expectedNonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()]
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile offline_access',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256'
  })
  const browser = new Browser(localOkta.orgUrl)
  const callback = await browser.submit(await browser.visit(url.href), { username: 'ada@example.com', password: 'local-okta-1' })
  const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair('RS256'))
  const tokens = await client.authorizationCodeGrant(
    configuration, new URL(callback.url), { pkceCodeVerifier, expectedState, expectedNonce }, undefined, { DPoP })
  t.match(tokens, { token_type: 'dpop', id_token: String, refresh_token: String })
  t.match(await client.fetchUserInfo(configuration, tokens.access_token, '00uadalovelace000001', { DPoP }), { name: 'Ada Lovelace' })

  const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '', undefined, { DPoP })
  t.match(await client.tokenIntrospection(configuration, refreshed.access_token), { active: true, token_type: 'DPoP' })
  await client.tokenRevocation(configuration, refreshed.access_token)
  t.match(await client.tokenIntrospection(configuration, refreshed.access_token), { active: false })
})

t.test('openid-client gets a token for a service client', async (t) => {
  const localOkta = await share()
  const { clientId, clientSecret } = localOkta.clients.service
  const configuration = await client.discovery(new URL(localOkta.issuer), clientId, clientSecret, undefined, insecure)
  const tokens = await client.clientCredentialsGrant(configuration, { scope: 'greet' })
  t.match(decodeJwt(tokens.access_token), { cid: clientId, scp: ['greet'] })
})
