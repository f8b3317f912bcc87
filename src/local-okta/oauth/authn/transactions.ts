import { randomBytes } from 'node:crypto'
import { OktaApiError } from '../../kernel/errors.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { EnrollableFactor } from '../../resources/policies/enrollment-policy.js'
import type { RecoveryType } from '../../resources/users/recovery-tokens.js'
import { Users } from '../../resources/users/store.js'
import type { User } from '../../resources/users/user.js'

const LIFETIME_MS = 300_000

/** What a user must do next, in the words of `/authn`. */
export type AuthnStatus = 'PASSWORD_WARN' | 'PASSWORD_EXPIRED' | 'MFA_REQUIRED' | 'MFA_CHALLENGE' | 'MFA_ENROLL' | 'MFA_ENROLL_ACTIVATE' |
  'RECOVERY' | 'RECOVERY_CHALLENGE' | 'PASSWORD_RESET'

/** A sign-in, or a recovery, that is not done yet. */
export interface AuthnTransaction {
  readonly stateToken: string
  readonly userId: string
  readonly status: AuthnStatus
  /** How the user has authenticated so far (RFC 8176). */
  readonly amr: readonly string[]
  /** What may be enrolled, and what must be, at `MFA_ENROLL`. */
  readonly enrollable?: readonly EnrollableFactor[] | undefined
  /** Of the factor that is checked or enrolled at the moment. */
  readonly factorId?: string | undefined
  readonly recoveryType?: RecoveryType | undefined
  /** Where the code of a recovery was sent. */
  readonly recoveryFactor?: 'EMAIL' | 'SMS' | 'CALL' | undefined
  readonly recoveryCode?: string | undefined
  /** Sent back to the client as it was. */
  readonly relayState?: string | undefined
  /** True if further factors may be enrolled after the first one (`multiOptionalFactorEnroll`). */
  readonly offersMoreFactors?: boolean | undefined
  /** True if the client shows that a password will expire (`warnBeforePasswordExpired`). */
  readonly warnsOfExpiry?: boolean | undefined
  /** In milliseconds since the epoch. */
  readonly expiresAt: number
}

/** What a client wants of a sign-in. */
export type SignInOptions = Pick<AuthnTransaction, 'relayState' | 'offersMoreFactors' | 'warnsOfExpiry'>

/** What begins a transaction. */
type NewTransaction = Omit<AuthnTransaction, 'stateToken' | 'expiresAt'>

/** A transaction and its user. */
export interface Step {
  readonly transaction: AuthnTransaction
  readonly user: User
}

/** The sign-ins and recoveries that are not done yet, by their state tokens. */
export class AuthnTransactions {
  readonly #byToken = new Map<string, AuthnTransaction>()
  readonly #kernel: Kernel

  constructor (kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Begins one, which lives for five minutes. */
  begin (transaction: NewTransaction): AuthnTransaction {
    const now = this.#kernel.clock.now()
    for (const { stateToken, expiresAt } of this.#byToken.values()) if (expiresAt <= now) this.end(stateToken)
    return this.#keep({ ...transaction, stateToken: `00${randomBytes(30).toString('base64url')}`, expiresAt: now + LIFETIME_MS })
  }

  /** Goes on to another step. The state token stays, and its five minutes begin again. */
  advance (transaction: AuthnTransaction, changes: Partial<NewTransaction>): AuthnTransaction {
    return this.#keep({ ...transaction, ...changes, expiresAt: this.#kernel.clock.now() + LIFETIME_MS })
  }

  /**
   * The transaction with this state token, and its user.
   *
   * @throws {OktaApiError} 401 E0000011 if it is unknown, done or expired, or its user has been suspended or deactivated since
   */
  get (stateToken: string): Step {
    const transaction = this.#byToken.get(stateToken)
    const user = this.#kernel.store(Users).findById(transaction?.userId ?? '')
    if (!transaction || transaction.expiresAt <= this.#kernel.clock.now()) throw new OktaApiError('E0000011')
    if (!user || user.status === 'SUSPENDED' || user.status === 'DEPROVISIONED') throw new OktaApiError('E0000011')
    return { transaction, user }
  }

  /** The same if it has come to one of these steps. @throws {OktaApiError} 401 E0000011; 403 E0000079 for another step */
  getAt (stateToken: string, ...statuses: AuthnStatus[]): Step {
    const step = this.get(stateToken)
    if (!statuses.includes(step.transaction.status)) throw new OktaApiError('E0000079')
    return step
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
    for (const transaction of structuredClone(saved) as AuthnTransaction[]) this.#keep(transaction)
  }

  clear (): void {
    this.#byToken.clear()
  }

  #keep (transaction: AuthnTransaction): AuthnTransaction {
    this.#byToken.set(transaction.stateToken, transaction)
    return transaction
  }
}
