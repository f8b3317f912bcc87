import { randomInt } from 'node:crypto'
import { invalid, notFound, OktaApiError } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import type { Kernel } from '../../kernel/kernel.js'
import { isSameText } from '../../kernel/same-text.js'
import { Store } from '../../kernel/store.js'
import type { EventTarget } from '../../kernel/system-log.js'
import { Messages } from '../messages/store.js'
import { userTarget } from '../users/events.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'
import { FACTOR_TYPES, hasSentCode } from './factor.js'
import type { Factor, FactorType, NewFactor, SentCode } from './factor.js'
import { createTotpSecret, findTotpStep } from './totp.js'

const PREFIXES: Readonly<Record<FactorType, string>> = {
  question: 'ufs', 'token:software:totp': 'ost', email: 'emf', sms: 'mbl', call: 'clf', push: 'opf', webauthn: 'fwf', u2f: 'fuf', 'token:hardware': 'ykf', token: 'rsa', 'token:hotp': 'chf'
}
/** How long a code is good. Default of Okta's `tokenLifetimeSeconds`. */
export const DEFAULT_CODE_SECONDS = 300

/** The second factors of the users. */
export class Factors extends Store<Factor> {
  readonly #users: Users
  readonly #messages: Messages

  constructor (kernel: Kernel) {
    super(kernel)
    this.#users = kernel.store(Users)
    this.#messages = kernel.store(Messages)
    this.#users.onDelete(({ id }) => { for (const factor of this.ofUser(id)) this.remove(factor.id) })
  }

  /** Of one user, in the order of enrollment. */
  ofUser (userId: string): Factor[] {
    return this.all().filter((factor) => factor.userId === userId)
  }

  /** Those that the user can sign in with. Nobody has a device here. */
  activeOf ({ id }: User): Factor[] {
    return this.ofUser(id).filter(({ status, factorType }) => status === 'ACTIVE' && (FACTOR_TYPES as readonly string[]).includes(factorType))
  }

  /** A factor of a user. @throws {OktaApiError} 404 E0000007 */
  get (user: User, id: string): Factor {
    const factor = this.findById(id)
    if (factor?.userId !== user.id) throw notFound(id, 'UserFactor')
    return factor
  }

  /**
   * Enrolls a factor. A question is active at once; the others wait for a code, unless they are activated at once.
   *
   * @throws {OktaApiError} 400 E0000001 if the user has one of the kind
   */
  enroll (user: User, { answer, challenge, isRegistered, ...factor }: NewFactor, { isActive = false, codeSeconds = DEFAULT_CODE_SECONDS } = {}): Factor {
    const same = this.ofUser(user.id).find((other) => other.factorType === factor.factorType && other.provider === factor.provider)
    if (same?.status === 'ACTIVE') throw invalid('factorEnrollRequest', 'A factor of this type is already set up.')
    if (same) this.remove(same.id)
    const { factorType } = factor
    const hasTotp = factorType === 'token:software:totp'
    const isReady = answer !== undefined || isRegistered === true || (isActive && (hasSentCode(factor) || factorType === 'token:hotp'))
    const enrolled = this.insert({
      id: createId(PREFIXES[factorType]),
      userId: user.id,
      ...factor,
      status: isReady ? 'ACTIVE' : 'PENDING_ACTIVATION',
      secret: answer ?? challenge ?? (hasTotp ? createTotpSecret() : null),
      code: null,
      lastStep: null
    })
    if (enrolled.status === 'PENDING_ACTIVATION') return hasSentCode(factor) ? this.sendCode(user, enrolled, codeSeconds) : enrolled
    this.#announce('user.mfa.factor.activate', user, enrolled)
    return enrolled
  }

  /** Sends a new code. @throws {OktaApiError} 400 E0000001 for a factor that is not sent one */
  sendCode (user: User, { id, factorType, profile }: Factor, codeSeconds = DEFAULT_CODE_SECONDS): Factor {
    if (factorType !== 'email' && factorType !== 'sms' && factorType !== 'call') throw invalid('factorType', 'The factor has no code that could be sent')
    const code: SentCode = { value: String(randomInt(10 ** 6)).padStart(6, '0'), expiresAt: this.kernel.clock.now() + codeSeconds * 1000 }
    const to = String(profile['email'] ?? profile['phoneNumber'])
    this.#messages.send({ userId: user.id, channel: factorType, to, subject: 'One-time verification code', code: code.value })
    return this.changeQuietly(id, { code })
  }

  /** Activates a factor by the code that its user has. @throws {OktaApiError} 403 E0000068 for another one */
  activate (user: User, factor: Factor, passCode: string): Factor {
    if (factor.status === 'ACTIVE') return factor
    const proven = this.#prove(factor, passCode)
    const active = this.change(proven.id, { status: 'ACTIVE' })
    this.#announce('user.mfa.factor.activate', user, active)
    return active
  }

  /**
   * Checks what a user brings for a factor: the answer, the one-time password, or the code that was sent. None is good twice,
   * except the answer.
   *
   * @throws {OktaApiError} 403 E0000068
   */
  verify (user: User, factor: Factor, brought: string): Factor {
    if (factor.status !== 'ACTIVE') throw new OktaApiError('E0000038')
    try {
      const proven = this.#prove(factor, brought)
      this.kernel.log.announce('user.authentication.auth_via_mfa', userTarget(user))
      return proven
    } catch (error) {
      this.kernel.log.announceOutcome('user.authentication.auth_via_mfa', { result: 'FAILURE', reason: 'INVALID_CREDENTIALS' }, userTarget(user))
      throw error
    }
  }

  /** Removes one of a user's factors. */
  unenroll (user: User, factor: Factor): void {
    if (this.remove(factor.id)) this.#announce('user.mfa.factor.deactivate', user, factor)
  }

  /** Removes all of a user's factors. */
  reset (user: User): void {
    for (const { id } of this.ofUser(user.id)) this.remove(id)
    this.#announce('user.mfa.factor.reset_all', user)
  }

  #prove (factor: Factor, brought: string): Factor {
    const { id, factorType, secret, code, lastStep } = factor
    if (factorType === 'question') {
      if (secret === null || !isSameText(secret.toLowerCase(), brought.toLowerCase())) throw wrong('Your answer')
      return factor
    }
    if (factorType === 'token:software:totp') {
      const step = secret === null ? undefined : findTotpStep(secret, brought, this.kernel.clock.now())
      if (step === undefined || (lastStep !== null && step <= lastStep)) throw wrong('Your token')
      return this.changeQuietly(id, { lastStep: step })
    }
    if (code === null || code.expiresAt <= this.kernel.clock.now() || !isSameText(code.value, brought)) throw wrong('Your token')
    return this.changeQuietly(id, { code: null })
  }

  #announce (eventType: 'user.mfa.factor.activate' | 'user.mfa.factor.deactivate' | 'user.mfa.factor.reset_all', user: User, factor?: Factor): void {
    this.kernel.log.announce(eventType, userTarget(user), ...(factor === undefined ? [] : [factorTarget(factor)]))
  }
}

// how Okta names a factor among the targets is unconfirmed
function factorTarget ({ id, factorType }: Factor): EventTarget {
  return { id, type: 'AuthenticatorEnrollment', alternateId: factorType, displayName: factorType }
}

function wrong (what: string): OktaApiError {
  return new OktaApiError('E0000068', undefined, [`${what} doesn't match our records. Please try again.`])
}
