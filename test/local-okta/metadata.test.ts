import { randomUUID } from 'node:crypto'
import { exportJWK, SignJWT } from 'jose'
import type { CryptoKey, JWTPayload } from 'jose'
import * as jose from 'jose'
import * as oauth from 'oauth4webapi'
import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { defaultSeed } from 'local-okta'
import { AppClient } from './app-client.js'
import { start } from './start.js'

const SECRET_CLIENT_ID = '0oasecretjwt00000001'
const SECRET = 'a-secret-that-is-long-enough-for-every-algorithm-of-HMAC-with-SHA-2'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const CLIENT_ID = '0oakeys0000000000001'
/** Algorithms that jose can sign with and Okta does not name. */
const UNNAMED = ['PS256', 'PS384', 'PS512', 'Ed25519']

type Metadata = Record<string, string & string[]>

async function metadataOf ({ issuer }: LocalOkta): Promise<Metadata> {
  return (await fetch(`${issuer}/.well-known/openid-configuration`)).json() as Promise<Metadata>
}

const pairs = new Map<string, Promise<jose.GenerateKeyPairResult>>()

async function pairFor (alg: string): Promise<jose.GenerateKeyPairResult> {
  const pair = pairs.get(alg) ?? jose.generateKeyPair(alg, { extractable: true })
  pairs.set(alg, pair)
  return pair
}

async function sign (alg: string, header: object, claims: JWTPayload): Promise<string> {
  const { privateKey } = await pairFor(alg)
  return new SignJWT({ jti: randomUUID(), ...claims }).setProtectedHeader({ alg, ...header }).sign(privateKey as CryptoKey)
}

/** An org with an app that holds a key of every algorithm, named or not. */
async function startWithKeys (t: Parameters<typeof start>[0]): Promise<LocalOkta> {
  const named = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
  const keys = await Promise.all([...named, 'PS256', 'PS384', 'PS512'].map(async (alg) => ({ ...await exportJWK((await pairFor(alg)).publicKey), kid: alg })))
  return start(t, {
    seed: {
      applications: [...defaultSeed.applications, {
        clientId: CLIENT_ID, label: 'Keys', applicationType: 'service', authMethod: 'private_key_jwt', grantTypes: ['client_credentials'], jwks: { keys }
      }, {
        clientId: SECRET_CLIENT_ID, label: 'Secret', applicationType: 'service', authMethod: 'client_secret_jwt', grantTypes: ['client_credentials'], clientSecret: SECRET
      }]
    }
  })
}

async function post (url: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })
}

async function assertionFor (url: string, alg: string): Promise<Record<string, string>> {
  const exp = Math.floor(Date.now() / 1000) + 60
  const assertion = alg.startsWith('HS')
    ? new SignJWT({ iss: SECRET_CLIENT_ID, sub: SECRET_CLIENT_ID, aud: url, exp }).setProtectedHeader({ alg }).sign(Buffer.from(SECRET))
    : sign(alg, { kid: alg }, { iss: CLIENT_ID, sub: CLIENT_ID, aud: url, exp })
  return { client_assertion_type: ASSERTION_TYPE, client_assertion: await assertion }
}

t.test('client assertions are accepted with every algorithm that metadata names, and with no other', async (t) => {
  const localOkta = await startWithKeys(t)
  const metadata = await metadataOf(localOkta)
  const forms: Record<string, Record<string, string>> = {
    token: { grant_type: 'client_credentials', scope: 'greet' }, introspection: { token: 'x' }, revocation: { token: 'x' }
  }
  for (const [endpoint, form] of Object.entries(forms)) {
    const url = metadata[`${endpoint}_endpoint`] ?? ''
    const named = metadata[`${endpoint}_endpoint_auth_signing_alg_values_supported`] ?? []
    t.not(named.length, 0)
    for (const alg of named) {
      t.equal((await post(url, { ...form, ...await assertionFor(url, alg) })).status, 200, `${endpoint}: ${alg}`)
    }
    for (const alg of UNNAMED) {
      t.equal((await post(url, { ...form, ...await assertionFor(url, alg) })).status, 401, `${endpoint}: not ${alg}`)
    }
  }
})

t.test('every way of authenticating that metadata names is accepted at each endpoint', async (t) => {
  const localOkta = await startWithKeys(t)
  const { service, browser } = localOkta.clients
  const metadata = await metadataOf(localOkta)
  const basic = { authorization: `Basic ${btoa(`${service.clientId}:${service.clientSecret}`)}` }
  for (const endpoint of ['introspection', 'revocation']) {
    const url = metadata[`${endpoint}_endpoint`] ?? ''
    const ways: Record<string, [Record<string, string>, Record<string, string>?]> = {
      client_secret_basic: [{}, basic],
      client_secret_post: [{ client_id: service.clientId, client_secret: service.clientSecret }],
      client_secret_jwt: [await assertionFor(url, 'HS256')],
      private_key_jwt: [await assertionFor(url, 'RS256')],
      none: [{ client_id: browser.clientId }]
    }
    for (const method of metadata[`${endpoint}_endpoint_auth_methods_supported`] ?? []) {
      const [form = {}, headers] = ways[method] ?? []
      t.equal((await post(url, { token: 'x', ...form }, headers)).status, 200, `${endpoint}: ${method}`)
    }
  }
})

t.test('DPoP proofs are accepted with every algorithm that metadata names, and with no other', async (t) => {
  const localOkta = await startWithKeys(t)
  const { service } = localOkta.clients
  const metadata = await metadataOf(localOkta)
  const url = metadata['token_endpoint'] ?? ''
  const ask = async (alg: string, nonce?: string): Promise<Response> => {
    const jwk = await exportJWK((await pairFor(alg)).publicKey)
    const proof = await sign(alg, { typ: 'dpop+jwt', jwk }, {
      htm: 'POST', htu: url, iat: Math.floor(Date.now() / 1000), ...(nonce === undefined ? {} : { nonce })
    })
    return post(url, { grant_type: 'client_credentials', scope: 'greet', client_id: service.clientId, client_secret: service.clientSecret }, { dpop: proof })
  }
  for (const alg of metadata['dpop_signing_alg_values_supported'] ?? []) {
    const first = await ask(alg)
    t.match([first.status, await first.json()], [400, { error: 'use_dpop_nonce' }])
    const second = await ask(alg, first.headers.get('dpop-nonce') ?? '')
    t.match([second.status, await second.json()], [200, { token_type: 'DPoP' }], alg)
  }
  for (const alg of UNNAMED) {
    const response = await ask(alg)
    t.match([response.status, await response.json()], [400, { error: 'invalid_dpop_proof' }], `not ${alg}`)
  }
})

t.test('every response mode and type, scope and claim of a sign-in is one that metadata names', async (t) => {
  const localOkta = await startWithKeys(t)
  const metadata = await metadataOf(localOkta)
  const app = await AppClient.discover(localOkta)
  for (const mode of metadata['response_modes_supported'] ?? []) {
    const page = await app.authorize({ prompt: 'none', response_mode: mode })
    t.match(decodeURIComponent(`${page.url} ${page.html}`), /login_required/, mode)
  }
  for (const mode of ['web_message', 'jwt', 'query.jwt', 'nonsense']) {
    t.match((await app.authorize({ response_mode: mode })).url, /error=unsupported_response_mode/, `not ${mode}`)
  }
  t.match((await app.authorize({ request: 'a.b.c' })).url, /error=invalid_request_object/)
  const scope = metadata['scopes_supported']?.join(' ') ?? ''
  const tokens = await app.exchange(await app.signIn('ada@example.com', undefined, { scope }))
  const named = new Set(metadata['claims_supported'])
  const info = await (await fetch(metadata['userinfo_endpoint'] ?? '', { headers: { authorization: `Bearer ${tokens.access_token}` } })).json() as object
  for (const claim of [...Object.keys(oauth.getValidatedIdTokenClaims(tokens) ?? {}), ...Object.keys(info)]) t.ok(named.has(claim), claim)
})

t.test('every endpoint that metadata names is present', async (t) => {
  const localOkta = await startWithKeys(t)
  const documents = [
    `${localOkta.issuer}/.well-known/openid-configuration`,
    `${localOkta.issuer}/.well-known/oauth-authorization-server`,
    `${localOkta.orgUrl}/.well-known/openid-configuration`
  ]
  for (const document of documents) {
    const metadata = await (await fetch(document)).json() as Metadata
    for (const [name, url] of Object.entries(metadata)) {
      if (!/(_endpoint|_uri)$/.test(name)) continue
      const statuses = await Promise.all([fetch(url, { redirect: 'manual' }), post(url, {})])
      t.ok(statuses.some(({ status }) => status !== 404 && status !== 405), `${name} of ${document}`)
    }
  }
})
