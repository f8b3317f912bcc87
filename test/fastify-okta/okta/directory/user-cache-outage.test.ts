import t from 'tap'
import { UserCache } from '#fastify-okta/okta/directory/user-cache.js'
import { stopClock } from '../../../kit/clock.js'
import { failureOf } from '../../../kit/refusal.js'
import { create, settle, readAs, nameOf, named, rateLimited, ofOneUser, FRESH_MS, STALE_MS, COOLDOWN_MS } from './create-user-cache.js'

t.test('while Okta is unavailable a user stays as it was, up to the ceiling', async t => {
  const clock = stopClock(t)
  const created = create()
  const { cache, lookups, failures } = created
  await readAs(created, named('old'))
  clock.advance(FRESH_MS)
  const read = cache.read('ada')
  lookups[1]?.fail()

  t.equal(await nameOf(read), 'old')
  t.match(failures, [{ message: 'Okta is unavailable' }])
  t.equal(cache.fromMemory('ada')?.user?.profile.firstName, 'old')
  t.equal(lookups.length, 2, 'and Okta is left alone')

  clock.advance(COOLDOWN_MS)
  t.equal(cache.fromMemory('ada')?.user?.profile.firstName, 'old')
  t.equal(lookups.length, 3, 'until the cooldown is over')
  lookups[2]?.fail()
  await settle()

  clock.advance(STALE_MS - FRESH_MS - COOLDOWN_MS - 1)
  t.ok(cache.fromMemory('ada'))
  lookups[3]?.fail()
  await settle()
  clock.advance(1)
  t.equal(cache.fromMemory('ada'), undefined)
  t.equal(await nameOf(cache.read('ada')), '503 after 1 s')
})

t.test('when Okta is back, an expired user is not served from memory any more', async t => {
  const clock = stopClock(t)
  const created = create()
  const { cache, lookups } = created
  await readAs(created, named('old'))
  clock.advance(FRESH_MS)
  const read = cache.read('ada')
  lookups[1]?.fail()
  await read

  clock.advance(COOLDOWN_MS)
  const other = cache.read('grace')
  lookups[2]?.answer(named('Grace'))
  await other
  t.equal(cache.fromMemory('ada'), undefined)
})

t.test('after a failure Okta is not asked for others either, until the cooldown is over', async t => {
  const clock = stopClock(t)
  const { cache, lookups, failures } = create()
  const read = cache.read('ada')
  lookups[0]?.fail()
  t.equal(await nameOf(read), '503 after 1 s')

  for (const userId of ['ada', 'grace', 'alan']) t.equal(await nameOf(cache.read(userId)), '503 after 1 s')
  await t.rejects(cache.read('ada'), { statusCode: 503, reason: 'unavailable', cause: { message: 'Okta is unavailable' } })
  clock.advance(COOLDOWN_MS - 1)
  t.equal(await nameOf(cache.read('ada')), '503 after 1 s')
  t.equal(lookups.length, 1)
  t.equal(failures.length, 1)

  clock.advance(1)
  const again = cache.read('ada')
  t.equal(await nameOf(cache.read('grace')), '503 after 1 s', 'one lookup goes to see whether it is back')
  t.equal(lookups.length, 2)
  lookups[1]?.answer(named('Ada'))
  t.equal(await nameOf(again), 'Ada')

  const grace = cache.read('grace')
  lookups[2]?.answer(named('Grace'))
  t.equal(await nameOf(grace), 'Grace', 'and then all may')
})

t.test('a request for the user of the one lookup waits for it', async t => {
  const clock = stopClock(t)
  const { cache, lookups } = create()
  const failed = cache.read('ada')
  lookups[0]?.fail()
  await nameOf(failed)
  clock.advance(COOLDOWN_MS)
  const reads = [cache.read('ada'), cache.read('ada')]
  lookups[1]?.answer(named('Ada'))

  t.same(await Promise.all(reads.map(nameOf)), ['Ada', 'Ada'])
})

t.test('a rate limit is waited for, but by no request', async t => {
  const clock = stopClock(t)
  const { cache, lookups } = create()
  const read = cache.read('ada')
  lookups[0]?.fail(rateLimited(48_000))
  t.equal(await nameOf(read), '503 after 48 s')
  clock.advance(47_999)
  t.equal(await nameOf(cache.read('grace')), '503 after 1 s')
  t.equal(lookups.length, 1)

  clock.advance(1)
  nameOf(cache.read('grace')).catch(t.threw)
  t.equal(lookups.length, 2)
})

t.test('a rate limit that is shorter than the cooldown does not shorten it', async t => {
  stopClock(t)
  const { cache, lookups } = create({ cooldownMs: 5000 })
  const read = cache.read('ada')
  lookups[0]?.fail(rateLimited(1000))

  t.equal(await nameOf(read), '503 after 5 s')
})

t.test('a failure that says nothing about Okta refuses its own request, and no other', async (t) => {
  const clock = stopClock(t)
  for (const reason of ['busy', 'timeout', 'unreadable', 'refused'] as const) {
    const created = create()
    const { cache, lookups } = created
    await readAs(created, named('Grace'), 'grace')
    await readAs(created, named('Ada'), 'ada')
    clock.advance(FRESH_MS)
    const failing = cache.read('ada')
    lookups[2]?.fail(ofOneUser(reason))
    t.match(await failureOf(failing), { statusCode: 503, reason }, 'not even its own old entry is used')

    t.equal(cache.fromMemory('grace'), undefined, 'the time of others is over as usual')
    const other = cache.read('alan')
    lookups[3]?.answer(named('Alan'))
    t.equal(await nameOf(other), 'Alan', 'and Okta is asked at once')
  }
})

t.test('a failure that says nothing about Okta ends an outage, since Okta has answered', async (t) => {
  const clock = stopClock(t)
  for (const [reason, expected] of [['refused', 'Alan'], ['busy', '503 after 1 s']] as const) {
    const { cache, lookups } = create()
    const failed = cache.read('ada')
    lookups[0]?.fail()
    await failureOf(failed)
    clock.advance(COOLDOWN_MS)
    const failing = cache.read('grace')
    lookups[1]?.fail(ofOneUser(reason))
    await failureOf(failing)
    const other = cache.read('alan')
    lookups[2]?.answer(named('Alan'))
    t.equal(await nameOf(other), expected)
  }
})

t.test('of a lookup that was never made nothing is reported', async (t) => {
  const reported: unknown[] = []
  const { cache, lookups, failures } = create({ onLookup: (result) => { reported.push(result) } })
  for (const reason of ['busy', 'timeout'] as const) {
    const read = cache.read('ada')
    lookups.at(-1)?.fail(ofOneUser(reason))
    await failureOf(read)
  }

  t.same(reported, ['failed'])
  t.match(failures, [{ reason: 'timeout' }])
})

t.test('with a ceiling of 0 no user is served from memory', async t => {
  stopClock(t)
  const created = create({ userCacheTtlMs: 0, userCacheCeilingMs: 0 })
  await readAs(created, named('old'))
  const read = created.cache.read('ada')
  created.lookups[1]?.fail()

  t.equal(await nameOf(read), '503 after 1 s')
})

t.test('failures need not be reported', async t => {
  const cache = new UserCache({
    readUser: async () => { throw new Error('Okta is unavailable') }, userCacheTtlMs: 1, userCacheCeilingMs: 1, cooldownMs: 1000, maxCachedUsers: 1, maxCachedBytes: 10_000
  })
  t.equal(await nameOf(cache.read('ada')), '503 after 1 s')
})
