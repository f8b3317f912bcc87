import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import t from 'tap'
import { SharedUsers } from '#fastify-okta/okta/directory/shared-users.js'
import { RedisConnection } from '#greeting/redis/connection.js'
import { RedisUserCache } from '#greeting/redis/user-cache.js'
import { ADA } from '../../kit/access-token.js'
import { eventually } from '../../kit/eventually.js'
import { oktaUser } from '../../kit/okta-user.js'
import { skip, startRedis, type RedisServer } from '../../kit/redis.js'

const ORG = 'https://acme.okta.com'
const OTHER_ORG = 'https://acme.okta.com:8443'
const TTL_MS = 60_000
/** How long a busy machine may take for a command. */
const TIMEOUT_MS = 20_000

let redis: RedisServer
t.before(async () => { if (skip === false) redis = await startRedis(t) })
t.beforeEach(async () => { if (skip === false) await redis.client.flushall() })

/** What one replica has of Redis. */
async function createCache (t: { teardown (end: () => void): void }): Promise<{ cache: RedisUserCache, heard: Array<string | null> }> {
  const connection = new RedisConnection(redis.url, Fastify().log, { commandTimeoutMs: TIMEOUT_MS })
  t.teardown(() => { connection.close() })
  const cache = new RedisUserCache(connection)
  const heard: Array<string | null> = []
  cache.subscribe(ORG, message => { heard.push(message) })
  await connection.connect()
  await eventually(() => heard.length === 1, 'it listens')
  heard.length = 0
  return { cache, heard }
}

t.test('every replica has an entry until it expires', { skip }, async t => {
  const [one, two] = [await createCache(t), await createCache(t)]
  const before = await one.cache.read(ORG, '00u1')
  t.equal(before.text, undefined)
  await one.cache.write(ORG, '00u1', { text: 'Ada, in UTF-8: ∀ "\n', ttlMs: TTL_MS, version: before.version })

  t.equal((await two.cache.read(ORG, '00u1')).text, 'Ada, in UTF-8: ∀ "\n')
  const [key = ''] = await redis.client.keys('fastify-okta:user:*')
  const left = await redis.client.pttl(key)
  t.ok(left > 0 && left <= TTL_MS, key)
  for (const [org, userId] of [[ORG, '00u2'], [OTHER_ORG, '00u1']] as const) t.equal((await two.cache.read(org, userId)).text, undefined)
})

t.test('an invalidation removes the entry, and what was read before it cannot be written', { skip }, async t => {
  for (const whom of ['00u1', null]) {
    const [one, two] = [await createCache(t), await createCache(t)]
    const { version } = await one.cache.read(ORG, '00u1')
    const other = await one.cache.read(OTHER_ORG, '00u1')
    const entry = { text: 'old', ttlMs: TTL_MS, version }
    await one.cache.write(ORG, '00u1', entry)
    await two.cache.invalidate(ORG, whom, 'message')

    const after = await one.cache.read(ORG, '00u1')
    t.equal(after.text, undefined)
    await one.cache.write(ORG, '00u1', entry)
    t.equal((await two.cache.read(ORG, '00u1')).text, undefined, 'a lookup that began before brings nobody back')
    await one.cache.write(ORG, '00u1', { ...entry, text: 'new', version: after.version })
    t.equal((await two.cache.read(ORG, '00u1')).text, 'new')

    await two.cache.invalidate(ORG, whom, 'message')
    await one.cache.write(ORG, '00u1', { ...entry, version: after.version })
    t.equal((await two.cache.read(ORG, '00u1')).text, undefined, 'nor after another one')
    await one.cache.write(OTHER_ORG, '00u1', { ...entry, version: other.version })
    t.equal((await two.cache.read(OTHER_ORG, '00u1')).text, 'old', 'another org\'s are left alone')
  }
})

t.test('an invalidation of one user leaves the others alone', { skip }, async t => {
  const { cache } = await createCache(t)
  const { version } = await cache.read(ORG, '00u2')
  await cache.write(ORG, '00u2', { text: 'Grace', ttlMs: TTL_MS, version })
  await cache.invalidate(ORG, '00u1', 'message')

  t.equal((await cache.read(ORG, '00u2')).text, 'Grace')
  for (const key of await redis.client.keys('*00u*')) t.ok(await redis.client.pttl(key) > 0, `${key} does not stay forever`)
})

t.test('other replicas receive the message, and its sender does not', { skip }, async t => {
  const [one, two, three] = [await createCache(t), await createCache(t), await createCache(t)]
  await one.cache.invalidate(ORG, '00u1', '{"userId":"00u1"}')
  await one.cache.invalidate(OTHER_ORG, '00u1', 'of another org')
  await one.cache.invalidate(ORG, null, '{"everybody":true}')
  await eventually(() => two.heard.length === 2 && three.heard.length === 2, 'both hear both')

  t.same(two.heard, ['{"userId":"00u1"}', '{"everybody":true}'])
  t.same(one.heard, [])
})

t.test('a full Redis still delivers invalidations, and holds to them', { skip }, async t => {
  for (const userId of ['00u1', null]) {
    const [one, two] = [await createCache(t), await createCache(t)]
    const { version } = await one.cache.read(ORG, '00u1')
    await one.cache.write(ORG, '00u1', { text: 'old', ttlMs: TTL_MS, version })
    await redis.client.config('SET', 'maxmemory', '1')
    t.teardown(async () => { await redis.client.config('SET', 'maxmemory', '0') })
    t.equal((await two.cache.read(ORG, '00u1')).text, 'old')
    await one.cache.invalidate(ORG, userId, 'message')
    await eventually(() => two.heard.length === 1, 'the other one hears it')

    t.equal((await two.cache.read(ORG, '00u1')).text, undefined)
    await two.cache.write(ORG, '00u1', { text: 'old', ttlMs: TTL_MS, version }).catch(() => {})
    await redis.client.config('SET', 'maxmemory', '0')
    t.equal((await two.cache.read(ORG, '00u1')).text, undefined)
  }
})

t.test('a Redis that refuses to write still delivers invalidations', { skip }, async t => {
  const [one, two] = [await createCache(t), await createCache(t)]
  for (const userId of ['00u1', null]) await one.cache.read(ORG, userId ?? '')
  await redis.client.replicaof('127.0.0.1', 1)
  t.teardown(async () => { await redis.client.replicaof('NO', 'ONE') })
  await t.rejects(two.cache.invalidate(ORG, '00u1', 'one'), { message: 'Redis: READONLY' })
  await eventually(() => one.heard.includes('one'), 'the other one hears it')
})

t.test('no user is read from a Redis that has lost an invalidation or evicted entries', { skip }, async t => {
  const losses: Array<() => Promise<unknown>> = [
    async () => await redis.client.del(`fastify-okta:version:{${ORG}}`),
    async () => await redis.client.del(`fastify-okta:lookup:{${ORG}}/00u1`),
    async () => await redis.client.flushall(),
    async () => {
      const keys = await redis.client.keys('*')
      const snapshot = await Promise.all(keys.map(async key => [key, await redis.client.get(key) ?? ''] as const))
      await redis.kill()
      await redis.start()
      await eventually(async () => await redis.client.ping().catch(() => '') === 'PONG', 'Redis is available')
      for (const [key, value] of snapshot) await redis.client.set(key, value, 'PX', TTL_MS)
    }
  ]
  for (const [i, lose] of losses.entries()) {
    const { cache } = await createCache(t)
    const { version } = await cache.read(ORG, '00u1')
    const entry = { text: 'old', ttlMs: TTL_MS, version }
    if (i !== 1) await cache.write(ORG, '00u1', entry)
    await lose()
    const other = await createCache(t)
    t.equal((await other.cache.read(ORG, '00u1')).text, undefined, `loss ${i}`)
    await other.cache.write(ORG, '00u1', entry)
    t.equal((await other.cache.read(ORG, '00u1')).text, undefined, 'nor may a lookup from before write')
  }
})

t.test('a reading has the time of Redis, not of the replica', { skip }, async t => {
  const { cache } = await createCache(t)
  const [seconds] = await redis.client.time()
  const { nowMs } = await cache.read(ORG, '00u1')

  t.ok(Number.isSafeInteger(nowMs) && Math.abs(nowMs / 1000 - Number(seconds)) < 5, String(nowMs))
})

t.test('a value that is too long is not read', { skip }, async t => {
  const { cache } = await createCache(t)
  const { version } = await cache.read(ORG, '00u1')
  await cache.write(ORG, '00u1', { text: 'a'.repeat(800 * 1024), ttlMs: TTL_MS, version })

  t.equal((await cache.read(ORG, '00u1')).text, undefined)
})

t.test('the keys of each script are on one slot of a Redis Cluster', { skip }, async t => {
  const { cache } = await createCache(t)
  const { version } = await cache.read(ORG, '00u1')
  await cache.write(ORG, '00u1', { text: 'Ada', ttlMs: TTL_MS, version })
  const keys = await redis.client.keys('*')
  t.equal(keys.length, 3)

  t.same(new Set(keys.map(key => /\{(.*?)\}/.exec(key)?.[1])), new Set([ORG]))
})

t.test('a message that cannot be read evicts all users', { skip }, async t => {
  const { heard } = await createCache(t)
  const texts = ['', 'OK', 'null', '[]', '{}', '{"from":"a","org":"b"}', '{"from":1,"org":"b","message":"c"}']
  for (const text of texts) await redis.client.publish('fastify-okta:invalidations', text)
  await eventually(() => heard.length === texts.length, 'all are heard')

  t.same(heard, texts.map(() => null))
})

t.test('after a lost connection all users are evicted, as messages may have been missed', { skip }, async t => {
  const { heard } = await createCache(t)
  await redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
  await eventually(() => heard.length === 1, 'it listens again')

  t.same(heard, [null])
})

t.test('an entry of another type in Redis is not read', { skip }, async t => {
  const { cache } = await createCache(t)
  const key = `fastify-okta:user:{${ORG}}/00u1`
  await redis.client.hset(key, 'a', 'b')
  t.equal((await cache.read(ORG, '00u1')).text, undefined)
  await redis.client.del(key)
  await redis.client.set(key, 'somebody else\'s text')
  t.equal((await cache.read(ORG, '00u1')).text, undefined)
})

t.test('a user is used for as long by every replica, however their clocks differ', { skip }, async t => {
  const key = `fastify-okta:user:{${ORG}}/${ADA}`
  for (const difference of [-49_000, -4000, 4000, 49_000]) {
    const [one, two] = [await createCache(t), await createCache(t)]
    const createUsers = (cache: RedisUserCache, userCacheTtlMs: number): SharedUsers =>
      new SharedUsers({ cache, org: ORG, readUser: async () => oktaUser(), userCacheTtlMs, profileAttributes: [], secret: 'a token' })
    const now = Date.now
    const restore = t.intercept(Date, 'now', { value: () => now() + difference })
    await createUsers(one.cache, 60_000).read(ADA)
    restore.restore()
    await eventually(async () => await redis.client.persist(key) === 1, 'she is shared')

    const before = performance.now()
    const reading = await createUsers(two.cache, 60_000).read(ADA)
    t.equal(reading.isShared, true, `${difference} ms`)
    t.ok(reading.readAt <= before, 'no fresher than by the clock of Redis')
    const { text } = await two.cache.read(ORG, ADA)
    t.ok(text)
    await sleep(1000)
    t.equal((await createUsers(two.cache, 1000).read(ADA)).isShared, false, 'she is too old by the clock of Redis')
    await two.cache.invalidate(ORG, ADA, 'done')
  }
})
