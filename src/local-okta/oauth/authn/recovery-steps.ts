import { randomInt } from 'node:crypto'
import { OktaApiError } from '../../kernel/errors.js'
import type { Kernel } from '../../kernel/kernel.js'
import { isSameText } from '../../kernel/same-text.js'
import { Messages } from '../../resources/messages/store.js'
import { PasswordPolicies } from '../../resources/policies/password-policy.js'
import { ActivationTokens } from '../../resources/users/activation-tokens.js'
import { userActor } from '../../resources/users/events.js'
import { RecoveryTokens } from '../../resources/users/recovery-tokens.js'
import type { RecoveryType } from '../../resources/users/recovery-tokens.js'
import { Users } from '../../resources/users/store.js'
import type { User, UserStatus } from '../../resources/users/user.js'
import { BY_PASSWORD } from './methods.js'
import type { SignIn, SignInSteps } from './sign-in-steps.js'
import { AuthnTransactions } from './transactions.js'
import type { AuthnTransaction } from './transactions.js'

/** How a user proves to be the owner of the account. */
export const RECOVERY_FACTORS = ['EMAIL', 'SMS', 'CALL'] as const

export type RecoveryFactor = typeof RECOVERY_FACTORS[number]

/** Whose account is recovered, and how. */
interface RecoveryRequest {
  readonly username: string
  readonly factor: RecoveryFactor
  readonly type: RecoveryType
  readonly relayState: string | undefined
  /** Of the client, for the rules of the password policy. */
  readonly ipAddress: string
}

/** What a recovery has come to: as a sign-in, or the account is unlocked and the user may sign in. */
export type RecoveryResult = SignIn | { readonly status: 'UNLOCKED', readonly relayState: string | undefined }

const RECOVERABLE: Readonly<Record<RecoveryType, readonly UserStatus[]>> = {
  PASSWORD: ['ACTIVE', 'RECOVERY', 'PASSWORD_EXPIRED'], UNLOCK: ['LOCKED_OUT']
}
const SUBJECTS: Readonly<Record<RecoveryType, string>> = { PASSWORD: 'Account password reset', UNLOCK: 'Account unlock' }

/**
 * The steps that recover an account, in the words of `/authn`: a link by e-mail or a code by phone, the answer of the recovery
 * question if the user has one, then a new password. Messages go nowhere: the console shows them.
 */
export class RecoverySteps {
  readonly #kernel: Kernel
  readonly #signIn: SignInSteps
  readonly #transactions: AuthnTransactions

  constructor (kernel: Kernel, signIn: SignInSteps) {
    this.#kernel = kernel
    this.#signIn = signIn
    this.#transactions = kernel.store(AuthnTransactions)
  }

  /** Sends a recovery token by e-mail, if there is such a user who may have one. Does NOT say whether there is one. */
  sendLink ({ username, type, ipAddress }: Pick<RecoveryRequest, 'username' | 'type' | 'ipAddress'>): void {
    const user = this.#kernel.store(Users).find(username)
    if (!user || !RECOVERABLE[type].includes(user.status) || !this.#isAllowed(user, { type, factor: 'EMAIL', ipAddress })) return
    const { token } = this.#kernel.store(RecoveryTokens).create({ userId: user.id, type })
    this.#kernel.store(Messages).send({ userId: user.id, channel: 'email', to: user.profile.email, subject: SUBJECTS[type], code: token })
  }

  /**
   * Sends a code to the user's phone.
   *
   * @throws {OktaApiError} 403 E0000095 for an unknown user, E0000034 for one without a phone; E0000034 or E0000032 if the password
   * policy does not allow it
   */
  sendCode ({ username, factor, type, relayState, ipAddress }: RecoveryRequest): SignIn {
    const user = this.#kernel.store(Users).find(username)
    if (!user) throw new OktaApiError('E0000095')
    if (!this.#isAllowed(user, { type, factor, ipAddress })) throw new OktaApiError(type === 'UNLOCK' ? 'E0000032' : 'E0000034')
    if (!RECOVERABLE[type].includes(user.status) || phoneOf(user, factor) === undefined) throw new OktaApiError('E0000034')
    const transaction = this.#transactions.begin({
      userId: user.id, status: 'RECOVERY_CHALLENGE', amr: [], recoveryType: type, recoveryFactor: factor, recoveryCode: this.#sendCode(user, factor), relayState
    })
    return { status: 'PENDING', user, transaction }
  }

  /** Sends another code. */
  resendCode (stateToken: string): SignIn {
    const { transaction, user } = this.#transactions.getAt(stateToken, 'RECOVERY_CHALLENGE')
    const recoveryCode = this.#sendCode(user, transaction.recoveryFactor ?? 'SMS')
    return { status: 'PENDING', user, transaction: this.#transactions.advance(transaction, { recoveryCode }) }
  }

  /** Takes the code that was sent to a phone. @throws {OktaApiError} 403 E0000068 */
  verifyCode (stateToken: string, code: string): RecoveryResult {
    const { transaction, user } = this.#transactions.getAt(stateToken, 'RECOVERY_CHALLENGE')
    if (!isSameText(transaction.recoveryCode ?? '', code)) throw new OktaApiError('E0000068', undefined, ["Your token doesn't match our records. Please try again."])
    return this.#afterProof(user, transaction)
  }

  /** Takes the recovery token of a link. @throws {OktaApiError} 401 E0000011 if it is unknown, used or expired, or no longer of use to the user */
  byToken (token: string): RecoveryResult {
    const recovery = this.#kernel.store(RecoveryTokens).consume(token)
    const user = this.#kernel.store(Users).findById(recovery?.userId ?? '')
    if (!recovery || !user || !RECOVERABLE[recovery.type].includes(user.status)) throw new OktaApiError('E0000011')
    return this.#afterProof(user, this.#transactions.begin({ userId: user.id, status: 'RECOVERY', amr: [], recoveryType: recovery.type }))
  }

  /**
   * Takes the token of the link by which a new user chooses a password.
   *
   * @throws {OktaApiError} 401 E0000011 if it is unknown, used or expired, or the user has been activated since
   */
  byActivationToken (token: string): RecoveryResult {
    const user = this.#kernel.store(Users).findById(this.#kernel.store(ActivationTokens).consume(token)?.userId ?? '')
    if (user?.status !== 'PROVISIONED') throw new OktaApiError('E0000011')
    return { status: 'PENDING', user, transaction: this.#transactions.begin({ userId: user.id, status: 'PASSWORD_RESET', amr: [] }) }
  }

  /** Takes the answer of the recovery question. @throws {OktaApiError} 403 E0000087 */
  answer (stateToken: string, answer: string): RecoveryResult {
    const { transaction, user } = this.#transactions.getAt(stateToken, 'RECOVERY')
    const expected = user.recoveryQuestion?.answer
    if (expected === undefined || !isSameText(expected.toLowerCase(), answer.toLowerCase())) throw new OktaApiError('E0000087')
    return this.#afterQuestion(user, transaction)
  }

  /** Sets the new password, and goes on as a sign-in by it. @throws {OktaApiError} 403 E0000080 if the password policy refuses it */
  resetPassword (stateToken: string, newPassword: string): SignIn {
    const { transaction, user } = this.#transactions.getAt(stateToken, 'PASSWORD_RESET')
    const changed = this.#signIn.setPassword(user, newPassword)
    this.#transactions.end(stateToken)
    return this.#signIn.proceed(changed, BY_PASSWORD, { relayState: transaction.relayState })
  }

  #isAllowed (user: User, { type, factor, ipAddress }: Pick<RecoveryRequest, 'type' | 'factor' | 'ipAddress'>): boolean {
    const policies = this.#kernel.store(PasswordPolicies)
    const action = type === 'UNLOCK' ? 'selfServiceUnlock' : 'selfServicePasswordReset'
    return policies.of(user).recoveryFactors.includes(`okta_${factor.toLowerCase()}`) && policies.allows(action, { user, ipAddress })
  }

  #afterProof (user: User, transaction: AuthnTransaction): RecoveryResult {
    const takesQuestion = this.#kernel.store(PasswordPolicies).of(user).recoveryFactors.includes('recovery_question')
    if (user.recoveryQuestion === null || !takesQuestion) return this.#afterQuestion(user, transaction)
    return { status: 'PENDING', user, transaction: this.#transactions.advance(transaction, { status: 'RECOVERY', recoveryCode: undefined }) }
  }

  #afterQuestion (user: User, transaction: AuthnTransaction): RecoveryResult {
    if (transaction.recoveryType === 'UNLOCK') {
      this.#transactions.end(transaction.stateToken)
      this.#kernel.log.within({ actor: userActor(user) }, () => this.#kernel.store(Users).setStatus(user, 'ACTIVE'))
      return { status: 'UNLOCKED', relayState: transaction.relayState }
    }
    return { status: 'PENDING', user, transaction: this.#transactions.advance(transaction, { status: 'PASSWORD_RESET' }) }
  }

  #sendCode (user: User, factor: RecoveryFactor): string {
    const code = String(randomInt(100_000, 1_000_000))
    const channel = factor === 'CALL' ? 'call' : 'sms'
    this.#kernel.store(Messages).send({ userId: user.id, channel, to: phoneOf(user, factor) ?? '', subject: 'Account recovery', code })
    return code
  }
}

// the recovery phone: whether Okta takes another than these of the profile is unconfirmed
function phoneOf ({ profile }: User, factor: RecoveryFactor): string | undefined {
  const phone = profile[factor === 'CALL' ? 'primaryPhone' : 'mobilePhone']
  return typeof phone === 'string' && phone !== '' ? phone : undefined
}
