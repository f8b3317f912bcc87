import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { AbstractConnector, type Redis, type RedisOptions } from 'ioredis'
import type { RedisAddress, RedisNode } from 'fastify-okta'

/** How long one attempt to connect may take, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 500
/** A connection that stays silent about a command for this long is replaced by a new one, in milliseconds. */
const SOCKET_TIMEOUT_MS = 2000
const MAX_RETRY_MS = 1000

/** How long to wait before the next attempt, in milliseconds. */
export function retryDelayMs (attempts: number): number {
  return Math.min(attempts * 50, MAX_RETRY_MS)
}

/** Of each connection, to a server or to a node of a Cluster. */
export function nodeOptions ({ username, password, isTls }: RedisAddress) {
  return {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    // What cannot be sent or answered now fails now, and is not sent again later.
    maxRetriesPerRequest: 0,
    // With the newer one, the password goes into a command that an older server repeats in its refusal.
    protocol: 2,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(isTls ? { tls: {} } : {})
  } satisfies RedisOptions
}

/** Of the connection to one server, which Sentinels may know. */
export function serverOptions (address: RedisAddress) {
  return {
    ...nodeOptions(address),
    ...placeOf(address),
    db: address.database,
    enableOfflineQueue: false,
    // Done by hand, to know when it is done.
    autoResubscribe: false,
    retryStrategy: retryDelayMs
  } satisfies RedisOptions
}

/**
 * Connects anew, unless that is already under way: ioredis would end a client permanently that is disconnected while it asks
 * Sentinels for the primary (`SentinelConnector` throws, and `Redis.connect` then sets the status "end").
 */
export function reconnect (redis: Redis): void {
  if (redis.status === 'ready') redis.disconnect(true)
}

function placeOf ({ kind, nodes, primary, isTls }: RedisAddress) {
  if (kind === 'cluster') return { Connector: connectorOf(nodes, isTls) } satisfies RedisOptions
  if (kind === 'server') return { ...nodes[0] } satisfies RedisOptions
  return {
    sentinels: [...nodes],
    name: primary,
    enableTLSForSentinelMode: isTls,
    ...(isTls ? { sentinelTLS: {} } : {}),
    // Without it, a Sentinel that is frozen would be waited for without end.
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    // Not with `failoverDetector`: a fail-over that is announced while ioredis asks for the primary ends its client permanently.
    // It is not needed, since Sentinel breaks the connections to a former primary.
    sentinelRetryStrategy: retryDelayMs
  } satisfies RedisOptions
}

/**
 * Connects to one node after another, a different one at each attempt: each node of a Cluster has the messages of all.
 * The subscriber of ioredis' own Cluster does the same, but does not tell when messages may have been missed.
 */
function connectorOf (nodes: readonly RedisNode[], isTls: boolean): NonNullable<RedisOptions['Connector']> {
  let attempts = 0
  return class NodeConnector extends AbstractConnector {
    constructor () {
      super(CONNECT_TIMEOUT_MS)
    }

    override async connect (): Promise<Socket> {
      this.connecting = true
      const node = nodes[attempts++ % nodes.length] as RedisNode
      const socket = isTls ? connectTls(node) : connectPlain(node)
      socket.once('error', (error) => { this.firstError = error })
      this.stream = socket
      return socket
    }
  }
}
