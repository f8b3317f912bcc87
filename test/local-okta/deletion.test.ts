import t from 'tap'
import type { Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient, refusalOf } from './app-client.js'
import { post } from './console/forms.js'
import { callsTo } from './management-api.js'
import type { Call } from './management-api.js'
import { enrollQuestion } from './sign-on.js'
import { start } from './start.js'

const GRACE = '00ugracehopper000001'
const EVERYONE = '00geveryone000000001'

interface Org {
  readonly localOkta: LocalOkta
  readonly call: Call
  /** Creates something by the API, and gives its id. */
  readonly create: (path: string, body: object) => Promise<string>
  /** Changes something by the API. */
  readonly change: (method: string, path: string, body?: object) => Promise<void>
}

async function startOrg (t: Test): Promise<Org> {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const change = async (method: string, path: string, body?: object): Promise<unknown> => {
    const { status, body: answered } = await call(method, path, body)
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answered)}`)
    return answered
  }
  return {
    localOkta,
    call,
    create: async (path, body) => (await change('POST', path, body) as { id: string }).id,
    change: async (method, path, body) => { await change(method, path, body) }
  }
}

/** Where the state of the org, except what has happened, mentions an id. */
function mentionsOf (localOkta: LocalOkta, id: string): string[] {
  const { stores } = localOkta.snapshot() as unknown as { stores: Record<string, unknown> }
  return Object.entries(stores).filter(([, saved]) => JSON.stringify(saved).includes(id)).map(([name]) => name)
}

async function createUser ({ create }: Org, login = 'mary@example.com'): Promise<string> {
  return create('users', { profile: { login, email: login, firstName: 'Mary', lastName: 'Somerville' }, credentials: { password: { value: 'local-okta-1' } } })
}

async function createApp ({ create }: Org): Promise<string> {
  return create('apps', {
    name: 'oidc_client',
    label: 'Deleted',
    signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_post' } },
    settings: { oauthClient: { application_type: 'web', grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: ['https://a.example/'] } }
  })
}

t.test('a deleted user leaves nothing behind', async t => {
  const org = await startOrg(t)
  const { localOkta, call, create, change } = org
  const userId = await createUser(org)
  const groupId = await create('groups', { profile: { name: 'Astronomers' } })
  await change('PUT', `groups/${groupId}/users/${userId}`)
  await change('POST', `groups/${groupId}/owners`, { type: 'USER', id: userId })
  await create('groups/rules', { type: 'group_rule', name: 'Rule', conditions: { people: { users: { exclude: [userId] } }, expression: { value: 'user.firstName=="Mary"', type: 'urn:okta:expression:1.0' } }, actions: { assignUserToGroups: { groupIds: [groupId] } } })
  await change('POST', `apps/${localOkta.clients.browser.clientId}/users`, { id: userId })
  await change('POST', `users/${userId}/roles`, { type: 'USER_ADMIN' })
  await change('PUT', `users/${userId}/risk`, { riskLevel: 'HIGH' })
  await enrollQuestion(call, userId)
  await change('POST', `users/${userId}/factors`, { factorType: 'email', provider: 'OKTA', profile: { email: 'mary@example.com' } })
  await change('POST', 'meta/schemas/user/linkedObjects', { primary: { name: 'manager', title: 'Manager', type: 'USER' }, associated: { name: 'report', title: 'Report', type: 'USER' } })
  await change('PUT', `users/${userId}/linkedObjects/manager/${GRACE}`)
  await change('PUT', `users/${GRACE}/linkedObjects/manager/${userId}`)
  const idpId = await create('idps', {
    type: 'GOOGLE', name: 'Google', protocol: { type: 'OIDC', scopes: ['openid'], credentials: { client: { client_id: 'a', client_secret: 'b' } } }, policy: { accountLink: { action: 'AUTO' }, provisioning: { action: 'AUTO' }, subject: { matchType: 'USERNAME', userNameTemplate: { template: 'idpuser.email' } } }
  })
  await change('POST', `idps/${idpId}/users/${userId}`, { externalId: 'elsewhere' })
  await change('POST', `users/${userId}/credentials/forgot_password?sendEmail=false`)
  await call('POST', 'authn', { username: 'mary@example.com', password: 'local-okta-1' })
  const app = await AppClient.discover(localOkta)
  const tokens = await app.exchange(await app.signIn('mary@example.com'))
  await change('DELETE', `users/${userId}`)
  await change('DELETE', `users/${userId}`)
  t.strictSame(mentionsOf(localOkta, userId), [])
  t.match(await refusalOf(app.refresh(tokens.refresh_token ?? '')), { error: 'invalid_grant' })
})

t.test('an API token ends with its user', async t => {
  const org = await startOrg(t)
  const { localOkta, call, change } = org
  for (const isDeleted of [false, true]) {
    const userId = await createUser(org, `mary${isDeleted}@example.com`)
    const token = /<pre class="copy" id="api-token">([^<]+)</.exec((await post(localOkta, '/console/api-tokens', { name: `Of Mary ${isDeleted}` })).html)?.[1] ?? ''
    const { id } = (await call('GET', 'api-tokens')).body.find(({ name }: { name: string }) => name === `Of Mary ${isDeleted}`)
    await change('PUT', `api-tokens/${id}`, { name: 'Of Mary', userId })
    const use = async (): Promise<number> => (await call('GET', 'users/me', undefined, { authorization: `SSWS ${token}` })).status
    t.equal(await use(), 200)
    if (isDeleted) localOkta.users.delete(userId)
    else await change('POST', `users/${userId}/lifecycle/deactivate`)
    t.equal(await use(), 401, isDeleted ? 'deleted' : 'deactivated')
    t.equal((await call('GET', `api-tokens/${id}`)).status, 404)
  }
})

t.test('a deleted group leaves nothing behind, and a rule that added users to it is invalid until it is replaced', async t => {
  const org = await startOrg(t)
  const { localOkta, call, create, change } = org
  const groupId = await create('groups', { profile: { name: 'Astronomers' } })
  const rule = (groupIds: string[]): object => ({ type: 'group_rule', name: 'Rule', conditions: { expression: { value: 'user.firstName=="Grace"', type: 'urn:okta:expression:1.0' } }, actions: { assignUserToGroups: { groupIds } } })
  const ruleId = await create('groups/rules', rule([groupId]))
  await change('POST', `groups/rules/${ruleId}/lifecycle/activate`)
  t.match((await call('GET', `groups/${groupId}/users`)).body, [{ id: GRACE }])
  await change('PUT', `apps/${localOkta.clients.browser.clientId}/groups/${groupId}`, {})
  await change('POST', `groups/${groupId}/roles`, { type: 'USER_ADMIN' })
  await change('POST', `groups/${groupId}/owners`, { type: 'USER', id: GRACE })
  const adminId = await create(`users/${GRACE}/roles`, { type: 'USER_ADMIN' })
  await change('PUT', `users/${GRACE}/roles/${adminId}/targets/groups/${groupId}`)
  await change('DELETE', `groups/${groupId}`)
  t.strictSame(mentionsOf(localOkta, groupId), [])
  t.match((await call('GET', `groups/rules/${ruleId}`)).body, { status: 'INVALID', actions: { assignUserToGroups: { groupIds: [] } } })
  t.match(await call('POST', `groups/rules/${ruleId}/lifecycle/activate`), { status: 400, body: { errorCode: 'E0000001' } })
  const other = await create('groups', { profile: { name: 'Others' } })
  await change('PUT', `groups/rules/${ruleId}`, rule([other]))
  await change('POST', `groups/rules/${ruleId}/lifecycle/activate`)
  t.match((await call('GET', `groups/${other}/users`)).body, [{ id: GRACE }])
})

t.test('a deleted app leaves nothing behind', async t => {
  const org = await startOrg(t)
  const { localOkta, create, change } = org
  const appId = await createApp(org)
  await change('POST', `apps/${appId}/users`, { id: GRACE })
  await change('PUT', `apps/${appId}/groups/${EVERYONE}`, {})
  await change('POST', `apps/${appId}/grants`, { scopeId: 'okta.users.read', issuer: localOkta.orgUrl })
  await change('POST', `apps/${appId}/credentials/secrets`, {})
  await change('POST', `apps/${appId}/credentials/keys/generate?validityYears=2`)
  await change('POST', `/oauth2/v1/clients/${appId}/roles`, { type: 'USER_ADMIN' })
  const policyId = await create('policies', { type: 'ACCESS_POLICY', name: 'Of the app', description: 'For a test' })
  await change('PUT', `apps/${appId}/policies/${policyId}`)
  await change('POST', `apps/${localOkta.clients.browser.clientId}/interclient-allowed-apps`, { id: appId })
  await change('POST', `apps/${appId}/lifecycle/deactivate`)
  await change('DELETE', `apps/${appId}`)
  t.strictSame(mentionsOf(localOkta, appId), [])
})

t.test('a deleted authorization server leaves nothing behind', async t => {
  const org = await startOrg(t)
  const { localOkta, create, change } = org
  const serverId = await create('authorizationServers', { name: 'Deleted', description: 'For a test', audiences: ['api://deleted'] })
  const server = `authorizationServers/${serverId}`
  await change('POST', `${server}/scopes`, { name: 'read' })
  await change('POST', `${server}/claims`, { name: 'site', claimType: 'RESOURCE', valueType: 'EXPRESSION', value: 'user.city', status: 'ACTIVE' })
  const policyId = await create(`${server}/policies`, { type: 'OAUTH_AUTHORIZATION_POLICY', name: 'All', description: 'For a test', priority: 1, conditions: { clients: { include: ['ALL_CLIENTS'] } } })
  await change('POST', `${server}/policies/${policyId}/rules`, { type: 'RESOURCE_ACCESS', name: 'All', priority: 1, conditions: { people: { groups: { include: [EVERYONE] } }, grantTypes: { include: ['client_credentials'] }, scopes: { include: ['*'] } } })
  await change('POST', `${server}/associatedServers`, { trusted: ['default'] })
  await change('POST', 'authorizationServers/default/associatedServers', { trusted: [serverId] })
  await change('POST', `${server}/lifecycle/deactivate`)
  await change('DELETE', server)
  t.strictSame([serverId, policyId].map(id => mentionsOf(localOkta, id)), [[], []])
})

t.test('a deleted policy takes its rules and mappings with it, and a deleted identity provider its keys and users', async t => {
  const org = await startOrg(t)
  const { localOkta, create, change } = org
  const policyId = await create('policies', { type: 'ACCESS_POLICY', name: 'Deleted', description: 'For a test' })
  const ruleId = await create(`policies/${policyId}/rules`, { type: 'ACCESS_POLICY', name: 'Rule', actions: { appSignOn: { access: 'ALLOW' } } })
  await change('PUT', `apps/${localOkta.clients.browser.clientId}/policies/${policyId}`)
  await change('DELETE', `policies/${policyId}`)
  t.strictSame([policyId, ruleId].map(id => mentionsOf(localOkta, id)), [[], []])

  const idpId = await create('idps', {
    type: 'GOOGLE', name: 'Google', protocol: { type: 'OIDC', scopes: ['openid'], credentials: { client: { client_id: 'a', client_secret: 'b' } } }, policy: { accountLink: { action: 'AUTO' }, provisioning: { action: 'AUTO' }, subject: { matchType: 'USERNAME', userNameTemplate: { template: 'idpuser.email' } } }
  })
  await change('POST', `idps/${idpId}/users/${GRACE}`, { externalId: 'elsewhere' })
  await change('POST', `idps/${idpId}/credentials/keys/generate?validityYears=2`)
  await change('DELETE', `idps/${idpId}`)
  t.strictSame(mentionsOf(localOkta, idpId), [])
})

t.test('a rule, a factor, a zone and an event hook are gone once they are deleted', async t => {
  const org = await startOrg(t)
  const { localOkta, call, create, change } = org
  const policyId = await create('policies', { type: 'OKTA_SIGN_ON', name: 'Policy', description: 'For a test' })
  const ruleId = await create(`policies/${policyId}/rules`, { type: 'SIGN_ON', name: 'Rule', actions: { signon: { access: 'ALLOW' } } })
  const factorId = await enrollQuestion(call, GRACE)
  const zoneId = await create('zones', { type: 'IP', name: 'Office', gateways: [{ type: 'CIDR', value: '192.0.2.0/24' }] })
  const hookId = await create('eventHooks', { name: 'Hook', events: { type: 'EVENT_TYPE', items: ['user.session.start'] }, channel: { type: 'HTTP', version: '1.0.0', config: { uri: 'https://a.example/', authScheme: { type: 'HEADER', key: 'Authorization', value: 'secret' } } } })
  await change('POST', `zones/${zoneId}/lifecycle/deactivate`)
  await change('POST', `eventHooks/${hookId}/lifecycle/deactivate`)
  for (const [path, id] of [[`policies/${policyId}/rules`, ruleId], [`users/${GRACE}/factors`, factorId], ['zones', zoneId], ['eventHooks', hookId]] as const) {
    await change('DELETE', `${path}/${id}`)
    t.strictSame(mentionsOf(localOkta, id), [], path)
    t.match(await call('GET', `${path}/${id}`), { status: 404, body: { errorCode: 'E0000007' } }, path)
  }
})
