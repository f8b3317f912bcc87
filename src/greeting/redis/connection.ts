import type { FastifyBaseLogger } from 'fastify'
import { Redis, type RedisOptions } from 'ioredis'
import { Availability, reasonOf } from './availability.js'
import { limitReplySize } from './reply-limit.js'
import { Subscriber, type Listener } from './subscriber.js'

const CONNECT_TIMEOUT_MS = 500
/** How long a command may take, in milliseconds. A request may be waiting for it. */
const COMMAND_TIMEOUT_MS = 250
/** A connection that stays silent about a command for this long is replaced by a new one, in milliseconds. */
const SOCKET_TIMEOUT_MS = 2000
/** How soon a dead connection is detected, in milliseconds. */
const HEARTBEAT_MS = 1000
const MAX_RETRY_MS = 1000

const OPTIONS = {
  lazyConnect: true,
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: SOCKET_TIMEOUT_MS,
  // What cannot be sent or answered now fails now, and is not sent again later.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // Done by hand, to know when it is done.
  autoResubscribe: false,
  // With the newer one, the password goes into a command that an older server repeats in its refusal.
  protocol: 2,
  retryStrategy: attempts => Math.min(attempts * 50, MAX_RETRY_MS)
} satisfies RedisOptions

/**
 * The service's connection to Redis: one connection for commands and one for messages, each made again whenever it is lost.
 * Logs when Redis becomes unavailable and available, and at most once a minute that its commands are failing: never its
 * address, which may contain a password, nor its own words, which may repeat one.
 *
 * A reply or message of more than 1 MiB is not read: the connection is closed instead.
 *
 * The keys of each script are on one slot, but Redis Cluster and Sentinel are not supported yet: the URL names one server.
 */
export class RedisConnection {
  readonly #log: FastifyBaseLogger
  readonly #commandTimeoutMs: number
  readonly #availability: Availability
  readonly #commands: Redis
  readonly #subscriber: Redis
  readonly #messages: Subscriber
  readonly #replies: { noteReply: () => void }
  readonly #readyListeners: Array<() => void> = []
  #runId: string | undefined
  #preparing: Promise<void> | undefined
  #heartbeat: NodeJS.Timeout | undefined

  /**
   * @param url must be valid: see `isRedisUrl`
   * @param commandTimeoutMs another value is for tests only
   */
  constructor (url: string, log: FastifyBaseLogger, { commandTimeoutMs = COMMAND_TIMEOUT_MS }: { commandTimeoutMs?: number | undefined } = {}) {
    this.#log = log
    this.#commandTimeoutMs = commandTimeoutMs
    const availability = this.#availability = new Availability(log)
    const commands = this.#commands = new Redis(url, OPTIONS)
    const subscriber = this.#subscriber = new Redis(url, OPTIONS)
    for (const connection of [commands, subscriber]) {
      connection.on('error', error => { availability.recordFailure(reasonOf(error)) })
      connection.on('close', () => { availability.set(false) })
    }
    this.#replies = limitReplySize(commands, () => { availability.recordFailure('reply too large') })
    commands.on('close', () => { this.#runId = undefined })
    commands.on('ready', () => { this.#preparing = this.#prepare() })
    this.#messages = new Subscriber(subscriber, availability, () => { this.#noteReady() })
  }

  /**
   * Runs a command, but not `multi` and the like. The command is given the run id of the Redis that executes it, which is
   * another one after a restart or failover.
   *
   * @throws {Error} Redis is unavailable, takes longer than 250 ms, or refuses; does not contain the command
   */
  async run<T> (command: (redis: Redis, runId: string) => Promise<T>): Promise<T> {
    try {
      if (this.#runId === undefined) throw new Error('not connected')
      return await withDeadline(command(this.#commands, this.#runId).finally(this.#replies.noteReply), this.#commandTimeoutMs)
    } catch (error) {
      const reason = reasonOf(error)
      // After a failover this is not the primary any more, and its name may resolve to the new one by now.
      if (this.#availability.warnOncePerMinute(reason) && reason === 'READONLY') this.#commands.disconnect(true)
      throw new Error(`Redis: ${reason}`)
    }
  }

  /** Has a function called each time that commands can be run, for the first time or again. */
  onReady (listener: () => void): void {
    this.#readyListeners.push(listener)
  }

  /** Subscribes to a channel as soon as Redis is connected. To be called before `connect`. */
  listen (channel: string, listener: Listener): void {
    this.#messages.listen(channel, listener)
  }

  /** Waits for the first attempt to connect, for half a second at most; it continues in the background. Does not reject. */
  async connect (): Promise<void> {
    const first = Promise.allSettled([this.#messages.connect(), this.#commands.connect().then(async () => { await this.#preparing })])
    await withDeadline(first, CONNECT_TIMEOUT_MS).catch(() => {})
  }

  /** Starts to check regularly that the connections are alive. */
  watch (): void {
    this.#heartbeat ??= setInterval(() => {
      this.#commands.ping().then(this.#replies.noteReply, () => {})
      this.#messages.ping()
    }, HEARTBEAT_MS).unref()
  }

  close (): void {
    clearInterval(this.#heartbeat)
    this.#availability.close()
    this.#commands.disconnect()
    this.#subscriber.disconnect()
  }

  /** Finds out which Redis this is. Does not reject. */
  async #prepare (): Promise<void> {
    try {
      const info = await readInfo(this.#commands)
      this.#runId = info['run_id'] ?? ''
      if (info['maxmemory'] !== '0' && (info['maxmemory_policy'] ?? 'noeviction') !== 'noeviction') {
        this.#log.warn({ policy: info['maxmemory_policy'] }, 'Redis may evict keys: set its maxmemory-policy to noeviction')
      }
      this.#noteReady()
      for (const listener of this.#readyListeners) listener()
    } catch (error) {
      this.#availability.recordFailure(reasonOf(error))
      // The next connection begins anew.
      this.#commands.disconnect(true)
    }
  }

  #noteReady (): void {
    if (this.#runId !== undefined && this.#messages.isReady) this.#availability.set(true)
  }
}

/** What Redis says of itself, by name; empty if the user may not read it (ACL). */
async function readInfo (redis: Redis): Promise<Readonly<Record<string, string>>> {
  try {
    const text = await redis.info()
    return Object.fromEntries([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]))
  } catch (error) {
    if (reasonOf(error) === 'NOPERM') return {}
    throw error
  }
}

/** What has arrived while this process was busy counts as in time. */
async function withDeadline<T> (work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { setImmediate(reject, new Error('no answer')) }, timeoutMs)
  })
  return await Promise.race([work, deadline]).finally(() => { clearTimeout(timer) })
}
