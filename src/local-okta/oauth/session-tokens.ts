import { randomBytes } from 'node:crypto'
import type { Kernel } from '../kernel/kernel.js'

const LIFETIME_MS = 300_000

/** How a session token signs in. */
export interface SessionTokenUse {
  readonly userId: string
  /** How the user has authenticated (RFC 8176). */
  readonly amr: string[]
}

interface SessionTokenEntry extends SessionTokenUse {
  readonly expiresAt: number
}

/** One-time tokens of `/api/v1/authn`: each signs a user in at `/authorize`, or is exchanged for a session. */
export class SessionTokens {
  readonly #byToken = new Map<string, SessionTokenEntry>()
  readonly #kernel: Kernel

  constructor (kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Makes a token that lives for five minutes. */
  create (userId: string, amr: string[]): { token: string, expiresAt: number } {
    const now = this.#kernel.clock.now()
    for (const [old, { expiresAt }] of this.#byToken) {
      if (expiresAt <= now) this.#byToken.delete(old)
    }
    const token = `2011${randomBytes(32).toString('base64url')}`
    const expiresAt = now + LIFETIME_MS
    this.#byToken.set(token, { userId, amr, expiresAt })
    return { token, expiresAt }
  }

  /** Uses up a token. Undefined if it is unknown, used or expired. */
  consume (token: string): SessionTokenUse | undefined {
    const found = this.#byToken.get(token)
    this.#byToken.delete(token)
    return found && found.expiresAt > this.#kernel.clock.now() ? found : undefined
  }

  /** For a snapshot. */
  save (): unknown {
    return [...this.#byToken]
  }

  /** Puts what was saved in the place of what is here. */
  load (saved: unknown): void {
    this.clear()
    for (const [token, entry] of saved as Array<[string, SessionTokenEntry]>) this.#byToken.set(token, { ...entry })
  }

  clear (): void {
    this.#byToken.clear()
  }
}
