import t from 'tap'
import { AppClient } from './app-client.js'
import { start } from './start.js'

t.test('tests change the org past its rules', async t => {
  const { users, groups, applications, clients } = await start(t)
  const created = users.create({ profile: { login: 'alan@example.com', email: 'alan@example.com', firstName: 'Alan', lastName: 'Turing' } })
  t.equal(created.status, 'PROVISIONED', 'without a password nobody is active')
  t.throws(() => users.create({ profile: { ...created.profile } }), TypeError)
  t.equal(users.find('alan')?.id, created.id, 'a short login will do')
  t.equal(users.list().length, 4)
  t.notOk('password' in created)

  const group = groups.create({ name: 'Support', description: 'First line' })
  groups.addUser('Support', 'alan@example.com')
  t.strictSame(groups.find(group.id)?.memberIds, [created.id])
  t.equal(groups.find('Everyone')?.memberIds.length, 4)
  applications.assignUser('service', created.id)
  users.delete('alan@example.com')
  t.strictSame(groups.find('Support')?.memberIds, [])
  groups.removeUser('Support', 'ada@example.com')
  groups.delete('Support')
  t.equal(groups.list().length, 2)
  t.equal(applications.list().length, 4)
  t.equal(applications.find('Greeting page')?.id, clients.browser.clientId)
  t.notOk('clientSecret' in (applications.find('service') ?? {}))

  for (const misuse of [
    () => { groups.addUser('Everyone', 'ada@example.com') },
    () => { groups.addUser('nonsense', 'ada@example.com') },
    () => { groups.addUser('Fastify Okta', 'nonsense') },
    () => { users.update('nonsense', {}) },
    () => { applications.assignUser('nonsense', 'ada@example.com') }
  ]) t.throws(misuse, TypeError)
})

t.test('minting names what it cannot find', async t => {
  const localOkta = await start(t)
  await t.rejects(localOkta.mintAccessToken({ user: 'nonsense' }), { message: /^user:/ })
  await t.rejects(localOkta.mintAccessToken({ client: 'nonsense' }), { message: /^client:/ })
  await t.rejects(localOkta.mintAccessToken({ kid: 'nonsense' }), { message: /^kid:/ })
  await t.rejects(localOkta.mintIdToken({ client: 'service' }), TypeError)
  await t.rejects(localOkta.retireKey('nonsense'), TypeError)
})

t.test('a refresh token introspects as active while its user is', async t => {
  const localOkta = await start(t)
  const app = await AppClient.discover(localOkta)
  const { refresh_token: refreshToken = '' } = await app.exchange(await app.signIn('ada@example.com'))
  t.match(await app.introspect(refreshToken), { active: true, username: 'ada@example.com', uid: '00uadalovelace000001' })
  localOkta.users.setStatus('ada@example.com', 'DEPROVISIONED')
  t.strictSame(await app.introspect(refreshToken), { active: false })
})

t.test('userinfo refuses tokens that are not for it', async t => {
  const localOkta = await start(t)
  const ask = async (authorization: string): Promise<Response> =>
    fetch(`${localOkta.issuer}/v1/userinfo`, { headers: { authorization } })
  const invalid = await ask('Bearer garbage')
  t.equal(invalid.status, 401)
  t.match(invalid.headers.get('www-authenticate'), /^Bearer .*error="invalid_token"/)
  t.equal((await ask(`DPoP ${await localOkta.mintAccessToken()}`)).status, 401)
  t.equal((await ask(`Bearer ${await localOkta.mintAccessToken({ expiresInSeconds: -1 })}`)).status, 401)
  t.equal((await ask(`Bearer ${await localOkta.mintAccessToken({ claims: { nbf: 9999999999 } })}`)).status, 401)
  const narrow = await ask(`Bearer ${await localOkta.mintAccessToken({ scopes: ['greet'] })}`)
  t.equal(narrow.status, 403)
  t.match(await narrow.json(), { error: 'insufficient_scope' })
  localOkta.users.update('ada@example.com', { city: 'London', primaryPhone: '+44 1', locale: null })
  const wide = await ask(`Bearer ${await localOkta.mintAccessToken({ scopes: ['openid', 'address', 'phone'] })}`)
  t.strictSame(await wide.json(), { sub: '00uadalovelace000001', phone_number: '+44 1', address: { locality: 'London' } })
})

t.test('the rest of the management API answers with Okta\'s statuses', async t => {
  const localOkta = await start(t)
  const { orgUrl, apiToken, clients } = localOkta
  const app = `apps/${clients.browser.clientId}`
  const grace = 'users/00ugracehopper000001'
  const everyone = '00geveryone000000001'
  const calls: Array<[string, string, unknown, number, unknown]> = [
    ['GET', 'apps', undefined, 200, [{}, {}, {}, {}]],
    ['GET', 'apps?q=night', undefined, 200, [{ label: 'Nightly job', credentials: { oauthClient: { client_secret: String } } }]],
    ['GET', 'apps?filter=status%20eq%20%22INACTIVE%22', undefined, 200, []],
    ['GET', 'apps/nonsense', undefined, 404, { errorCode: 'E0000007' }],
    ['POST', `${app}/lifecycle/deactivate`, undefined, 200, {}],
    ['GET', app, undefined, 200, { status: 'INACTIVE', _links: { activate: {} } }],
    ['POST', `${app}/lifecycle/activate`, undefined, 200, {}],
    ['GET', `${app}/groups`, undefined, 200, [{ id: everyone }]],
    ['GET', `${app}/groups/${everyone}`, undefined, 200, { id: everyone, _links: { self: {} } }],
    ['GET', `${app}/${grace}`, undefined, 200, { scope: 'GROUP' }],
    ['POST', `${app}/users`, { id: '00ugracehopper000001', scope: 'USER' }, 200, { scope: 'USER', credentials: { userName: 'grace@example.com' } }],
    ['POST', `${app}/users`, { id: 'nonsense' }, 404, { errorCode: 'E0000007' }],
    ['DELETE', `${app}/${grace}`, undefined, 204, undefined],
    ['PUT', `${app}/groups/nonsense`, {}, 404, { errorCode: 'E0000007' }],
    ['DELETE', `${app}/groups/${everyone}`, undefined, 204, undefined],
    ['DELETE', `${app}/groups/${everyone}`, undefined, 404, { errorCode: 'E0000007' }],
    ['GET', `${app}/${grace}`, undefined, 404, { errorCode: 'E0000007' }],
    ['GET', `groups/${everyone}/apps`, undefined, 200, [{ id: clients.native.clientId }]],
    ['GET', 'groups?search=profile.name%20eq%20%22fastify%20okta%22', undefined, 200, [{ type: 'OKTA_GROUP' }]],
    ['GET', 'groups?filter=type%20eq%20%22BUILT_IN%22', undefined, 200, [{ id: everyone }]],
    ['GET', 'groups/nonsense', undefined, 404, { errorCode: 'E0000007' }],
    ['POST', 'groups', { profile: { name: '' } }, 400, { errorCode: 'E0000001' }],
    ['PUT', 'groups/00gfastifyokta000001', { profile: { name: 'Greeted' } }, 200, { profile: { name: 'Greeted', description: null } }],
    ['POST', 'users?activate=false', { profile: { login: 'a@b.c', email: 'a@b.c', firstName: 'A', lastName: 'B' }, groupIds: ['00gfastifyokta000001'] }, 200, { status: 'STAGED' }],
    ['POST', 'users', { profile: { login: 'nonsense', email: 'a@b.c', firstName: 'A', lastName: 'B' } }, 400, { errorCode: 'E0000001' }],
    ['POST', 'users', { profile: { login: 'c@b.c', email: 'c@b.c', firstName: 'A', lastName: 'B' }, groupIds: ['x'] }, 404, { errorCode: 'E0000007' }],
    ['POST', 'users/a@b.c/lifecycle/activate?sendEmail=false', undefined, 200, { activationToken: String }],
    ['POST', 'users/a@b.c/lifecycle/reactivate', undefined, 200, {}],
    ['POST', `${grace}/lifecycle/reset_factors`, undefined, 200, {}],
    ['POST', `${grace}/credentials/change_password`, { oldPassword: { value: 'x' }, newPassword: { value: 'y' } }, 403, { errorCode: 'E0000014' }],
    ['POST', `${grace}/credentials/change_password`, { oldPassword: { value: 'local-okta-1' }, newPassword: { value: 'local-okta-2' } }, 200, { password: {} }],
    ['DELETE', `${grace}/sessions?oauthTokens=true`, undefined, 204, undefined],
    ['POST', `${grace}/lifecycle/expire_password_with_temp_password`, undefined, 200, { tempPassword: String }],
    ['POST', `${grace}/lifecycle/reset_password?sendEmail=false`, undefined, 200, { resetPasswordUrl: String }],
    ['POST', `${grace}/lifecycle/reactivate`, undefined, 200, {}],
    ['POST', `${grace}/lifecycle/reactivate`, undefined, 403, { errorCode: 'E0000038' }],
    ['POST', `${grace}/lifecycle/deactivate`, undefined, 200, {}],
    ['POST', grace, { profile: {} }, 403, { errorCode: 'E0000038' }],
    ['GET', 'users?search=status%20eq%20%22ACTIVE', undefined, 400, { errorCode: 'E0000031' }],
    ['GET', 'users?filter=created%20gt%20%222020%22', undefined, 400, { errorCode: 'E0000031' }],
    ['GET', 'users?search=(created%20gt%20%222020%22)%20and%20created%20lt%20%222999%22%20and%20id%20ge%20%220%22%20and%20id%20le%20%22zz%22', undefined, 200, [{}, {}, {}, {}]],
    ['GET', 'users?limit=nonsense', undefined, 400, { errorCode: 'E0000029' }]
  ]
  for (const [method, path, body, status, expected] of calls) {
    const response = await fetch(`${orgUrl}/api/v1/${path}`, {
      method,
      headers: { authorization: `SSWS ${apiToken}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) })
    })
    t.equal(response.status, status, `${method} ${path}`)
    if (expected === undefined) t.equal(await response.text(), '')
    else t.match(await response.json(), expected as object)
  }
})
