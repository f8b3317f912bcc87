import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { RedisConnection } from '#greeting/redis/connection.js'
import { RedisLogPosition } from '#greeting/redis/log-position.js'
import { RedisUsedMessages } from '#greeting/redis/used-messages.js'
import { eventually } from '../../kit/eventually.js'
import { skip, startRedis, type RedisServer } from '../../kit/redis.js'
import { failureOf } from '../../kit/refusal.js'

/** How long a busy machine may take for a command. */
const TIMEOUT_MS = 20_000
const ORG = 'https://acme.okta.com'
const MINUTE_MS = 60_000

let redis: RedisServer
t.before(async () => { if (skip === false) redis = await startRedis(t) })
t.beforeEach(async () => { if (skip === false) await redis.client.flushall() })

/** What one replica has of Redis. */
async function connect (t: Pick<Test, 'teardown'>, url = redis.url): Promise<{ used: RedisUsedMessages, position: RedisLogPosition }> {
  const connection = new RedisConnection(url, Fastify({ logger: false }).log, { commandTimeoutMs: TIMEOUT_MS })
  t.teardown(() => { connection.close() })
  await connection.connect()
  return { used: new RedisUsedMessages(connection), position: new RedisLogPosition(connection) }
}

t.test('a message is used once among replicas, until it expires, and again if it had no effect', { skip }, async (t) => {
  const [one, two] = await Promise.all([connect(t), connect(t)])
  t.same(await Promise.all([one, two, one].map(async ({ used }) => await used.use('a', Date.now() + MINUTE_MS))).then((uses) => uses.filter(Boolean)), [true])
  t.equal(await two.used.use('b', Date.now() + MINUTE_MS), true)
  await one.used.release('a')
  t.equal(await two.used.use('a', Date.now() + MINUTE_MS), true)

  t.equal(await one.used.use('short', Date.now() + 20), true)
  await eventually(async () => await redis.client.exists('fastify-okta:message:{short}') === 0, 'it has expired')
  t.equal(await two.used.use('short', Date.now() - 1000), true, 'an expiry in the past, by this clock, is no fault')
  const ttl = await redis.client.pttl('fastify-okta:message:{a}')
  t.ok(ttl > 0 && ttl <= MINUTE_MS)
})

t.test('one replica has the lease, the others learn the position, and how long it takes', { skip }, async (t) => {
  const [one, two] = await Promise.all([connect(t), connect(t)])
  t.same(await one.position.lease(ORG, 'one', MINUTE_MS), { position: null, freeInMs: 0 })
  t.equal(await one.position.save(ORG, 'one', 'page 1', MINUTE_MS), true)
  const { position, freeInMs } = await two.position.lease(ORG, 'two', MINUTE_MS)
  t.equal(position, 'page 1')
  t.ok(freeInMs > 0 && freeInMs <= MINUTE_MS)
  t.equal(await two.position.save(ORG, 'two', 'page 0', MINUTE_MS), false, 'only who has the lease moves the position')
  t.same(await one.position.lease(ORG, 'one', MINUTE_MS), { position: 'page 1', freeInMs: 0 }, 'it may be renewed')
  t.same(await two.position.lease('https://other.okta.com', 'two', MINUTE_MS), { position: null, freeInMs: 0 }, 'each org has its own')
})

t.test('when a lease is over another replica takes it, and the former holder notices', { skip }, async (t) => {
  const [one, two] = await Promise.all([connect(t), connect(t)])
  await one.position.lease(ORG, 'one', MINUTE_MS)
  t.equal(await one.position.save(ORG, 'one', 'page 1', 1), true)
  await eventually(async () => (await two.position.lease(ORG, 'two', MINUTE_MS)).freeInMs === 0, 'the lease is over')
  t.equal(await one.position.save(ORG, 'one', 'page 2', MINUTE_MS), false)
  t.match(await one.position.lease(ORG, 'one', MINUTE_MS), { position: 'page 1' })
})

t.test('without Redis both fail and each replica decides alone; a position that is too long is not kept', { skip }, async (t) => {
  const server = await startRedis(t)
  const { used, position } = await connect(t, server.url)
  t.match(await failureOf(position.save(ORG, 'one', 'x'.repeat(9000), 1)), { message: 'the position is too long' })
  await server.kill()
  t.match(await failureOf(used.use('a', Date.now() + MINUTE_MS)), { message: /^Redis: / })
  t.match(await failureOf(position.lease(ORG, 'one', MINUTE_MS)), { message: /^Redis: / })
})
