import { randomBytes } from 'node:crypto'
import type { Kernel } from '../kernel/kernel.js'

const LIFETIME_MS = 300_000

/** One-time tokens of `/api/v1/authn`: each signs a user in at `/authorize`, or is exchanged for a session. */
export class SessionTokens {
  readonly #byToken = new Map<string, { userId: string, expiresAt: number }>()
  readonly #kernel: Kernel

  constructor (kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Makes a token that lives for five minutes. */
  create (userId: string): { token: string, expiresAt: number } {
    const now = this.#kernel.clock.now()
    for (const [old, { expiresAt }] of this.#byToken) {
      if (expiresAt <= now) this.#byToken.delete(old)
    }
    const token = `2011${randomBytes(32).toString('base64url')}`
    const expiresAt = now + LIFETIME_MS
    this.#byToken.set(token, { userId, expiresAt })
    return { token, expiresAt }
  }

  /** Uses up a token. Undefined if it is unknown, used or expired. */
  consume (token: string): string | undefined {
    const found = this.#byToken.get(token)
    this.#byToken.delete(token)
    return found && found.expiresAt > this.#kernel.clock.now() ? found.userId : undefined
  }

  /** For a snapshot. */
  save (): unknown {
    return [...this.#byToken]
  }

  /** Puts what was saved in the place of what is here. */
  load (saved: unknown): void {
    this.clear()
    for (const [token, entry] of saved as Array<[string, { userId: string, expiresAt: number }]>) this.#byToken.set(token, { ...entry })
  }

  clear (): void {
    this.#byToken.clear()
  }
}
