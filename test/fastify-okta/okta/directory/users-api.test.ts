import { createPrivateKey } from 'node:crypto'
import t from 'tap'
import type { RateLimitedError } from '#fastify-okta/okta/directory/rate-limit.js'
import { openUsersApi, type UsersApi, type UsersApiOptions } from '#fastify-okta/okta/directory/users-api.js'
import { ADA } from '../../../kit/access-token.js'
import { hang, Issuer, json } from '../../../kit/issuer.js'
import { eventually } from '../../../kit/eventually.js'
import { GRACE, restore, startOrg } from '../../../kit/org.js'
import { failureOf } from '../../../kit/refusal.js'
import { strangersKey, usualKey } from '../../../kit/signing-key.js'

const USER = `/api/v1/users/${ADA}`
const GROUPS = `${USER}/groups`

const org = await startOrg(t)
t.beforeEach(() => { restore(org) })

async function open (difference: Partial<UsersApiOptions> = {}): Promise<UsersApi> {
  return await openUsersApi({ orgUrl: org.orgUrl, credentials: { token: org.apiToken }, profileAttributes: [], timeoutMs: 5000, ...difference })
}

/** As {@link open}, as a service app that signs with its private key. */
async function openAsServiceApp (difference: Record<string, unknown> = {}): Promise<UsersApi> {
  const { clientId, scopes, privateKeyJwk: privateKey } = org.clients.management
  return await openUsersApi({
    orgUrl: org.orgUrl, credentials: { clientId, scopes, privateKey: { ...privateKey }, ...difference }, profileAttributes: [], timeoutMs: 5000
  })
}

t.test('a user is read with all of its groups, in two calls', async t => {
  const api = await open()
  org.groups.addUser(org.groups.create({ name: 'Imported', type: 'APP_GROUP' }).id, ADA)
  const user = await api.readUser(ADA)

  t.match(user, { id: ADA, status: 'ACTIVE', profile: { login: 'ada@example.com', firstName: 'Ada', nickName: null }, created: /^\d{4}-.+Z$/ })
  t.same(user?.groups.map(({ name, type }) => [name, type]).sort(), [['Everyone', 'BUILT_IN'], ['Fastify Okta', 'OKTA_GROUP'], ['Imported', 'APP_GROUP']])
  t.same(org.requests.map(({ path }) => path).sort(), [USER, GROUPS])
})

t.test('every reading is a new one: nothing is kept by the SDK', async t => {
  const api = await open()
  await api.readUser(ADA)
  org.users.update(ADA, { firstName: 'Augusta' })
  org.users.setStatus(ADA, 'SUSPENDED')

  t.match(await api.readUser(ADA), { status: 'SUSPENDED', profile: { firstName: 'Augusta' } })
})

t.test('attributes that are asked for are read', async t => {
  const api = await open({ profileAttributes: ['badge'] })
  org.users.update(ADA, { badge: 7 })

  t.equal((await api.readUser(ADA))?.profile.badge, 7)
})

t.test('where there is no such user, null is read', async t => {
  const api = await open()
  t.equal(await api.readUser('00unobody00000000001'), null)
})

t.test('what is not in the form of an id is not asked about', async t => {
  const api = await open()
  const hostile = [
    '', 'ada@example.com', `${ADA}/`, `../users/${ADA}`, '..', '.', `${ADA}?expand=x`, `${ADA}#a`, '%2e%2e', `${ADA}%2f..`, `${ADA}\\`, `${ADA} `, `${ADA}\n`,
    'a'.repeat(65), 'é', '00u\0'
  ]
  for (const userId of hostile) t.equal(await api.readUser(userId), null, JSON.stringify(userId))
  t.same(org.requests, [])

  t.equal(await api.readUser('a'.repeat(64)), null)
  t.ok(org.requests.some(({ path }) => path === `/api/v1/users/${'a'.repeat(64)}`), 'one of the greatest length is')
})

t.test('a login in place of an id is nobody, though Okta would take it', async t => {
  const api = await open()
  t.equal(await api.readUser('ada'), null)
  t.equal(await api.readUser('me'), null)
  t.equal(org.requests.filter(({ path }) => path === '/api/v1/users/ada').length, 1)
})

t.test('groups are read page by page, over an empty page too', async t => {
  const api = await open()
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

t.test('a list of groups that leads in a circle comes to an end', async t => {
  for (const [title, body] of Object.entries({ 'of empty pages': [], 'of one group': [{ id: '00g1', type: 'OKTA_GROUP', profile: { name: 'a' } }] })) {
    t.test(title, async t => {
      const api = await open()
      org.faults.add({ path: GROUPS, status: 200, body, headers: { link: `<${org.orgUrl}${GROUPS}>; rel="next"` } })
      await t.rejects(api.readUser(ADA), { message: 'the user is in too many groups' })
      t.equal(org.requests.filter(({ path }) => path === GROUPS).length, 50)
    })
  }
})

t.test('a list that goes on is not followed once the deadline is over', async t => {
  const api = await open({ timeoutMs: 200 })
  org.faults.add({ path: GROUPS, status: 200, body: [], headers: { link: `<${org.orgUrl}${GROUPS}>; rel="next"` }, delayMs: 80 })
  await t.rejects(api.readUser(ADA))
  await new Promise(resolve => { setTimeout(resolve, 200) })
  const asked = org.requests.length
  await new Promise(resolve => { setTimeout(resolve, 300) })

  t.equal(org.requests.length, asked)
})

t.test('a page that leads to another origin is not followed, and that origin gets no credentials', async t => {
  const api = await open()
  const elsewhere = await Issuer.start(t)
  elsewhere.answer = json(200, [])
  const { port } = new URL(org.orgUrl)
  for (const next of [elsewhere.origin, `http://localhost:${port}`, `https://127.0.0.1:${port}`, `http://127.0.0.1:${port}@127.0.0.1:${new URL(elsewhere.origin).port}`]) {
    org.faults.add({ path: GROUPS, status: 200, body: [], headers: { link: `<${next}${GROUPS}>; rel="next"` }, times: 1 })
    await t.rejects(api.readUser(ADA), { message: 'Okta linked to another origin' }, next)
  }
  t.same(elsewhere.requests, [])
})

t.test('a redirect is not followed, to the same origin neither', async t => {
  const api = await open()
  const elsewhere = await Issuer.start(t)
  for (const location of [elsewhere.origin, `${org.orgUrl}${USER}`]) {
    org.faults.add({ path: USER, status: 302, headers: { location }, times: 1 })
    await t.rejects(api.readUser(ADA), Error, location)
  }
  t.same(elsewhere.requests, [])
  t.equal(org.requests.filter(({ path }) => path === USER).length, 2)
})

t.test('a 429 is not waited out, but said with the time that it lasts', async t => {
  const api = await open()
  for (const [userId, path] of [[ADA, USER], [GRACE, `/api/v1/users/${GRACE}/groups`]] as const) {
    org.faults.add({ path, status: 429 })
    const { waitMs } = await failureOf(api.readUser(userId)) as RateLimitedError
    t.ok(waitMs > 50_000 && waitMs <= 60_000, path)
    t.equal(org.requests.filter(request => request.path === path).length, 1, 'and not repeated')
  }
})

t.test('an Okta that does not answer is cut off by the deadline', async t => {
  for (const path of [USER, GROUPS]) {
    const api = await open({ timeoutMs: 200 })
    org.faults.add({ path, hang: true })
    await t.rejects(api.readUser(ADA), Error, path)
  }
})

t.test('the deadline holds for a look-up as a whole', async t => {
  const api = await open({ timeoutMs: 250 })
  for (let i = 0; i < 600; i++) org.groups.addUser(org.groups.create(`Group ${i}`).id, ADA)
  org.faults.add({ path: /groups/, delayMs: 150 })

  await t.rejects(api.readUser(ADA), { message: 'Okta did not answer within 250 ms' })
})

t.test('whatever else Okta answers is a failure', async t => {
  const api = await open()
  for (const fault of [{ status: 500 }, { status: 401 }, { status: 403 }, { drop: true as const }, { status: 200, body: {} }]) {
    org.faults.add({ path: /users/, ...fault })
    await t.rejects(api.readUser(ADA), Error, JSON.stringify(fault))
    org.faults.clear()
  }
  t.ok(await api.readUser(ADA))
})

t.test('a page of a proxy\'s, in place of a user or of groups, is an outage: it is neither nobody nor a user in no group', async t => {
  const api = await open()
  for (const path of [/users/, USER, GROUPS]) {
    for (const [type, body] of [['text/html', '<h1>Sign in to the Wi-Fi</h1>'], ['text/plain', 'down for maintenance']] as const) {
      org.faults.add({ path, status: 200, body, headers: { 'content-type': type } })
      await t.rejects(api.readUser(ADA), Error, `${String(path)}: ${type}`)
      org.faults.clear()
    }
  }
})

t.test('an object in place of a user that does not say who it is, is an outage', async t => {
  const api = await open()
  for (const body of [{}, [], { id: null }, { status: 'ACTIVE' }]) {
    org.faults.add({ path: USER, status: 200, body, times: 1 })
    await t.rejects(api.readUser(ADA), Error, JSON.stringify(body))
  }
})

t.test('an answer that is too large is a failure', async t => {
  const api = await open()
  org.faults.add({ path: USER, status: 200, body: { id: ADA, status: 'ACTIVE', profile: { about: 'a'.repeat(8 * 1024 * 1024) } }, times: 1 })

  t.match(await failureOf(api.readUser(ADA)), { type: 'max-size' })
})

t.test('Okta is asked about twelve users at once, and others wait no longer than their deadline', async t => {
  const api = await open({ timeoutMs: 300 })
  org.faults.add({ path: /./, hang: true })
  const reads = await Promise.allSettled(Array.from({ length: 30 }, async () => await api.readUser(ADA)))

  t.equal(new Set(reads.map(({ status }) => status)).size, 1)
  t.equal(org.requests.length, 24)
  org.faults.clear()
  t.ok(await api.readUser(ADA), 'and then there is place again')
  t.equal(org.requests.length, 26, 'who did not wait to the end is not asked about')
})

t.test('a profile is changed in part', async t => {
  const api = await open()
  await api.updateProfile(ADA, { nickName: 'Countess', timezone: null })

  t.match(org.users.find(ADA)?.profile, { nickName: 'Countess', timezone: null, lastName: 'Lovelace' })
})

t.test('what goes wrong with a change is told apart', async t => {
  const api = await open({ timeoutMs: 2000 })
  await t.rejects(api.updateProfile('00unobody00000000001', { nickName: 'a' }), { name: 'UserInactiveError' })
  const failures: Array<[object, object]> = [
    [{ status: 400 }, { name: 'InvalidProfileError', message: 'Okta refuses these profile values' }],
    [{ status: 404 }, { name: 'UserInactiveError' }],
    [{ status: 429 }, { waitMs: Number }],
    [{ status: 500 }, { status: 500 }],
    [{ drop: true }, { code: 'ECONNRESET' }]
  ]
  for (const [fault, expected] of failures) {
    org.faults.add({ path: USER, method: 'POST', ...fault, times: 1 })
    t.match(await failureOf(api.updateProfile(ADA, { nickName: 'a' })), expected, JSON.stringify(fault))
  }
})

t.test('a change that does not end is cut off', async t => {
  const api = await open({ timeoutMs: 200 })
  org.faults.add({ path: USER, method: 'POST', hang: true })

  await t.rejects(api.updateProfile(ADA, { nickName: 'a' }))
})

t.test('no change is made under what is not in the form of an id, nor under a login', async t => {
  const api = await open()
  for (const userId of ['..', '.', '', 'grace@example.com', `${GRACE}/lifecycle/suspend`]) {
    await t.rejects(api.updateProfile(userId, { nickName: 'changed' }), { name: 'UserInactiveError' }, JSON.stringify(userId))
  }
  t.same(org.requests, [])
  t.notOk(org.users.list().some(({ profile }) => profile.nickName === 'changed'))
})

t.test('a ping says whether Okta answers with these credentials', async t => {
  const api = await open({ timeoutMs: 300 })
  await api.ping()
  t.match([...org.requests].sort((a, b) => a.path < b.path ? -1 : 1), ['/api/v1/groups', '/api/v1/users'].map(path => ({ method: 'GET', path, query: 'limit=1' })))
  t.equal(org.requests.length, 2)

  org.faults.add({ path: '/api/v1/groups', status: 403, times: 1 })
  t.match(await failureOf(api.ping()), { status: 403 }, 'an administrator who may not read groups')
  for (const fault of [{ status: 500 }, { status: 401 }, { status: 429 }, { hang: true as const }, { drop: true as const }]) {
    org.faults.add({ path: '/api/v1/users', ...fault, times: 1 })
    await t.rejects(api.ping(), Error, JSON.stringify(fault))
  }
  const stranger = await openUsersApi({ orgUrl: org.orgUrl, credentials: { token: 'no token of theirs' }, profileAttributes: [], timeoutMs: 2000 })
  t.match(await failureOf(stranger.ping()), { status: 401 })
  t.match(await failureOf(stranger.readUser(ADA)), { status: 401 })
})

t.test('a service app signs itself in, once', async t => {
  const api = await openAsServiceApp()
  t.match(await api.readUser(ADA), { id: ADA })
  await api.updateProfile(ADA, { nickName: 'Countess' })
  t.match(await api.readUser(ADA), { profile: { nickName: 'Countess' } })
  await api.ping()

  t.ok(org.requests.filter(({ path }) => path === '/oauth2/v1/token').length <= 2, 'once for each of the first two calls')
})

t.test('a service app brings its key as PEM as well', async t => {
  const { clientId, scopes, privateKeyJwk } = org.clients.management
  const pem = createPrivateKey({ key: privateKeyJwk as never, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }) as string
  const api = await openUsersApi({
    orgUrl: org.orgUrl,
    credentials: { clientId, scopes, privateKey: pem, keyId: privateKeyJwk.kid as string },
    profileAttributes: [],
    timeoutMs: 5000
  })

  t.match(await api.readUser(ADA), { id: ADA })
})

t.test('the credentials that are given are not changed', async t => {
  const privateKey = Object.freeze(usualKey.privateKey.export({ format: 'jwk' }))
  const scopes = Object.freeze(['okta.users.read'])

  await t.resolves(openUsersApi({
    orgUrl: 'http://127.0.0.1:1', credentials: { clientId: 'a', scopes, privateKey: { ...privateKey } }, profileAttributes: [], timeoutMs: 100
  }))
})

t.test('a service app that Okta refuses says so, and asks nothing without a token', async t => {
  const api = await openAsServiceApp({ privateKey: { ...strangersKey.privateKey.export({ format: 'jwk' }), kid: 'stranger' } })

  await t.rejects(api.readUser(ADA), { message: /^Okta refused an access token to the service app: 40\d invalid_client$/ })
  t.notOk(org.requests.some(({ path }) => path.startsWith('/api/')))
})

t.test('a service app whose token Okta does not issue is a failure, whatever is answered', async t => {
  const failures: Array<[object, RegExp]> = [
    [{ status: 500, body: { error: 'server_error' } }, /: 500 server_error$/],
    [{ status: 400, body: { error: 'invalid_scope' } }, /: 400 invalid_scope$/],
    [{ status: 502, body: '<h1>Bad Gateway</h1>' }, /: 502 unknown$/],
    [{ status: 400, body: { error: { a: 1 } } }, /: 400 unknown$/],
    [{ status: 400, body: { error: 'a'.repeat(1000) } }, /: 400 unknown$/],
    [{ status: 429 }, /^Okta's rate limit is used up for 1000 ms$/]
  ]
  for (const [i, [fault, message]] of failures.entries()) {
    const api = await openAsServiceApp()
    org.faults.add({ path: '/oauth2/v1/token', ...fault })
    await t.rejects(api.readUser(ADA), { message }, JSON.stringify(fault).slice(0, 100))
    // The user and the groups are asked for side by side, each with a token of its own: the second call may still be under way.
    await eventually(() => org.requests.filter(({ path }) => path === '/oauth2/v1/token').length === 2 * (i + 1), 'both calls have asked for a token')
    t.notOk(org.requests.some(({ path }) => path.startsWith('/api/')))
    org.faults.clear()
  }
})

t.test('a token endpoint that does not answer is cut off by the deadline, for a ping too', async t => {
  const org = await Issuer.start(t)
  org.answer = hang
  const api = await openUsersApi({
    orgUrl: org.origin,
    credentials: { clientId: 'a', scopes: ['okta.users.read'], privateKey: usualKey.privateKey.export({ format: 'jwk' }) },
    profileAttributes: [],
    timeoutMs: 200
  })

  await t.rejects(api.readUser(ADA))
  await t.rejects(api.ping())
})
