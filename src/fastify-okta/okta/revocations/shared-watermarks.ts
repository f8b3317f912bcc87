import { withDeadline } from '../directory/deadline.js'
import type { RevocationStore } from './revocation-store.js'
import type { Watermark, Watermarks } from './watermarks.js'

interface SharedWatermarksOptions {
  readonly store: RevocationStore
  readonly org: string
  readonly watermarks: Watermarks
  /** How far a watermark of another process may lie ahead of this process' clock, in milliseconds. */
  readonly clockToleranceMs: number
  /** Called with what the store failed with: with the first failure, until it has worked again. */
  readonly onFailure: (error: unknown) => void
}

/** Far longer than a store nearby takes, in milliseconds. */
const RAISE_TIMEOUT_MS = 2000
const READ_TIMEOUT_MS = 5000
/** Between attempts to exchange the watermarks with a store that fails, in milliseconds. */
const RETRY_MS = 1000
/** Maximum number of watermarks in one call of the store. */
const MAX_PER_CALL = 500

/**
 * The watermarks of an org as several processes share them. What this process raises goes to the store, and so to the
 * others; what they raise comes from it. Whenever the two may have drifted apart, they are exchanged as a whole: the store
 * failed, messages were missed, or the store has lost its data. That is repeated until it succeeds.
 */
export class SharedWatermarks {
  readonly #options: SharedWatermarksOptions
  /** How often this process and the store may have drifted apart, and how often that was made good. */
  #drifts = 1
  #exchanged = 0
  #exchanging: Promise<void> | undefined
  #hasRead = false
  #isFailing = false
  #retry: NodeJS.Timeout | undefined
  #isClosed = false

  constructor (options: SharedWatermarksOptions) {
    this.#options = options
    options.store.subscribe(options.org, (received) => {
      if (received === null) this.#drift()
      else this.#receive(received)
    })
  }

  /** Whether this process has once known all watermarks of the store. */
  get hasRead (): boolean {
    return this.#hasRead
  }

  /** Reads the watermarks of the store; if it fails, that is repeated in the background. Does not reject. */
  async open (): Promise<void> {
    await this.#exchangeAll()
  }

  /** Gives watermarks to the store; if it fails, they are given to it later. Does not reject. */
  async publish (watermarks: readonly Watermark[]): Promise<void> {
    const { store, org } = this.#options
    try {
      await withDeadline(store.raise(org, watermarks), RAISE_TIMEOUT_MS, 'the revocation store is slow')
    } catch (error) {
      this.#fail(error)
      this.#drift(RETRY_MS)
    }
  }

  /** Exchanges nothing from now on. */
  close (): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
  }

  #drift (delayMs = 0): void {
    this.#drifts++
    this.#exchangeLater(delayMs)
  }

  #exchangeLater (delayMs: number): void {
    // One that is due sooner stays.
    if (this.#isClosed || (delayMs > 0 && this.#retry !== undefined)) return
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.#exchangeAll().catch((error: unknown) => { this.#fail(error) })
    }, delayMs).unref()
  }

  async #exchangeAll (): Promise<void> {
    this.#exchanging ??= this.#exchange().finally(() => { this.#exchanging = undefined })
    await this.#exchanging
  }

  async #exchange (): Promise<void> {
    const drifts = this.#drifts
    try {
      const stored = await this.#readStore()
      await this.#putBack(stored)
      this.#exchanged = drifts
      this.#isFailing = false
    } catch (error) {
      this.#fail(error)
    }
    if (this.#exchanged < this.#drifts) this.#exchangeLater(RETRY_MS)
  }

  /** The times of the store's watermarks; each is raised here. */
  async #readStore (): Promise<ReadonlyMap<string, number>> {
    const { store, org } = this.#options
    const stored = await withDeadline(store.readAll(org), READ_TIMEOUT_MS, 'the revocation store is slow')
    this.#receive(stored)
    this.#hasRead = true
    return new Map(stored.map(({ subject, atMs }) => [subject, atMs]))
  }

  /** Raises in the store what this process knows better. */
  async #putBack (stored: ReadonlyMap<string, number>): Promise<void> {
    const { store, org, watermarks } = this.#options
    const missing = [...watermarks.entries()].filter(({ subject, atMs }) => (stored.get(subject) ?? -Infinity) < atMs)
    for (let i = 0; i < missing.length; i += MAX_PER_CALL) {
      await withDeadline(store.raise(org, missing.slice(i, i + MAX_PER_CALL)), RAISE_TIMEOUT_MS, 'the revocation store is slow')
    }
  }

  #fail (error: unknown): void {
    if (!this.#isFailing) this.#options.onFailure(error)
    this.#isFailing = true
  }

  /**
   * A watermark from the future counts as now. Another process' clock may be ahead of this one's by as much as tokens may
   * be: to cut its watermark at this clock's time would accept tokens that it is to refuse.
   */
  #receive (received: readonly Watermark[]): void {
    const { watermarks, clockToleranceMs } = this.#options
    const maxMs = Date.now() + clockToleranceMs
    for (const { subject, atMs } of received) {
      if (typeof subject === 'string' && Number.isFinite(atMs)) watermarks.raise(subject, Math.min(atMs, maxMs))
    }
  }
}
