import t from 'tap'
import { DpopReplayMemory } from '#fastify-okta/oauth/dpop-replay-store.js'
import { stopClock } from '../../kit/clock.js'
import { thrownBy } from '../../kit/refusal.js'

t.test('a proof is remembered until it expires', async t => {
  const clock = stopClock(t)
  const memory = new DpopReplayMemory(10)
  const expiresAt = clock.now() + 1000

  t.equal(memory.remember('a', expiresAt), true)
  t.equal(memory.remember('a', expiresAt), false)
  t.equal(memory.remember('b', expiresAt), true)
  clock.advance(1000)
  t.equal(memory.remember('a', expiresAt), false, 'to the last millisecond')
  clock.advance(1)
  t.equal(memory.remember('a', clock.now() + 1000), true)
})

t.test('a full memory forgets nothing before its time, but is unavailable', async t => {
  const clock = stopClock(t)
  const memory = new DpopReplayMemory(2)
  memory.remember('a', clock.now() + 1000)
  memory.remember('b', clock.now() + 2000)

  t.match(thrownBy(() => memory.remember('c', clock.now() + 1000)), { name: 'DpopReplayStoreUnavailableError', statusCode: 503, retryAfterSeconds: 10 })
  t.equal(memory.remember('a', clock.now() + 1000), false, 'and still knows what it knows')
  clock.advance(1001)
  t.equal(memory.remember('c', clock.now() + 1000), true)
  t.throws(() => memory.remember('d', clock.now() + 1000))
  t.equal(memory.remember('b', clock.now() + 1000), false)
})
