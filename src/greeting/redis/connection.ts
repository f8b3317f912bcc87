import { createHash } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { Redis } from 'ioredis'
import { parseRedisUrl, type RedisAddress } from 'fastify-okta'
import { Availability, reasonOf } from './availability.js'
import { CONNECT_TIMEOUT_MS, serverOptions } from './client-options.js'
import { ClusterClient } from './cluster-client.js'
import type { CommandClient, RedisCommands, RedisInfo } from './command-client.js'
import { ServerClient } from './server-client.js'
import { Subscriber, type Listener } from './subscriber.js'

/** How long a command may take, in milliseconds. A request may be waiting for it. */
const COMMAND_TIMEOUT_MS = 250
/** How soon a dead connection is detected, in milliseconds. */
const HEARTBEAT_MS = 1000

/**
 * The service's connection to Redis: one connection for commands and one for messages, each made again whenever it is lost.
 * Logs when Redis becomes unavailable and available, and at most once a minute that its commands are failing: never its
 * address, which may contain a password, nor its own words, which may repeat one.
 *
 * A reply or message of more than 1 MiB is not read: the connection is closed instead.
 *
 * The URL names one server, Sentinels, or nodes of a Cluster: see `parseRedisUrl`. The keys of each script are on one slot.
 */
export class RedisConnection {
  readonly #log: FastifyBaseLogger
  readonly #commandTimeoutMs: number
  readonly #availability: Availability
  readonly #client: CommandClient
  readonly #subscriber: Redis
  readonly #messages: Subscriber
  readonly #readyListeners: Array<() => void> = []
  #runId: string | undefined
  #connections = 0
  #preparing: Promise<void> | undefined
  #heartbeat: NodeJS.Timeout | undefined

  /**
   * @param url must be valid: see `parseRedisUrl`
   * @param commandTimeoutMs another value is for tests only
   */
  constructor (url: string, log: FastifyBaseLogger, { commandTimeoutMs = COMMAND_TIMEOUT_MS }: { commandTimeoutMs?: number | undefined } = {}) {
    this.#log = log
    this.#commandTimeoutMs = commandTimeoutMs
    const availability = this.#availability = new Availability(log)
    const address = parseRedisUrl(url) as RedisAddress
    const onError = (error: unknown): void => { availability.recordFailure(reasonOf(error)) }
    this.#client = new (address.kind === 'cluster' ? ClusterClient : ServerClient)(address, {
      onError,
      onClose: () => {
        this.#connections++
        this.#runId = undefined
        availability.set(false)
      },
      onReady: () => { this.#preparing = this.#prepare() },
      onTooLarge: () => { availability.recordFailure('reply too large') }
    })
    this.#subscriber = new Redis(serverOptions(address)).on('error', onError).on('close', () => { availability.set(false) })
    this.#messages = new Subscriber(this.#subscriber, availability, () => { this.#noteReady() })
  }

  /**
   * Runs a command, but not `multi` and the like. The command is given the run id of the Redis that executes it, which is
   * another one after a restart or failover.
   *
   * @throws {Error} Redis is unavailable, takes longer than 250 ms, or refuses; does not contain the command
   */
  async run<T> (command: (redis: RedisCommands, runId: string) => Promise<T>): Promise<T> {
    try {
      if (this.#runId === undefined) throw new Error('not connected')
      return await withDeadline(command(this.#client.commands, this.#runId).finally(() => { this.#client.noteReply() }), this.#commandTimeoutMs)
    } catch (error) {
      const reason = reasonOf(error)
      // After a failover this is not the primary any more, and its name may resolve to the new one by now.
      if (this.#availability.warnOncePerMinute(reason) && reason === 'READONLY') this.#client.reconnect()
      throw new Error(`Redis: ${reason}`)
    }
  }

  /** Whether replicas share state now, as far as this one knows: a dead connection is detected within some seconds. */
  get isAvailable (): boolean {
    return this.#availability.isAvailable
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
    const first = Promise.allSettled([this.#messages.connect(), this.#client.connect().then(async () => { await this.#preparing })])
    await withDeadline(first, CONNECT_TIMEOUT_MS).catch(() => {})
  }

  /** Starts to check regularly that the connections are alive. */
  watch (): void {
    this.#heartbeat ??= setInterval(() => {
      this.#client.ping()
      this.#messages.ping()
    }, HEARTBEAT_MS).unref()
  }

  close (): void {
    clearInterval(this.#heartbeat)
    this.#availability.close()
    this.#client.close()
    this.#subscriber.disconnect()
  }

  /** Finds out which Redis this is, unless it has changed meanwhile. Does not reject. */
  async #prepare (): Promise<void> {
    const connection = ++this.#connections
    try {
      const infos = await this.#client.readInfo()
      if (connection !== this.#connections) return
      const runId = runIdOf(infos)
      if (runId === this.#runId) return
      this.#runId = runId
      const evicting = infos.find(({ maxmemory, maxmemory_policy: policy = 'noeviction' }) => maxmemory !== '0' && policy !== 'noeviction')
      if (evicting !== undefined) {
        this.#log.warn({ policy: evicting['maxmemory_policy'] }, 'Redis may evict keys: set its maxmemory-policy to noeviction')
      }
      this.#noteReady()
      for (const listener of this.#readyListeners) listener()
    } catch (error) {
      if (connection !== this.#connections) return
      this.#availability.recordFailure(reasonOf(error))
      // The next connection begins anew.
      this.#client.reconnect()
    }
  }

  #noteReady (): void {
    if (this.#runId !== undefined && this.#messages.isReady) this.#availability.set(true)
  }
}

/** Of a Cluster, one for all nodes: when one of them is another, all data may be. */
function runIdOf (infos: readonly RedisInfo[]): string {
  const ids = infos.map(({ run_id: id = '' }) => id).sort()
  return ids.length === 1 ? ids[0] as string : createHash('sha256').update(ids.join()).digest('hex').slice(0, 40)
}

/** What has arrived while this process was busy counts as in time. */
async function withDeadline<T> (work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { setImmediate(reject, new Error('no answer')) }, timeoutMs)
  })
  return await Promise.race([work, deadline]).finally(() => { clearTimeout(timer) })
}
