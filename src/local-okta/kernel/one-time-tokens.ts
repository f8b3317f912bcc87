import { randomBytes } from 'node:crypto'
import type { Kernel } from './kernel.js'

interface OneTimeTokensOptions {
  /** What the tokens begin with. Default: nothing. */
  readonly prefix?: string
  readonly randomBytes: number
  readonly lifetimeMs: number
}

type Entry<Use> = Use & {
  /** In milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Tokens that can be used once, within a time by the org's clock. */
export class OneTimeTokens<Use extends object> {
  readonly #byToken = new Map<string, Entry<Use>>()
  readonly #kernel: Kernel
  readonly #options: OneTimeTokensOptions

  constructor (kernel: Kernel, options: OneTimeTokensOptions) {
    this.#kernel = kernel
    this.#options = options
  }

  /** Makes a token. `use` is what it is for. */
  create (use: Use): { token: string, expiresAt: number } {
    const { prefix = '', randomBytes: size, lifetimeMs } = this.#options
    const now = this.#kernel.clock.now()
    for (const [old, { expiresAt }] of this.#byToken) if (expiresAt <= now) this.#byToken.delete(old)
    const token = `${prefix}${randomBytes(size).toString('base64url')}`
    const expiresAt = now + lifetimeMs
    this.#byToken.set(token, { ...use, expiresAt })
    return { token, expiresAt }
  }

  /** Uses up a token. Undefined if it is unknown, used or expired. */
  consume (token: string): Use | undefined {
    const entry = this.#byToken.get(token)
    this.#byToken.delete(token)
    return entry && entry.expiresAt > this.#kernel.clock.now() ? entry : undefined
  }

  /** Drops the tokens for which `matches` is true. */
  drop (matches: (use: Use) => boolean): void {
    for (const [token, entry] of this.#byToken) if (matches(entry)) this.#byToken.delete(token)
  }

  /** For a snapshot. */
  save (): unknown {
    return [...this.#byToken]
  }

  /** Puts what was saved in the place of what is here. */
  load (saved: unknown): void {
    this.clear()
    for (const [token, entry] of structuredClone(saved) as Array<[string, Entry<Use>]>) this.#byToken.set(token, entry)
  }

  clear (): void {
    this.#byToken.clear()
  }
}
