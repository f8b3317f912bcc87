import { createPrivateKey } from 'node:crypto'
import t from 'tap'
import type { DirectoryFailure } from '#fastify-okta/okta/directory/directory-failure.js'
import { openUsersApi, type UsersApi, type UsersApiOptions } from '#fastify-okta/okta/directory/users-api.js'
import { ADA } from '../../../kit/access-token.js'
import { eventually } from '../../../kit/eventually.js'
import { hang, Issuer, json } from '../../../kit/issuer.js'
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

t.test('a user that does not exist is read as null', async t => {
  const api = await open()
  t.equal(await api.readUser('00unobody00000000001'), null)
})

t.test('a string that is not in the form of an id is not requested', async t => {
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

t.test('a login in place of an id finds no user, though Okta would accept it', async t => {
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

t.test('reading groups ends though the pages lead in a circle', async t => {
  for (const [title, body] of Object.entries({ 'of empty pages': [], 'of one group': [{ id: '00g1', type: 'OKTA_GROUP', profile: { name: 'a' } }] })) {
    t.test(title, async t => {
      const api = await open()
      org.faults.add({ path: GROUPS, status: 200, body, headers: { link: `<${org.orgUrl}${GROUPS}>; rel="next"` } })
      await t.rejects(api.readUser(ADA), { message: 'the user is in too many groups' })
      t.equal(org.requests.filter(({ path }) => path === GROUPS).length, 50)
    })
  }
})

t.test('further pages are not read after the deadline', async t => {
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
    await t.rejects(api.readUser(ADA), { message: 'refused to follow a pagination link to another origin' }, next)
  }
  t.same(elsewhere.requests, [])
})

t.test('a redirect is not followed, to the same origin neither', async t => {
  const api = await open()
  const elsewhere = await Issuer.start(t)
  for (const location of [elsewhere.origin, `${org.orgUrl}${USER}`]) {
    org.faults.add({ path: USER, status: 302, headers: { location }, times: 1 })
    await t.rejects(api.readUser(ADA), { name: 'DirectoryFailure' }, location)
  }
  t.same(elsewhere.requests, [])
  t.equal(org.requests.filter(({ path }) => path === USER).length, 2)
})

t.test('a 429 is not waited out, but said with the time that it lasts', async t => {
  const api = await open()
  for (const [userId, path] of [[ADA, USER], [GRACE, `/api/v1/users/${GRACE}/groups`]] as const) {
    org.faults.add({ path, status: 429 })
    const { waitMs } = await failureOf(api.readUser(userId)) as DirectoryFailure
    t.ok(waitMs > 50_000 && waitMs <= 60_000, path)
    t.equal(org.requests.filter(request => request.path === path).length, 1, 'and not repeated')
  }
})

t.test('an Okta that does not answer is cut off by the deadline', async t => {
  for (const path of [USER, GROUPS]) {
    const api = await open({ timeoutMs: 200 })
    org.faults.add({ path, hang: true })
    await t.rejects(api.readUser(ADA), { name: 'DirectoryFailure' }, path)
  }
})

t.test('the deadline holds for a lookup as a whole', async t => {
  const api = await open({ timeoutMs: 250 })
  for (let i = 0; i < 600; i++) org.groups.addUser(org.groups.create(`Group ${i}`).id, ADA)
  org.faults.add({ path: /groups/, delayMs: 150 })

  await t.rejects(api.readUser(ADA), { message: 'Okta did not answer within 250 ms' })
})

t.test('whatever else Okta answers is a failure', async t => {
  const api = await open()
  for (const fault of [{ status: 500 }, { status: 401 }, { status: 403 }, { drop: true as const }, { status: 200, body: {} }]) {
    org.faults.add({ path: /users/, ...fault })
    await t.rejects(api.readUser(ADA), { name: 'DirectoryFailure' }, JSON.stringify(fault))
    org.faults.clear()
  }
  t.ok(await api.readUser(ADA))
})

t.test('a proxy\'s page in place of a user or of groups is an outage, not a missing user or a user without groups', async t => {
  const api = await open()
  for (const path of [/users/, USER, GROUPS]) {
    for (const [type, body] of [['text/html', '<h1>Sign in to the Wi-Fi</h1>'], ['text/plain', 'down for maintenance']] as const) {
      org.faults.add({ path, status: 200, body, headers: { 'content-type': type } })
      await t.rejects(api.readUser(ADA), { name: 'DirectoryFailure' }, `${String(path)}: ${type}`)
      org.faults.clear()
    }
  }
})

t.test('an object in place of a user that does not say who it is, is an outage', async t => {
  const api = await open()
  for (const body of [{}, [], { id: null }, { status: 'ACTIVE' }]) {
    org.faults.add({ path: USER, status: 200, body, times: 1 })
    await t.rejects(api.readUser(ADA), { name: 'DirectoryFailure' }, JSON.stringify(body))
  }
})

t.test('an answer that is too large is a failure', async t => {
  const api = await open()
  org.faults.add({ path: USER, status: 200, body: { id: ADA, status: 'ACTIVE', profile: { about: 'a'.repeat(8 * 1024 * 1024) } }, times: 1 })

  t.match(await failureOf(api.readUser(ADA)), { message: 'the response is larger than 8 MiB' })
})

/** The id of no user. */
const idOf = (n: number): string => `00u${String(n).padStart(17, '0')}`

t.test('Okta is asked about twelve users at once, and who waits too long for a turn is refused without an outage', async (t) => {
  const api = await open({ timeoutMs: 1000 })
  const asked = (): number => new Set(org.requests.map(({ path }) => path.split('/')[4]).filter((id) => id !== 'me')).size
  org.faults.add({ path: /./, hang: true })
  const failures = Promise.all(Array.from({ length: 60 }, async (_, n) => await failureOf(api.readUser(idOf(n))) as DirectoryFailure))
  await eventually(() => asked() >= 12, 'twelve are asked about')
  await new Promise((resolve) => { setTimeout(resolve, 50) })
  t.equal(asked(), 12)

  for (const { reason, isOutage } of await failures) t.equal(isOutage, reason === 'unavailable', reason)
  t.ok((await failures).some(({ reason }) => reason === 'busy'))
  org.faults.clear()
  t.ok(await api.readUser(ADA), 'and then there is room again')
})

t.test('more users at once than Okta is asked about are all read in the end, one after another', async (t) => {
  const api = await open({ timeoutMs: 1000 })
  org.faults.add({ path: /\/groups/, delayMs: 100 })
  const reads = await Promise.allSettled(Array.from({ length: 60 }, async (_, n) => await api.readUser(n % 2 === 0 ? ADA : idOf(n))))
  t.ok(reads.filter(({ status }) => status === 'fulfilled').length >= 30)
})

t.test('one slow user is not an outage: Okta answers about others', async (t) => {
  const api = await open({ timeoutMs: 2000 })
  const next = { link: `<${org.orgUrl}${GROUPS}>; rel="next"` }
  const slow: Record<string, object[]> = {
    'many pages': [{ path: GROUPS, status: 200, body: [], headers: next, delayMs: 300 }],
    'no list of groups': [{ path: GROUPS, hang: true }],
    'no answer at all': [{ path: USER, hang: true }, { path: GROUPS, hang: true }]
  }
  for (const [title, faults] of Object.entries(slow)) {
    for (const fault of faults) org.faults.add(fault as never)
    t.match(await failureOf(api.readUser(ADA)), { reason: 'timeout', isOutage: false }, title)
    org.faults.clear()
  }
})

t.test('an Okta that answers nothing about users is an outage', async (t) => {
  const api = await open({ timeoutMs: 400 })
  org.faults.add({ path: /^\/api\/v1\/users\//, hang: true })
  t.match(await failureOf(api.readUser(ADA)), { reason: 'unavailable', isOutage: true })
})

t.test('only Okta itself says that there is no such user', async (t) => {
  const api = await open()
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

t.test('one user\'s changes are few at a time, and those of others go on', async (t) => {
  const api = await open({ timeoutMs: 2000 })
  let atOnce = 0
  org.faults.add({ path: USER, method: 'POST', delayMs: 50 })
  const flood = Array.from({ length: 120 }, async () => await api.updateProfile(ADA, { nickName: 'a' }))
  const other = api.updateProfile(GRACE, { nickName: 'b' })
  const outcomes = await Promise.allSettled(flood)
  await other
  for (const { status } of outcomes) if (status === 'fulfilled') atOnce++

  t.equal(org.users.find(GRACE)?.profile.nickName, 'b')
  t.ok(atOnce <= 5, 'one runs and four wait')
  for (const outcome of outcomes) if (outcome.status === 'rejected') t.match(outcome.reason, { reason: 'busy', isOutage: false })
  t.equal(org.requests.filter(({ path, method }) => path === USER && method === 'POST').length, atOnce, 'what is refused does not reach Okta')
})

t.test('one user\'s changes are limited in time as well', async (t) => {
  const api = await open()
  let made = 0
  for (let i = 0; i < 200; i++) await api.updateProfile(ADA, { nickName: `${i}` }).then(() => { made++ }, () => {})

  t.ok(made >= 60 && made < 100)
  await api.updateProfile(GRACE, { nickName: 'b' })
})

t.test('a profile is changed in part', async t => {
  const api = await open()
  await api.updateProfile(ADA, { nickName: 'Countess', timezone: null })

  t.match(org.users.find(ADA)?.profile, { nickName: 'Countess', timezone: null, lastName: 'Lovelace' })
})

t.test('the failures of a change are distinguished', async t => {
  const api = await open({ timeoutMs: 2000 })
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

t.test('a change that does not end is cut off', async t => {
  const api = await open({ timeoutMs: 200 })
  org.faults.add({ path: USER, method: 'POST', hang: true })

  await t.rejects(api.updateProfile(ADA, { nickName: 'a' }))
})

t.test('no change is made with a login or a string that is not in the form of an id', async t => {
  const api = await open()
  for (const userId of ['..', '.', '', 'grace@example.com', `${GRACE}/lifecycle/suspend`]) {
    await t.rejects(api.updateProfile(userId, { nickName: 'changed' }), { name: 'UserInactiveError' }, JSON.stringify(userId))
  }
  t.same(org.requests, [])
  t.notOk(org.users.list().some(({ profile }) => profile.nickName === 'changed'))
})

t.test('a ping does what a lookup does, so it fails if lookups would', async (t) => {
  const api = await open({ timeoutMs: 300 })
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
    const error = await failureOf(open({ credentials: { token } })) as Error
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

  t.match(await (await open()).readUser(ADA), { id: ADA })
  const other = await Issuer.start(t)
  const privateKey = usualKey.privateKey.export({ format: 'jwk' })
  const credentials = { clientId: 'a', scopes: ['okta.users.read'], privateKey }
  await failureOf((await openUsersApi({ orgUrl: other.origin, credentials, profileAttributes: [], timeoutMs: 2000 })).readUser(ADA))
  const assertion = new URLSearchParams(other.requests[0]?.body).get('client_assertion')
  t.same(JSON.parse(Buffer.from(assertion?.split('.')[0] ?? '', 'base64url').toString()), { alg: 'RS256' })
})

t.test('a service app signs itself in, once', async t => {
  const api = await openAsServiceApp()
  t.match(await api.readUser(ADA), { id: ADA })
  await api.updateProfile(ADA, { nickName: 'Countess' })
  t.match(await api.readUser(ADA), { profile: { nickName: 'Countess' } })
  await api.ping()

  t.equal(org.requests.filter(({ path }) => path === '/oauth2/v1/token').length, 1)
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

t.test('a service app that Okta refuses says so, and asks nothing without a token', async (t) => {
  const api = await openAsServiceApp({ privateKey: { ...strangersKey.privateKey.export({ format: 'jwk' }), kid: 'stranger' } })

  t.match(await failureOf(api.readUser(ADA)), {
    reason: 'refused', isOutage: true, errorCode: 'invalid_client', message: /^Okta refuses the service app an access token \(40\d invalid_client\)$/
  })
  t.notOk(org.requests.some(({ path }) => path.startsWith('/api/')))
})

t.test('a service app whose token Okta does not issue is a failure, whatever is answered', async (t) => {
  const failures: Array<[object, object]> = [
    [{ status: 500, body: { error: 'server_error' } }, { reason: 'unavailable', message: /500 server_error$/ }],
    [{ status: 400, body: { error: 'invalid_scope' } }, { reason: 'refused', errorCode: 'invalid_scope' }],
    [{ status: 502, body: '<h1>Bad Gateway</h1>' }, { reason: 'unavailable', status: 502 }],
    [{ status: 404, body: 'default backend - 404' }, { reason: 'unavailable', status: 404 }],
    [{ status: 400, body: { error: { a: 1 } } }, { reason: 'unavailable', errorCode: undefined }],
    [{ status: 400, body: { error: 'a'.repeat(1000) } }, { reason: 'unavailable', errorCode: undefined }],
    [{ status: 200, body: 'null' }, { reason: 'unavailable' }],
    [{ status: 200, body: { access_token: 'a b' } }, { reason: 'unavailable' }],
    [{ drop: true }, { reason: 'unavailable' }],
    [{ status: 429 }, { reason: 'rate_limited', waitMs: Number }],
    [{ status: 400, body: { error: 'use_dpop_nonce' }, headers: { 'dpop-nonce': 'a' } }, { reason: 'refused', errorCode: 'use_dpop_nonce' }]
  ]
  for (const [fault, expected] of failures) {
    const api = await openAsServiceApp()
    org.faults.add({ path: '/oauth2/v1/token', ...fault })
    t.match(await failureOf(api.readUser(ADA)), { ...expected, isOutage: true }, JSON.stringify(fault).slice(0, 100))
    t.notOk(org.requests.some(({ path }) => path.startsWith('/api/')))
    org.faults.clear()
  }
})

t.test('a service app that must prove its key does so', async (t) => {
  const proofs: string[] = []
  const org = await Issuer.start(t)
  org.answer = (request, response) => {
    const proof = String(request.headers['dpop'])
    proofs.push(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString())
    const isToken = request.url === '/oauth2/v1/token'
    if (isToken && !proofs.at(-1)?.includes('"nonce":"n1"')) json(400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'n1' })(request, response)
    else if (isToken) json(200, { access_token: 'bound', token_type: 'DPoP', expires_in: 3600 })(request, response)
    else json(404, { errorCode: request.headers.authorization === 'DPoP bound' ? 'E0000007' : 'E0000009' })(request, response)
  }
  const api = await openUsersApi({
    orgUrl: org.origin,
    credentials: { clientId: 'a', scopes: ['okta.users.read'], privateKey: usualKey.privateKey.export({ format: 'jwk' }) },
    profileAttributes: [],
    timeoutMs: 2000
  })

  t.equal(await api.readUser(ADA), null)
  t.equal(org.requests.filter(({ url }) => url === '/oauth2/v1/token').length, 2)
  t.match(JSON.parse(proofs.at(-1) ?? ''), { htm: 'GET', htu: new RegExp(`^${org.origin}/api/v1/users/`), ath: String })
})

t.test('an access token that the API refuses is renewed once', async (t) => {
  const api = await openAsServiceApp()
  await api.ping()
  org.faults.add({ path: '/api/v1/users', status: 401, times: 1 })
  await api.ping()
  t.equal(org.requests.filter(({ path }) => path === '/oauth2/v1/token').length, 2)
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
