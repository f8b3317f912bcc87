import { Redis } from 'ioredis'
import type { RedisAddress } from 'fastify-okta'
import { reasonOf } from './availability.js'
import { reconnect, serverOptions } from './client-options.js'
import type { ClientEvents, CommandClient, RedisCommands, RedisInfo } from './command-client.js'
import { limitReplySize } from './reply-limit.js'

/** One server, or the primary that Sentinels know. */
export class ServerClient implements CommandClient {
  readonly #redis: Redis
  readonly #replies: { noteReply: () => void }

  constructor (address: RedisAddress, { onError, onClose, onReady, onTooLarge }: ClientEvents) {
    this.#redis = new Redis(serverOptions(address)).on('error', onError).on('close', onClose).on('ready', onReady)
    this.#replies = limitReplySize(this.#redis, onTooLarge)
  }

  get commands (): RedisCommands {
    return this.#redis
  }

  async connect (): Promise<void> {
    await this.#redis.connect()
  }

  ping (): void {
    this.#redis.ping().then(this.#replies.noteReply, () => {})
  }

  noteReply (): void {
    this.#replies.noteReply()
  }

  async readInfo (): Promise<readonly RedisInfo[]> {
    return [await readInfo(this.#redis)]
  }

  reconnect (): void {
    reconnect(this.#redis)
  }

  close (): void {
    this.#redis.disconnect()
  }
}

/** @throws {Error} of ioredis; not if the user may not read it */
export async function readInfo (redis: Redis): Promise<RedisInfo> {
  try {
    const text = await redis.info()
    return Object.fromEntries([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]))
  } catch (error) {
    if (reasonOf(error) === 'NOPERM') return {}
    throw error
  }
}
