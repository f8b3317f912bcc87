import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import type { Test } from 'tap'
import { isGone, listOf, refused, shareSdk } from './sdk.js'
import type { Sdk } from './sdk.js'

/** An authorization server that is deleted when the test ends. */
async function createServer (t: Test, name: string): Promise<{ readonly api: Sdk['authorizationServerApi'], readonly authServerId: string }> {
  const { sdk: { authorizationServerApi: api } } = await shareSdk()
  const { id: authServerId } = await api.createAuthorizationServer({ authorizationServer: { name, description: 'A test', audiences: ['api://test'] } })
  t.teardown(async () => { await api.deleteAuthorizationServer({ authServerId }) })
  return { api, authServerId }
}

t.test('an authorization server is created, found, renamed, deactivated and deleted; the default one stays', async t => {
  const { sdk: { authorizationServerApi: api } } = await shareSdk()
  const authorizationServer = { name: 'Orders', description: 'A test', audiences: ['api://orders'] }
  const created = await api.createAuthorizationServer({ authorizationServer })
  const authServerId = created.id
  t.ok(created instanceof okta.AuthorizationServer)
  t.match(created, { id: /^aus\w{17}$/, status: 'ACTIVE', audiences: ['api://orders'], issuer: new RegExp(`/oauth2/${authServerId}$`), credentials: { signing: { rotationMode: 'AUTO' } } })
  await refused(t, api.createAuthorizationServer({ authorizationServer }), 400, 'E0000001')
  t.match(await listOf(api.listAuthorizationServers({ q: 'Orders' })), [{ id: authServerId }])
  t.match(await api.replaceAuthorizationServer({ authServerId, authorizationServer: { ...created, name: 'Sales' } }), { name: 'Sales' })
  await api.deactivateAuthorizationServer({ authServerId })
  t.match(await api.getAuthorizationServer({ authServerId }), { status: 'INACTIVE', created: Date })
  await api.activateAuthorizationServer({ authServerId })
  await api.deleteAuthorizationServer({ authServerId })
  await isGone(t, api.getAuthorizationServer({ authServerId }))
  await refused(t, api.deleteAuthorizationServer({ authServerId: 'default' }), 403, 'E0000006')
})

t.test('a server has scopes and claims', async t => {
  const { api, authServerId } = await createServer(t, 'Scoped')
  t.match((await listOf(api.listOAuth2Scopes({ authServerId }))).map(({ name }) => name), ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'])
  const scope = await api.createOAuth2Scope({ authServerId, oAuth2Scope: { name: 'car:drive', description: 'Drive', consent: 'REQUIRED', metadataPublish: 'ALL_CLIENTS' } })
  await refused(t, api.createOAuth2Scope({ authServerId, oAuth2Scope: { name: 'car:drive' } }), 400, 'E0000001')
  t.match(await listOf(api.listOAuth2Scopes({ authServerId, q: 'car' })), [{ id: scope.id, consent: 'REQUIRED' }])
  t.match(await api.replaceOAuth2Scope({ authServerId, scopeId: scope.id, oAuth2Scope: { ...scope, description: 'Other' } }), { description: 'Other' })
  await api.deleteOAuth2Scope({ authServerId, scopeId: scope.id })
  await isGone(t, api.getOAuth2Scope({ authServerId, scopeId: scope.id }))
  const claim = await api.createOAuth2Claim({ authServerId, oAuth2Claim: { name: 'carDriving', status: 'INACTIVE', claimType: 'RESOURCE', valueType: 'EXPRESSION', value: '"driving!"', conditions: { scopes: [] } } })
  t.match(claim, { status: 'INACTIVE', value: '"driving!"' })
  t.match(await api.replaceOAuth2Claim({ authServerId, claimId: claim.id, oAuth2Claim: { ...claim, name: 'carFlying' } }), { name: 'carFlying' })
  t.ok((await listOf(api.listOAuth2Claims({ authServerId }))).some(({ id }) => id === claim.id))
  await api.deleteOAuth2Claim({ authServerId, claimId: claim.id })
  await isGone(t, api.getOAuth2Claim({ authServerId, claimId: claim.id }))
})

t.test('a server has policies with rules', async t => {
  const { api, authServerId } = await createServer(t, 'Ruled')
  const policy = await api.createAuthorizationServerPolicy({ authServerId, policy: { type: 'OAUTH_AUTHORIZATION_POLICY', status: 'ACTIVE', name: 'All', description: 'A test', priority: 1, conditions: { clients: { include: ['ALL_CLIENTS'] } } } })
  const ids = { authServerId, policyId: policy.id }
  t.ok(policy instanceof okta.AuthorizationServerPolicy)
  t.match(await api.replaceAuthorizationServerPolicy({ ...ids, policy: { ...policy, name: 'Everyone' } }), { name: 'Everyone' })
  await api.deactivateAuthorizationServerPolicy(ids)
  t.match(await api.getAuthorizationServerPolicy(ids), { status: 'INACTIVE' })
  await api.activateAuthorizationServerPolicy(ids)
  const rule = await api.createAuthorizationServerPolicyRule({
    ...ids,
    policyRule: {
      type: 'RESOURCE_ACCESS',
      name: 'Any',
      priority: 1,
      conditions: { people: { groups: { include: ['EVERYONE'] } }, grantTypes: { include: ['implicit', 'client_credentials', 'authorization_code', 'password'] }, scopes: { include: ['openid', 'email'] } },
      actions: { token: { accessTokenLifetimeMinutes: 60, refreshTokenLifetimeMinutes: 0, refreshTokenWindowMinutes: 10080 } }
    }
  })
  const ruleIds = { ...ids, ruleId: rule.id }
  t.ok(rule instanceof okta.AuthorizationServerPolicyRule)
  t.match(await api.replaceAuthorizationServerPolicyRule({ ...ruleIds, policyRule: { ...rule, name: 'Some' } }), { name: 'Some' })
  await api.deactivateAuthorizationServerPolicyRule(ruleIds)
  t.match(await api.getAuthorizationServerPolicyRule(ruleIds), { status: 'INACTIVE' })
  await api.activateAuthorizationServerPolicyRule(ruleIds)
  t.match(await listOf(api.listAuthorizationServerPolicyRules(ids)), [{ id: rule.id, status: 'ACTIVE' }])
  await api.deleteAuthorizationServerPolicyRule(ruleIds)
  await isGone(t, api.getAuthorizationServerPolicyRule(ruleIds))
  await api.deleteAuthorizationServerPolicy(ids)
  await isGone(t, api.getAuthorizationServerPolicy(ids))
})

t.test('a server has keys, which rotate, and servers that it trusts', async t => {
  const { api, authServerId } = await createServer(t, 'Keyed')
  const before = await listOf(api.listAuthorizationServerKeys({ authServerId }))
  const next = before.find(({ status }) => status === 'NEXT')
  t.ok(before.some(({ status }) => status === 'ACTIVE'))
  const after = await listOf(api.rotateAuthorizationServerKeys({ authServerId, use: { use: 'sig' } }))
  t.match(after.find(({ kid }) => kid === next?.['kid']), { status: 'ACTIVE' })
  t.match(await api.getAuthorizationServerKey({ authServerId, keyId: next?.['kid'] }), { kid: next?.['kid'], kty: 'RSA' })
  const { authServerId: other } = await createServer(t, 'Trusted')
  t.match(await listOf(api.createAssociatedServers({ authServerId, associatedServerMediated: { trusted: [other] } })), [{ id: other }])
  t.match(await listOf(api.listAssociatedServersByTrustedType({ authServerId, trusted: true })), [{ id: other }])
  await api.deleteAssociatedServer({ authServerId, associatedServerId: other })
  t.strictSame(await listOf(api.listAssociatedServersByTrustedType({ authServerId, trusted: true })), [])
  t.strictSame(await listOf(api.listOAuth2ClientsForAuthorizationServer({ authServerId })), [])
})
