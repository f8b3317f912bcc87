import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { refusalOf } from './app-client.js'
import { share } from './start.js'

const { Client } = okta

function sdkOf ({ orgUrl, apiToken }: LocalOkta, token = apiToken): okta.Client {
  return new Client({ orgUrl, token, cacheMiddleware: null })
}

async function all<T> (collection: okta.Collection<T>): Promise<T[]> {
  const items: T[] = []
  await collection.each((item: T) => { items.push(item) })
  return items
}

t.test('the SDK reads users by id and login, and the owner of the token as me', async t => {
  const { userApi } = sdkOf(await share())
  const ada = await userApi.getUser({ userId: 'ada@example.com' })
  t.match(ada, { id: '00uadalovelace000001', status: 'ACTIVE', profile: { firstName: 'Ada', timezone: 'Europe/London' } })
  t.ok(ada.created instanceof Date)
  t.match((await userApi.getUser({ userId: '00uadalovelace000001' })).profile, { login: 'ada@example.com' })
  t.match((await userApi.getUser({ userId: 'me' })).profile, { login: 'admin@example.com' })
  t.match(await refusalOf(userApi.getUser({ userId: 'nobody@example.com' })),
    { status: 404, errorCode: 'E0000007', errorSummary: 'Not found: Resource not found: nobody@example.com (User)' })
})

t.test('the SDK creates, updates, deactivates and deletes a user', async t => {
  const localOkta = await share()
  const { userApi } = sdkOf(localOkta)
  const body = {
    profile: { login: 'alan@example.com', email: 'alan@example.com', firstName: 'Alan', lastName: 'Turing', age: 41 },
    credentials: { password: { value: 'local-okta-2' } }
  }
  const created = await userApi.createUser({ body: body as unknown as okta.CreateUserRequest })
  const userId = created.id ?? ''
  t.match(created, { id: /^00u\w{17}$/, status: 'ACTIVE' })
  t.match(await refusalOf(userApi.createUser({ body: body as unknown as okta.CreateUserRequest })),
    { status: 400, errorCode: 'E0000001', errorCauses: [{ errorSummary: /^login: An object with this field already exists/ }] })

  await userApi.updateUser({ userId, user: { profile: { nickName: 'Prof' } } })
  const updated = await userApi.getUser({ userId })
  t.match(updated.profile, { nickName: 'Prof', lastName: 'Turing', age: 41 }, 'what is not named stays')
  await userApi.replaceUser({ userId, user: { profile: { ...body.profile, age: undefined } } as never })
  t.match((await userApi.getUser({ userId })).profile, { nickName: null, lastName: 'Turing' }, 'a full update clears the rest')

  await userApi.deleteUser({ userId })
  t.equal((await userApi.getUser({ userId })).status, 'DEPROVISIONED', 'the first delete deactivates')
  await userApi.deleteUser({ userId })
  t.equal(localOkta.users.find(userId), undefined, 'the second deletes')
})

t.test('the lifecycle goes only along Okta\'s steps', async t => {
  const localOkta = await share()
  const { orgUrl, apiToken } = localOkta
  const operate = async (operation: string): Promise<number> => (await fetch(
    `${orgUrl}/api/v1/users/grace@example.com/lifecycle/${operation}`,
    { method: 'POST', headers: { authorization: `SSWS ${apiToken}` } })).status
  const steps: Array<[string, number, string]> = [
    ['activate', 403, 'ACTIVE'],
    ['suspend', 200, 'SUSPENDED'],
    ['suspend', 400, 'SUSPENDED'],
    ['unsuspend', 200, 'ACTIVE'],
    ['unlock', 403, 'ACTIVE'],
    ['expire_password', 200, 'PASSWORD_EXPIRED'],
    ['deactivate', 200, 'DEPROVISIONED'],
    ['activate', 200, 'ACTIVE']
  ]
  for (const [operation, status, after] of steps) {
    t.equal(await operate(operation), status, operation)
    t.equal(localOkta.users.find('grace@example.com')?.status, after)
  }
})

t.test('lists come in pages with absolute links, each on a line of its own', async t => {
  const localOkta = await share()
  for (let n = 0; n < 5; n += 1) {
    const login = `n${n}@example.com`
    localOkta.users.create({ profile: { login, email: login, firstName: 'N', lastName: String(n) } })
  }
  const { userApi } = sdkOf(localOkta)
  localOkta.requests.clear()
  t.equal((await all(await userApi.listUsers({ limit: 3, search: 'profile.lastName pr' }))).length, 8)
  const pages = localOkta.requests.filter(({ path }) => path === '/api/v1/users')
  t.equal(pages.length, 3)
  t.ok(pages.every(({ query }) => query.includes('search=')), 'the links keep the search')

  const { headers } = await fetch(`${localOkta.orgUrl}/api/v1/users?limit=2`,
    { headers: { authorization: `SSWS ${localOkta.apiToken}` } })
  t.match(headers.get('link'), new RegExp(`^<${localOkta.orgUrl}/api/v1/users\\?limit=2>; rel="self", ` +
    `<${localOkta.orgUrl}/api/v1/users\\?limit=2&after=00u\\w+>; rel="next"$`))
  t.match(Object.fromEntries(headers), { 'x-rate-limit-limit': '600', 'x-rate-limit-reset': /^\d+$/, 'x-okta-request-id': /./ })
})

t.test('a user\'s groups come 200 at a time, and Everyone is among them', async t => {
  const localOkta = await share()
  for (let n = 0; n < 201; n += 1) {
    const { id } = localOkta.groups.create(`group ${n}`)
    localOkta.groups.addUser(id, 'ada@example.com')
  }
  const { userApi } = sdkOf(localOkta)
  localOkta.requests.clear()
  const groups = await all(await userApi.listUserGroups({ userId: 'ada@example.com' }))
  t.equal(groups.length, 203)
  t.match(groups[0], { type: 'BUILT_IN', profile: { name: 'Everyone' } })
  t.equal(localOkta.requests.length, 2)
})

t.test('q, filter and search find users', async t => {
  const { userApi } = sdkOf(await share())
  const logins = async (query: Parameters<typeof userApi.listUsers>[0]): Promise<string[]> =>
    (await all(await userApi.listUsers(query))).map(({ profile }) => String(profile?.login))
  t.strictSame(await logins({ q: 'gra' }), ['grace@example.com'])
  t.strictSame(await logins({ filter: 'profile.login eq "ada@example.com"' }), ['ada@example.com'])
  t.strictSame(await logins({ filter: 'profile.login eq "ADA@example.com"' }), [], 'filter minds the case')
  t.strictSame(await logins({ search: 'profile.login eq "ADA@example.com"' }), ['ada@example.com'], 'search does not')
  t.strictSame(await logins({ search: '(profile.firstName sw "a" AND status eq "ACTIVE") or profile.lastName co "pp"', sortBy: 'profile.login', sortOrder: 'desc' }),
    ['grace@example.com', 'admin@example.com', 'ada@example.com'])
  t.match(await refusalOf(logins({ search: 'profile.login ne "x"' })), { status: 400, errorCode: 'E0000031' })
})

t.test('the SDK makes a group, puts people in, and assigns it to an app', async t => {
  const localOkta = await share()
  const { groupApi, applicationApi } = sdkOf(localOkta)
  const group = await groupApi.createGroup({ group: { profile: { name: 'Support', description: 'First line' } } })
  const groupId = group.id ?? ''
  t.match(group, { id: /^00g\w{17}$/, type: 'OKTA_GROUP' })
  await groupApi.assignUserToGroup({ groupId, userId: '00ugracehopper000001' })
  await groupApi.assignUserToGroup({ groupId, userId: '00ugracehopper000001' })
  t.strictSame((await all(await groupApi.listGroupUsers({ groupId }))).map(({ id }) => id), ['00ugracehopper000001'])
  t.strictSame((await all(await groupApi.listGroups({ q: 'supp' }))).map(({ id }) => id), [groupId])
  t.match(await refusalOf(groupApi.createGroup({ group: { profile: { name: 'Support' } } })), { errorCode: 'E0000001' })

  const appId = localOkta.clients.browser.clientId
  await applicationApi.assignGroupToApplication({ appId, groupId })
  await applicationApi.unassignApplicationFromGroup({ appId, groupId: localOkta.groups.find('Everyone')?.id ?? '' })
  t.strictSame((await all(await applicationApi.listApplicationUsers({ appId }))).map(({ id }) => id), ['00ugracehopper000001'])
  t.match(await applicationApi.getApplication({ appId }), { signOnMode: 'OPENID_CONNECT', status: 'ACTIVE' })

  await groupApi.unassignUserFromGroup({ groupId, userId: '00ugracehopper000001' })
  await groupApi.deleteGroup({ groupId })
  t.strictSame(localOkta.applications.find('browser')?.groupIds, [], 'a deleted group is assigned nowhere')
})

t.test('Everyone and imported groups cannot be changed', async t => {
  const localOkta = await share()
  const { groupApi } = sdkOf(localOkta)
  const imported = localOkta.groups.create({ name: 'Fastify Okta', type: 'APP_GROUP' })
  for (const groupId of [localOkta.groups.find('Everyone')?.id ?? '', imported.id]) {
    t.match(await refusalOf(groupApi.assignUserToGroup({ groupId, userId: '00ugracehopper000001' })), { status: 403 })
    t.match(await refusalOf(groupApi.deleteGroup({ groupId })), { status: 403 })
  }
  t.equal(localOkta.groups.find('Fastify Okta')?.type, 'OKTA_GROUP', 'of two with one name, Okta\'s own is found')
})

t.test('an API token that is not the org\'s gets 401 E0000011', async t => {
  const { userApi } = sdkOf(await share(), 'wrong')
  t.match(await refusalOf(userApi.getUser({ userId: 'me' })), { status: 401, errorCode: 'E0000011' })
})

t.test('a service app with a private key works within its scopes, as Bearer and as DPoP', async t => {
  const localOkta = await share()
  const { clientId, privateKeyJwk, scopes } = localOkta.clients.management
  const client = (): okta.Client => new Client({
    orgUrl: localOkta.orgUrl, authorizationMode: 'PrivateKey', clientId, scopes, privateKey: privateKeyJwk as never, cacheMiddleware: null
  })
  for (const isBound of [false, true]) {
    localOkta.applications.setDpopBound('management', isBound)
    const { userApi, applicationApi } = client()
    localOkta.requests.clear()
    t.match((await userApi.getUser({ userId: 'ada@example.com' })).profile, { firstName: 'Ada' })
    t.equal(localOkta.requests.filter(({ path }) => path === '/oauth2/v1/token').length, isBound ? 2 : 1, 'a nonce costs one more')
    t.match(await refusalOf(applicationApi.getApplication({ appId: clientId })), { status: 403, errorCode: 'E0000006' })
  }
})

t.test('a token of the default server is not for the management API', async t => {
  const localOkta = await share()
  const response = await fetch(`${localOkta.orgUrl}/api/v1/users/me`,
    { headers: { authorization: `Bearer ${await localOkta.mintAccessToken()}` } })
  t.equal(response.status, 401)
  t.match(response.headers.get('www-authenticate'), /error="invalid_token".*not intended for Okta/)
})

t.test('requests that are not right are refused as Okta refuses them', async t => {
  const { orgUrl, apiToken } = await share()
  const requests: Record<string, [string, RequestInit, number, string]> = {
    'a body that is not JSON': ['users', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }, 400, 'E0000003'],
    'a form': ['users', { method: 'POST', body: new URLSearchParams({ a: 'b' }) }, 415, 'E0000021'],
    'a list for a body': ['users', { method: 'POST', body: '[]', headers: { 'content-type': 'application/json' } }, 400, 'E0000003'],
    'no login': ['users', { method: 'POST', body: '{"profile":{}}', headers: { 'content-type': 'application/json' } }, 400, 'E0000001'],
    'a bad cursor': ['users?after=nonsense', {}, 400, 'E0000029'],
    'a limit of none': ['users?limit=0', {}, 400, 'E0000001'],
    'a parameter twice': ['users?limit=1&limit=2', {}, 400, 'E0000001'],
    'an unknown path': ['nonsense', {}, 404, 'E0000008'],
    'another method': ['users', { method: 'DELETE' }, 405, 'E0000022'],
    'another method of a user': ['users/me/groups', { method: 'PUT' }, 405, 'E0000022']
  }
  for (const [title, [path, init, status, errorCode]] of Object.entries(requests)) {
    t.test(title, async t => {
      const response = await fetch(`${orgUrl}/api/v1/${path}`,
        { ...init, headers: { ...init.headers as Record<string, string>, authorization: `SSWS ${apiToken}` } })
      t.equal(response.status, status)
      t.match(response.headers.get('content-type'), /^application\/json/)
      t.match(await response.json(), { errorCode, errorLink: errorCode, errorId: /^oae/, errorCauses: Array })
    })
  }
})
