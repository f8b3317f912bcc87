import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import t from 'tap'
import { Browser } from './browser.js'
import { share } from './start.js'

const REDIRECT_URI = 'http://127.0.0.1:3000/callback'

async function request (issuer: string, form: Record<string, string>): Promise<[number, unknown]> {
  const response = await fetch(`${issuer}/v1/par`, { method: 'POST', body: new URLSearchParams(form) })
  return [response.status, await response.json()]
}

t.test('a pushed authorization request signs in once, bound to the DPoP key that pushed it', async (t) => {
  const localOkta = await share()
  const configuration = await client.discovery(new URL(localOkta.issuer), localOkta.clients.browser.clientId, undefined, client.None(), { execute: [client.allowInsecureRequests] })
  const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair('ES256'))
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const url = await client.buildAuthorizationUrlWithPAR(configuration, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid offline_access',
    state: 's',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256'
  }, { DPoP })
  t.strictSame([...url.searchParams.keys()].sort(), ['client_id', 'request_uri'])
  const browser = new Browser(localOkta.orgUrl)
  const callback = await browser.submit(await browser.visit(url.href), { username: 'ada@example.com', password: 'local-okta-1' })
  const tokens = await client.authorizationCodeGrant(configuration, new URL(callback.url), { pkceCodeVerifier, expectedState: 's' }, undefined, { DPoP })
  t.match(tokens, { token_type: 'dpop', refresh_token: String })
  t.match(decodeJwt(tokens.access_token), { scp: ['openid', 'offline_access'] })
  t.equal((await browser.visit(url.href)).status, 400, 'the request_uri is used up')
})

t.test('a request that is not right is refused when it is pushed', async (t) => {
  const { issuer, clients } = await share()
  const good = {
    client_id: clients.browser.clientId, response_type: 'code', redirect_uri: REDIRECT_URI, scope: 'openid', state: 's', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256'
  }
  t.match(await request(issuer, good), [201, { request_uri: /^urn:/, expires_in: Number }])
  const requests: Record<string, [Record<string, string>, number, string, RegExp]> = {
    'by an unknown client': [{ client_id: 'x' }, 401, 'invalid_client', /client_id/],
    'for another redirect URI': [{ redirect_uri: `${REDIRECT_URI}/x` }, 400, 'invalid_request', /must be a Login redirect URI/],
    'without PKCE': [{ code_challenge: '', code_challenge_method: '' }, 400, 'invalid_request', /^PKCE code challenge is required/],
    'without state': [{ state: '' }, 400, 'invalid_request', /'state'/],
    'for an unknown scope': [{ scope: 'openid x' }, 400, 'invalid_scope', /not configured/],
    'for another response type': [{ response_type: 'x' }, 400, 'unsupported_response_type', /./],
    'with a request_uri': [{ request_uri: 'urn:x' }, 400, 'invalid_request', /./]
  }
  for (const [title, [changes, status, error, description]] of Object.entries(requests)) {
    t.match(await request(issuer, { ...good, ...changes }), [status, { error, error_description: description }], title)
  }
})
