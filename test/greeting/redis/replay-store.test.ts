import Fastify from 'fastify'
import t, { type Test } from 'tap'
import type { DpopReplayStoreUnavailableError, UsedProof } from 'fastify-okta'
import { RedisConnection } from '#greeting/redis/connection.js'
import { RedisReplayStore } from '#greeting/redis/replay-store.js'
import { eventually } from '../../kit/eventually.js'
import { skip, startRedis, type RedisServer } from '../../kit/redis.js'
import { failureOf } from '../../kit/refusal.js'

const LIFETIME_MS = 60_000
/** How long a busy machine may take for a command. */
const TIMEOUT_MS = 20_000
const USED = 'fastify-okta:proof:{used}'
const CALLERS = `${USED}:callers`

let redis: RedisServer
t.before(async () => { if (skip === false) redis = await startRedis(t) })
t.beforeEach(async () => { if (skip === false) await redis.client.flushall() })

/** What one replica has of Redis. */
async function createStore (t: Pick<Test, 'teardown'>, { isRequired = true } = {}): Promise<RedisReplayStore> {
  const connection = new RedisConnection(redis.url, Fastify().log, { commandTimeoutMs: TIMEOUT_MS })
  t.teardown(() => { connection.close() })
  const store = new RedisReplayStore(connection, { isRequired })
  await connection.connect()
  await eventually(async () => (await redis.client.zcard(USED)) > 0, 'it is connected')
  return store
}

function proof (key: string, { caller = 'ada', issuedAtMs = Date.now() }: { caller?: string, issuedAtMs?: number } = {}): UsedProof {
  return { key, caller, issuedAtMs, expiresAtMs: issuedAtMs + LIFETIME_MS }
}

const UNAVAILABLE = { name: 'DpopReplayStoreUnavailableError', statusCode: 503, reason: 'unavailable' }

async function outcomeOf (store: RedisReplayStore, used: UsedProof): Promise<boolean | string> {
  try {
    return await store.remember(used)
  } catch (error) {
    return (error as { reason: string }).reason
  }
}

/** Moves what Redis knows into the past: as if that much time had gone by. */
async function age (ms: number): Promise<void> {
  const entries = await redis.client.zrange(USED, '0', '-1', 'WITHSCORES')
  await redis.client.del(USED)
  for (let i = 0; i < entries.length; i += 2) {
    const [member = '', score = ''] = entries.slice(i, i + 2)
    const moved = member.replace(/^since (\S*) (\d+)/, (_, runId: string, since: string) => `since ${runId} ${Number(since) - ms}`)
    await redis.client.zadd(USED, score === 'inf' ? score : Number(score) - ms, moved)
  }
}

t.test('a proof that was used on one replica is used on all', { skip }, async t => {
  const [one, two] = [await createStore(t), await createStore(t)]
  const a = proof('a')
  t.equal(await one.remember(a), true)

  t.equal(await two.remember(a), false)
  t.equal(await one.remember(a), false)
  t.equal(await two.remember(proof('b')), true)
  const both = proof('c')
  t.same((await Promise.all([one, two, one, two].map(async store => await store.remember(both)))).filter(Boolean), [true])
})

t.test('Redis drops a proof after it has expired, and its caller with the last one', { skip }, async t => {
  const store = await createStore(t)
  for (const key of ['a', 'b', 'c']) await store.remember(proof(key))
  t.equal(await redis.client.hget(CALLERS, 'ada'), '3')
  await age(LIFETIME_MS + 30_000)
  await (await createStore(t)).remember(proof('d', { caller: 'grace' }))

  t.equal(await redis.client.zcard(USED), 2, 'the proof and the marker')
  t.same(await redis.client.hgetall(CALLERS), { grace: '1' })
})

t.test('a proof stays used on its replica, though Redis loses it', { skip }, async t => {
  const store = await createStore(t)
  const a = proof('a')
  await store.remember(a)
  await redis.client.flushall()

  t.equal(await store.remember(a), false)
})

t.test('of two uses at the same time one is accepted, also if Redis is unavailable', { skip }, async t => {
  const own = await startRedis(t)
  const connection = new RedisConnection(own.url, Fastify().log)
  t.teardown(() => { connection.close() })
  const store = new RedisReplayStore(connection, { isRequired: false })
  await own.kill()
  const a = proof('a')

  t.same((await Promise.all([store.remember(a), store.remember(a)])).sort(), [false, true])
})

t.test('if proofs are required, none is accepted while Redis is unavailable; if they are allowed, each replica decides alone', { skip }, async t => {
  const own = await startRedis(t)
  const stores = [true, false].map(isRequired => {
    const connection = new RedisConnection(own.url, Fastify().log)
    t.teardown(() => { connection.close() })
    return { connection, store: new RedisReplayStore(connection, { isRequired }) }
  })
  const [required, allowed] = stores.map(({ store }) => store) as [RedisReplayStore, RedisReplayStore]
  for (const { connection } of stores) await connection.connect()
  const a = proof('a')
  await eventually(async () => await outcomeOf(allowed, a) !== true, 'it is used')
  await own.kill()

  for (const used of [proof('b'), proof('c')]) t.match(await failureOf(required.remember(used)), { ...UNAVAILABLE, retryAfterSeconds: 1, cause: { message: 'Redis: no answer' } })
  t.equal(await allowed.remember(a), false)
  const d = proof('d')
  t.same([await allowed.remember(d), await allowed.remember(d)], [true, false])
})

const LOSSES: Record<string, () => Promise<unknown>> = {
  flushed: async () => await redis.client.flushall(),
  evicted: async () => await redis.client.del(USED),
  'evicted with the counts': async () => await redis.client.del(USED, CALLERS),
  'killed and started again': async () => {
    await redis.kill()
    await redis.start()
  },
  'back with an old snapshot': async () => {
    const snapshot = await redis.client.zrange(USED, '-1', '-1')
    await redis.kill()
    await redis.start()
    await eventually(async () => await redis.client.ping().catch(() => '') === 'PONG', 'Redis is available')
    await redis.client.zadd(USED, 'inf', snapshot[0] ?? '')
  }
}

for (const [title, lose] of Object.entries(LOSSES)) {
  t.test(`proofs that may have been used before Redis was ${title} are refused on all replicas, and later ones accepted`, { skip }, async t => {
    const [one, two, allowed] = [await createStore(t), await createStore(t), await createStore(t, { isRequired: false })]
    const used = [proof('a'), proof('ahead', { issuedAtMs: Date.now() + 29_000 })] as const
    for (const a of used) t.equal(await one.remember(a), true)
    await lose()
    // sooner it is not connected: then it says to come back in a second
    await eventually(async () => (await failureOf(two.remember(used[0])) as DpopReplayStoreUnavailableError).retryAfterSeconds > 1, 'a replica that was there before has noticed the loss')

    const fresh = await createStore(t)
    for (let i = 0; i < 5; i++) {
      for (const store of [two, fresh]) t.equal(await outcomeOf(store, used[0]), 'unavailable')
    }
    t.equal(await outcomeOf(one, used[0]), false, 'it has seen the proof itself')
    t.equal(await outcomeOf(two, proof('b')), 'unavailable', 'it looks like a used one of a client whose clock is ahead')
    t.equal(await outcomeOf(fresh, used[1]), 'unavailable', 'some replica has noticed the loss')
    t.match(await failureOf(two.remember(proof('b'))), { retryAfterSeconds: 30 })
    t.equal(await outcomeOf(allowed, proof('c')), true, 'where proofs are only allowed the replicas go on')
    const marker = await redis.client.zrange(USED, '-1', '-1')
    t.match(marker, [/^since \S+ \d+ 1$/])

    await age(31_000)
    for (const store of [one, two, fresh]) {
      const later = proof('d', { caller: String(Math.random()), issuedAtMs: Date.now() })
      await eventually(async () => await outcomeOf(store, later) !== 'unavailable', 'proofs are accepted')
      t.equal(await outcomeOf(store, later), false)
    }
  })
}

t.test('a Redis that is new to all replicas is used at once', { skip }, async t => {
  const store = await createStore(t)

  t.equal(await store.remember(proof('a', { issuedAtMs: Math.floor(Date.now() / 1000) * 1000 })), true)
  t.equal(await outcomeOf(store, proof('b', { issuedAtMs: Date.now() - 10_000 })), 'unavailable', 'whoever used Redis before this replica may have accepted it')
})

t.test('a replica whose clock is wrong accepts no proof that Redis cannot remember for long enough', { skip }, async t => {
  const store = await createStore(t)
  await age(600_000)
  const other = await createStore(t)

  for (const issuedAtMs of [Date.now() + 40_000, Date.now() - LIFETIME_MS - 31_000]) t.equal(await outcomeOf(other, proof(String(issuedAtMs), { issuedAtMs })), 'unavailable')
  t.equal(await other.remember(proof('a', { issuedAtMs: Date.now() - LIFETIME_MS - 20_000 })), true)
  t.ok(store)
})

t.test('a caller that floods Redis is refused by all replicas, and other callers are not affected', { skip }, async t => {
  const [one, two] = [await createStore(t), await createStore(t)]
  await redis.client.hset(CALLERS, 'mallory', 499_990)

  const answers: unknown[] = []
  for (let i = 0; i < 20; i++) answers.push(await outcomeOf(i % 2 === 0 ? one : two, proof(`${i}`, { caller: 'mallory' })))
  t.equal(answers.filter(answer => answer === true).length, 5, 'until it has as many as are free')
  t.equal(answers.at(-1), 'too_many_proofs')
  for (let i = 0; i < 20; i++) t.equal(await outcomeOf(two, proof(`${i}`, { caller: 'grace' })), true)
})

t.test('a full Redis is unavailable, and available again when it has memory', { skip }, async t => {
  const [required, allowed] = [await createStore(t), await createStore(t, { isRequired: false })]
  await required.remember(proof('a'))
  await redis.client.config('SET', 'maxmemory', '1')
  t.teardown(async () => { await redis.client.config('SET', 'maxmemory', '0') })
  t.equal(await outcomeOf(required, proof('b')), 'unavailable')
  t.equal(await outcomeOf(allowed, proof('b')), true)
  await redis.client.config('SET', 'maxmemory', '0')

  t.equal(await outcomeOf(required, proof('c')), true)
})

t.test('in a full Redis expired proofs are removed all the same', { skip }, async t => {
  const store = await createStore(t)
  for (const key of ['a', 'b', 'c']) await store.remember(proof(key))
  await age(LIFETIME_MS + 30_000)
  await redis.client.config('SET', 'maxmemory', '1')
  t.teardown(async () => { await redis.client.config('SET', 'maxmemory', '0') })
  await outcomeOf(await createStore(t), proof('d'))

  for (const key of ['a', 'b', 'c']) t.equal(await redis.client.zscore(USED, `ada ${key}`), null)
})
