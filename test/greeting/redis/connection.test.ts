import Fastify, { type FastifyBaseLogger } from 'fastify'
import t from 'tap'
import { RedisConnection } from '#greeting/redis/connection.js'
import { eventually } from '../../kit/eventually.js'
import { skip, startRedis } from '../../kit/redis.js'

const PASSWORD = 'sword:fish@%1'

interface Logged {
  readonly level: number
  readonly msg: string
  readonly reason?: string
}

function createLog (): { log: FastifyBaseLogger, lines: Logged[] } {
  const lines: Logged[] = []
  const { log } = Fastify({ logger: { stream: { write: (line: string) => { lines.push(JSON.parse(line) as Logged) } } } })
  return { log, lines }
}

function create (t: { teardown (end: () => void): void }, url: string): { connection: RedisConnection, lines: Logged[] } {
  const { log, lines } = createLog()
  const connection = new RedisConnection(url, log)
  t.teardown(() => { connection.close() })
  return { connection, lines }
}

/** What a command ends with. */
async function outcomeOf (connection: RedisConnection): Promise<string> {
  return await connection.run(async redis => await redis.get('fastify-okta:none')).then(() => 'answered').catch((error: unknown) => (error as Error).message)
}

t.test('commands are run, and messages heard, each time from when listening begins', { skip }, async t => {
  const redis = await startRedis(t, PASSWORD)
  const { connection, lines } = create(t, redis.url)
  const heard: string[] = []
  connection.listen('a', { onMessage: message => { heard.push(message) }, onBegin: () => { heard.push('begin') } })
  await connection.connect()
  await eventually(() => heard.length === 1, 'it listens')
  t.equal(await outcomeOf(connection), 'answered')
  await redis.client.publish('b', 'for others')
  await redis.client.publish('a', 'one')
  await eventually(() => heard.length === 2, 'it hears')

  await redis.kill()
  await eventually(() => lines.some(({ level }) => level === 40), 'Redis is missed')
  t.equal(await outcomeOf(connection), 'Redis: no answer', 'and at once')
  t.equal(await outcomeOf(connection), 'Redis: no answer')
  await redis.start()
  await eventually(() => heard.length === 3, 'it listens again')
  await eventually(async () => await outcomeOf(connection) === 'answered', 'commands are run again')
  await redis.client.publish('a', 'two')
  await eventually(() => heard.length === 4, 'it hears again')

  t.same(heard, ['begin', 'one', 'begin', 'two'])
  t.same(lines.map(({ level, msg }) => [level, msg]), [
    [30, 'connected to Redis; replicas share state'],
    [40, 'Redis is unavailable; this replica keeps running independently'],
    [30, 'reconnected to Redis; replicas share state again']
  ], 'once when it goes, once when it is back')
})

t.test('a Redis that is unavailable at first is logged once, and used as soon as it is available', { skip }, async t => {
  const redis = await startRedis(t)
  await redis.kill()
  const { connection, lines } = create(t, redis.url)
  await connection.connect()
  t.equal(await outcomeOf(connection), 'Redis: no answer')
  t.match(lines, [{ level: 40, reason: 'ECONNREFUSED' }])

  await redis.start()
  await eventually(async () => await outcomeOf(connection) === 'answered', 'it is there')
  await eventually(() => lines.length === 2, 'that is said')
  t.match(lines[1], { level: 30, msg: 'reconnected to Redis; replicas share state again' })
})

t.test('a connection to a Redis that stands still is detected, and replaced', { skip }, async t => {
  const redis = await startRedis(t)
  const { connection, lines } = create(t, redis.url)
  await connection.connect()
  connection.watch()
  redis.pause()
  t.equal(await outcomeOf(connection), 'Redis: no answer', 'a command does not wait for it')
  await eventually(() => lines.some(({ msg }) => msg === 'Redis is unavailable; this replica keeps running independently'), 'its silence is noticed')

  redis.resume()
  await eventually(async () => await outcomeOf(connection) === 'answered', 'it is back')
  t.equal(lines.filter(({ msg }) => msg === 'Redis commands are failing').length, 1)
})

t.test('a refusal of Redis is logged by its first word, once a minute, and never a secret', { skip }, async t => {
  const redis = await startRedis(t, PASSWORD)
  const { connection, lines } = create(t, redis.url)
  await connection.connect()
  await redis.client.set('fastify-okta:a', 'text')
  for (let i = 0; i < 3; i++) {
    await t.rejects(connection.run(async commands => await commands.eval("return redis.call('LPUSH', KEYS[1], ARGV[1])", 1, 'fastify-okta:a', PASSWORD)), { message: 'Redis: WRONGTYPE', cause: undefined })
  }
  t.match(lines.slice(1), [{ level: 40, reason: 'WRONGTYPE' }])
  t.equal(lines.length, 2)

  const stranger = create(t, redis.url.replace('%251', '%252'))
  await stranger.connection.connect()
  t.equal(await outcomeOf(stranger.connection), 'Redis: no answer')
  t.match(stranger.lines, [{ level: 40, reason: 'WRONGPASS' }])
  t.notMatch(JSON.stringify([lines, stranger.lines]), /sword|fish/)
})

t.test('the connection to a Redis that is not the primary any more is made again', { skip }, async t => {
  const redis = await startRedis(t)
  const { connection, lines } = create(t, redis.url)
  await connection.connect()
  await eventually(async () => await outcomeOf(connection) === 'answered', 'it is connected')
  await redis.client.replicaof('127.0.0.1', 1)
  const write = async (): Promise<string> => await connection.run(async commands => await commands.set('a', 1)).catch((error: unknown) => (error as Error).message)
  t.equal(await write(), 'Redis: READONLY')
  await eventually(() => lines.length === 4, 'it is connected anew')
  t.equal(await write(), 'Redis: READONLY')
  await redis.client.replicaof('NO', 'ONE')
  t.equal(await write(), 'OK')

  t.same(lines.map(({ level, reason }) => [level, reason]), [[30, undefined], [40, 'READONLY'], [40, 'closed'], [30, undefined]])
})

t.test('a connection that is closed stays closed, and logs nothing', { skip }, async t => {
  const redis = await startRedis(t)
  const { connection, lines } = create(t, redis.url)
  await connection.connect()
  connection.watch()
  connection.close()
  await eventually(async () => (await redis.client.client('LIST') as string).trim().split('\n').length === 1, 'only the test is connected')

  t.equal(await outcomeOf(connection), 'Redis: no answer')
  t.equal(lines.length, 1)
})

t.test('a reply or message that is too large is not read, and Redis is used again afterwards', { skip }, async t => {
  const redis = await startRedis(t)
  const { connection, lines } = create(t, redis.url)
  const heard: string[] = []
  let begun = 0
  connection.listen('a', { onMessage: message => { heard.push(message) }, onBegin: () => { begun++ } })
  await connection.connect()
  await eventually(() => begun === 1, 'it listens')
  await redis.client.set('large', 'a'.repeat(50 * 1024 * 1024))
  await redis.client.set('small', 'a'.repeat(700 * 1024))

  const before = process.memoryUsage().external
  t.equal(await connection.run(async commands => await commands.get('large')).catch((error: unknown) => (error as Error).message), 'Redis: no answer')
  t.ok(process.memoryUsage().external - before < 25 * 1024 * 1024, 'it is not kept in memory')
  await eventually(async () => await outcomeOf(connection) === 'answered', 'commands are run again')
  for (let i = 0; i < 3; i++) t.equal((await connection.run(async commands => await commands.get('small')))?.length, 700 * 1024)

  await redis.client.publish('a', 'a'.repeat(4 * 1024 * 1024))
  await eventually(() => begun === 2, 'it listens again')
  await redis.client.publish('a', 'short')
  await eventually(() => heard.length === 1, 'it hears')
  t.same(heard, ['short'])
  t.same(lines.filter(({ msg }) => msg.startsWith('Redis is unavailable')).map(({ reason }) => reason), ['reply too large', 'reply too large'])
})

t.test('many small replies are read, however many they are', { skip }, async t => {
  const redis = await startRedis(t)
  const { connection, lines } = create(t, redis.url)
  await connection.connect()
  await redis.client.set('a', 'a'.repeat(100 * 1024))
  for (let i = 0; i < 5; i++) {
    await Promise.all(Array.from({ length: 10 }, async () => await connection.run(async commands => await commands.get('a'))))
  }

  t.equal(lines.filter(({ level }) => level === 40).length, 0)
})

t.test('a command knows which run of Redis executes it, and a listener when commands can be run', { skip }, async t => {
  const redis = await startRedis(t)
  const { connection } = create(t, redis.url)
  let ready = 0
  connection.onReady(() => { ready++ })
  await connection.connect()
  const runIdOf = async (): Promise<string> => await connection.run(async (_commands, runId) => await Promise.resolve(runId)).catch(() => '')
  const first = await runIdOf()
  t.match(first, /^[0-9a-f]{40}$/)
  t.equal(ready, 1)
  await redis.kill()
  await redis.start()
  await eventually(() => ready === 2, 'it is connected again')

  t.match(await runIdOf(), /^[0-9a-f]{40}$/)
  t.not(await runIdOf(), first)
})

t.test('a Redis that may evict keys is a warning', { skip }, async t => {
  const redis = await startRedis(t)
  await redis.client.config('SET', 'maxmemory', '100mb')
  for (const [policy, warnings] of [['noeviction', 0], ['allkeys-lru', 1]] as const) {
    await redis.client.config('SET', 'maxmemory-policy', policy)
    const { connection, lines } = create(t, redis.url)
    await connection.connect()
    t.equal(lines.filter(({ msg }) => msg === 'Redis may evict keys: set its maxmemory-policy to noeviction').length, warnings, policy)
  }
})
