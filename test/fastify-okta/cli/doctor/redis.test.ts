import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { parseRedisUrl } from 'fastify-okta'
import { tryRedis } from '#fastify-okta/cli/doctor/redis.js'
import type { RedisAddress } from '#fastify-okta/options/redis-url.js'
import { skip, startRedis } from '../../../kit/redis.js'

const NOBODY = '127.0.0.1:1'

const kindOf = async (url: string): Promise<string> => (await tryRedis(parseRedisUrl(url) as RedisAddress)).kind

async function startWebServer (t: Test): Promise<string> {
  const server = createServer((_request, response) => { response.end('hello') }).listen(0, '127.0.0.1')
  await new Promise((resolve) => { server.once('listening', resolve) })
  t.teardown(() => { server.close() })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('a Redis that answers is ok, with its password; without it, or with another one, it refuses', { skip }, async (t) => {
  const { url } = await startRedis(t, 'sword:fish')

  t.equal(await kindOf(url), 'ok')
  t.match(await tryRedis(parseRedisUrl(url.replace(/:sword.*@/, '')) as RedisAddress), { kind: 'refused', code: 'NOAUTH' })
  t.match(await tryRedis(parseRedisUrl(url.replace('sword', 'word')) as RedisAddress), { kind: 'refused', code: 'WRONGPASS' })
})

t.test('a Redis without Cluster that a URL names as a Sentinel, or as a node of a Cluster, is neither', { skip }, async (t) => {
  const { url } = await startRedis(t)

  t.equal(await kindOf(`${url.replace('redis:', 'redis-sentinel:')}/mymaster`), 'not_sentinel')
  t.equal(await kindOf(url.replace('redis:', 'redis-cluster:')), 'not_cluster')
})

t.test('of several nodes the first one that can be reached answers', { skip }, async (t) => {
  const { url } = await startRedis(t)

  t.equal(await kindOf(url.replace('redis://', `redis-cluster://${NOBODY},`)), 'not_cluster')
  t.match(await tryRedis(parseRedisUrl(`redis-cluster://${NOBODY},${NOBODY}`) as RedisAddress), { kind: 'unreachable', server: NOBODY, code: 'ECONNREFUSED' })
})

t.test('what does not speak the protocol of Redis is no Redis', async (t) => {
  const host = await startWebServer(t)
  for (const url of [`redis://${host}`, `redis-sentinel://${host}/mymaster`, `redis-cluster://${host}`]) t.equal(await kindOf(url), 'not_redis', url)
})
