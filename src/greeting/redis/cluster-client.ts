import { Cluster, type Redis } from 'ioredis'
import type { RedisAddress } from 'fastify-okta'
import { CONNECT_TIMEOUT_MS, nodeOptions, retryDelayMs } from './client-options.js'
import type { ClientEvents, CommandClient, RedisCommands, RedisInfo } from './command-client.js'
import { limitReplySize } from './reply-limit.js'
import { readInfo } from './server-client.js'

/**
 * The nodes of a Cluster. Commands go to the primary of their key's slot. When another
 * primary is found, it asks all of them again who they are.
 */
export class ClusterClient implements CommandClient {
  readonly #cluster: Cluster
  readonly #events: ClientEvents
  readonly #replies = new Map<Redis, { noteReply: () => void }>()
  /** The primaries at the last look. */
  #known: readonly Redis[] = []

  constructor (address: RedisAddress, events: ClientEvents) {
    this.#events = events
    this.#cluster = new Cluster([...address.nodes], {
      lazyConnect: true,
      enableOfflineQueue: false,
      redisOptions: nodeOptions(address),
      clusterRetryStrategy: retryDelayMs,
      slotsRefreshTimeout: CONNECT_TIMEOUT_MS
    })
    this.#cluster
      .on('error', events.onError)
      .on('node error', events.onError)
      .on('close', events.onClose)
      .on('ready', events.onReady)
      .on('refresh', () => { this.#checkPrimaries() })
      .on('+node', (node: Redis) => { this.#watch(node) })
      .on('-node', (node: Redis) => {
        this.#replies.delete(node)
        this.#checkPrimaries()
      })
  }

  get commands (): RedisCommands {
    return this.#cluster
  }

  async connect (): Promise<void> {
    await this.#cluster.connect()
  }

  /**
   * Also asks which node has which slots, so that a fail-over is noticed that no command meets. ioredis' own
   * `slotsRefreshInterval` does not end with `disconnect()` if it is asking at that moment, and keeps the process alive.
   */
  ping (): void {
    if (this.#cluster.status === 'ready') this.#cluster.refreshSlotsCache()
    for (const node of this.#primaries()) node.ping().then(() => { this.noteReply() }, () => {})
  }

  noteReply (): void {
    for (const { noteReply } of this.#replies.values()) noteReply()
  }

  async readInfo (): Promise<readonly RedisInfo[]> {
    const infos = await Promise.allSettled(this.#primaries().map(readInfo))
    const [first] = infos
    if (first?.status === 'rejected' && infos.every(({ status }) => status === 'rejected')) throw first.reason
    return infos.flatMap((info) => info.status === 'fulfilled' ? [info.value] : [])
  }

  reconnect (): void {
    if (this.#cluster.status === 'ready') this.#cluster.disconnect(true)
  }

  close (): void {
    this.#cluster.disconnect()
  }

  #primaries (): Redis[] {
    return this.#cluster.nodes('master')
  }

  #watch (node: Redis): void {
    this.#replies.set(node, limitReplySize(node, this.#events.onTooLarge))
    // Not if it was never reached: until a fail-over is done, the lost primary is found again and again.
    node.on('ready', () => { node.once('close', () => { if (this.#primaries().includes(node)) this.#events.onClose() }) })
  }

  /** Nodes that only hold copies may come and go, which changes nothing. */
  #checkPrimaries (): void {
    const primaries = this.#primaries()
    const isSame = primaries.length === this.#known.length && primaries.every((node) => this.#known.includes(node))
    this.#known = primaries
    if (!isSame && this.#cluster.status === 'ready') this.#events.onReady()
  }
}
