import t from 'tap'
import type { Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient } from '../app-client.js'
import { callsTo } from '../management-api.js'
import type { Call } from '../management-api.js'
import { start } from '../start.js'

const OFFICE = { 'x-forwarded-for': '203.0.113.80' }
const ELSEWHERE = { 'x-forwarded-for': '192.0.2.80' }
const FIRST_TOKEN = 'api-tokens/00T00000000000000001'

/** An org behind a proxy at 127.0.0.1, with a zone for the office. */
async function startWithOffice (t: Test): Promise<{ localOkta: LocalOkta, call: Call, zoneId: string }> {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { body: { id: zoneId } } = await call('POST', 'zones', {
    type: 'IP', name: 'Office', gateways: [{ type: 'CIDR', value: '203.0.113.0/24' }], proxies: [{ type: 'CIDR', value: '127.0.0.1/32' }]
  })
  return { localOkta, call, zoneId }
}

t.test('an API token with a network is good in its zones only, and other uses are in the System Log', async (t) => {
  const { call, zoneId } = await startWithOffice(t)
  t.match(await call('PUT', FIRST_TOKEN, { name: 'Office only', network: { connection: 'ZONE', include: [zoneId] } }), { status: 200, body: { network: { connection: 'ZONE', include: [zoneId] } } })
  t.equal((await call('GET', 'users', undefined, OFFICE)).status, 200)
  t.match(await call('GET', 'users', undefined, ELSEWHERE), { status: 403, body: { errorCode: 'E0000006' } })
  t.equal((await call('GET', 'users')).status, 403, 'the proxy itself')
  const { body: logs } = await call('GET', 'logs?filter=eventType eq "system.api_token.request_outside_allowed_range"', undefined, OFFICE)
  t.match(logs[0], { outcome: { result: 'DENY' }, client: { ipAddress: '192.0.2.80' }, target: [{ type: 'Token', displayName: 'Office only' }] })
  t.equal((await call('PUT', FIRST_TOKEN, { name: 'Anywhere', network: { connection: 'ANYWHERE' } }, OFFICE)).status, 200)
  t.equal((await call('GET', 'users', undefined, ELSEWHERE)).status, 200)
})

t.test('a client with a network gets tokens in its zones only', async (t) => {
  const { localOkta, call, zoneId } = await startWithOffice(t)
  const app = (network: object): object => ({
    name: 'oidc_client',
    label: 'Robot',
    signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { client_id: 'robot-1', client_secret: 'a-secret-for-a-test', token_endpoint_auth_method: 'client_secret_post' } },
    settings: { oauthClient: { application_type: 'service', grant_types: ['client_credentials'], response_types: ['token'], network } }
  })
  t.match(await call('POST', 'apps', app({ connection: 'MOON' })), { status: 400, body: { errorCode: 'E0000001' } })
  t.match(await call('POST', 'apps', app({ connection: 'ZONE', include: [zoneId] })), { status: 200, body: { settings: { oauthClient: { network: { connection: 'ZONE', include: [zoneId] } } } } })
  const ask = async (headers: Record<string, string>): Promise<unknown> => {
    const response = await fetch(`${localOkta.issuer}/v1/token`, {
      method: 'POST', headers, body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'greet', client_id: 'robot-1', client_secret: 'a-secret-for-a-test' })
    })
    return { status: response.status, ...await response.json() as object }
  }
  t.match(await ask(OFFICE), { status: 200, access_token: String })
  t.match(await ask(ELSEWHERE), { status: 401, error: 'access_denied' })
  await call('PUT', 'apps/robot-1', app({ connection: 'ANYWHERE' }))
  t.match(await ask(ELSEWHERE), { status: 200 })
})

t.test('after signing out at the org a browser may be sent to trusted origins', async (t) => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const app = await AppClient.discover(localOkta)
  await app.signIn('ada@example.com')
  const signOut = async (fromURI?: string) => app.browser.visit(`${localOkta.orgUrl}/login/signout${fromURI === undefined ? '' : `?${String(new URLSearchParams({ fromURI }))}`}`)
  t.match(await signOut('https://app.example/bye'), { status: 400, html: /https:\/\/app\.example\/bye/ })
  t.match((await app.authorize({ prompt: 'none' })).url, /\?code=/, 'nobody is signed out')
  await call('POST', 'trustedOrigins', { name: 'CORS only', origin: 'https://app.example', scopes: [{ type: 'CORS' }] })
  t.equal((await signOut('https://app.example/bye')).status, 400)
  await call('POST', 'trustedOrigins', { name: 'Redirects', origin: 'https://bye.example', scopes: [{ type: 'REDIRECT' }] })
  t.match(await signOut('https://bye.example/x?y=1'), { status: 302, url: 'https://bye.example/x?y=1' })
  t.match((await app.authorize({ prompt: 'none' })).url, /error=login_required/)
  t.match(await signOut(), { status: 200, url: `${localOkta.orgUrl}/` })
})
