import { createSecretKey } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CryptoKey, JWTPayload, KeyObject } from 'jose'
import * as client from 'openid-client'
import t from 'tap'
import type { Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient, refusalOf } from '../app-client.js'
import { Browser } from '../browser.js'
import type { Visited } from '../browser.js'
import { callsTo } from '../management-api.js'
import { insecure } from '../openid-client-flow.js'
import { start } from '../start.js'

const REDIRECT_URI = 'http://127.0.0.1:3000/callback'
const SECRET = 'a-secret-that-is-long-enough-for-every-algorithm-of-HMAC-with-SHA-2'
const CREDENTIALS = { username: 'ada@example.com', password: 'local-okta-1' }

/** An org with a web app, `signer`, which everyone is assigned to. */
async function startWithApp (t: Test, { method, jwks, settings = {} }: { method: string, jwks?: object, settings?: object }): Promise<LocalOkta> {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { body: app, status } = await call('POST', 'apps', {
    name: 'oidc_client',
    label: 'Signer',
    signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { client_id: 'signer', token_endpoint_auth_method: method, ...(method.startsWith('client_secret') ? { client_secret: SECRET } : {}) } },
    settings: {
      oauthClient: {
        application_type: 'web', grant_types: ['authorization_code', 'refresh_token', 'client_credentials'], response_types: ['code'], redirect_uris: [REDIRECT_URI], ...(jwks ? { jwks } : {}), ...settings
      }
    }
  })
  t.equal(status, 200)
  const { body: [everyone] } = await call('GET', 'groups?q=Everyone')
  await call('PUT', `apps/${app.id}/groups/${everyone.id}`)
  return localOkta
}

async function keysOf (alg: string): Promise<{ privateKey: CryptoKey, jwks: object }> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  return { privateKey, jwks: { keys: [{ ...await exportJWK(publicKey), kid: 'k1', use: 'sig', alg }] } }
}

/** Opens `/authorize` with a request object. */
async function authorize ({ issuer, orgUrl }: LocalOkta, key: CryptoKey | KeyObject, alg: string, claims: JWTPayload = {}, query: Record<string, string> = {}) {
  const request = await new SignJWT({
    iss: 'signer', aud: issuer, client_id: 'signer', response_type: 'code', redirect_uri: REDIRECT_URI, scope: 'openid offline_access', state: 'signed', ...claims
  }).setProtectedHeader({ alg, ...(alg.startsWith('HS') ? {} : { kid: 'k1' }) }).sign(key)
  const browser = new Browser(orgUrl)
  return { browser, page: await browser.visit(`${issuer}/v1/authorize?${String(new URLSearchParams({ client_id: 'signer', request, ...query }))}`) }
}

/** Where an error is: on a page, or in the address of an app that has one redirect URI. */
function refusalOn ({ status, url, html }: Visited): string {
  return status === 400 ? html : url
}

t.test('openid-client signs in by a request object that it has signed, and authenticates with the same key', async (t) => {
  const { privateKey, jwks } = await keysOf('ES256')
  const localOkta = await startWithApp(t, { method: 'private_key_jwt', jwks })
  const configuration = await client.discovery(new URL(localOkta.issuer), 'signer', undefined, client.PrivateKeyJwt({ key: privateKey, kid: 'k1' }), insecure)
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const url = await client.buildAuthorizationUrlWithJAR(configuration, {
    redirect_uri: REDIRECT_URI, scope: 'openid offline_access', state: 's', code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256'
  }, { key: privateKey, kid: 'k1' })
  t.strictSame([...url.searchParams.keys()].sort(), ['client_id', 'request'])
  const browser = new Browser(localOkta.orgUrl)
  const callback = await browser.submit(await browser.visit(url.href), CREDENTIALS)
  const tokens = await client.authorizationCodeGrant(configuration, new URL(callback.url), { pkceCodeVerifier, expectedState: 's' })
  t.match(tokens, { id_token: String, refresh_token: String })
})

t.test('request objects are accepted with every algorithm that discovery names', async (t) => {
  const { request_object_signing_alg_values_supported: algorithms, request_parameter_supported: isSupported } = await (await fetch(`${(await start(t)).issuer}/.well-known/openid-configuration`)).json() as Record<string, string[]>
  t.ok(isSupported)
  t.strictSame(algorithms, ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'])
  const bySecret = await startWithApp(t, { method: 'client_secret_basic' })
  for (const alg of algorithms ?? []) {
    const { privateKey, jwks } = alg.startsWith('HS') ? { privateKey: createSecretKey(SECRET, 'utf8'), jwks: undefined } : await keysOf(alg)
    const localOkta = jwks === undefined ? bySecret : await startWithApp(t, { method: 'private_key_jwt', jwks })
    const { browser, page } = await authorize(localOkta, privateKey, alg)
    t.match((await browser.submit(page, CREDENTIALS)).url, /\?code=.*&state=signed/, alg)
  }
})

t.test('a request object that is not right is refused, and what is beside one does not count', async (t) => {
  const { privateKey, jwks } = await keysOf('RS256')
  const localOkta = await startWithApp(t, { method: 'private_key_jwt', jwks })
  const wrong: Record<string, JWTPayload> = {
    'of another issuer': { iss: 'other' },
    'for another audience': { aud: 'https://other.example' },
    expired: { exp: 1 },
    'of another client': { client_id: 'other' },
    'with a request in it': { request: 'x' }
  }
  for (const [title, claims] of Object.entries(wrong)) {
    const { page } = await authorize(localOkta, privateKey, 'RS256', claims)
    t.match(refusalOn(page), /invalid_request_object/, title)
  }
  const foreign = await authorize(localOkta, (await generateKeyPair('RS256')).privateKey, 'RS256')
  t.match(refusalOn(foreign.page), /invalid_request_object/, 'signed with another key')
  const unsigned = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ iss: 'signer', aud: localOkta.issuer, client_id: 'signer', response_type: 'code', redirect_uri: REDIRECT_URI, scope: 'openid', state: 's' }))}.`.replaceAll('=', '')
  t.match(refusalOn(await new Browser(localOkta.orgUrl).visit(`${localOkta.issuer}/v1/authorize?client_id=signer&request=${unsigned}`)), /invalid_request_object/, 'not signed')
  const { browser, page } = await authorize(localOkta, privateKey, 'RS256', {}, { state: 'forged', redirect_uri: 'https://evil.example/' })
  t.match((await browser.submit(page, CREDENTIALS)).url, /^http:\/\/127\.0\.0\.1:3000\/callback\?code=.*&state=signed$/)
})

t.test('an app may say by which algorithm it signs request objects', async (t) => {
  const localOkta = await startWithApp(t, { method: 'client_secret_basic', settings: { request_object_signing_alg: 'HS512' } })
  const key = createSecretKey(SECRET, 'utf8')
  t.equal((await authorize(localOkta, key, 'HS512')).page.status, 200)
  t.match(refusalOn((await authorize(localOkta, key, 'HS256')).page), /invalid_request_object/)
})

t.test('openid-client pushes a request object', async (t) => {
  const { privateKey, jwks } = await keysOf('RS256')
  const localOkta = await startWithApp(t, { method: 'private_key_jwt', jwks })
  const request = await new SignJWT({ iss: 'signer', aud: localOkta.issuer, client_id: 'signer', response_type: 'code', redirect_uri: REDIRECT_URI, scope: 'openid', state: 's' })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey)
  const configuration = await client.discovery(new URL(localOkta.issuer), 'signer', undefined, client.PrivateKeyJwt({ key: privateKey, kid: 'k1' }), insecure)
  const url = await client.buildAuthorizationUrlWithPAR(configuration, { request })
  const browser = new Browser(localOkta.orgUrl)
  t.match((await browser.submit(await browser.visit(url.href), CREDENTIALS)).url, /\?code=/)
})

t.test('openid-client authenticates by a JWT that it signs with the client secret', async (t) => {
  const localOkta = await startWithApp(t, { method: 'client_secret_jwt' })
  const configuration = await client.discovery(new URL(localOkta.issuer), 'signer', undefined, client.ClientSecretJwt(SECRET), insecure)
  t.ok(configuration.serverMetadata().token_endpoint_auth_methods_supported?.includes('client_secret_jwt'))
  const { access_token: accessToken } = await client.clientCredentialsGrant(configuration, { scope: 'greet' })
  t.match(await client.tokenIntrospection(configuration, accessToken), { active: true, client_id: 'signer' })
  const foreign = await client.discovery(new URL(localOkta.issuer), 'signer', undefined, client.ClientSecretJwt(`${SECRET}-2`), insecure)
  t.match(await refusalOf(client.clientCredentialsGrant(foreign, { scope: 'greet' })), { error: 'invalid_client', error_description: 'The client_assertion signature is invalid.' })
  const posted = await client.discovery(new URL(localOkta.issuer), 'signer', undefined, client.ClientSecretPost(SECRET), insecure)
  t.match(await refusalOf(client.clientCredentialsGrant(posted, { scope: 'greet' })), { error: 'invalid_client' }, 'the secret itself is not what it is registered for')
})

t.test('a JWT by the client secret is accepted with each secret and each algorithm, once, for its endpoint', async (t) => {
  const localOkta = await startWithApp(t, { method: 'client_secret_jwt' })
  const { body: { client_secret: second } } = await callsTo(localOkta)('POST', 'apps/signer/credentials/secrets')
  const ask = async (secret: string, alg: string, claims: JWTPayload = {}): Promise<unknown> => {
    const now = Math.floor(Date.now() / 1000)
    const assertion = await new SignJWT({ iss: 'signer', sub: 'signer', aud: `${localOkta.issuer}/v1/token`, exp: now + 60, ...claims }).setProtectedHeader({ alg }).sign(createSecretKey(secret, 'utf8'))
    const response = await fetch(`${localOkta.issuer}/v1/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'greet', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion })
    })
    return { status: response.status, ...await response.json() as object }
  }
  for (const alg of ['HS256', 'HS384', 'HS512']) {
    for (const secret of [SECRET, second]) t.match(await ask(secret, alg), { status: 200 }, alg)
  }
  t.match(await ask(SECRET, 'HS256', { jti: 'once' }), { status: 200 })
  t.match(await ask(SECRET, 'HS256', { jti: 'once' }), { status: 401, error_description: 'The client_assertion token has already been used.' })
  t.match(await ask(second, 'HS256', { aud: 'https://other.example' }), { status: 401, error_description: 'The audience claim for client_assertion must be the endpoint invoked for the request.' })
  t.match(await ask(second, 'HS256', { exp: 1 }), { status: 401, error_description: 'The client_assertion token is expired.' })
  const app = await AppClient.discover(localOkta)
  t.equal((await app.authorize({ client_id: 'signer' })).status, 200, 'its users sign in as well')
})
