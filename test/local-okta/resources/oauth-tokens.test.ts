import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import { AppClient, refusalOf } from '../app-client.js'
import { callsTo } from '../management-api.js'
import { start } from '../start.js'

const ADA = '00uadalovelace000001'

t.test('a refresh token is listed by its app, its user and its server, and ends by any of them', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { clientId } = localOkta.clients.browser
  for (const owner of [`apps/${clientId}`, `users/${ADA}/clients/${clientId}`, `authorizationServers/default/clients/${clientId}`]) {
    const app = await AppClient.discover(localOkta)
    const { refresh_token: refreshToken = '' } = await app.exchange(await app.signIn('ada@example.com'))
    const { body } = await call('GET', `${owner}/tokens`)
    t.match(body[0], { id: /^oar\w{17}$/, status: 'ACTIVE', clientId, userId: ADA, issuer: localOkta.issuer }, owner)
    t.notMatch(JSON.stringify(body), refreshToken, 'without its value')
    t.match((await call('GET', `${owner}/tokens/${body[0].id}`)).body, body[0])
    t.match((await call('GET', `users/${ADA}/clients`)).body[0], { client_id: clientId })
    t.equal((await call('DELETE', `${owner}/tokens/${body[0].id}`)).status, 204)
    t.match(await refusalOf(app.refresh(refreshToken)), { error: 'invalid_grant' }, owner)
    t.equal((await call('GET', `${owner}/tokens/${body[0].id}`)).status, 404)
  }
})

t.test('the key that signs is rotated by the SDK, and tokens are signed by the new one at once', async t => {
  const localOkta = await start(t)
  const { orgUrl, apiToken } = localOkta
  const { authorizationServerApi } = new okta.Client({ orgUrl, token: apiToken })
  const kidOf = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid
  const before = kidOf(await localOkta.mintAccessToken())
  const keys = []
  for await (const key of await authorizationServerApi.rotateAuthorizationServerKeys({ authServerId: 'default', use: { use: 'sig' } })) if (key) keys.push(key)

  const active = keys.find(({ status }) => status === 'ACTIVE')
  t.not(active?.kid, before)
  t.equal(kidOf(await localOkta.mintAccessToken()), active?.kid)
  t.ok(keys.some(({ status }) => status === 'NEXT'))
  t.equal(keys.find(({ kid }) => kid === before)?.status, 'EXPIRED', 'the old key stays published')
  t.equal((await callsTo(localOkta)('GET', 'authorizationServers/default/credentials/keys/nonsense')).status, 404)
})

t.test('an API token that is revoked is good for nothing more, and a reset brings back the one of the org', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { body: [{ id }] } = await call('GET', 'api-tokens')
  t.notMatch(JSON.stringify((await call('GET', `api-tokens/${id}`)).body), localOkta.apiToken)
  t.equal((await call('DELETE', 'api-tokens/current')).status, 204)
  t.match(await call('GET', 'users/me'), { status: 401, body: { errorCode: 'E0000011' } })
  localOkta.reset()
  t.equal((await call('GET', 'api-tokens')).status, 200)
  t.equal((await call('DELETE', `api-tokens/${id}`)).status, 204)
  t.equal((await call('GET', 'api-tokens')).status, 401)
})

t.test('the actor in the System Log is the user whose token it is, or the service app', async t => {
  const localOkta = await start(t)
  const { orgUrl } = localOkta
  const actorsOf = async (token: string): Promise<unknown> => {
    const response = await fetch(`${orgUrl}/api/v1/users/${ADA}`, {
      method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ profile: { nickName: 'Countess' } })
    })
    t.equal(response.status, 200)
    const { body } = await callsTo(localOkta)('GET', 'logs?sortOrder=DESCENDING&filter=eventType%20eq%20%22user.account.update_profile%22')
    return body[0].actor
  }
  t.match(await actorsOf(await localOkta.mintOrgAccessToken({ user: 'grace@example.com', scopes: ['okta.users.manage'] })), { type: 'User', alternateId: 'grace@example.com' })
  const { clientId } = localOkta.clients.service
  t.match(await actorsOf(await localOkta.mintOrgAccessToken({ client: clientId, scopes: ['okta.users.manage'] })), { type: 'PublicClientApp', id: clientId })
})

t.test('a linked object is one primary for a user, and any number of users for the primary', async t => {
  const { orgUrl, apiToken } = await start(t)
  const { userApi, linkedObjectApi } = new okta.Client({ orgUrl, token: apiToken })
  const [manager, grace] = [ADA, '00ugracehopper000001']
  const definition = { primary: { name: 'boss', title: 'Boss', type: 'USER' as const }, associated: { name: 'report', title: 'Report', type: 'USER' as const } }
  await linkedObjectApi.createLinkedObjectDefinition({ linkedObject: definition as never })
  await userApi.setLinkedObjectForUser({ associatedUserId: grace, primaryRelationshipName: 'boss', primaryUserId: manager })
  const linked = async (userId: string, relationshipName: string): Promise<string[]> => {
    const hrefs = []
    for await (const { _links: links } of await userApi.listLinkedObjectsForUser({ userId, relationshipName }) as AsyncIterable<{ _links: { self: { href: string } } }>) hrefs.push(links.self.href)
    return hrefs
  }
  t.strictSame(await linked(grace, 'boss'), [`${orgUrl}/api/v1/users/${manager}`])
  t.strictSame(await linked(manager, 'report'), [`${orgUrl}/api/v1/users/${grace}`])
  await userApi.deleteLinkedObjectForUser({ userId: grace, relationshipName: 'boss' })
  t.strictSame(await linked(grace, 'boss'), [])
  await linkedObjectApi.deleteLinkedObjectDefinition({ linkedObjectName: 'boss' })
})
