import { hasSentCode } from '../../../resources/factors/factor.js'
import type { Factor, FactorType } from '../../../resources/factors/factor.js'
import { SECURITY_QUESTIONS } from '../../../resources/factors/questions.js'
import { Factors } from '../../../resources/factors/store.js'
import { totpUri } from '../../../resources/factors/totp.js'
import { isOfKind } from '../../../resources/policies/enrollment-policy.js'
import type { Page } from '../../../pages/html.js'
import { createQrCode } from '../../../pages/qr-code.js'
import { createCodePage, createEnrollmentPage, createExpiryPage, createFactorChoicePage, createNewPasswordPage } from '../../../pages/step-pages.js'
import type { EnrollmentOffers, FactorChoice, StepForm } from '../../../pages/step-pages.js'
import { daysUntilExpiry } from '../authn/view.js'
import type { AuthnTransaction, Step } from '../../authn/transactions.js'
import type { SignInVisit } from './interaction.js'

const NAMES: Readonly<Record<FactorType, string>> = {
  question: 'Security question',
  'token:software:totp': 'Authenticator app',
  email: 'E-mail',
  sms: 'SMS',
  call: 'Phone call',
  push: 'Okta Verify',
  webauthn: 'Security key',
  u2f: 'Security key',
  'token:hardware': 'Hardware token',
  token: 'Token',
  'token:hotp': 'One-time password'
}

/** The page of the step that a sign-in has come to. */
export function createStepPage (visit: SignInVisit, step: Step, error?: string): Page {
  const { transaction, user } = step
  const form: StepForm = { action: visit.action, stateToken: transaction.stateToken, login: user.profile.login, error, redirectSource: visit.redirectSource }
  const factors = visit.kernel.store(Factors)
  switch (transaction.status) {
    case 'PASSWORD_WARN': return createExpiryPage(form, daysUntilExpiry(visit.kernel, user))
    case 'PASSWORD_EXPIRED': return createNewPasswordPage(form)
    case 'MFA_ENROLL': return createEnrollmentPage(form, offersOf(transaction, factors.activeOf(user)))
    case 'MFA_REQUIRED': return createFactorChoicePage(form, factors.activeOf(user).map(toChoice))
    default: return createFactorPage(form, visit.steps.factorOf(step), { isNew: transaction.status === 'MFA_ENROLL_ACTIVATE', hasOthers: factors.activeOf(user).length !== 1 })
  }
}

function createFactorPage (form: StepForm, factor: Factor, { isNew, hasOthers }: { isNew: boolean, hasOthers: boolean }): Page {
  const { factorType, profile, secret } = factor
  const isAnswer = factorType === 'question'
  return createCodePage({
    ...form,
    title: isNew ? `Set up: ${NAMES[factorType]}` : 'Verify it is you',
    label: isAnswer ? SECURITY_QUESTIONS[String(profile['question'])] ?? 'Answer' : 'Code',
    isAnswer,
    sentTo: toChoice(factor).sentTo,
    secret: isNew && factorType === 'token:software:totp' && secret !== null ? { shared: secret, qrCode: createQrCode(totpUri(form.login, secret)) } : undefined,
    hasOthers
  })
}

// what is enrolled already is not offered again
function offersOf ({ enrollable = [] }: AuthnTransaction, active: readonly Factor[]): EnrollmentOffers {
  const open = enrollable.filter((kind) => !active.some((factor) => isOfKind(factor, kind)))
  const has = (factorType: FactorType): boolean => open.some((kind) => kind.factorType === factorType)
  return {
    hasFactors: active.length > 0,
    questions: has('question') ? Object.entries(SECURITY_QUESTIONS) : [],
    codes: [
      ...(has('token:software:totp') ? [['token:software:totp', 'Set up an authenticator app'] as const] : []),
      ...(has('email') ? [['email', 'Send codes by e-mail'] as const] : [])
    ],
    phone: [...(has('sms') ? [['sms', 'Send codes by SMS'] as const] : []), ...(has('call') ? [['call', 'Call with codes'] as const] : [])]
  }
}

function toChoice (factor: Factor): FactorChoice {
  const { id, factorType, profile } = factor
  return { id, name: NAMES[factorType], sentTo: hasSentCode(factor) ? String(profile['email'] ?? profile['phoneNumber']) : undefined }
}
