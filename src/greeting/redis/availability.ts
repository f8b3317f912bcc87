import type { FastifyBaseLogger } from 'fastify'

const WARN_INTERVAL_MS = 60_000

/** Logs once when Redis becomes unavailable and once when it is available again. */
export class Availability {
  readonly #log: FastifyBaseLogger
  #isAvailable: boolean | undefined
  #reason = 'closed'
  #warnedAt = -Infinity
  #isClosed = false

  constructor (log: FastifyBaseLogger) {
    this.#log = log
  }

  /** False before the first connection too. */
  get isAvailable (): boolean {
    return this.#isAvailable === true
  }

  set (isAvailable: boolean): void {
    if (this.#isClosed || isAvailable === this.#isAvailable) return
    const isFirst = this.#isAvailable === undefined
    this.#isAvailable = isAvailable
    if (!isAvailable) this.#log.warn({ reason: this.#reason }, 'Redis is unavailable; this replica keeps running independently')
    else this.#log.info(isFirst ? 'connected to Redis; replicas share state' : 'reconnected to Redis; replicas share state again')
    this.#reason = 'closed'
  }

  /** Why Redis is going to be unavailable, for the log. */
  recordFailure (reason: string): void {
    this.#reason = reason
  }

  /** Warns unless it has within the last minute; returns whether it did. While Redis is unavailable, failing commands are expected. */
  warnOncePerMinute (reason: string): boolean {
    const now = performance.now()
    if (this.#isClosed || this.#isAvailable !== true || now - this.#warnedAt < WARN_INTERVAL_MS) return false
    this.#warnedAt = now
    this.#log.warn({ reason }, 'Redis commands are failing')
    return true
  }

  /** Logs nothing from now on. */
  close (): void {
    this.#isClosed = true
  }
}

/** A code of Node's, or the word that Redis begins a refusal with. */
export function reasonOf (error: unknown): string {
  const { code, message = '' } = error as { code?: unknown, message?: string }
  return typeof code === 'string' ? code : /^[A-Z]{2,}(?= )/.exec(message)?.[0] ?? 'no answer'
}
