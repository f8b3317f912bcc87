import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import type { Watermark } from 'fastify-okta'
import { RedisConnection } from '#greeting/redis/connection.js'
import { RAISE } from '#greeting/redis/revocation-scripts.js'
import { RedisRevocationStore } from '#greeting/redis/revocation-store.js'
import { eventually } from '../../kit/eventually.js'
import { skip, startRedis, type RedisServer } from '../../kit/redis.js'

const ORG = 'https://acme.okta.com'
const KEY = `fastify-okta:watermarks:{${ORG}}`

let redis: RedisServer
t.before(async () => { if (skip === false) redis = await startRedis(t) })
t.beforeEach(async () => {
  if (skip !== false) return
  await redis.client.config('SET', 'maxmemory', '0')
  await redis.client.flushall()
})

interface Opened {
  readonly store: RedisRevocationStore
  /** What it has received, `null` for what it may have missed. */
  readonly heard: Array<readonly Watermark[] | null>
}

async function open (t: Test, { maxWatermarks, url = redis.url }: { maxWatermarks?: number, url?: string } = {}): Promise<Opened> {
  const connection = new RedisConnection(url, Fastify().log)
  const store = new RedisRevocationStore(connection, maxWatermarks === undefined ? {} : { maxWatermarks })
  const heard: Opened['heard'] = []
  store.subscribe(ORG, (watermarks) => { heard.push(watermarks) })
  t.teardown(() => {
    store.close()
    connection.close()
  })
  await connection.connect()
  await eventually(() => heard.length === 1, 'it listens')
  heard.length = 0
  return { store, heard }
}

function bySubject (watermarks: readonly Watermark[]): Record<string, number> {
  return Object.fromEntries(watermarks.map(({ subject, atMs }) => [subject, atMs]))
}

t.test('watermarks are kept, the later of two, and given to the other replicas and to no one else', { skip }, async t => {
  const [one, two] = [await open(t), await open(t)]
  const now = Date.now()
  await one.store.raise(ORG, [{ subject: 'uid:00u1', atMs: now - 5 }, { subject: 'login:ada@example.com', atMs: now - 6 }])
  await two.store.raise(ORG, [{ subject: 'uid:00u1', atMs: now - 9 }])
  await one.store.raise('https://other.okta.com', [{ subject: 'uid:00u1', atMs: now }])

  t.same(bySubject(await two.store.readAll(ORG)), { 'uid:00u1': now - 5, 'login:ada@example.com': now - 6 })
  await eventually(() => two.heard.length === 1 && one.heard.length === 1, 'each hears the other')
  t.same(two.heard, [[{ subject: 'uid:00u1', atMs: now - 5 }, { subject: 'login:ada@example.com', atMs: now - 6 }]])
  t.same(one.heard, [[{ subject: 'uid:00u1', atMs: now - 9 }]])
  t.same((await redis.client.keys('*')).sort(), [KEY, 'fastify-okta:watermarks:{https://other.okta.com}'], 'a key for each org, with a hash tag')
})

t.test('watermarks are dropped after 24 hours, by the clock of Redis, and many are read in pages', { skip }, async t => {
  const { store } = await open(t)
  const now = Date.now()
  await store.raise(ORG, [{ subject: 'uid:old', atMs: now - 86_400_000 }, { subject: 'uid:new', atMs: now }])
  t.same(bySubject(await store.readAll(ORG)), { 'uid:new': now })
  t.ok(await redis.client.pttl(KEY) > 86_000_000)
  await redis.client.zadd(KEY, now - 86_400_001, 'uid:older')
  for (let i = 0; i < 5; i++) await store.raise(ORG, Array.from({ length: 1000 }, (_item, j) => ({ subject: `uid:${i}-${j}`, atMs: now })))

  t.equal(Object.keys(bySubject(await store.readAll(ORG))).length, 5001)
  t.equal(await redis.client.zscore(KEY, 'uid:older'), null)
})

t.test('if there are too many watermarks, the oldest are replaced by one for all users', { skip }, async t => {
  const { store } = await open(t, { maxWatermarks: 3 })
  const now = Date.now()
  for (const at of [3, 1, 5, 2, 4]) await store.raise(ORG, [{ subject: `uid:${at}`, atMs: now + at }])

  const kept = bySubject(await store.readAll(ORG))
  t.ok(Object.keys(kept).length <= 4)
  for (const at of [1, 2, 3, 4, 5]) t.ok((kept[`uid:${at}`] ?? kept['*'] ?? 0) >= now + at, `${at} is still revoked`)
})

t.test('a Redis that is emptied, or killed, is noticed by every replica', { skip }, async t => {
  const own = await startRedis(t)
  const [one, two] = [await open(t, { url: own.url }), await open(t, { url: own.url })]
  await Promise.all([one, two].map(async ({ store }) => await store.readAll(ORG)))
  await one.store.raise(ORG, [{ subject: 'uid:00u1', atMs: Date.now() }])
  await eventually(async () => {
    await own.client.flushall()
    return one.heard.includes(null) && two.heard.includes(null)
  }, 'both notice')

  one.heard.length = two.heard.length = 0
  await own.kill()
  await t.rejects(one.store.raise(ORG, []), { message: 'Redis: no answer' })
  await own.start()
  await eventually(() => one.heard.includes(null) && two.heard.includes(null), 'both notice')
})

t.test('a full Redis still gives watermarks to the other replicas, and the sender learns that they are not kept', { skip }, async t => {
  const [one, two] = [await open(t), await open(t)]
  await redis.client.config('SET', 'maxmemory', '1')
  const watermark = { subject: 'uid:00u1', atMs: Date.now() }
  await t.rejects(one.store.raise(ORG, [watermark]), { message: 'Redis: OOM' })
  await eventually(() => two.heard.length === 1, 'the other one hears')
  t.same(two.heard, [[watermark]])
})

/** Raises a watermark as a replica does whose message is lost on the way. */
async function raiseUnheard (watermark: Watermark): Promise<void> {
  await redis.client.eval(RAISE, 1, KEY, 'another channel', '', randomUUID(), 60_000, 100, watermark.atMs, watermark.subject)
}

t.test('a message that is lost is noticed with the next one, or by the check, and then no more', { skip }, async t => {
  const [one, two] = [await open(t), await open(t)]
  await Promise.all([one, two].map(async ({ store }) => await store.readAll(ORG)))
  const watermark = { subject: 'uid:00u1', atMs: Date.now() }
  await one.store.raise(ORG, [watermark])
  await eventually(() => two.heard.length === 1, 'the other one hears')
  t.same(two.heard, [[watermark]], 'nothing was missed')

  await raiseUnheard({ subject: 'uid:00u2', atMs: Date.now() })
  await one.store.raise(ORG, [watermark])
  await eventually(() => two.heard.includes(null), 'the gap is noticed')
  one.heard.length = two.heard.length = 0

  await raiseUnheard({ subject: 'uid:00u3', atMs: Date.now() })
  await eventually(() => one.heard.length > 0 && two.heard.length > 0, 'both notice without another message')
  t.same(Object.keys(bySubject(await two.store.readAll(ORG))).sort(), ['uid:00u1', 'uid:00u2', 'uid:00u3'])
  await one.store.raise(ORG, [watermark])
  await eventually(() => two.heard.length === 2, 'the other one hears')
  t.same(two.heard, [null, [watermark]], 'the next message is not taken for a gap')
})

t.test('a Redis that has lost its latest changes, as a new primary may have, is noticed by every replica', { skip }, async t => {
  const [one, two] = [await open(t), await open(t)]
  await Promise.all([one, two].map(async ({ store }) => await store.readAll(ORG)))
  await one.store.raise(ORG, [{ subject: 'uid:00u1', atMs: Date.now() }])
  const earlier = await redis.client.dumpBuffer(KEY)
  await one.store.raise(ORG, [{ subject: 'uid:00u2', atMs: Date.now() }])
  await eventually(() => two.heard.length === 2, 'the other one hears')
  t.notOk(one.heard.includes(null) || two.heard.includes(null))

  await redis.client.restore(KEY, 0, earlier, 'REPLACE')
  await eventually(() => one.heard.includes(null) && two.heard.includes(null), 'both notice')
})

t.test('a message that cannot be read counts as one that was missed, and one about another org is left alone', { skip }, async t => {
  const { heard } = await open(t)
  const messages = ['', '{}', '[]', '{"from":"a","org":"b"}', JSON.stringify({ from: 'a', org: ORG, watermarks: [null] }), JSON.stringify({ from: 'a', org: ORG, watermarks: [{ subject: 'uid:a' }] })]
  const unreadable = ['', 'id 1', JSON.stringify({ from: 'a', org: ORG, watermarks: [] }), ...messages.map((message) => `id 1 ${message}`)]
  for (const message of unreadable) await redis.client.publish('fastify-okta:watermarks', message)
  await redis.client.publish('fastify-okta:watermarks', `id 1 ${JSON.stringify({ from: 'a', org: 'b', watermarks: [] })}`)
  await redis.client.publish('fastify-okta:watermarks', `id 1 ${JSON.stringify({ from: 'a', org: ORG, watermarks: [] })}`)
  await eventually(() => heard.length > unreadable.length, 'all have come')
  t.same(heard, [...unreadable.map(() => null), []])
})
