import { parseRedisUrl, type RedisAddress } from '../../../options/redis-url.js'
import { fail, ok, skipped, type Check, type Finding } from '../check.js'
import { tryRedis, type RedisAnswer } from '../redis.js'

export const redis: Check = {
  id: 'redis',
  why: 'Replicas share users, used DPoP proofs and revocations through Redis; without it each goes on alone.',
  async run ({ settings: { redisUrl } }) {
    const address = redisUrl === undefined ? null : parseRedisUrl(redisUrl)
    if (address === null) return skipped('REDIS_URL is not set: caches stay in each process')
    return describe(address, await tryRedis(address))
  }
}

/** Servers that answer as they should, by the kind of the address. */
const SEEN = { server: 'answers', sentinel: 'answers, the primary that the Sentinels name', cluster: 'answers, and its Cluster is available' } as const

function describe ({ kind, isTls, primary }: RedisAddress, { kind: answer, server, code }: RedisAnswer): Finding {
  switch (answer) {
    case 'ok': return ok(`${server} ${SEEN[kind]}`)
    case 'refused': return fail(`${server} refuses the service (${code})`, 'check the user name and the password in REDIS_URL')
    case 'unreachable': return fail(`${server} cannot be reached (${code})`, kind === 'sentinel' ? 'start Redis and its Sentinels, or correct REDIS_URL' : 'start Redis, or correct REDIS_URL')
    case 'not_redis': return fail(`${server} answers, and not as a Redis`, isTls ? 'check the port of REDIS_URL' : 'check the port of REDIS_URL; a Redis with TLS needs a scheme that begins with rediss')
    case 'not_sentinel': return fail(`${server} is a Redis, and not a Sentinel`, 'name the Sentinels in REDIS_URL, whose port is usually 26379, or use redis://')
    case 'unknown_primary': return fail(`the Sentinel ${server} knows no primary ${primary}`, 'correct the name after the hosts of REDIS_URL: SENTINEL MASTERS lists the names')
    case 'not_cluster': return fail(`${server} is a Redis without Cluster`, 'use redis:// in REDIS_URL')
    case 'cluster_down': return fail(`the Cluster of ${server} is not available`, 'see CLUSTER INFO: slots without a primary cannot be used')
  }
}
