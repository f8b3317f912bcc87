import t from 'tap'
import { DirectoryUnavailableError } from '#fastify-okta/errors.js'
import { stopClock } from '../../../kit/clock.js'
import { oktaGroup, oktaUser } from '../../../kit/okta-user.js'
import { failureOf } from '../../../kit/refusal.js'
import { create, settle, readAs, nameOf, named, rateLimited, FRESH_MS, COOLDOWN_MS } from './create-user-cache.js'

t.test('a user is read once and then served from memory', async t => {
  const clock = stopClock(t)
  const created = create()
  t.equal(created.cache.fromMemory('ada'), undefined)
  t.equal(created.lookups.length, 0, 'a look at memory starts nothing')
  await readAs(created, oktaUser({ groups: [oktaGroup('Greeters'), oktaGroup('Imported', { type: 'APP_GROUP' })] }))

  const entry = created.cache.fromMemory('ada')
  t.match(entry, { user: { id: oktaUser().id }, readAt: performance.now() })
  t.same([...entry?.groups ?? []], [oktaGroup('Greeters').id, oktaGroup('Imported').id, 'Greeters'])
  t.equal(await created.cache.read('ada'), entry)
  clock.advance(FRESH_MS * 0.8 - 1)
  t.equal(await created.cache.read('ada'), entry)
  t.same(created.lookups.map(({ userId }) => userId), ['ada'])
})

t.test('that a user does not exist is kept as well', async t => {
  stopClock(t)
  const created = create()
  await readAs(created, null)

  t.match(created.cache.fromMemory('ada'), { user: null })
  t.equal(created.cache.fromMemory('ada')?.groups.size, 0)
  t.equal(await nameOf(created.cache.read('ada')), 'nobody')
  t.equal(created.lookups.length, 1)
})

t.test('requests for one user at the same time wait for one lookup', async t => {
  const { cache, lookups } = create()
  const reads = Array.from({ length: 20 }, async () => await cache.read('ada'))
  const other = cache.read('grace')
  lookups[0]?.answer(named('Ada'))
  lookups[1]?.answer(named('Grace'))

  t.equal(new Set(await Promise.all(reads)).size, 1)
  t.match(await other, { user: { profile: { firstName: 'Grace' } } })
  t.same(lookups.map(({ userId }) => userId), ['ada', 'grace'])
})

t.test('a user in steady use is read again in the background before its time is over', async t => {
  const clock = stopClock(t)
  const created = create()
  const { cache, lookups } = created
  await readAs(created, named('old'))

  clock.advance(FRESH_MS * 0.8)
  t.equal(await nameOf(cache.read('ada')), 'old', 'nobody waits')
  cache.fromMemory('ada')
  t.equal(lookups.length, 2)
  lookups[1]?.answer(named('new'))
  await settle()
  t.equal(cache.fromMemory('ada')?.user?.profile.firstName, 'new')
  clock.advance(FRESH_MS * 0.8 - 1)
  t.ok(cache.fromMemory('ada'), 'its time has begun anew')
  t.equal(lookups.length, 2)
})

t.test('an expired user is not served from memory', async t => {
  const clock = stopClock(t)
  const created = create()
  const { cache, lookups } = created
  await readAs(created, named('old'))
  clock.advance(FRESH_MS - 1)
  t.ok(cache.fromMemory('ada'))
  lookups[1]?.answer(named('old'))
  await settle()

  clock.advance(FRESH_MS)
  t.equal(cache.fromMemory('ada'), undefined)
  const read = cache.read('ada')
  lookups[2]?.answer(named('new'))
  t.equal(await nameOf(read), 'new')
})

t.test('a user that another process read is as old as its lookup, and does not show that Okta is back', async t => {
  const clock = stopClock(t)
  const created = create()
  const { cache, lookups } = created
  await readAs(created, named('Grace'), 'grace')
  clock.advance(FRESH_MS)
  const failed = cache.read('ada')
  lookups[1]?.fail()
  t.equal(await nameOf(failed), '503 after 1 s')
  clock.advance(COOLDOWN_MS)
  const read = cache.read('ada')
  lookups[2]?.answer(named('Ada'), { readAt: performance.now() - FRESH_MS + 1, isShared: true })

  t.equal(await nameOf(read), 'Ada')
  t.ok(cache.fromMemory('grace'), 'Okta is still away')
  t.equal(await nameOf(cache.read('alan')), '503 after 1 s')
  clock.advance(COOLDOWN_MS)
  const again = cache.read('alan')
  lookups.at(-1)?.answer(named('Alan'))
  t.equal(await nameOf(again), 'Alan')
  t.equal(cache.fromMemory('ada'), undefined, 'her time was over a millisecond later')
})

t.test('a request waits only so long, and the lookup serves the next one', async (t) => {
  const { cache, lookups } = create({ maxWaitMs: 20 })
  t.match(await failureOf(cache.read('ada')), { statusCode: 503, reason: 'timeout' })
  lookups[0]?.answer(named('Ada'))
  await settle()

  t.equal(await nameOf(cache.read('ada')), 'Ada')
  t.equal(lookups.length, 1)
})

t.test('with a time of 0 every request reads afresh, those at one time together', async t => {
  stopClock(t)
  const created = create({ userCacheTtlMs: 0 })
  const { cache, lookups } = created
  await readAs(created, named('old'))
  t.equal(cache.fromMemory('ada'), undefined)

  const reads = [cache.read('ada'), cache.read('ada')]
  lookups[1]?.answer(named('new'))
  t.same(await Promise.all(reads.map(nameOf)), ['new', 'new'])
  t.equal(lookups.length, 2)

  const failing = cache.read('ada')
  lookups[2]?.fail()
  t.equal(await nameOf(failing), 'new', 'but while Okta is unavailable')
})

t.test('of more users than there is place for, the least recently used go', async t => {
  stopClock(t)
  const few = create({ maxCachedUsers: 2 })
  for (const userId of ['ada', 'grace', 'alan']) await readAs(few, named(userId), userId)
  t.same(['ada', 'grace', 'alan'].map(userId => few.cache.fromMemory(userId)?.user?.profile.firstName), [undefined, 'grace', 'alan'])

  const small = create({ maxCachedBytes: 5000 })
  await readAs(small, oktaUser({ groups: [oktaGroup('a'), oktaGroup('b'), oktaGroup('c')] }), 'ada')
  await readAs(small, null, 'grace')
  t.ok(small.cache.fromMemory('ada'), 'three groups and nobody have place')
  await readAs(small, null, 'alan')
  t.equal(small.cache.fromMemory('grace'), undefined, 'one more has not')

  await readAs(small, oktaUser({ groups: Array.from({ length: 11 }, (_, i) => oktaGroup(`g${i}`)) }), 'joan')
  t.equal(small.cache.fromMemory('joan'), undefined, 'nor has somebody who is larger than everything')
})

t.test('the source of each requested user is reported, and of each lookup its outcome and duration', async t => {
  const clock = stopClock(t)
  const uses: unknown[] = []
  const asked: unknown[] = []
  const created = create({ onUse: result => { uses.push(result) }, onLookup: (...result) => { asked.push(result) } })
  const { cache, lookups } = created
  const reported = (): unknown[] => [uses.splice(0), asked.splice(0)]

  t.equal(cache.fromMemory('ada'), undefined)
  t.same(reported(), [[], []], 'a look at memory that finds nothing is followed by a reading')
  const read = cache.read('ada')
  clock.advance(1500)
  lookups[0]?.answer(named('Ada'))
  await read
  t.same(reported(), [['miss'], [['found', 1.5]]])
  cache.fromMemory('ada')
  await cache.read('ada')
  t.same(reported(), [['hit', 'hit'], []])
  await readAs(created, null, 'nobody')
  t.same(reported(), [['miss'], [['not_found', 0]]])

  clock.advance(FRESH_MS)
  const stale = cache.read('ada')
  lookups.at(-1)?.fail()
  await stale
  t.same(reported(), [['stale'], [['failed', 0]]], 'a failed lookup that is answered from memory counts once')
  cache.fromMemory('ada')
  t.same(reported(), [['stale'], []])
  await t.rejects(cache.read('grace'), DirectoryUnavailableError)
  t.same(reported(), [['miss'], []], 'Okta is left alone')

  clock.advance(COOLDOWN_MS)
  const limited = cache.read('grace')
  lookups.at(-1)?.fail(rateLimited(1000))
  await t.rejects(limited, DirectoryUnavailableError)
  t.same(reported(), [['miss'], [['rate_limited', 0]]])
})
