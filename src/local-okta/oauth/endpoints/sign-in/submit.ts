import { invalid, OktaApiError } from '../../../kernel/errors.js'
import type { ErrorCode } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { hasSentCode } from '../../../resources/factors/factor.js'
import { readFactor } from '../../../resources/factors/read.js'
import { Factors } from '../../../resources/factors/store.js'
import type { EnrollableFactor } from '../../../resources/policies/enrollment-policy.js'
import { Users } from '../../../resources/users/store.js'
import { isActive } from '../../../resources/users/user.js'
import type { User } from '../../../resources/users/user.js'
import type { SignIn, SignInSteps } from '../../authn/sign-in-steps.js'
import { AuthnTransactions } from '../../authn/transactions.js'
import type { AuthnStatus, AuthnTransaction, Step } from '../../authn/transactions.js'
import type { Form } from '../../form.js'
import type { SignInVisit } from './interaction.js'

const MAX_PEOPLE = 12
/** The steps that have a page. Recoveries are at `/authn` only. */
const WITH_PAGE: readonly AuthnStatus[] = ['PASSWORD_WARN', 'PASSWORD_EXPIRED', 'MFA_REQUIRED', 'MFA_CHALLENGE', 'MFA_ENROLL', 'MFA_ENROLL_ACTIVATE']

/** The people who can sign in by a click. */
export function peopleToChoose (kernel: Kernel): User[] {
  return kernel.store(Users).all().filter((user) => isActive(user) && user.password !== null).slice(0, MAX_PEOPLE)
}

/** Takes the form of the first page, or of a step. @throws {OktaApiError} if the attempt has failed */
export function submit ({ kernel, steps }: SignInVisit, form: Form): SignIn {
  const stateToken = form.get('stateToken')
  if (stateToken === undefined) return begin(kernel, steps, form)
  return submitStep(steps, kernel.store(AuthnTransactions).getAt(stateToken, ...WITH_PAGE).transaction, form)
}

/** Chooses the factor of a user who has only one, unless choosing it sends a code. */
export function chooseOnlyFactor (kernel: Kernel, steps: SignInSteps, signIn: SignIn): SignIn {
  if (signIn.status === 'SUCCESS' || signIn.transaction.status !== 'MFA_REQUIRED') return signIn
  const [factor, ...others] = kernel.store(Factors).activeOf(signIn.user)
  return factor && others.length === 0 && !hasSentCode(factor) ? steps.challenge(signIn.transaction.stateToken, factor.id) : signIn
}

// a click on a name needs no password; only those whom the page names can be chosen
function begin (kernel: Kernel, steps: SignInSteps, form: Form): SignIn {
  const person = form.get('person')
  if (person === undefined) return steps.byPassword(form.get('username') ?? '', form.get('password') ?? '', { warnsOfExpiry: true })
  const user = peopleToChoose(kernel).find(({ id }) => id === person)
  if (!user) throw new OktaApiError('E0000004')
  return steps.afterPassword(user)
}

function submitStep (steps: SignInSteps, { stateToken, status, factorId = '', enrollable = [] }: AuthnTransaction, form: Form): SignIn {
  if (form.has('back')) return steps.goBack(stateToken)
  const code = form.get('code') ?? ''
  switch (status) {
    case 'PASSWORD_WARN':
      if (form.has('skip')) return steps.skip(stateToken)
      return changePassword(steps, stateToken, form)
    case 'PASSWORD_EXPIRED': return changePassword(steps, stateToken, form)
    case 'MFA_REQUIRED': return steps.challenge(stateToken, form.get('factor') ?? '')
    case 'MFA_CHALLENGE': return form.has('resend') ? steps.challenge(stateToken, factorId) : steps.verify(stateToken, factorId, code)
    case 'MFA_ENROLL': return steps.enroll(stateToken, (user) => readFactor(enrollmentOf(form, enrollable), user))
    case 'MFA_ENROLL_ACTIVATE': return form.has('resend') ? steps.resendActivation(stateToken, factorId) : steps.activate(stateToken, factorId, code)
    default: throw new OktaApiError('E0000011')
  }
}

function changePassword (steps: SignInSteps, stateToken: string, form: Form): SignIn {
  return steps.changePassword(stateToken, { oldPassword: form.get('oldPassword') ?? '', newPassword: readNewPassword(form) })
}

/** The new password of a form that has it twice. @throws {OktaApiError} 400 E0000001 */
export function readNewPassword (form: Form): string {
  const newPassword = form.get('newPassword') ?? ''
  if (newPassword === '') throw invalid('newPassword', 'The field cannot be left blank')
  if (newPassword !== form.get('repeatedPassword')) throw invalid('repeatedPassword', 'The two new passwords differ')
  return newPassword
}

function enrollmentOf (form: Form, enrollable: readonly EnrollableFactor[]): Json {
  const factorType = form.get('enroll')
  const profile = { question: form.get('question'), answer: form.get('answer'), phoneNumber: form.get('phoneNumber') }
  // the app of either provider makes the same one-time passwords
  const kinds = enrollable.filter((kind) => kind.factorType === factorType)
  const provider = kinds.some((kind) => kind.provider === 'GOOGLE') ? 'GOOGLE' : 'OKTA'
  return { factorType, provider, profile }
}

/** What a page says of an error. */
export function messageOf ({ body: { errorCode, errorSummary, errorCauses } }: OktaApiError, messages: Partial<Record<ErrorCode, string>>): string {
  return messages[errorCode] ?? errorCauses[0]?.errorSummary.replace(/^\w+: /, '') ?? errorSummary
}

/** The step that an attempt has failed at, for another one. Undefined: the first page. */
export function findStep ({ kernel }: SignInVisit, form: Form): Step | undefined {
  try {
    return kernel.store(AuthnTransactions).getAt(form.get('stateToken') ?? '', ...WITH_PAGE)
  } catch (error) {
    if (error instanceof OktaApiError) return undefined
    throw error
  }
}
