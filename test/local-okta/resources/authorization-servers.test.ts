import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import { refusalOf } from '../app-client.js'
import { callsTo, listing } from '../management-api.js'
import { share, start } from '../start.js'

t.test('the SDK creates, reads, replaces and deletes an authorization server, active or not', async t => {
  const { orgUrl, apiToken } = await share()
  const { authorizationServerApi: api } = new okta.Client({ orgUrl, token: apiToken })
  const authorizationServer = { name: 'SDK', description: 'By the SDK', audiences: ['api://sdk'] } as okta.AuthorizationServer
  const created = await api.createAuthorizationServer({ authorizationServer })
  const authServerId = created.id ?? ''
  t.match(created, { id: /^aus/, issuer: `${orgUrl}/oauth2/${authServerId}`, status: 'ACTIVE', audiences: ['api://sdk'] })
  created.name = 'Renamed'
  t.match(await api.replaceAuthorizationServer({ authServerId, authorizationServer: created }), { name: 'Renamed' })
  await api.deleteAuthorizationServer({ authServerId })
  t.match(await refusalOf(api.getAuthorizationServer({ authServerId })), { status: 404, errorCode: 'E0000007' })
})

t.test('a new server has the system scopes, no claim and no policy', async t => {
  const call = callsTo(await share())
  const { body: { id } } = await call('POST', 'authorizationServers', { name: 'New', audiences: ['api://new'] })
  const { body: scopes } = await call('GET', `authorizationServers/${id}/scopes`)
  t.ok(scopes.some(({ name, system }: { name: string, system: boolean }) => name === 'openid' && system))
  const openid = scopes.find(({ name }: { name: string }) => name === 'openid')
  t.equal((await call('DELETE', `authorizationServers/${id}/scopes/${openid.id}`)).status, 403)
  t.equal((await call('GET', `authorizationServers/${id}/claims`)).body.length, 0)
  t.equal((await call('GET', `authorizationServers/${id}/policies`)).body.length, 0)
})

t.test('policies and rules are listed by priority, and go with their server', async t => {
  const call = callsTo(await start(t))
  const { body: { id } } = await call('POST', 'authorizationServers', { name: 'Ordered', audiences: ['api://ordered'] })
  const policies = `authorizationServers/${id}/policies`
  const conditions = { clients: { include: ['ALL_CLIENTS'] } }
  await call('POST', policies, { name: 'Second', priority: 2, conditions })
  const { body: first } = await call('POST', policies, { name: 'First', priority: 1, conditions })
  t.match((await call('GET', policies)).body, [{ name: 'First' }, { name: 'Second' }])
  const rule = { name: 'All', conditions: { grantTypes: { include: ['client_credentials'] }, scopes: { include: ['*'] } } }
  t.match(await call('POST', `${policies}/${first.id}/rules`, rule), { status: 201, body: { priority: 1, actions: { token: { accessTokenLifetimeMinutes: 60 } } } })
  await call('DELETE', `authorizationServers/${id}`)
  t.equal((await call('GET', `${policies}/${first.id}`)).status, 404)
  const { body } = await call('GET', listing('logs', { filter: `target.id eq "${id}"` }))
  t.strictSame(body.map(({ eventType }: { eventType: string }) => eventType), ['oauth2.as.created', 'oauth2.as.deleted'])
})

t.test('a server, scope, claim, policy or rule that cannot be is refused, and the field is named', async t => {
  const call = callsTo(await start(t))
  const { body: { id } } = await call('POST', 'authorizationServers', { name: 'Strict', audiences: ['api://strict'] })
  const root = `authorizationServers/${id}`
  const { body: policy } = await call('POST', `${root}/policies`, { name: 'One', conditions: { clients: { include: [] } } })
  const refused: Array<[string, unknown, string]> = [
    ['authorizationServers', { name: 'A', audiences: [] }, 'audiences'],
    ['authorizationServers', { name: 'A', audiences: ['a', 'b'] }, 'audiences'],
    ['authorizationServers', { name: 'Strict', audiences: ['a'] }, 'name'],
    [`${root}/scopes`, { name: 'two words' }, 'name'],
    [`${root}/scopes`, { name: 'openid' }, 'name'],
    [`${root}/scopes`, { name: 'a', consent: 'MAYBE' }, 'consent'],
    [`${root}/claims`, { name: 'a', claimType: 'RESOURCE' }, 'value'],
    [`${root}/policies`, { name: 'One' }, 'name'],
    [`${root}/policies`, { name: 'A', priority: 0 }, 'priority'],
    [`${root}/policies/${policy.id}/rules`, { name: 'A' }, 'grantTypes'],
    [`${root}/policies/${policy.id}/rules`, { name: 'A', conditions: { grantTypes: { include: ['password'] } }, actions: { token: { accessTokenLifetimeMinutes: 1 } } }, 'accessTokenLifetimeMinutes']
  ]
  for (const [path, body, field] of refused) {
    const answer = await call('POST', path, body)
    t.equal(answer.status, 400, `${path} ${JSON.stringify(body)}`)
    t.match(answer.body.errorSummary, field)
  }
})
