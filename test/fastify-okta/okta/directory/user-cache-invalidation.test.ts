import t from 'tap'
import { type UserCache } from '#fastify-okta/okta/directory/user-cache.js'
import { stopClock } from '../../../kit/clock.js'
import { oktaGroup, oktaUser } from '../../../kit/okta-user.js'
import { create, settle, readAs, nameOf, greeters, named, FRESH_MS } from './create-user-cache.js'

/** Every way to evict a user called Ada who is in a group. */
const WAYS_TO_EVICT = [
  (cache: UserCache) => { cache.invalidate('ada') },
  (cache: UserCache) => { cache.invalidateGroups(new Set(['00gother', greeters.id])) },
  (cache: UserCache) => { cache.clear() }
]

t.test('an evicted user is read again', async t => {
  stopClock(t)
  for (const forget of WAYS_TO_EVICT) {
    const created = create()
    const { cache, lookups } = created
    await readAs(created, named('old'))
    await readAs(created, named('Grace'), 'grace')
    forget(cache)
    cache.invalidate('nobody')

    t.equal(cache.fromMemory('ada'), undefined)
    const read = cache.read('ada')
    lookups[2]?.answer(named('new'))
    t.equal(await nameOf(read), 'new')
  }
})

t.test('evicting one user leaves the others', async t => {
  stopClock(t)
  const created = create()
  await readAs(created, named('Ada'))
  await readAs(created, named('Grace'), 'grace')

  t.equal(created.cache.invalidate('ada'), true)
  t.equal(created.cache.invalidate('ada'), false, 'it returns whether a user was evicted')
  t.ok(created.cache.fromMemory('grace'))
})

t.test('the members of groups are evicted, by the ids of the groups, and no others', async t => {
  stopClock(t)
  const created = create()
  const { cache } = created
  await readAs(created, oktaUser({ groups: [oktaGroup('Everyone'), greeters] }))
  await readAs(created, oktaUser({ groups: [oktaGroup('Everyone')] }), 'grace')
  await readAs(created, null, 'nobody')

  t.equal(cache.invalidateGroups(new Set([greeters.name, '00gother'])), 0, 'a name is no id')
  t.equal(cache.invalidateGroups(new Set([greeters.id, '00gother'])), 1)
  t.equal(cache.fromMemory('ada'), undefined)
  t.ok(cache.fromMemory('grace'))
  t.equal(cache.invalidateGroups(new Set([oktaGroup('Everyone').id])), 1)
  t.ok(cache.fromMemory('nobody'))
})

t.test('with groups, their members are evicted, and users who are being looked up', async t => {
  stopClock(t)
  const created = create()
  const { cache, lookups } = created
  await readAs(created, oktaUser({ groups: [oktaGroup('a'), oktaGroup('b')] }))
  await readAs(created, oktaUser({ groups: [oktaGroup('c')] }), 'grace')
  await readAs(created, null, 'nobody')
  const reading = cache.read('alan')
  const known = cache.invalidateGroups(new Set([oktaGroup('b').id, oktaGroup('d').id]))

  t.equal(known, 1)
  t.same(['ada', 'grace', 'nobody'].map(userId => cache.fromMemory(userId) !== undefined), [false, true, true])
  lookups[3]?.answer(named('old'))
  await settle()
  lookups[4]?.answer(named('new'))
  t.equal(await nameOf(reading), 'new')
})

t.test('a lookup that an invalidation overtakes is not cached, and its callers get the result of another', async t => {
  stopClock(t)
  for (const forget of WAYS_TO_EVICT) {
    const { cache, lookups } = create()
    const waiting = cache.read('ada')
    forget(cache)
    const later = cache.read('ada')
    t.equal(lookups.length, 2, 'who comes later does not wait for the old lookup')

    lookups[0]?.answer(named('old'))
    await settle()
    t.equal(cache.fromMemory('ada'), undefined)
    lookups[1]?.answer(named('new'))
    t.same(await Promise.all([waiting, later].map(nameOf)), ['new', 'new'])
    t.equal(cache.fromMemory('ada')?.user?.profile.firstName, 'new')
    t.equal(lookups.length, 2)
  }
})

t.test('a result that comes after that of its successor does not take its place', async t => {
  stopClock(t)
  const { cache, lookups } = create()
  const waiting = cache.read('ada')
  cache.invalidate('ada')
  const later = cache.read('ada')
  lookups[1]?.answer(named('new'))
  t.equal(await nameOf(later), 'new')
  lookups[0]?.answer(named('old'))

  t.equal(await nameOf(waiting), 'new')
  t.equal(cache.fromMemory('ada')?.user?.profile.firstName, 'new')
})

t.test('a renewal in the background is overtaken by an invalidation too', async t => {
  const clock = stopClock(t)
  const created = create()
  const { cache, lookups } = created
  await readAs(created, named('old'))
  clock.advance(FRESH_MS * 0.9)
  cache.fromMemory('ada')
  cache.invalidate('ada')
  lookups[1]?.answer(named('old'))
  await settle()

  t.equal(cache.fromMemory('ada'), undefined)
})

t.test('an old lookup that ends does not hide the one that is under way', async t => {
  stopClock(t)
  const { cache, lookups } = create()
  const reads = [cache.read('ada')]
  cache.invalidate('ada')
  reads.push(cache.read('ada'))
  lookups[0]?.answer(named('old'))
  await settle()
  reads.push(cache.read('ada'))

  t.equal(lookups.length, 2)
  lookups[1]?.answer(named('new'))
  t.same(await Promise.all(reads.map(nameOf)), ['new', 'new', 'new'])
})

t.test('a request whose lookups are all superseded gets the last result, which is not kept', async (t) => {
  stopClock(t)
  for (const forget of WAYS_TO_EVICT) {
    const { cache, lookups } = create()
    const read = nameOf(cache.read('ada'))
    for (let i = 0; i < 3; i++) {
      forget(cache)
      lookups[i]?.answer(named(`answer ${i}`))
      await settle()
    }

    t.equal(await read, 'answer 1')
    t.equal(cache.fromMemory('ada'), undefined)
    t.equal(lookups.length, 2)
  }
})

t.test('a request whose first lookup was superseded has that result if the second one fails', async (t) => {
  stopClock(t)
  const { cache, lookups } = create()
  const read = nameOf(cache.read('ada'))
  cache.invalidate('ada')
  lookups[0]?.answer(named('first'))
  await settle()
  lookups[1]?.fail()

  t.equal(await read, 'first')
})

t.test('an invalidation right after the answer of a lookup is not lost', async (t) => {
  stopClock(t)
  for (const forget of WAYS_TO_EVICT) {
    for (let microtasks = 0; microtasks < 8; microtasks++) {
      const { cache, lookups } = create()
      const read = cache.read('ada')
      lookups[0]?.answer(named('old'))
      for (let i = 0; i < microtasks; i++) await Promise.resolve()
      forget(cache)
      await settle()
      t.equal(cache.fromMemory('ada'), undefined, `after ${microtasks} microtasks`)
      lookups[1]?.answer(named('new'))
      t.ok(await read)
    }
  }
})

t.test('counts one cache use when a lookup is superseded', async t => {
  const uses: unknown[] = []
  const { cache, lookups } = create({ onUse: result => { uses.push(result) } })
  const read = cache.read('ada')
  cache.invalidate('ada')
  lookups[0]?.answer(named('old'))
  await settle()
  lookups[1]?.answer(named('new'))

  t.equal(await nameOf(read), 'new')
  t.same(uses, ['miss'])
})
