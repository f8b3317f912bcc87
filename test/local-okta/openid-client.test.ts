import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import t from 'tap'
import { insecure, signInForCode } from './openid-client-flow.js'
import { share } from './start.js'

t.test('openid-client signs in with DPoP, reads the user, refreshes, introspects and revokes', async (t) => {
  const localOkta = await share()
  const { clientId } = localOkta.clients.browser
  const configuration = await client.discovery(new URL(localOkta.issuer), clientId, undefined, client.None(), insecure)
  const { callbackUrl, checks } = await signInForCode(localOkta.orgUrl, configuration)
  const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair('RS256'))
  const tokens = await client.authorizationCodeGrant(configuration, callbackUrl, checks, undefined, { DPoP })
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
