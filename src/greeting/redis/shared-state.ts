import type { FastifyBaseLogger } from 'fastify'
import type { DpopReplayStore, SharedUserCache } from 'fastify-okta'
import { createRedisConnection } from './connection.js'
import { RedisReplayStore } from './replay-store.js'
import { RedisUserCache } from './user-cache.js'

/** What replicas have in common. */
export interface SharedState {
  readonly users: SharedUserCache
  readonly replays: DpopReplayStore
  /** To be called when the service has started: what takes the process long until then says nothing of Redis. */
  watch (): void
  close (): void
}

/** Opens it in Redis. Where Redis is away this waits for half a second, and it is used from when it is there. */
export async function openSharedState (redisUrl: string, { log, isDpopRequired }: { log: FastifyBaseLogger, isDpopRequired: boolean }): Promise<SharedState> {
  const connection = createRedisConnection(redisUrl, log)
  const users = new RedisUserCache(connection)
  await connection.connect()
  return {
    users,
    replays: new RedisReplayStore(connection, { isRequired: isDpopRequired }),
    watch: () => { connection.watch() },
    close: () => { connection.close() }
  }
}
