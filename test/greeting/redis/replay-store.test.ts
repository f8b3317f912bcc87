import t from 'tap'
import type { RedisConnection } from '#greeting/redis/connection.js'
import { RedisReplayStore } from '#greeting/redis/replay-store.js'
import { failureOf } from '../../kit/refusal.js'

/** One Redis as several connections have it: which keys are there. */
function createRedis (): { keys: Map<string, number>, connection: RedisConnection, fail (): void } {
  const keys = new Map<string, number>()
  let isAway = false
  const set = async (key: string, _value: number, _unit: string, ttlMs: number): Promise<'OK' | null> => {
    if (keys.has(key)) return null
    keys.set(key, ttlMs)
    return 'OK'
  }
  const run = async (command: (redis: never) => Promise<unknown>): Promise<unknown> => {
    if (isAway) throw new Error('Redis: no answer')
    return await command({ set } as never)
  }
  return { keys, connection: { run } as unknown as RedisConnection, fail: () => { isAway = true } }
}

const inAMinute = (): number => Date.now() + 60_000

t.test('a proof that was used on one replica is used on all', async t => {
  const { keys, connection } = createRedis()
  const [one, two] = [0, 1].map(() => new RedisReplayStore(connection, { isRequired: true })) as [RedisReplayStore, RedisReplayStore]
  t.equal(await one.remember('a', inAMinute()), true)

  t.equal(await two.remember('a', inAMinute()), false)
  t.equal(await one.remember('a', inAMinute()), false)
  t.equal(await two.remember('b', inAMinute()), true)
  const [ttlMs = 0] = keys.values()
  t.ok(ttlMs > 60_000 && ttlMs <= 90_000, 'for longer than by this replica\'s clock')
  await one.remember('c', Date.now() - 3_600_000)
  t.ok([...keys.values()].every(ttl => ttl > 0 && Number.isInteger(ttl)), 'Redis takes no other time')
})

t.test('a proof stays used on its replica, though Redis loses it', async t => {
  const { keys, connection } = createRedis()
  const store = new RedisReplayStore(connection, { isRequired: true })
  await store.remember('a', inAMinute())
  keys.clear()

  t.equal(await store.remember('a', inAMinute()), false)
})

t.test('of two at once only one is taken, also where Redis does not say which', async t => {
  const { connection, fail } = createRedis()
  fail()
  const store = new RedisReplayStore(connection, { isRequired: false })

  t.same(await Promise.all([store.remember('a', inAMinute()), store.remember('a', inAMinute())]), [true, false])
})

t.test('where proofs are required, none is taken while Redis cannot tell', async t => {
  const { connection, fail } = createRedis()
  const store = new RedisReplayStore(connection, { isRequired: true })
  await store.remember('a', inAMinute())
  fail()

  for (const key of ['a', 'b']) {
    t.match(await failureOf(store.remember(key, inAMinute())), { name: 'DpopReplayStoreUnavailableError', statusCode: 503, retryAfterSeconds: 1, cause: { message: 'Redis: no answer' } })
  }
})

t.test('where they are only allowed, each replica goes on alone, and knows what it has seen', async t => {
  const { connection, fail } = createRedis()
  const store = new RedisReplayStore(connection, { isRequired: false })
  await store.remember('a', inAMinute())
  fail()

  t.equal(await store.remember('a', inAMinute()), false)
  t.equal(await store.remember('b', inAMinute()), true)
  t.equal(await store.remember('b', inAMinute()), false)
})
