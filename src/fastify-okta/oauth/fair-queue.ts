export interface FairQueueOptions {
  /** How many may run at once. */
  readonly maxConcurrent: number
  /** How many may wait, all callers together. */
  readonly maxWaiting: number
  /** How many of one caller may wait. */
  readonly maxWaitingPerCaller: number
  /** How long one may wait, in milliseconds. */
  readonly maxWaitMs: number
}

/** There is no room to wait, or the wait was too long. Says nothing about the server that would have been called. */
export class QueueFullError extends Error {
  constructor () {
    super('too much is waiting')
  }
}

interface Waiter {
  readonly start: () => void
  readonly refuse: () => void
}

/**
 * Limits how much runs at once. What must wait, waits in a queue of its caller, and callers take turns (fair queuing):
 * however much one of them sends, another one waits for one turn of each. A caller alone may use everything.
 *
 * If too much is waiting, the caller who has most waiting loses its latest.
 */
export class FairQueue {
  readonly #options: FairQueueOptions
  /** In the order of their turns; without those who have nothing waiting. */
  readonly #queues = new Map<string, Waiter[]>()
  #waiting = 0
  #running = 0

  constructor (options: FairQueueOptions) {
    this.#options = options
  }

  /** @throws {QueueFullError} the work was not begun */
  async run<T> (caller: string, work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#options.maxConcurrent) this.#running++
    else await this.#waitForTurn(caller)
    try {
      return await work()
    } finally {
      this.#passOn()
    }
  }

  async #waitForTurn (caller: string): Promise<void> {
    const { maxWaiting, maxWaitingPerCaller, maxWaitMs } = this.#options
    const queue = this.#queues.get(caller) ?? []
    if (queue.length >= maxWaitingPerCaller) throw new QueueFullError()
    if (this.#waiting >= maxWaiting) this.#refuseLatestOfLongest(queue.length)

    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => { this.#remove(caller, waiter) }, maxWaitMs)
      const waiter: Waiter = {
        start: () => { clearTimeout(timer); resolve() },
        refuse: () => { clearTimeout(timer); reject(new QueueFullError()) }
      }
      queue.push(waiter)
      this.#queues.set(caller, queue)
      this.#waiting++
    })
  }

  /** Gives the place of one that has ended to the first of the next caller. */
  #passOn (): void {
    const [next] = this.#queues
    if (next === undefined) {
      this.#running--
      return
    }
    const [caller, queue] = next
    const waiter = queue.shift() as Waiter
    this.#waiting--
    this.#queues.delete(caller)
    if (queue.length > 0) this.#queues.set(caller, queue)
    waiter.start()
  }

  #refuseLatestOfLongest (ownLength: number): void {
    const [caller, queue] = [...this.#queues].reduce((longest, other) => other[1].length > longest[1].length ? other : longest)
    if (queue.length <= ownLength) throw new QueueFullError()
    this.#remove(caller, queue.at(-1) as Waiter)
  }

  #remove (caller: string, waiter: Waiter): void {
    const queue = this.#queues.get(caller) as Waiter[]
    queue.splice(queue.indexOf(waiter), 1)
    if (queue.length === 0) this.#queues.delete(caller)
    this.#waiting--
    waiter.refuse()
  }
}
