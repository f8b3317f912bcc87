import { fail, ok, skipped, type Check } from '../check.js'
import { pingRedis, readRedisServer } from '../redis.js'

export const redis: Check = {
  id: 'redis',
  why: 'Replicas share users, used DPoP proofs and revocations through Redis; without it each goes on alone.',
  async run ({ settings: { redisUrl } }) {
    if (redisUrl === undefined) return skipped('REDIS_URL is not set: caches stay in each process')
    const server = readRedisServer(redisUrl)
    if (server === undefined) return skipped('REDIS_URL names Sentinels, a Cluster or a socket, which are not tried from here')
    const answer = await pingRedis(server)
    const name = `${server.host}:${server.port}`
    switch (answer.kind) {
      case 'pong': return ok(`${name} answers`)
      case 'refused': return fail(`${name} refuses the service (${answer.code})`, 'check the user name and the password in REDIS_URL')
      case 'unexpected': return fail(`${name} answers, and not as a Redis`, server.isTls ? 'check the port of REDIS_URL' : 'check the port of REDIS_URL; a Redis with TLS needs rediss://')
      case 'unreachable': return fail(`${name} cannot be reached (${answer.code})`, 'start Redis, or correct REDIS_URL')
    }
  }
}
