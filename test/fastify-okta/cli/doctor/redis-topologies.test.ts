import t from 'tap'
import { parseRedisUrl } from 'fastify-okta'
import { tryRedis } from '#fastify-okta/cli/doctor/redis.js'
import type { RedisAddress } from '#fastify-okta/options/redis-url.js'
import { skip } from '../../../kit/redis.js'
import { startCluster, startSentinels } from '../../../kit/redis-topologies.js'

t.test('Sentinels name a primary, and it answers; a name that they do not know is unknown', { skip }, async (t) => {
  const { url } = await startSentinels(t)

  t.equal((await tryRedis(parseRedisUrl(url) as RedisAddress)).kind, 'ok')
  t.equal((await tryRedis(parseRedisUrl(url.replace('mymaster', 'other')) as RedisAddress)).kind, 'unknown_primary')
})

t.test('a Cluster that has all its slots is ok', { skip }, async (t) => {
  const { url } = await startCluster(t)

  t.equal((await tryRedis(parseRedisUrl(url) as RedisAddress)).kind, 'ok')
})
