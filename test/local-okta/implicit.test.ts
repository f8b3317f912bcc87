import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import t from 'tap'
import { defaultSeed } from 'local-okta'
import type { LocalOkta } from 'local-okta'
import { Browser } from './browser.js'
import type { Visited } from './browser.js'
import { start } from './start.js'

const REDIRECT_URI = 'https://localhost:3443/callback'
const [CLIENT_ID, CLIENT_SECRET] = ['0oaweb00000000000001', 'a-secret-of-the-web-app']

async function startWithWebApp (t: Parameters<typeof start>[0], grantTypes = ['authorization_code', 'implicit', 'refresh_token']): Promise<LocalOkta> {
  return start(t, {
    seed: {
      applications: [...defaultSeed.applications, {
        clientId: CLIENT_ID,
        label: 'Web app',
        applicationType: 'web',
        authMethod: 'client_secret_basic',
        clientSecret: CLIENT_SECRET,
        grantTypes,
        redirectUris: [REDIRECT_URI, 'http://127.0.0.1:3000/callback', 'http://web.internal:8080/callback'],
        assignedGroups: ['Everyone']
      }]
    }
  })
}

async function authorize ({ issuer, orgUrl }: LocalOkta, parameters: Record<string, string | undefined>): Promise<Visited> {
  const sent = { client_id: CLIENT_ID, redirect_uri: REDIRECT_URI, scope: 'openid profile', state: 's', nonce: 'n', ...parameters }
  const url = new URL(`${issuer}/v1/authorize`)
  for (const [name, value] of Object.entries(sent)) if (value !== undefined) url.searchParams.set(name, value)
  const browser = new Browser(orgUrl)
  const page = await browser.visit(url.href)
  return page.html.includes('id="username"') ? browser.submit(page, { username: 'ada@example.com', password: 'local-okta-1' }) : page
}

function fragmentOf ({ url }: Visited): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(new URL(url).hash.slice(1)))
}

function halfHash (value: string): string {
  return createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url')
}

t.test('an ID token comes by form_post, as express-openid-connect asks for it', async (t) => {
  const localOkta = await startWithWebApp(t)
  for (const redirectUri of [REDIRECT_URI, 'http://127.0.0.1:3000/callback', 'http://web.internal:8080/callback']) {
    const { status, html } = await authorize(localOkta, { response_type: 'id_token', response_mode: 'form_post', redirect_uri: redirectUri })
    t.equal(status, 200)
    t.match(html, `action="${redirectUri}"`)
    const form = Object.fromEntries([...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
    t.strictSame(Object.keys(form).sort(), ['id_token', 'state'])
    const configuration = await client.discovery(new URL(localOkta.issuer), CLIENT_ID, CLIENT_SECRET, undefined, { execute: [client.allowInsecureRequests, client.useIdTokenResponseType] })
    const claims = await client.implicitAuthentication(configuration, new Request(redirectUri, { method: 'POST', body: new URLSearchParams(form) }), 'n', { expectedState: 's' })
    t.match(claims, { sub: '00uadalovelace000001', aud: CLIENT_ID, given_name: 'Ada', zoneinfo: 'Europe/London' }, 'with the whole profile: no access token came along')
    t.notOk('at_hash' in claims)
  }
})

t.test('tokens come in the fragment, each with its hash', async (t) => {
  const localOkta = await startWithWebApp(t)
  const types: Record<string, string[]> = {
    id_token: ['id_token', 'state'],
    'id_token token': ['access_token', 'expires_in', 'id_token', 'scope', 'state', 'token_type'],
    'code id_token': ['code', 'id_token', 'state'],
    'code token': ['access_token', 'code', 'expires_in', 'scope', 'state', 'token_type'],
    'code id_token token': ['access_token', 'code', 'expires_in', 'id_token', 'scope', 'state', 'token_type']
  }
  for (const [type, members] of Object.entries(types)) {
    const response = fragmentOf(await authorize(localOkta, { response_type: type }))
    t.strictSame(Object.keys(response).sort(), members, type)
    const { access_token: accessToken, id_token: idToken, code } = response
    if (accessToken !== undefined) t.match(decodeJwt(accessToken), { cid: CLIENT_ID, sub: 'ada@example.com', auth_time: Number, scp: ['openid', 'profile'] })
    if (idToken === undefined) continue
    const claims = decodeJwt(idToken)
    t.equal(claims['at_hash'], accessToken === undefined ? undefined : halfHash(accessToken))
    t.equal(claims['c_hash'], code === undefined ? undefined : halfHash(code))
    t.equal('given_name' in claims, type === 'id_token', 'the rest of the profile is at userinfo')
  }
})

t.test('a code of the hybrid flow is exchanged like any other', async (t) => {
  const localOkta = await startWithWebApp(t)
  const configuration = await client.discovery(new URL(localOkta.issuer), CLIENT_ID, CLIENT_SECRET, undefined, { execute: [client.allowInsecureRequests, client.useCodeIdTokenResponseType] })
  const { url } = await authorize(localOkta, { response_type: 'code id_token', scope: 'openid offline_access' })
  const tokens = await client.authorizationCodeGrant(configuration, new URL(url), { expectedNonce: 'n', expectedState: 's' })
  t.match(tokens, { access_token: String, refresh_token: String })
})

t.test('requests that the flow does not allow are sent back', async (t) => {
  const localOkta = await startWithWebApp(t)
  t.match(fragmentOf(await authorize(localOkta, { response_type: 'id_token', nonce: undefined })), { error: 'invalid_request', error_description: /nonce/ })
  t.match(fragmentOf(await authorize(localOkta, { response_type: 'code token', nonce: undefined })), { error: 'invalid_request', error_description: /nonce/ })
  t.match(fragmentOf(await authorize(localOkta, { response_type: 'id_token', prompt: 'none' })), { error: 'login_required', state: 's' })
  t.match((await authorize(localOkta, { response_type: 'id_token token', response_mode: 'query' })).url, /error=invalid_request/)

  const codeOnly = await startWithWebApp(t, ['authorization_code'])
  t.match((await authorize(codeOnly, { response_type: 'id_token' })).url, /[#&]error=/, 'not for an app without the implicit grant')
  const implicitOnly = await startWithWebApp(t, ['implicit'])
  t.match((await authorize(implicitOnly, { response_type: 'code' })).url, /[?&]error=/)
  const response = await fetch(`${localOkta.issuer}/v1/token`, {
    method: 'POST', body: new URLSearchParams({ grant_type: 'implicit', client_id: CLIENT_ID, client_secret: CLIENT_SECRET })
  })
  t.match(await response.json(), { error: 'unsupported_grant_type' })
})

t.test('metadata names the flows', async (t) => {
  const localOkta = await startWithWebApp(t)
  const metadata = await (await fetch(`${localOkta.issuer}/.well-known/openid-configuration`)).json() as Record<string, string[]>
  t.ok(metadata['grant_types_supported']?.includes('implicit'))
  for (const type of metadata['response_types_supported'] ?? []) {
    t.match(JSON.stringify(await authorize(localOkta, { response_type: type })), /code=|id_token=|access_token=/, type)
  }
})
