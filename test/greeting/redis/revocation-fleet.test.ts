import t, { type Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { ADA } from '../../kit/access-token.js'
import { eventually } from '../../kit/eventually.js'
import { GRACE, restore } from '../../kit/org.js'
import { skip, startRedis, type RedisServer } from '../../kit/redis.js'
import { buildService, startOkta, type Service } from '../service.js'

let okta: LocalOkta
t.before(async () => { if (skip === false) okta = await startOkta(t) })
t.beforeEach(() => { if (skip === false) restore(okta) })

/** One of several replicas of the service. */
async function startReplica (t: Test, redis: RedisServer): Promise<Service> {
  const { issuer, audience, apiToken: token } = okta
  const replica = await buildService(t, {
    okta,
    settings: { okta: { issuer, audience, directory: { token, cooldownMs: 0 } }, redisUrl: redis.url }
  })
  await replica.app.ready()
  return replica
}

async function startReplicas (t: Test, redis: RedisServer): Promise<[Service, Service, Service]> {
  return [await startReplica(t, redis), await startReplica(t, redis), await startReplica(t, redis)]
}

interface SignIn {
  /** The statuses with which replicas answer a request with its token. */
  statuses (replicas: readonly Service[]): Promise<number[]>
}

/** A user who signed in some time ago, and has a token since then. */
async function signIn (user = 'ada@example.com', secondsAgo = 60): Promise<SignIn> {
  const at = Math.floor(Date.now() / 1000) - secondsAgo
  const headers = { authorization: `Bearer ${await okta.mintAccessToken({ user, claims: { iat: at, auth_time: at } })}` }
  return {
    statuses: async (replicas) => await Promise.all(replicas.map(async ({ app }) => (await app.inject({ url: '/me', headers })).statusCode))
  }
}

/** Whether all replicas refuse this token, and none refuses that of a later sign-in, or of another user. */
async function areRefusing (replicas: readonly Service[], revoked: SignIn, others: readonly SignIn[]): Promise<boolean> {
  for (const other of others) {
    const statuses = await other.statuses(replicas)
    if (!statuses.every((status) => status === 200)) throw new Error(`a good token was answered ${statuses.join()}`)
  }
  return (await revoked.statuses(replicas)).every((status) => status === 401)
}

const isReady = async ({ app }: Service): Promise<boolean> => (await app.inject('/readyz')).statusCode === 200

t.test('a user who is revoked at one replica is refused by all, and signs in again', { skip }, async t => {
  const replicas = await startReplicas(t, await startRedis(t))
  const [before, after, grace] = [await signIn(), await signIn('ada@example.com', 5), await signIn('grace@example.com')]
  t.same(await before.statuses(replicas), [200, 200, 200])
  t.same(await after.statuses(replicas), [200, 200, 200])
  await replicas[1].app.okta.revoke({ login: 'Ada@example.com', before: new Date(Date.now() - 30_000) })

  await eventually(async () => await areRefusing(replicas, before, [after, grace]), 'all replicas refuse')
  t.match(replicas.map(({ log }) => log.some((line) => line.includes('"reason":"revoked"'))), [true, true, true], 'and their logs say why')
})

t.test('a replica that starts knows all revocations before it is ready', { skip }, async t => {
  const redis = await startRedis(t)
  const first = await startReplica(t, redis)
  const before = await signIn()
  await first.app.okta.revoke({ uid: ADA })
  await Promise.all(Array.from({ length: 3000 }, async (_item, i) => await first.app.okta.revoke({ uid: `another${i}` })))

  const second = await startReplica(t, redis)
  t.same(await before.statuses([second]), [401])
  t.equal(await isReady(second), true)
})

t.test('requests cause no command of Redis, however many users are revoked', { skip }, async t => {
  const redis = await startRedis(t)
  const replica = await startReplica(t, redis)
  await Promise.all(Array.from({ length: 1000 }, async (_item, i) => await replica.app.okta.revoke({ uid: `another${i}` })))
  const [ada, grace] = [await signIn(), await signIn('grace@example.com')]
  await replica.app.okta.revoke({ uid: GRACE })
  t.same([await ada.statuses([replica]), await grace.statuses([replica])], [[200], [401]])

  const monitor = await redis.client.monitor()
  t.teardown(() => { monitor.disconnect() })
  const commands: string[] = []
  monitor.on('monitor', (_time: string, [command = '', script = '']: string[]) => { commands.push(`${command} ${script.slice(0, 60)}`) })
  const requests = 500
  for (let i = 0; i < requests / 2; i++) t.same([await ada.statuses([replica]), await grace.statuses([replica])], [[200], [401]]) || t.bailout()
  await redis.client.echo('the end')
  await eventually(() => commands.some((command) => command.startsWith('echo')), 'all commands are seen')

  t.ok(commands.length < requests / 10, `${commands.length} commands: the heartbeat, and the look at the revision once a second`)
  t.same(commands.filter((command) => !/^(?:ping|eval|echo|zrangebyscore|pexpire|zadd)\b/i.test(command)), [])
})

t.test('while Redis is stopped, each replica goes on with what it knows; when it is back, empty, all know all', { skip }, async t => {
  const redis = await startRedis(t)
  const replicas = await startReplicas(t, redis)
  const [ada, grace, later] = [await signIn(), await signIn('grace@example.com'), await signIn('ada@example.com', 5)]
  await replicas[0].app.okta.revoke({ uid: ADA, before: new Date(Date.now() - 30_000) })
  await eventually(async () => await areRefusing(replicas, ada, [grace, later]), 'all refuse her')
  await redis.kill()
  await replicas[2].app.okta.revoke({ uid: GRACE })
  t.same(await grace.statuses(replicas), [200, 200, 401], 'it holds where it was received')
  t.equal(await areRefusing(replicas, ada, [later]), true, 'what was known is known')

  await redis.start()
  await eventually(async () => await areRefusing(replicas, grace, [later]), 'all refuse both')
  const fresh = await startReplica(t, redis)
  t.equal(await areRefusing([...replicas, fresh], ada, [later]), true)
  t.equal(await areRefusing([...replicas, fresh], grace, [later]), true)
})

t.test('while Redis stands still, no request waits, and afterwards all know all', { skip }, async t => {
  const redis = await startRedis(t)
  const replicas = await startReplicas(t, redis)
  const [ada, grace] = [await signIn(), await signIn('grace@example.com')]
  t.same(await ada.statuses(replicas), [200, 200, 200])
  redis.pause()
  await replicas[0].app.okta.revoke({ uid: ADA })
  t.same(await ada.statuses(replicas), [401, 200, 200])
  t.equal(await areRefusing(replicas.slice(0, 1), ada, [grace]), true)

  redis.resume()
  await eventually(async () => await areRefusing(replicas, ada, [grace]), 'all refuse her')
})

t.test('a Redis that is emptied gets the revocations back, also those of a replica that is gone', { skip }, async t => {
  const redis = await startRedis(t)
  const [gone, ...rest] = await startReplicas(t, redis)
  const [ada, grace] = [await signIn(), await signIn('grace@example.com')]
  await gone.app.okta.revoke({ uid: ADA })
  await eventually(async () => await areRefusing(rest, ada, [grace]), 'the others know')
  await gone.app.close()
  await redis.client.flushall()

  await eventually(async () => (await redis.client.keys('fastify-okta:watermarks:*')).length === 1 && (await redis.client.zscore(`fastify-okta:watermarks:{${new URL(okta.issuer).origin}}`, `uid:${ADA}`)) !== null, 'she is put back')
  t.equal(await areRefusing([await startReplica(t, redis)], ada, [grace]), true)
})

t.test('a full Redis gives revocations to the other replicas, and keeps them when it has space again', { skip }, async t => {
  const redis = await startRedis(t)
  const replicas = await startReplicas(t, redis)
  const [ada, grace] = [await signIn(), await signIn('grace@example.com')]
  t.same(await ada.statuses(replicas), [200, 200, 200])
  await redis.client.config('SET', 'maxmemory', '1')
  await replicas[0].app.okta.revoke({ uid: ADA })
  await eventually(async () => await areRefusing(replicas, ada, [grace]), 'all refuse her')

  await redis.client.config('SET', 'maxmemory', '0')
  await eventually(async () => (await redis.client.zscore(`fastify-okta:watermarks:{${new URL(okta.issuer).origin}}`, `uid:${ADA}`)) !== null, 'it is kept')
})

t.test('a replica that starts while Redis is stopped is ready after a few seconds, and learns of revocations later', { skip }, async t => {
  const redis = await startRedis(t)
  const first = await startReplica(t, redis)
  const [ada, grace] = [await signIn(), await signIn('grace@example.com')]
  await first.app.okta.revoke({ uid: ADA })
  await redis.kill()
  const second = await startReplica(t, redis)
  t.equal(await isReady(second), false)
  t.match((await second.app.inject('/readyz')).json(), { missing: ['revocations'] })
  await eventually(async () => await isReady(second), 'it is ready')

  await redis.start()
  await eventually(async () => await areRefusing([first, second], ada, [grace]), 'both refuse her')
})
