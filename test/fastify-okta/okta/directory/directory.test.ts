import t from 'tap'
import { CHANGEABLE_ATTRIBUTES, Directory, type OpenDirectoryOptions } from '#fastify-okta/okta/directory/directory.js'
import { ADA } from '../../../kit/access-token.js'
import { stopClock } from '../../../kit/clock.js'
import { directoryOf, GRACE, restore, startOrg } from '../../../kit/org.js'
import { failureOf } from '../../../kit/refusal.js'
import { SharedStore } from '../../../kit/shared-store.js'

const USER = `/api/v1/users/${ADA}`

const org = await startOrg(t)
t.beforeEach(() => { restore(org) })

async function open (difference: Partial<OpenDirectoryOptions> = {}): Promise<{ directory: Directory, failures: unknown[] }> {
  const failures: unknown[] = []
  const directory = await Directory.open(directoryOf(org, { onFailure: error => { failures.push(error) }, ...difference }))
  return { directory, failures }
}

t.test('to open a directory does not call Okta', async t => {
  const { directory } = await open()

  t.equal(directory.fromMemory(ADA), undefined)
  t.same(org.requests, [])
})

t.test('a user is read by id, whatever its status, and remembered', async t => {
  const { directory } = await open()
  org.users.setStatus(GRACE, 'SUSPENDED')

  t.match(await directory.read(ADA), { id: ADA, profile: { firstName: 'Ada' } })
  t.match(await directory.read(GRACE), { id: GRACE, status: 'SUSPENDED' })
  t.equal(await directory.read('ada@example.com'), null)
  const asked = org.requests.length
  t.equal((await directory.readCachedUser(ADA)).user, await directory.read(ADA))
  t.equal(directory.fromMemory(ADA)?.groups.has('Fastify Okta'), true)
  t.equal(org.requests.length, asked)
})

t.test('settings of time and place hold', async t => {
  const { directory } = await open({ userCacheTtlMs: 1000, maxCachedUsers: 1, cooldownMs: 50_000, userCacheCeilingMs: 2000 })
  const clock = stopClock(t)
  await directory.read(ADA)
  clock.advance(999)
  t.ok(directory.fromMemory(ADA))
  clock.advance(1)
  await directory.read(ADA)
  await directory.read(GRACE)
  t.equal(directory.fromMemory(ADA), undefined)

  org.faults.add({ path: /./, status: 500 })
  clock.advance(1000)
  t.ok(await directory.read(GRACE), 'Okta is unavailable')
  t.match(await directory.read(ADA).catch((error: unknown) => error), { name: 'DirectoryUnavailableError', retryAfterSeconds: 50 })
  clock.advance(1000)
  t.match(await failureOf(directory.read(GRACE)), { name: 'DirectoryUnavailableError' })
})

t.test('users take no more memory than they may', async t => {
  const { directory } = await open({ maxCachedBytes: 2000 })
  await directory.read(ADA)

  t.equal(directory.fromMemory(ADA), undefined)
})

t.test('long attributes count against the memory that users may take', async (t) => {
  const { directory } = await open({ maxCachedBytes: 30_000, profileAttributes: ['bio'] })
  for (const userId of [ADA, GRACE]) {
    org.users.update(userId, { bio: 'a'.repeat(20_000) })
    await directory.read(userId)
  }

  t.equal(directory.fromMemory(ADA), undefined)
  t.ok(directory.fromMemory(GRACE))
})

t.test('a failed lookup is reported', async t => {
  const { directory, failures } = await open()
  org.faults.add({ path: USER, status: 500 })

  t.match(await failureOf(directory.read(ADA)), { statusCode: 503 })
  t.match(failures, [{ status: 500, reason: 'unavailable' }])

  const silent = await Directory.open(directoryOf(org))
  t.match(await failureOf(silent.read(ADA)), { statusCode: 503 }, 'without a callback')
})

t.test('an evicted user is read again', async t => {
  const { directory } = await open()
  const groupIds = new Set([org.groups.find('Fastify Okta')?.id as string])
  for (const forget of [() => { directory.invalidate(ADA) }, () => { directory.invalidateGroups(groupIds) }, () => { directory.invalidateAll() }]) {
    await directory.read(ADA)
    org.users.update(ADA, { nickName: `${org.requests.length}` })
    const nickName = org.users.find(ADA)?.profile.nickName
    t.not((await directory.read(ADA))?.profile.nickName, nickName)
    forget()
    t.equal((await directory.read(ADA))?.profile.nickName, nickName)
  }
})

t.test('a change is made in Okta and known here at once', async t => {
  const { directory } = await open()
  await directory.read(ADA)
  const changed = await directory.update(ADA, { firstName: 'Augusta', nickName: 'Countess', locale: null })

  t.match(changed, { id: ADA, profile: { firstName: 'Augusta', nickName: 'Countess', locale: null, lastName: 'Lovelace' } })
  t.equal(await directory.read(ADA), changed)
  t.match(org.users.find(ADA)?.profile, { firstName: 'Augusta', nickName: 'Countess' })
})

t.test('every attribute that users may change can be changed', async t => {
  const { directory } = await open()
  const changes = Object.fromEntries(CHANGEABLE_ATTRIBUTES.map(name => [name, `new ${name}`]))

  t.match((await directory.update(ADA, changes)).profile, changes)
})

t.test('no other attribute can be, however it is called, and Okta is not asked', async t => {
  const { directory } = await open()
  for (const name of ['login', 'email', 'secondEmail', 'displayName', 'department', 'FirstName', 'firstName ', '__proto__', 'constructor', '']) {
    const changes = JSON.parse(`{"nickName":"a",${JSON.stringify(name)}:"b"}`) as Record<string, string>
    t.match(await failureOf(directory.update(ADA, changes)), {
      name: 'InvalidProfileError',
      statusCode: 400,
      message: 'only these profile attributes can be changed: firstName, lastName, nickName, timezone, locale, preferredLanguage'
    }, name)
  }
  t.same(org.requests, [])
})

t.test('a change that fails says how, and the user is evicted, since the change may have been made', async t => {
  const failures: Array<[object, object]> = [
    [{ status: 400 }, { name: 'InvalidProfileError' }],
    [{ status: 404, body: { errorCode: 'E0000007' } }, { name: 'UserInactiveError' }],
    [{ status: 404, body: 'default backend - 404' }, { name: 'DirectoryUnavailableError' }],
    [{ status: 500 }, { name: 'DirectoryUnavailableError', retryAfterSeconds: 1, cause: { status: 500 } }],
    [{ status: 403, body: { errorCode: 'E0000006' } }, { name: 'DirectoryUnavailableError', reason: 'refused', errorCode: 'E0000006' }],
    [{ status: 429, headers: { 'x-rate-limit-reset': '', 'retry-after': '30' } }, { name: 'DirectoryUnavailableError', reason: 'rate_limited', retryAfterSeconds: 30 }],
    [{ drop: true }, { name: 'DirectoryUnavailableError' }]
  ]
  const { directory } = await open()
  for (const [fault, expected] of failures) {
    await directory.read(ADA)
    org.faults.add({ path: USER, method: 'POST', ...fault, times: 1 })
    t.match(await failureOf(directory.update(ADA, { nickName: 'a' })), expected, JSON.stringify(fault))
    t.equal(directory.fromMemory(ADA), undefined)
  }
})

t.test('a user who is gone when the change is made is not active', async t => {
  const { directory } = await open()
  org.faults.add({ path: USER, method: 'GET', status: 404, body: { errorCode: 'E0000007' } })

  t.match(await failureOf(directory.update(ADA, { nickName: 'a' })), { name: 'UserInactiveError' })
})

t.test('a lookup that began before a change does not bring the old user back', async t => {
  const { directory } = await open()
  org.faults.add({ path: USER, method: 'GET', status: 200, body: { id: ADA, status: 'ACTIVE', profile: { nickName: 'old' } }, delayMs: 150, times: 1 })
  const reading = directory.read(ADA)
  await directory.update(ADA, { nickName: 'new' })

  t.match(await reading, { profile: { nickName: 'new' } })
  await new Promise(resolve => { setTimeout(resolve, 200) })
  t.match(await directory.read(ADA), { profile: { nickName: 'new' } })
})

/** Two processes that share what they read. */
async function openTwo (difference: Partial<OpenDirectoryOptions> = {}): Promise<{ one: Directory, two: Directory, store: SharedStore }> {
  const store = new SharedStore()
  const [one, two] = await Promise.all([0, 1].map(async () => (await open({ sharedCache: store.process(), ...difference })).directory))
  return { one: one as Directory, two: two as Directory, store }
}

/** Lets the message reach the other process. */
async function delivered (): Promise<void> {
  await new Promise(resolve => { setImmediate(resolve) })
}

/** Who is asked of Okta while something is done, by id. */
async function lookupsOf (work: () => Promise<unknown>): Promise<string[]> {
  const before = org.requests.length
  await work()
  return org.requests.slice(before).flatMap(({ path }) => /^\/api\/v1\/users\/([^/]+)$/.exec(path)?.[1] ?? [])
}

t.test('processes that share a cache read a user once for both', async t => {
  const { one, two, store } = await openTwo()

  t.same(await lookupsOf(async () => await one.read(ADA)), [ADA])
  t.same(await lookupsOf(async () => { t.match(await two.read(ADA), { id: ADA, profile: { firstName: 'Ada' } }) }), [])
  t.equal((await two.readCachedUser(ADA)).groups.has('Fastify Okta'), true)
  await delivered()
  const asked = store.asked.length
  for (const directory of [one, two]) await directory.read(ADA)
  t.equal(store.asked.length, asked, 'a user in memory is nothing to ask about')
})

t.test('a user, members of groups, or all users: eviction by one process is eviction by the other', async t => {
  const group = org.groups.find('Fastify Okta')?.id ?? ''
  const invalidations: Array<[string, (directory: Directory) => unknown, { known: unknown, graceStays: boolean }]> = [
    ['a user', directory => directory.invalidate(ADA), { known: true, graceStays: true }],
    ['a group', directory => directory.invalidateGroups(new Set([group])), { known: 1, graceStays: true }],
    ['everybody', directory => { directory.invalidateAll() }, { known: undefined, graceStays: false }]
  ]
  for (const [title, invalidate, { known, graceStays }] of invalidations) {
    const { one, two } = await openTwo()
    for (const directory of [one, two]) for (const userId of [ADA, GRACE]) await directory.read(userId)
    t.same(invalidate(one), known, title)
    t.equal(one.fromMemory(ADA), undefined, 'here at once')
    await delivered()

    for (const directory of [one, two]) {
      t.equal(directory.fromMemory(ADA), undefined, title)
      t.equal(directory.fromMemory(GRACE) !== undefined, graceStays, title)
    }
    t.same(await lookupsOf(async () => await two.read(ADA)), [ADA])
    t.same(await lookupsOf(async () => await one.read(ADA)), [])
  }
})

t.test('a change that is made by one process is known to the other', async t => {
  const { one, two } = await openTwo()
  await two.read(ADA)
  await one.update(ADA, { nickName: 'Countess' })

  t.match(await two.read(ADA), { profile: { nickName: 'Countess' } })
})

t.test('a process that may have missed a message evicts all users', async t => {
  const { one, store } = await openTwo()
  await one.read(ADA)
  store.reconnect()

  t.equal(one.fromMemory(ADA), undefined)
})

t.test('whether Okta answers is asked once in ten seconds', async (t) => {
  const { directory } = await open()
  const clock = stopClock(t)
  t.same(await Promise.all([directory.isReachable(), directory.isReachable()]), [true, true])
  const asked = org.requests.length
  org.faults.add({ path: '/api/v1/users', status: 500 })
  clock.advance(10_000)
  t.equal(await directory.isReachable(), true)
  t.equal(org.requests.length, asked)

  clock.advance(1)
  t.equal(await directory.isReachable(), false, 'it does not throw')
  org.faults.clear()
  t.equal(await directory.isReachable(), false)
  t.equal(org.requests.length, asked + 1)
  clock.advance(10_001)
  t.equal(await directory.isReachable(), true)
})

t.test('the reason why the directory cannot be used is reported', async (t) => {
  const clock = stopClock(t)
  const { directory } = await open()
  t.same(await directory.checkAccess(), { isReady: true })
  const causes: Array<[Parameters<typeof org.faults.add>[0], object]> = [
    [{ path: '/api/v1/users', status: 401, body: { errorCode: 'E0000011' } }, { reason: 'refused', status: 401, errorCode: 'E0000011', message: /^Okta refuses the API token \(401 E0000011\)/ }],
    [{ path: /\/groups/, status: 403, body: { errorCode: 'E0000006' } }, { reason: 'refused', status: 403, errorCode: 'E0000006' }],
    [{ path: /./, drop: true }, { reason: 'unavailable', status: undefined }],
    [{ path: /./, status: 429 }, { reason: 'rate_limited' }]
  ]
  for (const [fault, expected] of causes) {
    clock.advance(10_001)
    org.faults.add(fault)
    t.match(await directory.checkAccess(), { isReady: false, ...expected })
    t.equal(await directory.isReachable(), false)
    org.faults.clear()
  }
})

t.test('a flood of changes by one user stops no lookup of others, and is not an outage', async (t) => {
  const { directory } = await open({ cooldownMs: 50_000 })
  org.faults.add({ path: USER, method: 'POST', delayMs: 20 })
  const flood = Promise.allSettled(Array.from({ length: 120 }, async () => await directory.update(ADA, { nickName: 'x' })))
  t.ok(await directory.read(GRACE))
  directory.invalidate(GRACE)
  t.ok(await directory.read(GRACE))
  const refused = (await flood).flatMap((outcome) => outcome.status === 'rejected' ? [outcome.reason as unknown] : [])

  t.ok(refused.length > 100)
  for (const error of refused) t.match(error, { statusCode: 503, reason: 'busy' })
  directory.invalidateAll()
  t.ok(await directory.read(GRACE))
})

t.test('group events faster than a lookup cause no refusal', async (t) => {
  const { directory } = await open({ cooldownMs: 50_000 })
  org.faults.add({ path: /^\/api\/v1\/users\//, delayMs: 60 })
  const events = setInterval(() => { directory.invalidateGroups(new Set(['00gnobodyisinhere01'])) }, 20)
  t.teardown(() => { clearInterval(events) })
  for (const userId of [ADA, GRACE, ADA, GRACE]) t.match(await directory.read(userId), { id: userId })
})

t.test('a slow user keeps others neither out nor in', async (t) => {
  const { directory } = await open({ timeoutMs: 3000, userCacheTtlMs: 1000, cooldownMs: 50_000 })
  const clock = stopClock(t)
  await directory.read(ADA)
  org.faults.add({ path: `/api/v1/users/${GRACE}/groups`, hang: true })
  t.match(await failureOf(directory.read(GRACE)), { statusCode: 503, reason: 'timeout' })

  t.ok(await directory.read(org.users.list().find(({ id }) => id !== ADA && id !== GRACE)?.id ?? ADA), 'another is read at once')
  org.groups.removeUser('Fastify Okta', ADA)
  clock.advance(1000)
  t.equal((await directory.readCachedUser(ADA)).groups.has('Fastify Okta'), false, 'a removed member is out in time')
})
