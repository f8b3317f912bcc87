import type { FastifyBaseLogger } from 'fastify'
import { Redis, type RedisOptions } from 'ioredis'

const CONNECT_TIMEOUT_MS = 500
/** How long a command may take, in milliseconds. */
const COMMAND_TIMEOUT_MS = 250
/** A connection on which nothing is heard of a command for so long is given up for a new one, in milliseconds. */
const SOCKET_TIMEOUT_MS = 2000
/** How soon a connection that has died without a word is found out, in milliseconds. */
const HEARTBEAT_MS = 1000
const MAX_RETRY_MS = 1000
const COMPLAIN_EVERY_MS = 60_000

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

export interface Listener {
  onMessage (message: string): void
  /** Listening begins, for the first time or again: what was said before was missed. */
  onBegin (): void
}

/** What Redis is to the rest of the service. */
export interface RedisConnection {
  /**
   * Runs a command; `multi` and the like are not for this.
   *
   * @throws {Error} Redis is away, takes longer than 250 ms, or refuses; says nothing of the command
   */
  run<T> (command: (redis: Redis) => Promise<T>): Promise<T>
  /** Listens to a channel from when it is connected on. */
  listen (channel: string, listener: Listener): void
  /** Waits for the first attempt to connect, for half a second at the most; it goes on in the background. Does not throw. */
  connect (): Promise<void>
  /** Begins to look whether the connections are alive. */
  watch (): void
  close (): void
}

/**
 * Connects to Redis, with one connection for commands and one to listen, and again whenever a connection is lost. A line
 * in the log says when Redis goes and when it is back, and at most once a minute that it does not do what it should:
 * never its address, which may have a password in it, nor its own words, which may repeat one.
 *
 * @param url must be good: see `isRedisUrl`
 */
export function createRedisConnection (url: string, log: FastifyBaseLogger): RedisConnection {
  const commands = new Redis(url, OPTIONS)
  const subscriber = new Redis(url, OPTIONS)
  const connections = [commands, subscriber]
  const subscribed = new Set<string>()
  const channels = new Map<string, Listener>()
  const availability = new Availability(log)
  let listening: Promise<unknown> | undefined
  let heartbeat: NodeJS.Timeout | undefined

  for (const connection of connections) {
    connection.on('error', error => { availability.noteFault(reasonOf(error)) })
    connection.on('ready', noteReady)
    connection.on('close', () => { availability.set(false) })
  }
  subscriber.on('close', () => { subscribed.clear() })
  subscriber.on('ready', () => { listening = Promise.all([...channels].map(async ([channel, listener]) => { await begin(channel, listener) })) })
  subscriber.on('message', (channel, message) => { channels.get(channel)?.onMessage(message) })

  function noteReady (): void {
    if (connections.every(({ status }) => status === 'ready') && subscribed.size === channels.size) availability.set(true)
  }

  async function begin (channel: string, { onBegin }: Listener): Promise<void> {
    try {
      await subscriber.subscribe(channel)
      subscribed.add(channel)
      noteReady()
      onBegin()
    } catch (error) {
      availability.noteFault(reasonOf(error))
      // The next connection begins anew.
      subscriber.disconnect(true)
    }
  }

  return {
    async run (command) {
      try {
        return await withDeadline(command(commands), COMMAND_TIMEOUT_MS)
      } catch (error) {
        const reason = reasonOf(error)
        // After a failover this is not the primary any more, and its name may lead to that by now.
        if (availability.complain(reason) && reason === 'READONLY') commands.disconnect(true)
        throw new Error(`Redis: ${reason}`)
      }
    },
    listen (channel, listener) {
      channels.set(channel, listener)
    },
    async connect () {
      const first = Promise.allSettled(connections.map(async connection => { await connection.connect() })).then(async () => await listening)
      await withDeadline(first, CONNECT_TIMEOUT_MS).catch(() => {})
    },
    watch () {
      heartbeat ??= setInterval(() => { for (const connection of connections) connection.ping().catch(() => {}) }, HEARTBEAT_MS).unref()
    },
    close () {
      clearInterval(heartbeat)
      availability.end()
      for (const connection of connections) connection.disconnect()
    }
  }
}

/** Says once that Redis is away and once that it is back. */
class Availability {
  readonly #log: FastifyBaseLogger
  #isAvailable: boolean | undefined
  #reason = 'closed'
  #complainedAt = -Infinity
  #isOver = false

  constructor (log: FastifyBaseLogger) {
    this.#log = log
  }

  set (isAvailable: boolean): void {
    if (this.#isOver || isAvailable === this.#isAvailable) return
    const isFirst = this.#isAvailable === undefined
    this.#isAvailable = isAvailable
    if (!isAvailable) this.#log.warn({ reason: this.#reason }, 'Redis is away: this replica goes on alone')
    else this.#log.info(isFirst ? 'Redis is there: what replicas share is shared' : 'Redis is back: what replicas share is shared again')
    this.#reason = 'closed'
  }

  noteFault (reason: string): void {
    this.#reason = reason
  }

  /** Says so at most once a minute, and returns whether it did. While Redis is away its commands fail as a matter of course. */
  complain (reason: string): boolean {
    const now = performance.now()
    if (this.#isOver || this.#isAvailable !== true || now - this.#complainedAt < COMPLAIN_EVERY_MS) return false
    this.#complainedAt = now
    this.#log.warn({ reason }, 'Redis is there, but does not do what it should')
    return true
  }

  end (): void {
    this.#isOver = true
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

/** A code of Node's, or the word that Redis begins a refusal with. */
function reasonOf (error: unknown): string {
  const { code, message = '' } = error as { code?: unknown, message?: string }
  return typeof code === 'string' ? code : /^[A-Z]{2,}(?= )/.exec(message)?.[0] ?? 'no answer'
}
