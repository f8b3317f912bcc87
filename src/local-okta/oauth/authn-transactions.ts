import { randomBytes } from 'node:crypto'
import type { Kernel } from '../kernel/kernel.js'

const LIFETIME_MS = 300_000

/** What a user must do before the sign-in is done. */
export type AuthnStep = 'PASSWORD_EXPIRED' | 'MFA_REQUIRED'

/** A sign-in at `/authn` that is not done yet. */
export interface AuthnTransaction {
  readonly stateToken: string
  readonly userId: string
  readonly step: AuthnStep
  /** In milliseconds since the epoch. */
  readonly expiresAt: number
}

/** The sign-ins at `/authn` that are not done yet, by their state tokens. */
export class AuthnTransactions {
  readonly #byToken = new Map<string, AuthnTransaction>()
  readonly #kernel: Kernel

  constructor (kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Begins one, which lives for five minutes. */
  begin (userId: string, step: AuthnStep): AuthnTransaction {
    const now = this.#kernel.clock.now()
    for (const { stateToken, expiresAt } of this.#byToken.values()) if (expiresAt <= now) this.end(stateToken)
    const transaction = { stateToken: `00${randomBytes(30).toString('base64url')}`, userId, step, expiresAt: now + LIFETIME_MS }
    this.#byToken.set(transaction.stateToken, transaction)
    return transaction
  }

  /** The one with this state token, or undefined. */
  find (stateToken: string): AuthnTransaction | undefined {
    const transaction = this.#byToken.get(stateToken)
    return transaction && transaction.expiresAt > this.#kernel.clock.now() ? transaction : undefined
  }

  end (stateToken: string): void {
    this.#byToken.delete(stateToken)
  }

  /** For a snapshot. */
  save (): unknown {
    return [...this.#byToken.values()]
  }

  /** Puts what was saved in the place of what is here. */
  load (saved: unknown): void {
    this.clear()
    for (const transaction of structuredClone(saved) as AuthnTransaction[]) this.#byToken.set(transaction.stateToken, transaction)
  }

  clear (): void {
    this.#byToken.clear()
  }
}
