import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import type { AppSettings } from '#greeting/settings/app-settings.js'
import { ADA } from '../../kit/access-token.js'
import { eventually } from '../../kit/eventually.js'
import { GRACE, restore } from '../../kit/org.js'
import { skip, startRedis, type RedisServer } from '../../kit/redis.js'
import { clientsKey, prove } from '../../kit/dpop-proof.js'
import { buildService, startOkta, type Service, type ServiceOptions } from '../service.js'

const PUBLIC_URL = 'https://greetings.example'
const GROUP = 'Fastify Okta'

let okta: LocalOkta
let redis: RedisServer
t.before(async () => {
  if (skip !== false) return
  okta = await startOkta(t)
  redis = await startRedis(t)
})
t.beforeEach(async () => {
  if (skip !== false) return
  restore(okta)
  await redis.client.flushall()
})

/** One of several replicas of the service. */
async function startReplica (t: Test, settings: Partial<AppSettings> = {}, options: Pick<ServiceOptions, 'redisTimeoutMs'> = {}): Promise<Service> {
  const { issuer, audience, apiToken: token } = okta
  const replica = await buildService(t, {
    ...options,
    okta,
    settings: { okta: { issuer, audience, directory: { token, cooldownMs: 0 } }, publicUrl: PUBLIC_URL, redisUrl: redis.url, ...settings }
  })
  await replica.app.ready()
  return replica
}

async function startReplicas (t: Test, settings: Partial<AppSettings> = {}): Promise<[Service, Service]> {
  return [await startReplica(t, settings), await startReplica(t, settings)]
}

const lookupsOf = (userId: string): number => okta.requests.filter(({ path }) => path === `/api/v1/users/${userId}`).length

async function greet ({ app, credentials }: Service, user = 'ada@example.com'): Promise<number> {
  return (await app.inject({ url: '/greet', headers: await credentials({ user }) })).statusCode
}

/** Asks with a proof, the same each time. */
async function createProvenRequest (): Promise<(replica: Service) => Promise<unknown>> {
  const accessToken = await okta.mintAccessToken({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
  const headers = { authorization: `DPoP ${accessToken}`, dpop: prove(accessToken, { claims: { htu: `${PUBLIC_URL}/me` } }) }
  return async ({ app }) => {
    const response = await app.inject({ url: '/me', headers })
    return response.statusCode === 200 ? 200 : response.json<{ code: string }>().code
  }
}

/** What Redis knows since when is moved into the past. */
async function passHalfAMinute (): Promise<void> {
  const key = 'fastify-okta:proof:{used}'
  const [marker = ''] = await redis.client.zrange(key, '-1', '-1')
  await redis.client.zadd(key, 'inf', marker.replace(/ (\d+) /, (_, since: string) => ` ${Number(since) - 31_000} `))
  await redis.client.zrem(key, marker)
}

const REPLAYED = 'FST_OKTA_INVALID_DPOP_PROOF'
const CANNOT_TELL = 'FST_OKTA_DPOP_REPLAY_STORE_UNAVAILABLE'

t.test('one lookup serves all replicas', { skip }, async t => {
  const [one, two] = await startReplicas(t)
  t.equal(await greet(one), 200)
  await eventually(async () => (await redis.client.keys('fastify-okta:user:*')).length === 1, 'she is shared')

  t.equal(await greet(two), 200)
  t.equal(lookupsOf(ADA), 1)
  t.equal(await greet(two, 'grace@example.com'), 403)
  await eventually(async () => (await redis.client.keys('fastify-okta:user:*')).length === 2, 'she is shared')
  t.equal(await greet(one, 'grace@example.com'), 403)
  t.equal(lookupsOf(GRACE), 1)
})

t.test('a user evicted on one replica is evicted on the others', { skip }, async t => {
  const [one, two] = await startReplicas(t)
  const group = okta.groups.find(GROUP)?.id ?? ''
  const ways: Array<(replica: Service) => void> = [
    ({ app }) => { app.okta.directory?.invalidate(ADA) },
    ({ app }) => { app.okta.directory?.invalidateGroups(new Set([group])) },
    ({ app }) => { app.okta.directory?.invalidateAll() }
  ]
  for (const invalidate of ways) {
    for (const replica of [one, two]) t.equal(await greet(replica), 200)
    okta.groups.removeUser(GROUP, ADA)
    t.equal(await greet(two), 200, 'nothing is evicted yet')
    invalidate(one)
    await eventually(() => two.app.okta.directory?.fromMemory(ADA) === undefined, 'the other one evicts her')

    for (const replica of [two, one]) t.equal(await greet(replica), 403)
    okta.groups.addUser(GROUP, ADA)
    two.app.okta.directory?.invalidate(ADA)
    await eventually(() => one.app.okta.directory?.fromMemory(ADA) === undefined, 'the first one evicts her')
  }
})

t.test('a profile that is changed at one replica is changed at the others', { skip }, async t => {
  const [one, two] = await startReplicas(t)
  t.equal(await greet(two), 200)
  const headers = await one.credentials({ scopes: ['openid', 'profile:write'] })
  t.equal((await one.app.inject({ method: 'PATCH', url: '/me', headers, payload: { timezone: 'Asia/Tokyo' } })).statusCode, 200)
  await eventually(() => two.app.okta.directory?.fromMemory(ADA) === undefined, 'the other one evicts her')

  t.match((await two.app.inject({ url: '/greet', headers })).json(), { timeZone: 'Asia/Tokyo' })
})

t.test('a lookup that an invalidation overtakes, on any replica, does not bring the old user back', { skip }, async t => {
  const [one, two] = await startReplicas(t)
  for (const invalidating of [one, two]) {
    restore(okta)
    for (const { app } of [one, two]) app.okta.directory?.invalidateAll()
    okta.faults.add({ path: `/api/v1/users/${ADA}/groups`, status: 200, body: [{ id: okta.groups.find(GROUP)?.id, type: 'OKTA_GROUP', profile: { name: GROUP } }], delayMs: 500, times: 1 })
    okta.groups.removeUser(GROUP, ADA)
    const asked = greet(one)
    await eventually(() => lookupsOf(ADA) === 1, 'the lookup is under way')
    invalidating.app.okta.directory?.invalidate(ADA)

    t.equal(await asked, 403, 'she is looked up again')
    await sleep(600)
    for (const replica of [one, two]) t.equal(await greet(replica), 403)
    t.equal(lookupsOf(ADA), 2, 'and what the second lookup found is shared')
  }
})

t.test('an entry that another program has written to Redis grants no access', { skip }, async t => {
  const [one, two] = await startReplicas(t)
  await greet(one)
  await eventually(async () => (await redis.client.keys('fastify-okta:user:*')).length === 1, 'she is shared')
  const [key = ''] = await redis.client.keys('fastify-okta:user:*')
  const ada = await redis.client.get(key) as string
  const poison = [ada, ada.replaceAll(ADA, GRACE), ada.replace(/^(\S+) \S+ /, '$1 ').replaceAll(ADA, GRACE), 'OK', '', ' {}', ` ${JSON.stringify({ readAtMs: Date.now(), localReadAtMs: Date.now(), user: { id: GRACE, status: 'ACTIVE', groups: [GROUP] } })}`]
  for (const text of poison) {
    two.app.okta.directory?.invalidateAll()
    await greet(two)
    const version = await redis.client.get(`fastify-okta:version:{${okta.orgUrl}}`) ?? ''
    await redis.client.set(key.replace(ADA, GRACE), text.replace(/^\S*/, version))
    t.equal(await greet(two, 'grace@example.com'), 403, text.slice(0, 60))
  }
})

t.test('a proof that was used at one replica is refused at the others', { skip }, async t => {
  const replicas = await startReplicas(t, { dpop: 'required' })
  const ask = await createProvenRequest()
  const answers = await Promise.all([...replicas, ...replicas].map(ask))
  t.same(answers.sort(), [200, REPLAYED, REPLAYED, REPLAYED].sort(), 'of several at once one is taken')

  await redis.client.flushall()
  t.ok((await Promise.all(replicas.map(ask))).every(answer => answer === REPLAYED || answer === CANNOT_TELL), 'nor is it accepted after Redis has forgotten it')
})

t.test('without Redis each replica keeps running independently, and with it again together', { skip }, async t => {
  const [one, two] = await startReplicas(t)
  const strict = await startReplica(t, { dpop: 'required' })
  const used = await createProvenRequest()
  t.equal(await used(one), 200)
  await redis.kill()

  for (const replica of [one, two]) t.equal(await greet(replica), 200)
  okta.groups.removeUser(GROUP, ADA)
  one.app.okta.directory?.invalidate(ADA)
  t.equal(await greet(one), 403, 'it forgets for itself')
  t.equal(await greet(two), 200, 'the other one gets no message')
  t.same([await used(one), await used(two)], [REPLAYED, 200], 'what was used here stays used')
  const unused = await createProvenRequest()
  t.equal(await unused(strict), CANNOT_TELL)
  t.equal((await two.app.inject('/readyz')).statusCode, 200)

  await redis.start()
  await eventually(async () => await greet(two) === 403, 'the other one gets the message, or reads again')
  await eventually(() => [one, two, strict].every(({ log }) => log.some(line => line.includes('reconnected to Redis'))), 'all are connected again')
  t.equal(await unused(strict), CANNOT_TELL, 'Redis has forgotten whether it was used')
  await passHalfAMinute()
  const later = await createProvenRequest()
  t.equal(await later(strict), 200, 'later proofs are accepted')
  t.equal(await later(one), REPLAYED)
  // A replica that could not publish an invalidation asks Okta itself until it has, so a new one is asked.
  await eventually(async () => {
    await greet(two, 'grace@example.com')
    okta.requests.clear()
    await greet(await startReplica(t), 'grace@example.com')
    return lookupsOf(GRACE) === 0
  }, 'users are shared again')
  for (const { log } of [one, two, strict]) {
    t.same(log.map(line => JSON.parse(line) as { msg: string }).map(({ msg }) => msg).filter(msg => msg.startsWith('Redis')), [
      'Redis is unavailable; this replica keeps running independently'
    ])
  }
})

t.test('a proof that was used before Redis was killed and started again is accepted nowhere', { skip }, async t => {
  const [one, two] = await startReplicas(t, { dpop: 'required' })
  const used = await createProvenRequest()
  t.equal(await used(one), 200)
  await redis.kill()
  t.equal(await used(two), CANNOT_TELL)
  await redis.start()
  for (const replica of [two, one, await startReplica(t, { dpop: 'required' })]) {
    await eventually(async () => await redis.client.zcard('fastify-okta:proof:{used}') > 0, 'a replica is connected')
    for (let i = 0; i < 5; i++) t.not(await used(replica), 200)
  }
})

t.test('a full Redis still has all replicas evict the members of a group', { skip }, async t => {
  const [one, two] = await startReplicas(t)
  for (const replica of [one, two]) t.equal(await greet(replica), 200)
  await redis.client.config('SET', 'maxmemory', '1')
  t.teardown(async () => { await redis.client.config('SET', 'maxmemory', '0') })
  okta.groups.removeUser(GROUP, ADA)
  one.app.okta.directory?.invalidateGroups(new Set([okta.groups.find(GROUP)?.id ?? '']))
  await eventually(() => two.app.okta.directory?.fromMemory(ADA) === undefined, 'the other one evicts her')

  for (const replica of [two, one]) t.equal(await greet(replica), 403)
})

t.test('requests do not wait for a Redis that does not answer, and if proofs are required none is accepted', { skip }, async t => {
  const replica = await startReplica(t, {}, { redisTimeoutMs: 250 })
  const strict = await startReplica(t, { dpop: 'required' }, { redisTimeoutMs: 250 })
  const ask = await createProvenRequest()
  redis.pause()
  t.teardown(() => { redis.resume() })

  t.equal(await greet(replica), 200)
  t.equal(await ask(strict), CANNOT_TELL)
  t.equal(await ask(replica), 200)
})

t.test('the service starts without Redis, and stops with it', { skip }, async t => {
  await redis.kill()
  const replica = await startReplica(t)
  t.equal(await greet(replica), 200)
  await redis.start()
  const other = await startReplica(t)
  await eventually(async () => {
    other.app.okta.directory?.invalidate(ADA)
    return await greet(other) === 200 && (await redis.client.keys('fastify-okta:user:*')).length === 1
  }, 'it shares')
  for (const { app } of [replica, other]) await app.close()

  await eventually(async () => (await redis.client.client('LIST') as string).trim().split('\n').length === 1, 'their connections are closed')
})

t.test('/readyz and the metrics say whether Redis is available, and without it the service stays ready', { skip }, async t => {
  const { app } = await startReplica(t)
  const statusOfRedis = async (): Promise<unknown> => {
    const { statusCode, json } = await app.inject('/readyz')
    const { body } = await app.inject('/metrics')
    return { statusCode, redis: json<{ redis?: string }>().redis, metric: /^redis_available (\d)$/m.exec(body)?.[1] }
  }
  const becomes = async (expected: object): Promise<void> => {
    await eventually(async () => JSON.stringify(await statusOfRedis()) === JSON.stringify(expected), JSON.stringify(expected))
  }

  await becomes({ statusCode: 200, redis: 'available', metric: '1' })
  await redis.kill()
  await becomes({ statusCode: 200, redis: 'unavailable', metric: '0' })
  await redis.start()
  await becomes({ statusCode: 200, redis: 'available', metric: '1' })
})
