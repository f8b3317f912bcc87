import t from 'tap'
import { FairQueue, QueueFullError, type FairQueueOptions } from '#fastify-okta/oauth/fair-queue.js'
import { failureOf } from '../../kit/refusal.js'

interface Work {
  readonly begun: string[]
  begin (caller: string, name?: string): Promise<void>
  end (name: string): Promise<void>
}

function workIn (options: Partial<FairQueueOptions> = {}): Work {
  const queue = new FairQueue({ maxConcurrent: 1, maxWaiting: 100, maxWaitingPerCaller: 50, maxWaitMs: 10_000, ...options })
  const ends = new Map<string, () => void>()
  const begun: string[] = []
  return {
    begun,
    begin: async (caller, name = caller) => {
      await queue.run(caller, async () => {
        begun.push(name)
        await new Promise<void>((resolve) => { ends.set(name, resolve) })
      })
    },
    end: async (name) => {
      ends.get(name)?.()
      await new Promise((resolve) => { setImmediate(resolve) })
    }
  }
}

t.test('no more runs at once than may, and what waits runs in its order', async (t) => {
  const { begun, begin, end } = workIn({ maxConcurrent: 2 })
  const all = ['a', 'b', 'c', 'd'].map(async (name) => { await begin('one', name) })
  t.same(begun, ['a', 'b'])
  await end('b')
  t.same(begun, ['a', 'b', 'c'])
  for (const name of ['a', 'c', 'd']) await end(name)
  await Promise.all(all)
  t.same(begun, ['a', 'b', 'c', 'd'])
})

t.test('callers take turns, however much one of them has waiting', async (t) => {
  const { begun, begin, end } = workIn()
  const all = [begin('flood', 'f0'), ...Array.from({ length: 20 }, async (_, i) => { await begin('flood', `f${i + 1}`) }), begin('ada'), begin('grace')]
  for (const name of ['f0', 'f1', 'ada']) await end(name)

  t.same(begun, ['f0', 'f1', 'ada', 'grace'])
  await end('grace')
  for (let i = 2; i <= 20; i++) await end(`f${i}`)
  await Promise.all(all)
})

t.test('one caller may not wait more often than its share', async (t) => {
  const { begin, end } = workIn({ maxWaitingPerCaller: 2 })
  const all = ['a', 'b', 'c'].map(async (name) => { await begin('one', name) })
  t.type(await failureOf(begin('one', 'd')), QueueFullError)
  const other = begin('other')
  for (const name of ['a', 'b', 'other', 'c']) await end(name)
  await Promise.all([...all, other])
})

t.test('if too much is waiting, the caller with most waiting loses its latest', async (t) => {
  const { begun, begin, end } = workIn({ maxWaiting: 3 })
  const first = begin('flood', 'f0')
  const waiting = ['f1', 'f2', 'f3'].map(async (name) => { await begin('flood', name) })
  const lost = failureOf(waiting[2] as Promise<void>)
  const ada = begin('ada')
  t.type(await lost, QueueFullError)
  t.type(await failureOf(begin('flood', 'f4')), QueueFullError, 'and gets no other place')
  for (const name of ['f0', 'f1', 'ada', 'f2']) await end(name)
  await Promise.all([first, ada, ...waiting.slice(0, 2)])
  t.same(begun, ['f0', 'f1', 'ada', 'f2'])
})

t.test('who has waited too long is refused, and the others keep their turns', async (t) => {
  const { begun, begin, end } = workIn({ maxWaitMs: 20 })
  const first = begin('a')
  t.type(await failureOf(begin('b')), QueueFullError)
  const next = begin('c')
  await end('a')
  await end('c')
  await Promise.all([first, next])
  t.same(begun, ['a', 'c'])
})

t.test('work that fails gives its place on', async (t) => {
  const queue = new FairQueue({ maxConcurrent: 1, maxWaiting: 1, maxWaitingPerCaller: 1, maxWaitMs: 1000 })
  const failing = failureOf(queue.run('a', async () => await Promise.reject(new Error('it failed'))))
  const next = queue.run('b', async () => 'done')

  t.match(await failing, { message: 'it failed' })
  t.equal(await next, 'done')
  t.equal(await queue.run('a', async () => 'again'), 'again')
})
