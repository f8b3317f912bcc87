import t from 'tap'
import { ADA } from '../../../kit/access-token.js'
import { stopClock } from '../../../kit/clock.js'
import { oktaUser } from '../../../kit/okta-user.js'
import { SharedStore } from '../../../kit/shared-store.js'
import { createProcess, FRESH_MS, nameIn, named, ORG, put, settle } from './shared-users-process.js'

t.test('what one process reads from Okta, the other need not', async t => {
  const clock = stopClock(t)
  const store = new SharedStore()
  const [one, two] = [createProcess(store, async () => named('Ada')), createProcess(store, async () => named('other'))]
  t.match(await one.users.read(ADA), { isShared: false, readAt: performance.now() })
  await settle()
  clock.advance(1000)

  const reading = await two.users.read(ADA)
  t.match(reading, { isShared: true, readAt: performance.now() - 1000, user: { id: ADA, profile: { firstName: 'Ada' } } })
  t.ok(Object.isFrozen(reading.user))
  t.same([one.lookups, two.lookups], [[ADA], []])
})

t.test('that a user does not exist is shared too', async t => {
  const store = new SharedStore()
  const [one, two] = [createProcess(store, async () => null), createProcess(store, async () => named('Ada'))]
  await one.users.read(ADA)
  await settle()

  t.match(await two.users.read(ADA), { user: null, isShared: true })
})

t.test('a user who is due to be read again is read from Okta, and then shared anew', async t => {
  const clock = stopClock(t)
  const store = new SharedStore()
  const process = createProcess(store, async () => named('Ada'))
  await process.users.read(ADA)
  await settle()
  clock.advance(FRESH_MS * 0.8 - 1)
  t.match(await process.users.read(ADA), { isShared: true })
  clock.advance(1)
  t.match(await process.users.read(ADA), { isShared: false })
  await settle()

  t.match(await process.users.read(ADA), { isShared: true, readAt: performance.now() })
  t.equal(process.lookups.length, 2)
})

t.test('the age of a user is judged by the clock of the cache, and not by those of the processes', async t => {
  const clock = stopClock(t)
  const store = new SharedStore()
  for (const difference of [-49_000, -4000, 0, 4000, 49_000]) {
    const process = createProcess(store, async () => named('Okta\'s'))
    store.now = () => clock.now() + difference
    put(store, { readAtMs: store.now() - 1000, localReadAtMs: clock.now() + difference - 1000, user: named('shared') })
    t.match(await process.users.read(ADA), { isShared: true, readAt: performance.now() - 1000 }, `${difference} ms`)
    put(store, { readAtMs: store.now() - FRESH_MS * 0.8, localReadAtMs: clock.now(), user: named('shared') })
    t.match(await process.users.read(ADA), { isShared: false }, `${difference} ms`)
    await settle()
  }
})

t.test('a user who was read while the lookup of another process took long is as old as that lookup', async t => {
  const clock = stopClock(t)
  const store = new SharedStore()
  const [one, two] = [createProcess(store, async () => { clock.advance(2000); return named('Ada') }), createProcess(store, async () => null)]
  await one.users.read(ADA)
  await settle()

  t.match(await two.users.read(ADA), { isShared: true, readAt: performance.now() - 2000 })
})

t.test('a cache whose time goes back, or is missing, serves no user', async t => {
  const clock = stopClock(t)
  const store = new SharedStore()
  const process = createProcess(store, async () => named('Okta\'s'))
  for (const now of [clock.now() - 1, NaN, Infinity, undefined, '5', null]) {
    put(store, { readAtMs: clock.now(), user: named('shared') })
    store.now = () => now as number
    t.match(await process.users.read(ADA), { isShared: false }, String(now))
  }
})

t.test('a cache whose clock stands still makes a user a minute older than it may be, and no more', async t => {
  const clock = stopClock(t)
  const store = new SharedStore()
  const readAtMs = clock.now()
  const process = createProcess(store, async () => named('Okta\'s'))
  store.now = () => readAtMs
  put(store, { readAtMs, user: named('shared') })
  clock.advance(FRESH_MS * 0.8 + 60_000 - 1)
  t.match(await process.users.read(ADA), { isShared: true })
  clock.advance(1)
  t.match(await process.users.read(ADA), { isShared: false })
})

t.test('an entry or message that is too long is not read, and none is written', async t => {
  const store = new SharedStore()
  const large = oktaUser({ profile: { ...oktaUser().profile, firstName: 'a'.repeat(300_000) } })
  const { users, forgotten } = createProcess(store, async () => large)
  await users.read(ADA)
  await settle()
  t.equal(store.size, 0)
  put(store, { readAtMs: store.now(), user: large })
  t.match(await users.read(ADA), { isShared: false })

  store.deliver(ORG, JSON.stringify({ groupIds: Array.from({ length: 1_000_000 }, (_, i) => `00g${i}`) }))
  t.same(forgotten, [{ everybody: true }])
  const other = createProcess(store, async () => null)
  users.invalidate({ groupIds: Array.from({ length: 1001 }, (_, i) => `00g${i}`) })
  await settle()
  t.same(other.forgotten, [{ everybody: true }])
})

t.test('what makes no sense counts for nothing, and is written over', async t => {
  const store = new SharedStore()
  const process = createProcess(store, async () => named('Ada'))
  put(store, { readAtMs: Date.now(), user: { ...named('Mallory'), isAdmin: true } })

  t.equal(await nameIn(process.users.read(ADA)), 'Ada')
  await settle()
  t.match(store.textOf(ORG, ADA), '"firstName":"Ada"')
})

t.test('what none of the processes wrote, or wrote of somebody else, counts for nothing', async t => {
  const shared = { readAtMs: Date.now(), user: named('Mallory') }
  const forgeries: Array<(store: SharedStore) => void> = [
    store => { store.put(ORG, ADA, JSON.stringify(shared)) },
    store => { put(store, shared, { secret: 'another token' }) },
    store => { put(store, shared, { purpose: `${ORG} 00ugracehopper000001` }) },
    store => { put(store, shared, { purpose: `https://other.okta.com ${ADA}` }) }
  ]
  for (const forge of forgeries) {
    const store = new SharedStore()
    forge(store)
    t.equal(await nameIn(createProcess(store, async () => named('Ada')).users.read(ADA)), 'Ada')
  }
})

t.test('the users of one org are not found for another', async t => {
  const store = new SharedStore()
  const one = createProcess(store, async () => named('Ada'))
  const two = createProcess(store, async () => named('the other Ada'), { org: 'https://other.okta.com' })
  await one.users.read(ADA)
  await settle()

  t.equal(await nameIn(two.users.read(ADA)), 'the other Ada')
  two.users.invalidate({ everybody: true })
  await settle()
  t.same(one.forgotten, [])
  t.ok(store.textOf(ORG, ADA))
})

t.test('what cannot be an id, or is not kept at all, does not get near the store', async t => {
  const store = new SharedStore()
  const { users } = createProcess(store, async () => null)
  for (const userId of ['', 'ada@example.com', '../00u', 'a b', 'a'.repeat(65)]) {
    t.match(await users.read(userId), { user: null, isShared: false })
    users.invalidate({ userId })
  }
  await createProcess(store, async () => named('Ada'), { userCacheTtlMs: 0 }).users.read(ADA)
  await settle()

  t.same(store.asked, [])
})

t.test('a store that is slow, fails or throws might as well not be there', async t => {
  const store = new SharedStore()
  const { users, lookups } = createProcess(store, async () => named('Ada'))
  const faults: Array<() => Promise<never>> = [
    async () => await new Promise(() => {}),
    async () => { throw new Error('connect ECONNREFUSED') },
    () => { throw new Error('at once') }
  ]
  for (const fault of faults) {
    store.fault = fault
    t.match(await users.read(ADA), { isShared: false, user: { id: ADA } })
  }
  t.equal(lookups.length, 3)
  t.equal(store.size, 0)
})

t.test('a user is returned though the store fails to keep it', async t => {
  const store = new SharedStore()
  const cache = { ...store.process(), write: async () => { throw new Error('OOM') } }
  const { users } = createProcess(store, async () => named('Ada'), { cache })

  t.match(await users.read(ADA), { isShared: false })
  t.match(await users.read(ADA), { isShared: false })
})

t.test('what Okta fails with is passed on, and not shared', async t => {
  const store = new SharedStore()
  const { users } = createProcess(store, async () => { throw new Error('Okta is unavailable') })

  await t.rejects(users.read(ADA), { message: 'Okta is unavailable' })
  t.equal(store.size, 0)
})
