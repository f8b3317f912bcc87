import { invalid, OktaApiError } from '../../kernel/errors.js'
import type { Kernel } from '../../kernel/kernel.js'
import { hasSentCode } from '../../resources/factors/factor.js'
import type { Factor, NewFactor } from '../../resources/factors/factor.js'
import { Factors } from '../../resources/factors/store.js'
import { hasRequiredFactors, isOfKind } from '../../resources/policies/enrollment-policy.js'
import type { EnrollmentPolicy } from '../../resources/policies/enrollment-policy.js'
import { PasswordPolicies } from '../../resources/policies/password-policy.js'
import { userActor } from '../../resources/users/events.js'
import { isSamePassword } from '../../resources/users/password.js'
import { Users } from '../../resources/users/store.js'
import type { User } from '../../resources/users/user.js'
import { announceFailedSignIn } from './failed-sign-in.js'
import { BY_PASSWORD, isMultiFactor, withFactor } from './methods.js'
import { checkPassword } from './password-check.js'
import { AuthnTransactions } from './transactions.js'
import type { AuthnTransaction, SignInOptions, Step } from './transactions.js'

/** What a sign-in has come to: it is done, or a transaction says what is next. */
export type SignIn =
  | { readonly status: 'SUCCESS', readonly user: User, readonly amr: readonly string[], readonly relayState?: string | undefined }
  | { readonly status: 'PENDING', readonly user: User, readonly transaction: AuthnTransaction }

/**
 * Whether a sign-in takes a second factor. `required`: yes, and a user without one must enroll one. `if enrolled`: yes, from
 * users who have one.
 */
type SecondFactor = 'none' | 'if enrolled' | 'required'

/** What policies want of a sign-in after the password. */
export interface SignInNeeds {
  readonly secondFactor: SecondFactor
  readonly enrollment: EnrollmentPolicy
  /** True if the user may change a password that is still good. */
  readonly mayChangePassword: boolean
}

/** Of a sign-in that ends with the password. */
export const NO_FURTHER_NEEDS: SignInNeeds = { secondFactor: 'none', enrollment: { enrollable: [], when: 'NEVER' }, mayChangePassword: true }

/** True if a user with these factors has enrolled what must be enrolled. */
export function canEndEnrollment ({ amr, enrollable = [] }: AuthnTransaction, active: readonly Factor[]): boolean {
  return isMultiFactor(amr) && hasRequiredFactors(enrollable, active)
}

/**
 * The steps of a sign-in, for `/authn` and for the sign-in page: the password, a new one if it has expired, a second factor, or
 * the enrollment of those that are required. Password policies are evaluated here; the caller says what the others want.
 */
export class SignInSteps {
  readonly #kernel: Kernel
  readonly #needsOf: (user: User) => SignInNeeds
  readonly #transactions: AuthnTransactions
  readonly #factors: Factors

  constructor (kernel: Kernel, needsOf: (user: User) => SignInNeeds) {
    this.#kernel = kernel
    this.#needsOf = needsOf
    this.#transactions = kernel.store(AuthnTransactions)
    this.#factors = kernel.store(Factors)
  }

  /**
   * The first step, by a password.
   *
   * @throws {OktaApiError} 401 E0000004: one answer for every failure, so that it does not tell which logins exist. 403 E0000069
   * for a locked account, if its password policy says so.
   */
  byPassword (username: string, password: string, options: SignInOptions = {}): SignIn {
    const user = this.#kernel.store(Users).find(username)
    const check = user && checkPassword(this.#kernel, user, password)
    if (user && check === 'RIGHT') return this.afterPassword(user, options)
    const reason = user === undefined ? 'VERIFICATION_ERROR' : user.status === 'LOCKED_OUT' ? 'LOCKED_OUT' : 'INVALID_CREDENTIALS'
    announceFailedSignIn(this.#kernel, { user, username }, reason)
    throw new OktaApiError(check === 'LOCKED_OUT' ? 'E0000069' : 'E0000004')
  }

  /** What comes after the right password: a new one if it has expired, a warning if it soon will, or what comes after the sign-in by it. */
  afterPassword (user: User, options: SignInOptions = {}): SignIn {
    const state = user.status === 'ACTIVE' ? this.#passwordAge(user) : user.status
    if (state === 'PASSWORD_EXPIRED') return this.#begin(this.#kernel.store(Users).setStatus(user, state), { status: state, amr: BY_PASSWORD, ...options })
    if (user.status !== 'ACTIVE') {
      announceFailedSignIn(this.#kernel, { user, username: user.profile.login }, 'VERIFICATION_ERROR')
      throw new OktaApiError('E0000004')
    }
    if (state === 'PASSWORD_WARN' && options.warnsOfExpiry === true) return this.#begin(user, { status: state, amr: BY_PASSWORD, ...options })
    return this.proceed(user, BY_PASSWORD, options)
  }

  /**
   * What comes after these methods of authentication.
   *
   * @throws {OktaApiError} 401 E0000004 if the user has no second factor, must have one, and may enroll none
   */
  proceed (user: User, amr: readonly string[], options: SignInOptions = {}): SignIn {
    const { secondFactor, enrollment: { enrollable, when } } = this.#needsOf(user)
    const active = this.#factors.activeOf(user)
    const isChallenged = !isMultiFactor(amr) && secondFactor !== 'none'
    if (isChallenged && active.length > 0) return this.#begin(user, { status: 'MFA_REQUIRED', amr, ...options })
    const needsFirst = isChallenged && secondFactor === 'required'
    if (needsFirst && (when === 'NEVER' || enrollable.length === 0)) throw new OktaApiError('E0000004')
    const needsMore = !hasRequiredFactors(enrollable, active) && (when === 'LOGIN' || (when === 'CHALLENGE' && isMultiFactor(amr)))
    if (needsFirst || needsMore) return this.#begin(user, { status: 'MFA_ENROLL', amr, enrollable, ...options })
    return { status: 'SUCCESS', user, amr, relayState: options.relayState }
  }

  /**
   * @throws {OktaApiError} 403 E0000014 for another old password, and if the policy lets people not change a password that is still
   * good (unconfirmed); 403 E0000080 for a new one that the policy refuses; 400 E0000001 for the same one again
   */
  changePassword (stateToken: string, { oldPassword, newPassword }: { oldPassword: string, newPassword: string }): SignIn {
    const { transaction, user } = this.#transactions.getAt(stateToken, 'PASSWORD_EXPIRED', 'PASSWORD_WARN')
    if (!isSamePassword(user, oldPassword)) throw new OktaApiError('E0000014', undefined, ['Old Password is not correct'])
    if (oldPassword === newPassword) throw invalid('newPassword', 'Password cannot be your current password')
    const mustChange = transaction.status === 'PASSWORD_EXPIRED'
    if (!mustChange && !this.#needsOf(user).mayChangePassword) throw new OktaApiError('E0000014', undefined, ['The password policy does not allow it'])
    return this.#finish(transaction, this.setPassword(user, newPassword, { mustChange }), transaction.amr)
  }

  /** Sets a password that the user has chosen: the account is active then. @throws {OktaApiError} 403 E0000080 if the policy refuses it */
  setPassword (user: User, newPassword: string, { mustChange = true } = {}): User {
    const refusal = this.#kernel.store(PasswordPolicies).refusalOf(user, newPassword, { mustChange })
    if (refusal !== undefined) throw new OktaApiError('E0000080', undefined, [refusal])
    const users = this.#kernel.store(Users)
    return this.#actingAs(user, () => users.setStatus(users.setPassword(user, newPassword), 'ACTIVE'))
  }

  /** Chooses one of the user's factors, and sends its code if it has one. */
  challenge (stateToken: string, factorId: string): SignIn {
    const { transaction, user } = this.#transactions.getAt(stateToken, 'MFA_REQUIRED', 'MFA_CHALLENGE')
    const factor = this.#factors.get(user, factorId)
    if (hasSentCode(factor)) this.#factors.sendCode(user, factor)
    return this.#advance({ transaction, user }, { status: 'MFA_CHALLENGE', factorId })
  }

  /** Checks a second factor. @throws {OktaApiError} 403 E0000068 */
  verify (stateToken: string, factorId: string, code: string): SignIn {
    const { transaction, user } = this.#transactions.getAt(stateToken, 'MFA_REQUIRED', 'MFA_CHALLENGE')
    const factor = this.#actingAs(user, () => this.#factors.verify(user, this.#factors.get(user, factorId), code))
    return this.#finish(transaction, user, withFactor(transaction.amr, factor.factorType))
  }

  /**
   * Enrolls a factor. A question is active at once; the others wait for a code.
   *
   * @throws {OktaApiError} 400 E0000001, also for a factor that the enrollment policy does not allow
   */
  enroll (stateToken: string, read: (user: User) => NewFactor): SignIn {
    const { transaction, user } = this.#transactions.getAt(stateToken, 'MFA_ENROLL')
    const newFactor = read(user)
    if (transaction.enrollable?.some((kind) => isOfKind(newFactor, kind)) !== true) throw invalid('factorType', 'The enrollment policy does not allow this factor')
    const factor = this.#actingAs(user, () => this.#factors.enroll(user, newFactor))
    return factor.status === 'ACTIVE'
      ? this.#afterEnrollment({ transaction, user }, factor)
      : this.#advance({ transaction, user }, { status: 'MFA_ENROLL_ACTIVATE', factorId: factor.id })
  }

  /** Activates the factor that is enrolled at the moment. @throws {OktaApiError} 403 E0000068 */
  activate (stateToken: string, factorId: string, code: string): SignIn {
    const { transaction, user } = this.#transactions.getAt(stateToken, 'MFA_ENROLL_ACTIVATE')
    const factor = this.#actingAs(user, () => this.#factors.activate(user, this.#factors.get(user, factorId), code))
    return this.#afterEnrollment({ transaction, user }, factor)
  }

  /** Sends another code for the factor that is enrolled at the moment. */
  resendActivation (stateToken: string, factorId: string): SignIn {
    const step = this.#transactions.getAt(stateToken, 'MFA_ENROLL_ACTIVATE')
    this.#factors.sendCode(step.user, this.#factors.get(step.user, factorId))
    return { status: 'PENDING', ...step }
  }

  /** Keeps a password that will expire, or ends the enrollment of further factors. @throws {OktaApiError} 403 E0000079 before the first factor */
  skip (stateToken: string): SignIn {
    const { transaction, user } = this.#transactions.getAt(stateToken, 'MFA_ENROLL', 'PASSWORD_WARN')
    if (transaction.status === 'MFA_ENROLL' && !canEndEnrollment(transaction, this.#factors.activeOf(user))) throw new OktaApiError('E0000079')
    return this.#finish(transaction, user, transaction.amr)
  }

  /** Goes back to the choice of a factor. One that was being enrolled is dropped. */
  goBack (stateToken: string): SignIn {
    const { transaction, user } = this.#transactions.getAt(stateToken, 'MFA_CHALLENGE', 'MFA_ENROLL_ACTIVATE')
    if (transaction.status === 'MFA_CHALLENGE') return this.#advance({ transaction, user }, { status: 'MFA_REQUIRED', factorId: undefined })
    this.#actingAs(user, () => { this.#factors.unenroll(user, this.#factors.get(user, transaction.factorId ?? '')) })
    return this.#advance({ transaction, user }, { status: 'MFA_ENROLL', factorId: undefined })
  }

  /** The factor that a transaction is about at the moment. */
  factorOf ({ transaction, user }: Step): Factor {
    return this.#factors.get(user, transaction.factorId ?? '')
  }

  // what users do for themselves is their doing in the System Log too
  #actingAs<T> (user: User, act: () => T): T {
    return this.#kernel.log.within({ actor: userActor(user) }, act)
  }

  #begin (user: User, step: Pick<AuthnTransaction, 'status' | 'amr' | 'enrollable'> & SignInOptions): SignIn {
    return { status: 'PENDING', user, transaction: this.#transactions.begin({ userId: user.id, ...step }) }
  }

  #passwordAge (user: User): 'PASSWORD_EXPIRED' | 'PASSWORD_WARN' | 'GOOD' {
    const policies = this.#kernel.store(PasswordPolicies)
    const expiresInMs = policies.expiresInMs(user)
    if (expiresInMs <= 0) return 'PASSWORD_EXPIRED'
    return expiresInMs <= policies.of(user).expireWarnMs ? 'PASSWORD_WARN' : 'GOOD'
  }

  #advance ({ transaction, user }: Step, changes: Partial<Pick<AuthnTransaction, 'status' | 'factorId' | 'amr'>>): SignIn {
    return { status: 'PENDING', user, transaction: this.#transactions.advance(transaction, changes) }
  }

  #afterEnrollment ({ transaction, user }: Step, { factorType }: Factor): SignIn {
    const amr = withFactor(transaction.amr, factorType)
    if (transaction.offersMoreFactors !== true) return this.#finish(transaction, user, amr)
    return this.#advance({ transaction, user }, { status: 'MFA_ENROLL', factorId: undefined, amr })
  }

  #finish ({ stateToken, relayState, offersMoreFactors }: AuthnTransaction, user: User, amr: readonly string[]): SignIn {
    this.#transactions.end(stateToken)
    return this.proceed(user, amr, { relayState, offersMoreFactors })
  }
}
