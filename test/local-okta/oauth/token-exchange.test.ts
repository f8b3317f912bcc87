import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as client from 'openid-client'
import t from 'tap'
import { defaultSeed, type LocalOkta } from 'local-okta'
import { refusalOf } from '../app-client.js'
import { callsTo } from '../management-api.js'
import { start } from '../start.js'

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const CLIENT_ID = '0oaapi00000000000001'

async function startWithApi (t: Parameters<typeof start>[0]): Promise<LocalOkta> {
  return start(t, {
    seed: {
      applications: [...defaultSeed.applications, {
        clientId: CLIENT_ID, label: 'Orders API', applicationType: 'service', authMethod: 'client_secret_basic', clientSecret: 'secret', grantTypes: [GRANT]
      }]
    }
  })
}

t.test('a service exchanges the access token of a user for its own, on behalf of the user', async t => {
  const localOkta = await startWithApi(t)
  const configuration = await client.discovery(new URL(localOkta.issuer), CLIENT_ID, 'secret', undefined, { execute: [client.allowInsecureRequests] })
  const parameters = {
    subject_token_type: ACCESS_TOKEN, subject_token: await localOkta.mintAccessToken(), audience: localOkta.audience, scope: 'greet'
  }
  const tokens = await client.genericGrantRequest(configuration, GRANT, parameters)
  t.match(tokens, { token_type: 'bearer', expires_in: 3600, scope: 'greet', issued_token_type: ACCESS_TOKEN })
  const claims = decodeJwt(tokens.access_token)
  t.match(claims, {
    iss: localOkta.issuer, aud: localOkta.audience, cid: CLIENT_ID, sub: 'ada@example.com', uid: '00uadalovelace000001', scp: ['greet'], auth_time: Number
  })
  t.notHas(claims, 'act')
  t.match(await client.tokenIntrospection(configuration, tokens.access_token), { active: true })

  const refused: Record<string, [Record<string, string>, string]> = {
    'a subject token that is not a token': [{ subject_token: 'x' }, 'invalid_grant'],
    'an expired subject token': [{ subject_token: await localOkta.mintAccessToken({ expiresInSeconds: -60 }) }, 'invalid_grant'],
    'a subject token of a client that acts for itself': [{ subject_token: await localOkta.mintAccessToken({ client: 'service' }) }, 'invalid_grant'],
    'a subject token of another server': [{ subject_token: await localOkta.mintOrgAccessToken({ user: 'ada@example.com' }) }, 'invalid_grant'],
    'a subject token that is bound to a key': [{ subject_token: await localOkta.mintAccessToken({ claims: { cnf: { jkt: 'x' } } }) }, 'invalid_grant'],
    'another audience': [{ audience: 'api://other' }, 'invalid_target'],
    'an ID token': [{ subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }, 'invalid_request'],
    "a scope of OpenID Connect's": [{ scope: 'greet offline_access' }, 'invalid_scope'],
    'an unknown scope': [{ scope: 'unknown' }, 'invalid_scope'],
    'no scope': [{ scope: '' }, 'invalid_scope']
  }
  for (const [title, [changes, error]] of Object.entries(refused)) {
    t.match(await refusalOf(client.genericGrantRequest(configuration, GRANT, { ...parameters, ...changes })), { error }, title)
  }
  localOkta.users.setStatus('ada@example.com', 'SUSPENDED')
  t.match(await refusalOf(client.genericGrantRequest(configuration, GRANT, parameters)), { error: 'invalid_grant' }, 'a user who may not sign in')
})

t.test('a client without the grant may not exchange tokens', async t => {
  const localOkta = await startWithApi(t)
  const { service } = localOkta.clients
  const configuration = await client.discovery(
    new URL(localOkta.issuer), service.clientId, service.clientSecret, undefined, { execute: [client.allowInsecureRequests] })
  t.match(await refusalOf(client.genericGrantRequest(configuration, GRANT, {
    subject_token_type: ACCESS_TOKEN, subject_token: await localOkta.mintAccessToken(), audience: localOkta.audience, scope: 'greet'
  })), { error: 'unauthorized_client' })
})

t.test('a server exchanges the tokens of another server that it trusts', async t => {
  const localOkta = await startWithApi(t)
  const call = callsTo(localOkta)
  const { body: { id } } = await call('POST', 'authorizationServers', { name: 'Orders', description: '', audiences: ['api://orders'] })
  await call('POST', `authorizationServers/${id}/scopes`, { name: 'orders:read' })
  const { body: policy } = await call('POST', `authorizationServers/${id}/policies`, {
    type: 'OAUTH_AUTHORIZATION_POLICY', name: 'All', description: '', priority: 1, conditions: { clients: { include: ['ALL_CLIENTS'] } }
  })
  await call('POST', `authorizationServers/${id}/policies/${policy.id}/rules`, {
    type: 'RESOURCE_ACCESS', name: 'All', conditions: { people: { groups: { include: ['EVERYONE'] } }, grantTypes: { include: [GRANT] }, scopes: { include: ['*'] } }, actions: { token: {} }
  })
  const configuration = await client.discovery(new URL(`${localOkta.orgUrl}/oauth2/${id}`), CLIENT_ID, 'secret', undefined, { execute: [client.allowInsecureRequests] })
  const exchange = async (): Promise<client.TokenEndpointResponse> => client.genericGrantRequest(configuration, GRANT, {
    subject_token_type: ACCESS_TOKEN, subject_token: await localOkta.mintAccessToken(), audience: 'api://orders', scope: 'orders:read'
  })
  t.match(await refusalOf(exchange()), { error: 'invalid_grant' }, 'not without trust')
  await call('POST', `authorizationServers/${id}/associatedServers`, { trusted: ['default'] })
  t.match(decodeJwt((await exchange()).access_token), { aud: 'api://orders', sub: 'ada@example.com', scp: ['orders:read'] })
  await call('DELETE', `authorizationServers/${id}/associatedServers/default`)
  t.match(await refusalOf(exchange()), { error: 'invalid_grant' })
})

t.test('a service that proves a key gets a token that is bound to it, with a nonce of the server', async t => {
  const localOkta = await startWithApi(t)
  const configuration = await client.discovery(new URL(localOkta.issuer), CLIENT_ID, 'secret', undefined, { execute: [client.allowInsecureRequests] })
  const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair())
  const exchange = async (options = {}): Promise<client.TokenEndpointResponse> => client.genericGrantRequest(configuration, GRANT, {
    subject_token_type: ACCESS_TOKEN, subject_token: await localOkta.mintAccessToken(), audience: localOkta.audience, scope: 'greet'
  }, options)
  // openid-client answers the demand for a nonce by itself
  const tokens = await exchange({ DPoP })
  t.match(tokens, { token_type: 'dpop', issued_token_type: ACCESS_TOKEN })
  t.match(decodeJwt(tokens.access_token), { cnf: { jkt: /^[\w-]{43}$/ }, sub: 'ada@example.com' })
  t.match(await client.tokenIntrospection(configuration, tokens.access_token), { active: true, token_type: 'DPoP' })
  const { token_type: tokenType } = await exchange()
  t.equal(tokenType, 'bearer', 'without a proof')
})

t.test('an app that requires DPoP gets no token by exchange without a proof, and none by a proof without the nonce', async t => {
  const localOkta = await startWithApi(t)
  const call = callsTo(localOkta)
  const { body: app } = await call('GET', `apps/${CLIENT_ID}`)
  await call('PUT', `apps/${CLIENT_ID}`, { ...app, settings: { ...app.settings, oauthClient: { ...app.settings.oauthClient, dpop_bound_access_tokens: true } } })
  const request = async (dpop: Record<string, string> = {}): Promise<Response> => fetch(`${localOkta.issuer}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${CLIENT_ID}:secret`)}`, ...dpop },
    body: new URLSearchParams({
      grant_type: GRANT, subject_token_type: ACCESS_TOKEN, subject_token: await localOkta.mintAccessToken(), audience: localOkta.audience, scope: 'greet'
    })
  })
  const without = await request()
  t.match([without.status, await without.json()], [400, { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' }])

  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const prove = async (claims: Record<string, unknown>): Promise<string> =>
    new SignJWT({ htm: 'POST', htu: `${localOkta.issuer}/v1/token`, jti: crypto.randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk }).setIssuedAt().sign(privateKey)
  const early = await request({ dpop: await prove({}) })
  const nonce = early.headers.get('dpop-nonce')
  t.match([early.status, await early.json()], [400, { error: 'use_dpop_nonce', error_description: 'Authorization server requires nonce in DPoP proof.' }])
  const proof = await prove({ nonce })
  t.match([(await request({ dpop: proof })).status, await (await request({ dpop: proof })).json()], [200, { error: 'invalid_dpop_proof' }], 'a proof is good once')
})
