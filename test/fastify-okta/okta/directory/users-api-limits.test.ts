import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { DirectoryFailure } from '#fastify-okta/okta/directory/directory-failure.js'
import { ADA } from '../../../kit/access-token.js'
import { eventually } from '../../../kit/eventually.js'
import { GRACE, restore, startOrg } from '../../../kit/org.js'
import { failureOf } from '../../../kit/refusal.js'
import { GROUPS, openApi, USER } from './open-api.js'

const org = await startOrg(t)
t.beforeEach(() => { restore(org) })

/** The id of no user. */
const idOf = (n: number): string => `00u${String(n).padStart(17, '0')}`

t.test('further pages are not read after the deadline', async t => {
  const api = await openApi(org, { timeoutMs: 200 })
  org.faults.add({ path: GROUPS, status: 200, body: [], headers: { link: `<${org.orgUrl}${GROUPS}>; rel="next"` }, delayMs: 80 })
  await t.rejects(api.readUser(ADA))
  for (let asked = -1; org.requests.length !== asked; await sleep(500)) asked = org.requests.length

  t.ok(org.requests.length < 25, 'fifty are read of a list that does not end')
})

t.test('a 429 is not waited out, but said with the time that it lasts', async t => {
  const api = await openApi(org)
  for (const [userId, path] of [[ADA, USER], [GRACE, `/api/v1/users/${GRACE}/groups`]] as const) {
    org.faults.add({ path, status: 429 })
    const { waitMs } = await failureOf(api.readUser(userId)) as DirectoryFailure
    t.ok(waitMs > 50_000 && waitMs <= 60_000, path)
    t.equal(org.requests.filter(request => request.path === path).length, 1, 'and not repeated')
  }
})

t.test('an Okta that does not answer is cut off by the deadline', async t => {
  for (const path of [USER, GROUPS]) {
    const api = await openApi(org, { timeoutMs: 200 })
    org.faults.add({ path, hang: true })
    await t.rejects(api.readUser(ADA), { name: 'DirectoryFailure' }, path)
  }
})

t.test('the deadline holds for a lookup as a whole', async t => {
  const api = await openApi(org, { timeoutMs: 250 })
  for (let i = 0; i < 600; i++) org.groups.addUser(org.groups.create(`Group ${i}`).id, ADA)
  org.faults.add({ path: /groups/, delayMs: 150 })

  await t.rejects(api.readUser(ADA), { message: 'Okta did not answer within 250 ms' })
})

t.test('Okta is asked about twelve users at once, and who waits too long for a turn is refused without an outage', async (t) => {
  const api = await openApi(org, { timeoutMs: 1000 })
  const asked = (): number => new Set(org.requests.map(({ path }) => path.split('/')[4]).filter((id) => id !== 'me')).size
  org.faults.add({ path: /./, hang: true })
  const failures = Promise.all(Array.from({ length: 60 }, async (_, n) => await failureOf(api.readUser(idOf(n))) as DirectoryFailure))
  await eventually(() => asked() >= 12, 'twelve are asked about')
  await sleep(50)
  t.equal(asked(), 12)

  for (const { reason, isOutage } of await failures) t.equal(isOutage, reason === 'unavailable', reason)
  t.ok((await failures).some(({ reason }) => reason === 'busy'))
  org.faults.clear()
  t.ok(await api.readUser(ADA), 'and then there is room again')
})

t.test('more users at once than Okta is asked about are all read in the end, one after another', async (t) => {
  const api = await openApi(org)
  org.faults.add({ path: /\/groups/, delayMs: 100 })
  const reads = await Promise.allSettled(Array.from({ length: 60 }, async (_, n) => await api.readUser(n % 2 === 0 ? ADA : idOf(n))))
  t.ok(reads.filter(({ status }) => status === 'fulfilled').length >= 30)
})

t.test('one slow user is not an outage: Okta answers about others', async (t) => {
  const api = await openApi(org, { timeoutMs: 2000 })
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
  const api = await openApi(org, { timeoutMs: 400 })
  org.faults.add({ path: /^\/api\/v1\/users\//, hang: true })
  t.match(await failureOf(api.readUser(ADA)), { reason: 'unavailable', isOutage: true })
})

t.test('one user\'s changes are few at a time, and those of others go on', async (t) => {
  const api = await openApi(org)
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
  const api = await openApi(org)
  let made = 0
  for (let i = 0; i < 200; i++) await api.updateProfile(ADA, { nickName: `${i}` }).then(() => { made++ }, () => {})

  t.ok(made >= 60 && made < 100)
  await api.updateProfile(GRACE, { nickName: 'b' })
})

t.test('a change that does not end is cut off', async t => {
  const api = await openApi(org, { timeoutMs: 200 })
  org.faults.add({ path: USER, method: 'POST', hang: true })

  await t.rejects(api.updateProfile(ADA, { nickName: 'a' }))
})
