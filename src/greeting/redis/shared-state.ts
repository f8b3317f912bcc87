import type { FastifyBaseLogger } from 'fastify'
import type { DpopReplayStore, LogPositionStore, RevocationStore, SharedUserCache, UsedMessageStore } from 'fastify-okta'
import { RedisConnection } from './connection.js'
import { RedisLogPosition } from './log-position.js'
import { RedisReplayStore } from './replay-store.js'
import { RedisRevocationStore } from './revocation-store.js'
import { RedisUsedMessages } from './used-messages.js'
import { RedisUserCache } from './user-cache.js'

/** What replicas share. */
export interface SharedState {
  readonly users: SharedUserCache
  readonly replays: DpopReplayStore
  readonly revocations: RevocationStore
  readonly usedMessages: UsedMessageStore
  readonly logPosition: LogPositionStore
  /** Whether replicas share it now, or each goes on alone. */
  isAvailable (): boolean
  /** To be called when the service has started: until then the process may be too busy to judge whether Redis is alive. */
  watch (): void
  close (): void
}

interface SharedStateOptions {
  readonly log: FastifyBaseLogger
  readonly isDpopRequired: boolean
  /** For tests: how long a command may take. */
  readonly commandTimeoutMs?: number | undefined
}

/** Connects to Redis. If it is unavailable this waits for half a second, and Redis is used as soon as it is available. */
export async function openSharedState (redisUrl: string, { log, isDpopRequired, commandTimeoutMs }: SharedStateOptions): Promise<SharedState> {
  const connection = new RedisConnection(redisUrl, log, { commandTimeoutMs })
  const users = new RedisUserCache(connection)
  const replays = new RedisReplayStore(connection, { isRequired: isDpopRequired })
  const revocations = new RedisRevocationStore(connection)
  await connection.connect()
  return {
    users,
    replays,
    revocations,
    usedMessages: new RedisUsedMessages(connection),
    logPosition: new RedisLogPosition(connection),
    isAvailable: () => connection.isAvailable,
    watch: () => { connection.watch() },
    close: () => {
      revocations.close()
      connection.close()
    }
  }
}
