import { randomUUID } from 'node:crypto'
import { generateKeyPair, importJWK, SignJWT } from 'jose'
import type { JWK, JWTPayload } from 'jose'
import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { share, start } from './start.js'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

async function assertion ({ clients, orgUrl }: LocalOkta, claims: JWTPayload = {}, jwk: JWK = clients.management.privateKeyJwk): Promise<string> {
  const { clientId } = clients.management
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ iss: clientId, sub: clientId, aud: `${orgUrl}/oauth2/v1/token`, exp: now + 60, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: String(jwk.kid) })
    .sign(await importJWK(jwk, 'RS256'))
}

async function ask ({ orgUrl }: LocalOkta, form: Record<string, string>, headers: Record<string, string> = {}): Promise<{ status: number, body: unknown }> {
  const response = await fetch(`${orgUrl}/oauth2/v1/token`, {
    method: 'POST', headers, body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'okta.users.read', ...form })
  })
  return { status: response.status, body: await response.json() }
}

t.test('a client assertion must be right in every claim', async t => {
  const localOkta = await share()
  const other = await start(t)
  const hourLater = Math.floor(Date.now() / 1000) + 3700
  const failed = 'Client authentication failed. Either the client or the client credentials are invalid.'
  const assertions: Record<string, [string, string]> = {
    expired: [await assertion(localOkta, { exp: 1 }), 'The client_assertion token is expired.'],
    'valid for too long': [await assertion(localOkta, { exp: hourLater }), failed],
    'for another endpoint': [await assertion(localOkta, { aud: 'https://other.example' }),
      'The audience claim for client_assertion must be the endpoint invoked for the request.'],
    'of another key': [await assertion(localOkta, {}, other.clients.management.privateKeyJwk), 'The client_assertion signature is invalid.'],
    'of another issuer': [await assertion(localOkta, { iss: 'other' }), failed],
    'of an unknown client': [await assertion(localOkta, { sub: 'other', iss: 'other' }), "Invalid value for 'client_id' parameter."],
    'no JWT': ['garbage', failed]
  }
  for (const [title, [clientAssertion, description]] of Object.entries(assertions)) {
    t.test(title, async t => {
      const form = { client_assertion_type: ASSERTION_TYPE, client_assertion: clientAssertion }
      t.match(await ask(localOkta, form), { status: 401, body: { error: 'invalid_client', error_description: description } })
    })
  }
})

t.test('a client assertion works once, with its type, and for its own client', async t => {
  const localOkta = await share()
  const form = { client_assertion_type: ASSERTION_TYPE, client_assertion: await assertion(localOkta) }
  t.match(await ask(localOkta, form), { status: 200, body: { token_type: 'Bearer' } })
  t.match(await ask(localOkta, form), { status: 401, body: { error_description: 'The client_assertion token has already been used.' } })
  t.match(await ask(localOkta, { client_assertion: await assertion(localOkta) }), { status: 401 })
  t.match(await ask(localOkta, { ...form, client_id: 'other' }), { status: 401, body: { error: 'invalid_client' } })
  t.match(await ask(localOkta, form, { authorization: 'Basic eDp5' }), { status: 401, body: { error: 'invalid_request' } }, 'two ways at once')
  t.match(await ask(localOkta, {}, { authorization: 'Bearer x' }), { status: 401, body: { error: 'invalid_client' } })
  t.match(await ask(localOkta, {}, { authorization: `Basic ${btoa('%:x')}` }), { status: 401, body: { error: 'invalid_client' } })
  t.match(await ask(localOkta, {
    client_assertion_type: ASSERTION_TYPE, client_assertion: await assertion(localOkta), grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange'
  }), { status: 400, body: { error: 'unauthorized_client' } }, 'the app does not have this grant')
})

t.test('a DPoP proof at the org server must be right in every claim', async t => {
  const localOkta = await share()
  localOkta.applications.setDpopBound('management', true)
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await crypto.subtle.exportKey('jwk', publicKey as never) as JWK
  const now = Math.floor(Date.now() / 1000)
  const prove = async (claims: JWTPayload): Promise<string> =>
    new SignJWT({ htm: 'POST', htu: `${localOkta.orgUrl}/oauth2/v1/token`, iat: now, jti: randomUUID(), ...claims })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk }).sign(privateKey)
  const askWith = async (dpop?: string): Promise<{ status: number, body: unknown }> => ask(localOkta,
    { client_assertion_type: ASSERTION_TYPE, client_assertion: await assertion(localOkta) }, dpop === undefined ? {} : { dpop })

  t.match(await askWith(), { status: 400, body: { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' } })
  const proofs: Record<string, [string, RegExp]> = {
    'no JWT': ['garbage', /is invalid/],
    'for another method': [await prove({ htm: 'GET' }), /^'htm' claim/],
    'for another URL': [await prove({ htu: 'http://other.example/' }), /^'htu' claim/],
    'for no URL': [await prove({ htu: 'nonsense' }), /^'htu' claim/],
    'without an id': [await prove({ jti: '' }), /^'jti' claim/],
    'from the future': [await prove({ iat: now + 3600 }), /^'iat' claim/],
    'too old': [await prove({ iat: now - 3600 }), /five minutes in the past/]
  }
  for (const [title, [proof, description]] of Object.entries(proofs)) {
    t.test(title, async t => {
      t.match(await askWith(proof), { status: 400, body: { error: 'invalid_dpop_proof', error_description: description } })
    })
  }
  t.match(await askWith(await prove({})), { status: 400, body: { error: 'use_dpop_nonce' } })
})

t.test('a proof is needed at every call of the API that a bound token makes', async t => {
  const localOkta = await share()
  const call = async (headers: Record<string, string>): Promise<Response> => fetch(`${localOkta.orgUrl}/api/v1/users/me`, { headers })
  const bound = await localOkta.mintOrgAccessToken({ client: 'management', claims: { cnf: { jkt: 'x' } } })
  const free = await localOkta.mintOrgAccessToken({ client: 'management' })
  t.equal((await call({ authorization: `Bearer ${bound}` })).status, 401, 'not as a Bearer token')
  t.equal((await call({ authorization: `DPoP ${bound}` })).status, 401, 'not without a proof')
  t.equal((await call({ authorization: `DPoP ${bound}`, dpop: 'garbage' })).status, 401)
  t.equal((await call({ authorization: `DPoP ${free}` })).status, 401, 'a free one is no DPoP token')
  t.equal((await call({ authorization: `Bearer ${free}` })).status, 404, 'a service app is nobody\'s me')
  t.equal((await call({ authorization: 'Basic x' })).status, 401)
  t.equal((await call({})).status, 403)
})
