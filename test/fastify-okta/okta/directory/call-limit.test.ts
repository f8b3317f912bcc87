import t from 'tap'
import { CallLimit, CallRate } from '#fastify-okta/okta/directory/call-limit.js'
import { stopClock } from '../../../kit/clock.js'
import { failureOf, thrownBy } from '../../../kit/refusal.js'

const LIMITS = { maxRunning: 3, maxRunningPerCaller: 2, maxWaitingPerCaller: 2 }
const MAX_WAIT_MS = 60_000

/** Work that a test ends when it likes. */
function create (limits = LIMITS): { run: (caller: string, maxWaitMs?: number) => Promise<string>, running: string[], end: (caller: string) => Promise<void> } {
  const limit = new CallLimit(limits)
  const running: string[] = []
  const ends: Array<{ caller: string, end: () => void }> = []
  return {
    running,
    run: async (caller, maxWaitMs = MAX_WAIT_MS) => await limit.run(caller, maxWaitMs, async () => {
      running.push(caller)
      await new Promise<void>((resolve) => { ends.push({ caller, end: resolve }) })
      running.splice(running.indexOf(caller), 1)
      return caller
    }),
    end: async (caller) => {
      const [{ end } = { end: () => {} }] = ends.splice(ends.findIndex((other) => other.caller === caller), 1)
      end()
      await new Promise((resolve) => { setImmediate(resolve) })
    }
  }
}

t.test('work runs up to the limit, and the rest waits for its turn', async (t) => {
  const { run, running, end } = create()
  const results = ['a', 'b', 'c', 'd', 'e'].map(async (caller) => await run(caller))
  t.same(running, ['a', 'b', 'c'])
  await end('b')
  t.same(running, ['a', 'c', 'd'])
  await end('a')
  for (const caller of ['c', 'd', 'e']) await end(caller)
  t.same(await Promise.all(results), ['a', 'b', 'c', 'd', 'e'])
})

t.test('one caller\'s flood is refused, and no other caller waits behind it', async (t) => {
  const { run, running, end } = create()
  const flood = Array.from({ length: 4 }, async () => await run('flooder'))
  t.same(running, ['flooder', 'flooder'])
  t.match(await failureOf(run('flooder')), { reason: 'busy', isOutage: false })
  const others = [run('a'), run('b')]
  t.same(running, ['flooder', 'flooder', 'a'])
  await end('a')
  t.same(running, ['flooder', 'flooder', 'b'], 'b is served before what the flooder has waiting')

  for (let i = 0; i < 4; i++) await end('flooder')
  await end('b')
  t.equal((await Promise.all([...flood, ...others])).length, 6)
})

t.test('work that does not get its turn in time is refused, and never runs', async (t) => {
  const { run, running, end } = create({ ...LIMITS, maxRunning: 1 })
  const first = run('a')
  t.match(await failureOf(run('b', 20)), { reason: 'busy', isOutage: false })
  await end('a')
  await first
  t.same(running, [])
})

t.test('work that fails makes room as well', async (t) => {
  const limit = new CallLimit({ ...LIMITS, maxRunning: 1 })
  const failing = limit.run('a', MAX_WAIT_MS, async () => { throw new Error('it failed') })
  const next = limit.run('b', MAX_WAIT_MS, async () => 'b')
  t.match(await failureOf(failing), { message: 'it failed' })
  t.equal(await next, 'b')
})

t.test('a caller may do something some times in a row, and then once in each interval', async (t) => {
  const clock = stopClock(t)
  const rate = new CallRate({ burst: 3, intervalMs: 1000 })
  for (let i = 0; i < 3; i++) rate.use('a')
  t.match(thrownBy(() => { rate.use('a') }), { reason: 'busy' })
  rate.use('b')
  clock.advance(1000)
  rate.use('a')
  t.match(thrownBy(() => { rate.use('a') }), { reason: 'busy' })
  clock.advance(10_000)
  for (let i = 0; i < 3; i++) rate.use('a')
  t.match(thrownBy(() => { rate.use('a') }), { reason: 'busy' }, 'no more than the burst is saved up')
})
