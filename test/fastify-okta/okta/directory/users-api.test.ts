import t from 'tap'
import { openUsersApi } from '#fastify-okta/okta/directory/users-api.js'
import { ADA } from '../../../kit/access-token.js'
import { Issuer, json } from '../../../kit/issuer.js'
import { GRACE, restore, startOrg } from '../../../kit/org.js'
import { failureOf } from '../../../kit/refusal.js'
import { usualKey } from '../../../kit/signing-key.js'
import { GROUPS, openApi, USER } from './open-api.js'

const org = await startOrg(t)
t.beforeEach(() => { restore(org) })

t.test('a user is read with all of its groups, in two calls', async t => {
  const api = await openApi(org)
  org.groups.addUser(org.groups.create({ name: 'Imported', type: 'APP_GROUP' }).id, ADA)
  const user = await api.readUser(ADA)

  t.match(user, { id: ADA, status: 'ACTIVE', profile: { login: 'ada@example.com', firstName: 'Ada', nickName: null }, created: /^\d{4}-.+Z$/ })
  t.same(user?.groups.map(({ name, type }) => [name, type]).sort(), [['Everyone', 'BUILT_IN'], ['Fastify Okta', 'OKTA_GROUP'], ['Imported', 'APP_GROUP']])
  t.same(org.requests.map(({ path }) => path).sort(), [USER, GROUPS])
})

t.test('every reading is a new one: nothing is kept by the SDK', async t => {
  const api = await openApi(org)
  await api.readUser(ADA)
  org.users.update(ADA, { firstName: 'Augusta' })
  org.users.setStatus(ADA, 'SUSPENDED')

  t.match(await api.readUser(ADA), { status: 'SUSPENDED', profile: { firstName: 'Augusta' } })
})

t.test('attributes that are asked for are read', async t => {
  const api = await openApi(org, { profileAttributes: ['badge'] })
  org.users.update(ADA, { badge: 7 })

  t.equal((await api.readUser(ADA))?.profile.badge, 7)
})

t.test('a user that does not exist is read as null', async t => {
  const api = await openApi(org)
  t.equal(await api.readUser('00unobody00000000001'), null)
})

t.test('a string that is not in the form of an id is not requested', async t => {
  const api = await openApi(org)
  const hostile = [
    '', 'ada@example.com', `${ADA}/`, `../users/${ADA}`, '..', '.', `${ADA}?expand=x`, `${ADA}#a`, '%2e%2e', `${ADA}%2f..`, `${ADA}\\`, `${ADA} `, `${ADA}\n`,
    'a'.repeat(65), 'é', '00u\0'
  ]
  for (const userId of hostile) t.equal(await api.readUser(userId), null, JSON.stringify(userId))
  t.same(org.requests, [])

  t.equal(await api.readUser('a'.repeat(64)), null)
  t.ok(org.requests.some(({ path }) => path === `/api/v1/users/${'a'.repeat(64)}`), 'one of the greatest length is')
})

t.test('a login in place of an id finds no user, though Okta would accept it', async t => {
  const api = await openApi(org)
  t.equal(await api.readUser('ada'), null)
  t.equal(await api.readUser('me'), null)
  t.equal(org.requests.filter(({ path }) => path === '/api/v1/users/ada').length, 1)
})

t.test('groups are read page by page, over an empty page too', async t => {
  const api = await openApi(org)
  for (let i = 0; i < 449; i++) org.groups.addUser(org.groups.create(`Group ${i}`).id, ADA)
  const { groups } = await api.readUser(ADA) ?? { groups: [] }
  t.equal(groups.length, 451)
  t.equal(new Set(groups.map(({ id }) => id)).size, 451)
  t.equal(org.requests.filter(({ path }) => path === GROUPS).length, 3)

  org.faults.add({ path: GROUPS, status: 200, body: [], headers: { link: `<${org.orgUrl}${GROUPS}?limit=200>; rel="next"` }, times: 1 })
  t.equal((await api.readUser(ADA))?.groups.length, 451, 'an empty first page')

  const after = groups[199]?.id ?? ''
  org.faults.add({ path: new RegExp(`after=${after}`), status: 200, body: [], times: 1 })
  t.equal((await api.readUser(ADA))?.groups.length, 200, 'an empty last page')
})

t.test('reading groups ends though the pages lead in a circle', async t => {
  for (const [title, body] of Object.entries({ 'of empty pages': [], 'of one group': [{ id: '00g1', type: 'OKTA_GROUP', profile: { name: 'a' } }] })) {
    t.test(title, async t => {
      const api = await openApi(org)
      org.faults.add({ path: GROUPS, status: 200, body, headers: { link: `<${org.orgUrl}${GROUPS}>; rel="next"` } })
      await t.rejects(api.readUser(ADA), { message: 'the user is in too many groups' })
      t.equal(org.requests.filter(({ path }) => path === GROUPS).length, 50)
    })
  }
})

t.test('a page that leads to another origin is not followed, and that origin gets no credentials', async t => {
  const api = await openApi(org)
  const elsewhere = await Issuer.start(t)
  elsewhere.answer = json(200, [])
  const { port } = new URL(org.orgUrl)
  for (const next of [elsewhere.origin, `http://localhost:${port}`, `https://127.0.0.1:${port}`, `http://127.0.0.1:${port}@127.0.0.1:${new URL(elsewhere.origin).port}`]) {
    org.faults.add({ path: GROUPS, status: 200, body: [], headers: { link: `<${next}${GROUPS}>; rel="next"` }, times: 1 })
    await t.rejects(api.readUser(ADA), { message: 'refused to follow a pagination link to another origin' }, next)
  }
  t.same(elsewhere.requests, [])
})

t.test('a redirect is not followed, to the same origin neither', async t => {
  const api = await openApi(org)
  const elsewhere = await Issuer.start(t)
  for (const location of [elsewhere.origin, `${org.orgUrl}${USER}`]) {
    org.faults.add({ path: USER, status: 302, headers: { location }, times: 1 })
    await t.rejects(api.readUser(ADA), { name: 'DirectoryFailure' }, location)
  }
  t.same(elsewhere.requests, [])
  t.equal(org.requests.filter(({ path }) => path === USER).length, 2)
})

t.test('whatever else Okta answers is a failure', async t => {
  const api = await openApi(org)
  for (const fault of [{ status: 500 }, { status: 401 }, { status: 403 }, { drop: true as const }, { status: 200, body: {} }]) {
    org.faults.add({ path: /users/, ...fault })
    await t.rejects(api.readUser(ADA), { name: 'DirectoryFailure' }, JSON.stringify(fault))
    org.faults.clear()
  }
  t.ok(await api.readUser(ADA))
})

t.test('a proxy\'s page in place of a user or of groups is an outage, not a missing user or a user without groups', async t => {
  const api = await openApi(org)
  for (const path of [/users/, USER, GROUPS]) {
    for (const [type, body] of [['text/html', '<h1>Sign in to the Wi-Fi</h1>'], ['text/plain', 'down for maintenance']] as const) {
      org.faults.add({ path, status: 200, body, headers: { 'content-type': type } })
      await t.rejects(api.readUser(ADA), { name: 'DirectoryFailure' }, `${String(path)}: ${type}`)
      org.faults.clear()
    }
  }
})

t.test('an object in place of a user that does not say who it is, is an outage', async t => {
  const api = await openApi(org)
  for (const body of [{}, [], { id: null }, { status: 'ACTIVE' }]) {
    org.faults.add({ path: USER, status: 200, body, times: 1 })
    await t.rejects(api.readUser(ADA), { name: 'DirectoryFailure' }, JSON.stringify(body))
  }
})

t.test('an answer that is too large is a failure', async t => {
  const api = await openApi(org)
  org.faults.add({ path: USER, status: 200, body: { id: ADA, status: 'ACTIVE', profile: { about: 'a'.repeat(8 * 1024 * 1024) } }, times: 1 })

  t.match(await failureOf(api.readUser(ADA)), { message: 'the response is larger than 8 MiB' })
})

t.test('only Okta itself says that there is no such user', async (t) => {
  const api = await openApi(org)
  const notOkta: Array<[string, unknown]> = [
    ['a gateway', 'default backend - 404'],
    ['an org that does not exist', '<!DOCTYPE html><html><title>Page not found</title></html>'],
    ['a gateway with JSON', { message: 'no Route matched with those values' }],
    ['another error of Okta\'s', { errorCode: 'E0000008', errorSummary: 'The requested path was not found' }],
    ['a code in another form', { errorCode: ['E0000007'] }]
  ]
  for (const [title, body] of notOkta) {
    for (const path of [/users/, USER, GROUPS]) {
      org.faults.add({ path, status: 404, body })
      t.match(await failureOf(api.readUser(ADA)), { isOutage: true }, title)
      t.match(await failureOf(api.updateProfile(ADA, { nickName: 'a' }).then(async () => await api.readUser(ADA))), { isOutage: true }, title)
      org.faults.clear()
    }
  }
  org.faults.add({ path: USER, status: 404, body: { errorCode: 'E0000007', errorSummary: 'Not found: Resource not found: (User)' } })
  t.equal(await api.readUser(ADA), null)
})

t.test('a profile is changed in part', async t => {
  const api = await openApi(org)
  await api.updateProfile(ADA, { nickName: 'Countess', timezone: null })

  t.match(org.users.find(ADA)?.profile, { nickName: 'Countess', timezone: null, lastName: 'Lovelace' })
})

t.test('the failures of a change are distinguished', async t => {
  const api = await openApi(org, { timeoutMs: 2000 })
  await t.rejects(api.updateProfile('00unobody00000000001', { nickName: 'a' }), { name: 'UserInactiveError' })
  const failures: Array<[object, object]> = [
    [{ status: 400 }, { name: 'InvalidProfileError', message: 'Okta refuses these profile values' }],
    [{ status: 404, body: { errorCode: 'E0000007' } }, { name: 'UserInactiveError' }],
    [{ status: 404, body: '<h1>Not Found</h1>' }, { reason: 'unavailable', status: 404 }],
    [{ status: 400, body: '<h1>Bad Request</h1>' }, { reason: 'unavailable', status: 400 }],
    [{ status: 403, body: { errorCode: 'E0000006' } }, { reason: 'refused', errorCode: 'E0000006' }],
    [{ status: 429 }, { reason: 'rate_limited', waitMs: Number }],
    [{ status: 500 }, { status: 500 }],
    [{ drop: true }, { reason: 'unavailable' }]
  ]
  for (const [fault, expected] of failures) {
    org.faults.add({ path: USER, method: 'POST', ...fault, times: 1 })
    t.match(await failureOf(api.updateProfile(ADA, { nickName: 'a' })), expected, JSON.stringify(fault))
  }
})

t.test('no change is made with a login or a string that is not in the form of an id', async t => {
  const api = await openApi(org)
  for (const userId of ['..', '.', '', 'grace@example.com', `${GRACE}/lifecycle/suspend`]) {
    await t.rejects(api.updateProfile(userId, { nickName: 'changed' }), { name: 'UserInactiveError' }, JSON.stringify(userId))
  }
  t.same(org.requests, [])
  t.notOk(org.users.list().some(({ profile }) => profile.nickName === 'changed'))
})

t.test('a ping does what a lookup does, so it fails if lookups would', async (t) => {
  const api = await openApi(org, { timeoutMs: 2000 })
  await api.ping()
  t.match(org.requests.filter(({ path }) => path !== '/api/v1/users/me'), [{ method: 'GET', path: '/api/v1/users', query: 'limit=1' }, { method: 'GET', path: /^\/api\/v1\/users\/[^/]+\/groups$/ }])

  for (const path of ['/api/v1/users', /\/groups$/]) {
    const faults = [{ status: 500 }, { status: 401 }, { status: 429 }, { hang: true as const }, { drop: true as const }, { status: 200, body: '<h1>Sign in</h1>' }, { status: 200, body: {} }]
    for (const fault of faults) {
      org.faults.add({ path, ...fault, times: 1 })
      await t.rejects(api.ping(), { name: 'DirectoryFailure' }, JSON.stringify(fault))
    }
    org.faults.add({ path, status: 403, body: { errorCode: 'E0000006' }, times: 1 })
    t.match(await failureOf(api.ping()), { reason: 'refused', status: 403, errorCode: 'E0000006' })
  }
  const stranger = await openUsersApi({ orgUrl: org.orgUrl, credentials: { token: 'not-one-of-its-tokens' }, profileAttributes: [], timeoutMs: 2000 })
  for (const call of [async () => { await stranger.ping() }, async () => { await stranger.readUser(ADA) }]) {
    t.match(await failureOf(call()), { reason: 'refused', status: 401, errorCode: 'E0000011', isOutage: true })
  }
})

t.test('a token that cannot be sent stops the start, and is not quoted', async (t) => {
  for (const token of ['00secret\n', '00secret\r\n', '00sec\u200bret', '00sec\u2013ret', ' 00secret', '00secret ', '00sec ret', '00secret\0', '']) {
    const error = await failureOf(openApi(org, { credentials: { token } })) as Error
    t.ok(error instanceof TypeError, JSON.stringify(token))
    t.match(error.message, /^directory\.token must be/)
    t.notMatch(error.message, /00sec/)
  }
})

t.test('neither a file nor a variable that is not given is read', async (t) => {
  const folder = t.testdir({ 'okta.yaml': 'kind: Deployment\n---\nkind: Service\n', '.okta': { 'okta.yaml': '# empty\n' } })
  const from = process.cwd()
  t.teardown(() => { process.chdir(from) })
  process.chdir(folder)
  t.intercept(process, 'env', { value: { ...process.env, HOME: folder, OKTA_CLIENT_TOKEN: 'other', OKTA_CLIENT_ORGURL: 'https://example.com', OKTA_CLIENT_KEYID: 'another' } })

  t.match(await (await openApi(org)).readUser(ADA), { id: ADA })
  const other = await Issuer.start(t)
  const privateKey = usualKey.privateKey.export({ format: 'jwk' })
  const credentials = { clientId: 'a', scopes: ['okta.users.read'], privateKey }
  await failureOf((await openUsersApi({ orgUrl: other.origin, credentials, profileAttributes: [], timeoutMs: 2000 })).readUser(ADA))
  const assertion = new URLSearchParams(other.requests[0]?.body).get('client_assertion')
  t.same(JSON.parse(Buffer.from(assertion?.split('.')[0] ?? '', 'base64url').toString()), { alg: 'RS256' })
})
