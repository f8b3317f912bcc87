import type { FastifyBaseLogger } from 'fastify'
import { Redis, type RedisOptions } from 'ioredis'
import { Availability } from './availability.js'
import { limitReplySize } from './reply-limit.js'

const CONNECT_TIMEOUT_MS = 500
/** How long a command may take, in milliseconds. */
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

export interface Listener {
  onMessage (message: string): void
  /** Listening begins, for the first time or again: earlier messages were missed. */
  onBegin (): void
}

/** The service's connection to Redis. */
export interface RedisConnection {
  /**
   * Runs a command, but not `multi` and the like. The command is given the run id of the Redis that executes it, which is
   * another one after a restart or failover.
   *
   * @throws {Error} Redis is unavailable, takes longer than 250 ms, or refuses; does not contain the command
   */
  run<T> (command: (redis: Redis, runId: string) => Promise<T>): Promise<T>
  /** Has a function called each time that commands can be run, for the first time or again. */
  onReady (listener: () => void): void
  /** Subscribes to a channel as soon as Redis is connected. */
  listen (channel: string, listener: Listener): void
  /** Waits for the first attempt to connect, for half a second at most; it continues in the background. Does not throw. */
  connect (): Promise<void>
  /** Starts to check regularly that the connections are alive. */
  watch (): void
  close (): void
}

/**
 * Connects to Redis, with one connection for commands and one for messages, and reconnects whenever one is lost. Logs when
 * Redis becomes unavailable and available, and at most once a minute that its commands are failing: never its address,
 * which may contain a password, nor its own words, which may repeat one.
 *
 * A reply or message of more than 1 MiB is not read: the connection is closed instead.
 *
 * The keys of each script are on one slot, but Redis Cluster and Sentinel are not supported yet: the URL names one server.
 *
 * @param url must be valid: see `isRedisUrl`
 */
export function createRedisConnection (url: string, log: FastifyBaseLogger): RedisConnection {
  const commands = new Redis(url, OPTIONS)
  const subscriber = new Redis(url, OPTIONS)
  const connections = [commands, subscriber]
  const subscribed = new Set<string>()
  const channels = new Map<string, Listener>()
  const readyListeners: Array<() => void> = []
  const availability = new Availability(log)
  let runId: string | undefined
  let preparing: Promise<unknown> | undefined
  let listening: Promise<unknown> | undefined
  let heartbeat: NodeJS.Timeout | undefined

  for (const connection of connections) {
    connection.on('error', error => { availability.recordFailure(reasonOf(error)) })
    connection.on('close', () => { availability.set(false) })
  }
  const onTooLarge = (): void => { availability.recordFailure('reply too large') }
  const commandReplies = limitReplySize(commands, onTooLarge)
  const messages = limitReplySize(subscriber, onTooLarge)
  commands.on('close', () => { runId = undefined })
  commands.on('ready', () => { preparing = prepare() })
  subscriber.on('close', () => { subscribed.clear() })
  subscriber.on('ready', () => {
    listening = Promise.all([...channels].map(async ([channel, listener]) => { await begin(channel, listener) }))
    noteReady()
  })
  subscriber.on('message', (channel, message) => {
    messages.noteReply()
    channels.get(channel)?.onMessage(message)
  })

  function noteReady (): void {
    if (runId !== undefined && subscriber.status === 'ready' && subscribed.size === channels.size) availability.set(true)
  }

  async function prepare (): Promise<void> {
    try {
      const info = await readInfo(commands)
      runId = info['run_id'] ?? ''
      if (info['maxmemory'] !== '0' && (info['maxmemory_policy'] ?? 'noeviction') !== 'noeviction') {
        log.warn({ policy: info['maxmemory_policy'] }, 'Redis may evict keys: set its maxmemory-policy to noeviction')
      }
      noteReady()
      for (const listener of readyListeners) listener()
    } catch (error) {
      availability.recordFailure(reasonOf(error))
      // The next connection begins anew.
      commands.disconnect(true)
    }
  }

  async function begin (channel: string, { onBegin }: Listener): Promise<void> {
    try {
      await subscriber.subscribe(channel)
      subscribed.add(channel)
      noteReady()
      onBegin()
    } catch (error) {
      availability.recordFailure(reasonOf(error))
      // The next connection begins anew.
      subscriber.disconnect(true)
    }
  }

  return {
    async run (command) {
      try {
        if (runId === undefined) throw new Error('not connected')
        return await withDeadline(command(commands, runId).finally(commandReplies.noteReply), COMMAND_TIMEOUT_MS)
      } catch (error) {
        const reason = reasonOf(error)
        // After a failover this is not the primary any more, and its name may resolve to the new one by now.
        if (availability.warnOncePerMinute(reason) && reason === 'READONLY') commands.disconnect(true)
        throw new Error(`Redis: ${reason}`)
      }
    },
    onReady (listener) {
      readyListeners.push(listener)
    },
    listen (channel, listener) {
      channels.set(channel, listener)
    },
    async connect () {
      const first = Promise.allSettled(connections.map(async connection => { await connection.connect() }))
        .then(async () => await Promise.all([preparing, listening]))
      await withDeadline(first, CONNECT_TIMEOUT_MS).catch(() => {})
    },
    watch () {
      heartbeat ??= setInterval(() => {
        commands.ping().then(commandReplies.noteReply, () => {})
        subscriber.ping().then(messages.noteReply, () => {})
      }, HEARTBEAT_MS).unref()
    },
    close () {
      clearInterval(heartbeat)
      availability.close()
      for (const connection of connections) connection.disconnect()
    }
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

/** A code of Node's, or the word that Redis begins a refusal with. */
function reasonOf (error: unknown): string {
  const { code, message = '' } = error as { code?: unknown, message?: string }
  return typeof code === 'string' ? code : /^[A-Z]{2,}(?= )/.exec(message)?.[0] ?? 'no answer'
}
