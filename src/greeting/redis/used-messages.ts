import type { UsedMessageStore } from 'fastify-okta'
import type { RedisConnection } from './connection.js'

/** Which messages of Okta were used on any replica. Each has a key of its own, so a Cluster may keep it wherever it likes. */
export class RedisUsedMessages implements UsedMessageStore {
  readonly #connection: RedisConnection

  constructor (connection: RedisConnection) {
    this.#connection = connection
  }

  async use (key: string, expiresAtMs: number): Promise<boolean> {
    const ttlMs = Math.max(1, Math.ceil(expiresAtMs - Date.now()))
    return await this.#connection.run(async (redis) => await redis.set(nameOf(key), '1', 'PX', ttlMs, 'NX')) === 'OK'
  }

  async release (key: string): Promise<void> {
    await this.#connection.run(async (redis) => await redis.del(nameOf(key)))
  }
}

function nameOf (key: string): string {
  return `fastify-okta:message:{${key}}`
}
