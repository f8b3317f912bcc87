import { randomUUID } from 'node:crypto'
import { DirectoryFailure, toDirectoryFailure } from '../directory/directory-failure.js'
import { applyLogEvents, isRevoking } from './log-event.js'
import { readPosition, writePosition, type LogPosition, type LogPositionStore } from './log-position.js'
import type { OktaOrg } from './okta-org.js'
import { askStore } from './optional-store.js'
import type { ReceivedMessage } from './received-message.js'
import type { SeenEvents } from './seen-events.js'
import type { LogPage, SystemLogApi } from './system-log-api.js'

interface SystemLogOptions {
  readonly org: OktaOrg
  readonly api: Pick<SystemLogApi, 'read' | 'urlSince' | 'isPage'>
  readonly seen: SeenEvents
  readonly pollMs: number
  /** How far back the log is read at the start, in milliseconds: as long as tokens live. */
  readonly maxTokenLifetimeMs: number
  /** How long a user may be cached, in milliseconds: an older change of a user needs no eviction. */
  readonly userCacheCeilingMs: number
  readonly store: LogPositionStore | null
  /** Called each time that the log was read, though perhaps nothing was new in it. */
  readonly onRead: () => void
  /** Called for each event that was read, and had not been seen before. */
  readonly onMessage: (message: ReceivedMessage) => void
  /** Called when the log cannot be read, if it could before or if the failure is another one. */
  readonly onFailure: (failure: DirectoryFailure) => void
  /** Called when it can be read again. */
  readonly onRecovery: () => void
}

/** An event may arrive in the log some time after it was published: from a time, rather than a page, go on earlier by this. */
const LATE_MS = 600_000
/** A poll reads up to so many pages: at most 20 000 events, and the rest at the next poll. */
const MAX_PAGES = 100
/** Other calls of the same credentials may use the same limit: the rest of the pages is read at the next poll. */
const MIN_REMAINING_CALLS = 10
/** While a process reads, its lease outlives the slowest answer. */
const READING_LEASE_MS = 30_000
/** Store commands are quick; the process that has none waits for the lease of another a little longer. */
const LEASE_MARGIN_MS = 50

/**
 * Reads the System Log of an org at intervals, for the events that no event hook has delivered. It follows the `next` links,
 * since the log is in the order in which events arrive and not in that of `published`; a time is only where it begins: at the
 * start as far back as tokens live, or where another process has stopped.
 *
 * With a store one process of a fleet reads at each interval: whichever comes first when the interval is over.
 */
export class SystemLog {
  readonly #options: SystemLogOptions
  readonly #holder = randomUUID()
  #position: LogPosition
  #failure: string | undefined
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor (options: SystemLogOptions) {
    this.#options = options
    this.#position = { seenUntil: this.#oldest(), next: null }
  }

  /** Reads the log now, and from then on at intervals. Resolves when the first reading is over, or has failed. Does not reject. */
  async start (): Promise<void> {
    const startedAt = performance.now()
    const waitMs = await this.#poll()
    if (this.#isStopped) return
    const elapsedMs = performance.now() - startedAt
    this.#timer = setTimeout(() => { this.start().catch(() => {}) }, Math.max(LEASE_MARGIN_MS, waitMs - elapsedMs)).unref()
  }

  /** Reads nothing from now on. */
  stop (): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  /** Returns after how many milliseconds, from its beginning, the next poll is due. */
  async #poll (): Promise<number> {
    const { pollMs } = this.#options
    const freeInMs = await this.#lease()
    if (freeInMs > 0) return freeInMs + LEASE_MARGIN_MS
    try {
      await this.#readPages()
      await this.#save(pollMs)
      this.#options.onRead()
      this.#recover()
      return pollMs
    } catch (error) {
      const failure = toDirectoryFailure(error)
      // Another process may be able to read.
      await this.#save(1)
      this.#fail(failure)
      return Math.max(pollMs, failure.waitMs)
    }
  }

  async #readPages (): Promise<void> {
    for (let count = 0; count < MAX_PAGES && !this.#isStopped; count++) {
      const { events, next, remainingCalls = Infinity } = await this.#readPage()
      await this.#apply(events)
      this.#advance(events, next)
      if (events.length === 0 || next === null || remainingCalls < MIN_REMAINING_CALLS) return
      if (!await this.#save(READING_LEASE_MS)) return
    }
  }

  async #readPage (): Promise<LogPage> {
    const { api } = this.#options
    const { seenUntil, next } = this.#position
    if (next !== null && seenUntil >= this.#oldest() && api.isPage(next)) {
      try {
        return await api.read(next)
      } catch (error) {
        // Okta does not know the page any more, or the URL is not that of a page.
        if (!(error instanceof DirectoryFailure && error.status === 400)) throw error
      }
    }
    return await api.read(api.urlSince(new Date(Math.max(seenUntil.getTime() - LATE_MS, this.#oldest().getTime()))))
  }

  async #apply (events: LogPage['events']): Promise<void> {
    const { org, seen, userCacheCeilingMs, onMessage } = this.#options
    const cachedSince = Date.now() - userCacheCeilingMs
    const relevant = events.filter(({ uuid, eventType, published }) =>
      (isRevoking(String(eventType)) || !(Date.parse(String(published)) < cachedSince)) && seen.add('event', uuid))
    for (const message of await applyLogEvents(relevant, org, 'system_log')) onMessage(message)
  }

  /** An empty page says that everything that has arrived was seen. */
  #advance (events: LogPage['events'], next: string | null): void {
    const now = Date.now()
    const times = events.length === 0 ? [now] : events.map(({ published }) => Date.parse(String(published))).filter((time) => time <= now)
    this.#position = { seenUntil: new Date(Math.max(this.#position.seenUntil.getTime(), ...times)), next }
  }

  /** Returns 0 if this process is to read now; else when another one's lease is over, in milliseconds. Does not reject. */
  async #lease (): Promise<number> {
    const { store, org } = this.#options
    const lease = await askStore(store, async (store) => await store.lease(org.url, this.#holder, READING_LEASE_MS))
    if (lease === undefined) return 0
    const shared = readPosition(lease.position)
    if (shared !== null && shared.seenUntil >= this.#position.seenUntil) this.#position = shared
    return lease.freeInMs
  }

  /** Returns whether this process still has the lease, or cannot know. Does not reject. */
  async #save (leaseMs: number): Promise<boolean> {
    const { store, org } = this.#options
    return await askStore(store, async (store) => await store.save(org.url, this.#holder, writePosition(this.#position), leaseMs)) ?? true
  }

  #fail (failure: DirectoryFailure): void {
    if (failure.message === this.#failure) return
    this.#failure = failure.message
    this.#options.onFailure(failure)
  }

  #recover (): void {
    if (this.#failure === undefined) return
    this.#failure = undefined
    this.#options.onRecovery()
  }

  /** Tokens that were issued before have expired. */
  #oldest (): Date {
    return new Date(Date.now() - this.#options.maxTokenLifetimeMs)
  }
}
