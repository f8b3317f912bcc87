import { Cluster, type Redis } from 'ioredis'
import type { RedisAddress } from '../redis-url.js'
import { CONNECT_TIMEOUT_MS, nodeOptions, retryDelayMs } from './client-options.js'
import type { ClientEvents, CommandClient, RedisCommands, RedisInfo } from './command-client.js'
import { limitReplySize } from './reply-limit.js'
import { readInfo } from './server-client.js'

/** How often it is asked which node has which slots: a failover that no command met is noticed by then. In milliseconds. */
const SLOTS_REFRESH_INTERVAL_MS = 1000

/**
 * The nodes of a Cluster. Commands go to the primary of their key's slot. When a node is lost or found, all of them count as
 * new: see `onClose` and `onReady`.
 */
export class ClusterClient implements CommandClient {
  readonly #cluster: Cluster
  readonly #events: ClientEvents
  readonly #replies = new Map<Redis, { noteReply: () => void }>()

  constructor (address: RedisAddress, events: ClientEvents) {
    this.#events = events
    this.#cluster = new Cluster([...address.nodes], {
      lazyConnect: true,
      enableOfflineQueue: false,
      redisOptions: nodeOptions(address),
      clusterRetryStrategy: retryDelayMs,
      slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
      slotsRefreshInterval: SLOTS_REFRESH_INTERVAL_MS
    })
    this.#cluster
      .on('error', events.onError)
      .on('node error', events.onError)
      .on('close', events.onClose)
      .on('ready', events.onReady)
      .on('+node', (node: Redis) => {
        this.#replies.set(node, limitReplySize(node, events.onTooLarge))
        node.on('close', events.onClose)
        this.#noteChange()
      })
      .on('-node', (node: Redis) => {
        this.#replies.delete(node)
        this.#noteChange()
      })
  }

  get commands (): RedisCommands {
    return this.#cluster
  }

  async connect (): Promise<void> {
    await this.#cluster.connect()
  }

  ping (): void {
    for (const node of this.#primaries()) node.ping().then(() => { this.noteReply() }, () => {})
  }

  noteReply (): void {
    for (const { noteReply } of this.#replies.values()) noteReply()
  }

  async readInfo (): Promise<readonly RedisInfo[]> {
    return await Promise.all(this.#primaries().map(readInfo))
  }

  reconnect (): void {
    this.#cluster.disconnect(true)
  }

  close (): void {
    this.#cluster.disconnect()
  }

  #primaries (): Redis[] {
    return this.#cluster.nodes('master')
  }

  #noteChange (): void {
    if (this.#cluster.status !== 'ready') return
    this.#events.onClose()
    this.#events.onReady()
  }
}
