import { randomBytes } from 'node:crypto'
import type { Kernel } from '../../kernel/kernel.js'

const LIFETIME_MS = 3_600_000

/** What is recovered: a forgotten password, or a locked account. */
export type RecoveryType = 'PASSWORD' | 'UNLOCK'

/** What a recovery token is for. */
export interface Recovery {
  readonly userId: string
  readonly type: RecoveryType
}

interface Entry extends Recovery {
  readonly expiresAt: number
}

/** The one-time tokens of links that recover an account: in an e-mail, or from an administrator. Each lives for an hour. */
export class RecoveryTokens {
  readonly #byToken = new Map<string, Entry>()
  readonly #kernel: Kernel

  constructor (kernel: Kernel) {
    this.#kernel = kernel
  }

  create (recovery: Recovery): string {
    const now = this.#kernel.clock.now()
    for (const [token, { expiresAt }] of this.#byToken) if (expiresAt <= now) this.#byToken.delete(token)
    const token = randomBytes(15).toString('base64url')
    this.#byToken.set(token, { ...recovery, expiresAt: now + LIFETIME_MS })
    return token
  }

  /** Uses up a token. Undefined if it is unknown, used or expired. */
  consume (token: string): Recovery | undefined {
    const entry = this.#byToken.get(token)
    this.#byToken.delete(token)
    return entry && entry.expiresAt > this.#kernel.clock.now() ? entry : undefined
  }

  /** For a snapshot. */
  save (): unknown {
    return [...this.#byToken]
  }

  /** Puts what was saved in the place of what is here. */
  load (saved: unknown): void {
    this.clear()
    for (const [token, entry] of structuredClone(saved) as Array<[string, Entry]>) this.#byToken.set(token, entry)
  }

  clear (): void {
    this.#byToken.clear()
  }
}
