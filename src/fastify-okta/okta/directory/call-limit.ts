import { LRUCache } from 'lru-cache'
import { startTimeout } from '../../oauth/timeout.js'
import { busy } from './directory-failure.js'

interface CallLimitOptions {
  readonly maxRunning: number
  /** For one caller. */
  readonly maxRunningPerCaller: number
  /** For one caller; more are refused at once. */
  readonly maxWaitingPerCaller: number
}

/**
 * How much work runs at once, of all callers and of each. Work waits in the order in which it came, except that a caller who
 * has as much as may run is passed over, so that nobody waits behind one caller's flood.
 */
export class CallLimit {
  readonly #options: CallLimitOptions
  readonly #running = new Map<string, number>()
  readonly #waiting = new Map<() => void, string>()
  #total = 0

  constructor (options: CallLimitOptions) {
    this.#options = options
  }

  /**
   * Runs work of a caller, as soon as there is room.
   *
   * @throws {DirectoryFailure} `busy`: the caller has too much waiting, or there was no room within `maxWaitMs`
   */
  async run<T> (caller: string, maxWaitMs: number, work: () => Promise<T>): Promise<T> {
    if (this.#hasRoom(caller)) this.#count(caller, 1)
    else await this.#wait(caller, maxWaitMs)
    try {
      return await work()
    } finally {
      this.#count(caller, -1)
      this.#startWaiting()
    }
  }

  #hasRoom (caller: string): boolean {
    const { maxRunning, maxRunningPerCaller } = this.#options
    return this.#total < maxRunning && (this.#running.get(caller) ?? 0) < maxRunningPerCaller
  }

  /** Has been counted among what runs when it resolves. */
  async #wait (caller: string, maxWaitMs: number): Promise<void> {
    const waiting = [...this.#waiting.values()].filter((other) => other === caller).length
    if (waiting >= this.#options.maxWaitingPerCaller) throw busy('one caller asks for too much at once')
    await new Promise<void>((resolve, reject) => {
      const start = (): void => {
        cancel()
        this.#waiting.delete(start)
        this.#count(caller, 1)
        resolve()
      }
      const cancel = startTimeout(maxWaitMs, () => {
        this.#waiting.delete(start)
        reject(busy('too much is asked of Okta at once'))
      })
      this.#waiting.set(start, caller)
    })
  }

  #startWaiting (): void {
    for (const [start, caller] of this.#waiting) if (this.#hasRoom(caller)) start()
  }

  #count (caller: string, change: 1 | -1): void {
    const running = (this.#running.get(caller) ?? 0) + change
    this.#total += change
    if (running === 0) this.#running.delete(caller)
    else this.#running.set(caller, running)
  }
}

const MAX_CALLERS = 10_000

/** How often a caller may do something: some times in a row, and then once in each interval. */
export class CallRate {
  readonly #burst: number
  readonly #intervalMs: number
  /** When each caller will have its whole burst again. */
  readonly #fullAt = new LRUCache<string, number>({ max: MAX_CALLERS })

  constructor ({ burst, intervalMs }: { readonly burst: number, readonly intervalMs: number }) {
    this.#burst = burst
    this.#intervalMs = intervalMs
  }

  /** @throws {DirectoryFailure} `busy`: it is too often */
  use (caller: string): void {
    const now = performance.now()
    const fullAt = Math.max(now, this.#fullAt.get(caller) ?? now)
    if (fullAt - now > (this.#burst - 1) * this.#intervalMs) throw busy('one caller asks too often')
    this.#fullAt.set(caller, fullAt + this.#intervalMs)
  }
}
