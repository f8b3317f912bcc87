import type { Redis } from 'ioredis'
import { reasonOf, type Availability } from './availability.js'
import { reconnect } from './client-options.js'
import { limitReplySize } from './reply-limit.js'

export interface Listener {
  onMessage (message: string): void
  /** Listening begins, for the first time or again: earlier messages were missed. */
  onBegin (): void
}

/** The connection for messages: it subscribes to all channels each time that it is connected. */
export class Subscriber {
  readonly #redis: Redis
  readonly #availability: Availability
  readonly #onReady: () => void
  readonly #replies: { noteReply: () => void }
  readonly #channels = new Map<string, Listener>()
  readonly #subscribed = new Set<string>()
  #subscribing: Promise<unknown> | undefined

  /** @param onReady called when there may be no channel left to subscribe to: see `isReady` */
  constructor (redis: Redis, availability: Availability, onReady: () => void) {
    this.#redis = redis
    this.#availability = availability
    this.#onReady = onReady
    this.#replies = limitReplySize(redis, () => { availability.recordFailure('reply too large') })
    redis.on('close', () => { this.#subscribed.clear() })
    redis.on('ready', () => {
      this.#subscribing = Promise.all([...this.#channels].map(async ([channel, listener]) => { await this.#subscribe(channel, listener) }))
      onReady()
    })
    redis.on('message', (channel, message) => {
      this.#replies.noteReply()
      this.#channels.get(channel)?.onMessage(message)
    })
  }

  /** Whether it is connected, and subscribed to all channels. */
  get isReady (): boolean {
    return this.#redis.status === 'ready' && this.#subscribed.size === this.#channels.size
  }

  /** Subscribes to a channel as soon as Redis is connected. To be called before `connect`. */
  listen (channel: string, listener: Listener): void {
    this.#channels.set(channel, listener)
  }

  /** Waits for the first attempt to connect and subscribe. Does not reject. */
  async connect (): Promise<void> {
    await this.#redis.connect().catch(() => {})
    await this.#subscribing
  }

  /** Makes a dead connection be noticed. */
  ping (): void {
    this.#redis.ping().then(this.#replies.noteReply, () => {})
  }

  async #subscribe (channel: string, { onBegin }: Listener): Promise<void> {
    try {
      await this.#redis.subscribe(channel)
      this.#subscribed.add(channel)
      this.#onReady()
      onBegin()
    } catch (error) {
      this.#availability.recordFailure(reasonOf(error))
      // The next connection begins anew.
      reconnect(this.#redis)
    }
  }
}
