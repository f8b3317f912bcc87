import fc from 'fast-check'
import t, { type Test } from 'tap'
import { Watermarks } from '#fastify-okta/okta/revocations/watermarks.js'
import { ADA } from '../../../kit/access-token.js'
import { stopClock } from '../../../kit/clock.js'
import { runs } from '../../../kit/ci.js'

const DAY_MS = 86_400_000
const LOGIN = 'ada@example.com'

interface Created {
  readonly watermarks: Watermarks
  readonly raised: string[]
  readonly full: () => number
}

function create (maxWatermarks = 1000): Created {
  const raised: string[] = []
  let full = 0
  const watermarks = new Watermarks({
    maxTokenLifetimeMs: DAY_MS,
    maxWatermarks,
    onRaise: (subject) => { raised.push(subject) },
    onFull: () => { full++ }
  })
  return { watermarks, raised, full: () => full }
}

/** Claims of a token of Ada's that was issued at this time, in seconds from now. */
function issued (seconds: number, difference: object = {}): { uid?: string, sub: string, iat: number, auth_time?: number } {
  const iat = Math.floor(Date.now() / 1000) + seconds
  return { uid: ADA, sub: LOGIN, iat, auth_time: iat, ...difference }
}

t.test('a token that was issued, or whose user signed in, at the watermark or before is refused; a later one is not', async (t: Test) => {
  const clock = stopClock(t)
  const { watermarks } = create()
  const at = clock.now() / 1000 - 10
  t.equal(watermarks.isRevoked(issued(-1000)), false, 'there is no watermark')
  watermarks.raise(`uid:${ADA}`, at * 1000)

  t.equal(watermarks.isRevoked(issued(-11)), true)
  t.equal(watermarks.isRevoked(issued(-10)), true)
  t.equal(watermarks.isRevoked(issued(-9)), false)
  t.equal(watermarks.isRevoked(issued(-9, { auth_time: at })), true, 'refreshed')
  t.equal(watermarks.isRevoked(issued(-9, { auth_time: at + 0.001 })), false)
  t.equal(watermarks.isRevoked(issued(-9, { auth_time: undefined })), false)
  t.equal(watermarks.isRevoked(issued(-9, { auth_time: String(at + 5) })), true, 'a time that cannot be compared')
  t.equal(watermarks.isRevoked(issued(-11, { uid: '00u2' })), false, 'another user')
})

t.test('users are found by id, by the subject of tokens without uid, and by login without regard to case', async (t) => {
  const { watermarks } = create()
  watermarks.raise(`uid:${ADA}`, Date.now())
  t.equal(watermarks.isRevoked(issued(-1, { uid: undefined, sub: ADA })), true)
  t.equal(watermarks.isRevoked(issued(-1, { uid: '00u2', sub: ADA })), false, 'uid comes first')

  watermarks.raise('login:GRACE@example.com', Date.now())
  for (const sub of ['grace@example.com', 'Grace@Example.com']) t.equal(watermarks.isRevoked(issued(-1, { uid: '00u2', sub })), true)
  t.equal(watermarks.isRevoked(issued(-1, { uid: '00u2', sub: 'race@example.com' })), false)
})

t.test('a token is refused if somebody is revoked who acts for its user, at any depth', async (t) => {
  const { watermarks } = create()
  const [agent, client] = ['wlp1', 'wlp2']
  const act = { sub: agent, sub_profile: 'ai_agent', act: { sub: client, sub_profile: 'service' } }
  watermarks.raise(`uid:${client}`, Date.now())
  t.equal(watermarks.isRevoked(issued(-10, { act })), true)
  t.equal(watermarks.isRevoked(issued(10, { act })), false)
  t.equal(watermarks.isRevoked(issued(-10, { act: { sub: agent } })), false)
  for (const wrong of [null, 'wlp2', [client], { sub: [client] }, { act: null }]) t.equal(watermarks.isRevoked(issued(-10, { act: wrong })), false, JSON.stringify(wrong))
})

t.test('a watermark never moves back, and other strings are no user\'s', async (t) => {
  const { watermarks, raised } = create()
  const now = Date.now()
  t.equal(watermarks.raise(`uid:${ADA}`, now - 5000), true)
  t.equal(watermarks.raise(`uid:${ADA}`, now - 9000), false)
  t.equal(watermarks.raise(`uid:${ADA}`, now - 5000), false)
  t.equal(watermarks.raise(`uid:${ADA}`, now - 2000), true)
  for (const subject of ['', 'uid:', 'login:', ADA, `uid:${'a'.repeat(257)}`, '**']) t.equal(watermarks.raise(subject, now), false, subject)
  t.equal(watermarks.raise('uid:00u2', NaN), false)

  t.same([...watermarks.entries()], [{ subject: `uid:${ADA}`, atMs: now - 2000 }])
  t.same(raised, [`uid:${ADA}`, `uid:${ADA}`])
})

t.test('a watermark is kept for as long as a token from before can live, and an older one is not raised', async (t: Test) => {
  const clock = stopClock(t)
  const { watermarks } = create()
  t.equal(watermarks.raise(`uid:${ADA}`, clock.now() - DAY_MS), false)
  t.equal(watermarks.raise(`uid:${ADA}`, clock.now() - DAY_MS + 1000), true)
  const refreshed = issued(0, { auth_time: 1 })
  watermarks.dropExpired()
  t.equal(watermarks.isRevoked(refreshed), true)

  clock.advance(1000)
  watermarks.dropExpired()
  t.equal(watermarks.size, 0)
  t.equal(watermarks.isRevoked(refreshed), false)
})

t.test('if there are too many watermarks, the oldest are replaced by one for all users, and no revoked token is accepted', async (t) => {
  const { watermarks, raised, full } = create(100)
  const now = Math.floor(Date.now() / 1000)
  const times = Array.from({ length: 500 }, (_item, i) => now - 1000 + ((i * 7919) % 500))
  for (const [i, at] of times.entries()) {
    watermarks.raise(`uid:user${i}`, at * 1000)
    t.ok(watermarks.size <= 100, 'bounded') || t.bailout()
  }

  t.ok(full() > 0)
  t.ok(raised.includes('*'))
  for (const [i, at] of times.entries()) {
    t.equal(watermarks.isRevoked({ uid: `user${i}`, sub: 'a', iat: at, auth_time: at }), true) || t.bailout()
  }
  t.equal(watermarks.isRevoked({ uid: 'another', sub: 'a', iat: now, auth_time: now }), false, 'who has signed in since is not concerned')
  t.equal(watermarks.isRevoked({ uid: 'another', sub: 'a', iat: now - 1000, auth_time: now - 1000 }), true)
  t.equal([...watermarks.entries()][0]?.subject, '*', 'which the other processes need as well')
})

t.test('a watermark for all users is dropped too when tokens from before have expired', async (t: Test) => {
  const clock = stopClock(t)
  const { watermarks } = create()
  watermarks.raise('*', clock.now())
  t.equal(watermarks.isRevoked(issued(0)), true)
  t.equal(watermarks.raise(`uid:${ADA}`, clock.now() - 1000), true, 'which another process may need that has no common one')
  clock.advance(DAY_MS)
  watermarks.dropExpired()
  t.equal(watermarks.isRevoked(issued(0, { auth_time: 1 })), false)
})

t.test('of any tokens around any watermarks, exactly those at a watermark or before are refused', async (t: Test) => {
  const now = stopClock(t).now()
  const users = fc.constantFrom('00u1', '00u2', '00u3')
  const time = fc.integer({ min: now - 2500, max: now })
  const raises = fc.array(fc.record({ uid: users, atMs: time }), { maxLength: 8 })
  const tokens = fc.array(fc.record({ uid: users, iatMs: time, authMs: fc.option(time, { nil: undefined }) }), { minLength: 100, maxLength: 100 })

  fc.assert(fc.property(raises, tokens, (given, presented) => {
    const { watermarks } = create()
    for (const { uid, atMs } of given) watermarks.raise(`uid:${uid}`, atMs)
    for (const { uid, iatMs, authMs } of presented) {
      const latest = Math.max(...given.filter((raise) => raise.uid === uid).map(({ atMs }) => atMs))
      const isRevoked = watermarks.isRevoked({ uid, sub: 'a', iat: iatMs / 1000, ...(authMs === undefined ? {} : { auth_time: authMs / 1000 }) })
      if (isRevoked !== (iatMs <= latest || (authMs !== undefined && authMs <= latest))) return false
    }
    return true
  }), { numRuns: runs(500, 10_000) })
})
