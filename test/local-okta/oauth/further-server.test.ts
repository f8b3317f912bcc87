import { createRemoteJWKSet, jwtVerify } from 'jose'
import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { share } from '../start.js'

async function call ({ orgUrl, apiToken }: LocalOkta, path: string, body: object): Promise<{ id: string, issuer: string }> {
  const response = await fetch(`${orgUrl}/api/v1/authorizationServers${path}`, {
    method: 'POST', headers: { authorization: `SSWS ${apiToken}`, 'content-type': 'application/json' }, body: JSON.stringify(body)
  })
  t.equal(response.status, 201, path)
  return response.json() as Promise<{ id: string, issuer: string }>
}

async function requestToken ({ clients: { service } }: LocalOkta, issuer: string): Promise<Response> {
  return fetch(`${issuer}/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'orders:read', client_id: service.clientId, client_secret: service.clientSecret })
  })
}

t.test('a further server refuses every token until a policy and a rule allow it, and then signs with its own key', async t => {
  const localOkta = await share()
  const { id, issuer } = await call(localOkta, '', { name: 'Orders', description: 'Orders', audiences: ['orders'] })
  await call(localOkta, `/${id}/scopes`, { name: 'orders:read' })
  const refused = await requestToken(localOkta, issuer)
  t.match([refused.status, await refused.json()], [401, { error: 'access_denied', error_description: /^Policy evaluation failed/ }])

  const policy = await call(localOkta, `/${id}/policies`, {
    type: 'OAUTH_AUTHORIZATION_POLICY', name: 'P', description: 'P', priority: 1, conditions: { clients: { include: ['ALL_CLIENTS'] } }
  })
  await call(localOkta, `/${id}/policies/${policy.id}/rules`, {
    type: 'RESOURCE_ACCESS',
    name: 'R',
    priority: 1,
    conditions: {
      people: { users: { include: [], exclude: [] }, groups: { include: ['EVERYONE'], exclude: [] } },
      grantTypes: { include: ['client_credentials'] },
      scopes: { include: ['*'] }
    },
    actions: { token: { accessTokenLifetimeMinutes: 10, refreshTokenLifetimeMinutes: 0, refreshTokenWindowMinutes: 10080 } }
  })
  const response = await requestToken(localOkta, issuer)
  const tokens = await response.json() as { access_token: string, expires_in: number }
  t.match(tokens, { expires_in: 600 })
  const { payload } = await jwtVerify(tokens.access_token, createRemoteJWKSet(new URL(`${issuer}/v1/keys`)), { issuer, audience: 'orders' })
  t.match(payload, { cid: localOkta.clients.service.clientId, scp: ['orders:read'] })
})
