import t from 'tap'
import { DirectoryUnavailableError } from '#fastify-okta/errors.js'
import { DirectoryFailure } from '#fastify-okta/okta/directory/directory-failure.js'
import { UserCache, type UserCacheOptions, type FetchedUser } from '#fastify-okta/okta/directory/user-cache.js'
import type { OktaUser } from '#fastify-okta/okta/directory/user.js'
import { stopClock } from '../../../kit/clock.js'
import { oktaGroup, oktaUser } from '../../../kit/okta-user.js'
import { failureOf } from '../../../kit/refusal.js'

/** A lookup in a directory that a test answers when it likes. */
interface Lookup {
  readonly userId: string
  answer (user: OktaUser | null, difference?: Partial<FetchedUser>): void
  fail (error?: Error): void
}

const FRESH_MS = 60_000
const STALE_MS = 3_600_000
const COOLDOWN_MS = 1000

function create (options: Partial<UserCacheOptions> = {}): { cache: UserCache, lookups: Lookup[], failures: unknown[] } {
  const lookups: Lookup[] = []
  const failures: unknown[] = []
  const cache = new UserCache({
    readUser: async userId => await new Promise((resolve, reject) => {
      lookups.push({
        userId,
        answer: (user, difference = {}) => { resolve({ user, readAt: performance.now(), isShared: false, ...difference }) },
        fail: (error = new Error('Okta is away')) => { reject(error) }
      })
    }),
    userCacheTtlMs: FRESH_MS,
    userCacheCeilingMs: STALE_MS,
    cooldownMs: COOLDOWN_MS,
    maxCachedUsers: 100,
    maxCachedBytes: 1_000_000,
    onFailure: error => { failures.push(error) },
    ...options
  })
  return { cache, lookups, failures }
}

/** Lets the callers of settled promises run. */
async function settle (): Promise<void> {
  await new Promise(resolve => { setImmediate(resolve) })
}

/** Reads a user, answering the one lookup that it takes. */
async function readAs ({ cache, lookups }: ReturnType<typeof create>, user: OktaUser | null, userId = 'ada'): Promise<void> {
  const read = cache.read(userId)
  lookups.at(-1)?.answer(user)
  await read
}

/** The result of a lookup: the first name of the user, `nobody`, or 503 and when to try again. */
async function nameOf (read: Promise<{ user: OktaUser | null }>): Promise<unknown> {
  try {
    const { user } = await read
    return user === null ? 'nobody' : user.profile.firstName
  } catch (error) {
    if (error instanceof DirectoryUnavailableError) return `503 after ${error.retryAfterSeconds} s`
    throw error
  }
}

const greeters = oktaGroup('Greeters')
const named = (firstName: string): OktaUser => oktaUser({ profile: { ...oktaUser().profile, firstName }, groups: [greeters] })

const rateLimited = (waitMs: number): DirectoryFailure => new DirectoryFailure('Okta\'s rate limit is exceeded', { reason: 'rate_limited', isOutage: true, waitMs })
/** Says nothing about Okta. */
const ofOneUser = (reason: 'busy' | 'timeout' | 'unreadable' | 'refused'): DirectoryFailure => new DirectoryFailure('it failed', { reason, isOutage: false })

/** Every way to forget a user called Ada who is in a group. */
const WAYS_TO_FORGET = [
  (cache: UserCache) => { cache.invalidate('ada') },
  (cache: UserCache) => { cache.invalidateGroups(new Set(['00gother', greeters.id])) },
  (cache: UserCache) => { cache.clear() }
]

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

t.test('while Okta is unavailable a user stays as it was, up to the ceiling', async t => {
  const clock = stopClock(t)
  const created = create()
  const { cache, lookups, failures } = created
  await readAs(created, named('old'))
  clock.advance(FRESH_MS)
  const read = cache.read('ada')
  lookups[1]?.fail()

  t.equal(await nameOf(read), 'old')
  t.match(failures, [{ message: 'Okta is away' }])
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

t.test('after a failure Okta is not asked for others either, until the cooldown is over', async t => {
  const clock = stopClock(t)
  const { cache, lookups, failures } = create()
  const read = cache.read('ada')
  lookups[0]?.fail()
  t.equal(await nameOf(read), '503 after 1 s')

  for (const userId of ['ada', 'grace', 'alan']) t.equal(await nameOf(cache.read(userId)), '503 after 1 s')
  await t.rejects(cache.read('ada'), { statusCode: 503, reason: 'unavailable', cause: { message: 'Okta is away' } })
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

t.test('an evicted user is read again', async t => {
  stopClock(t)
  for (const forget of WAYS_TO_FORGET) {
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
  for (const forget of WAYS_TO_FORGET) {
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
  for (const forget of WAYS_TO_FORGET) {
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
  for (const forget of WAYS_TO_FORGET) {
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
  t.equal(await nameOf(failing), 'new', 'but while Okta is away')
})

t.test('with a ceiling of 0 no user is served from memory', async t => {
  stopClock(t)
  const created = create({ userCacheTtlMs: 0, userCacheCeilingMs: 0 })
  await readAs(created, named('old'))
  const read = created.cache.read('ada')
  created.lookups[1]?.fail()

  t.equal(await nameOf(read), '503 after 1 s')
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

t.test('failures need not be reported', async t => {
  const cache = new UserCache({
    readUser: async () => { throw new Error('Okta is away') }, userCacheTtlMs: 1, userCacheCeilingMs: 1, cooldownMs: 1000, maxCachedUsers: 1, maxCachedBytes: 10_000
  })
  t.equal(await nameOf(cache.read('ada')), '503 after 1 s')
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
