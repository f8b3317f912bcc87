import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { hasSentCode } from '../../../resources/factors/factor.js'
import type { Factor } from '../../../resources/factors/factor.js'
import { toCatalogView, toFactorView } from '../../../resources/factors/view.js'
import { Factors } from '../../../resources/factors/store.js'
import { PasswordPolicies } from '../../../resources/policies/password-policy.js'
import type { User } from '../../../resources/users/user.js'
import { canEndEnrollment } from '../../authn/sign-in-steps.js'
import type { AuthnTransaction, Step } from '../../authn/transactions.js'

const AUTHN = '/api/v1/authn'
const DAY_MS = 86_400_000

/** A sign-in that is done. */
export function toSuccessView (user: User, { token, expiresAt }: { readonly token: string, readonly expiresAt: number }, relayState?: string): Json {
  return {
    expiresAt: new Date(expiresAt).toISOString(),
    status: 'SUCCESS',
    ...(relayState === undefined ? {} : { relayState }),
    sessionToken: token,
    _embedded: { user: toUserView(user) }
  }
}

/** A sign-in or a recovery that goes on. */
export function toTransactionView (kernel: Kernel, { transaction, user }: Step): Json {
  const { orgUrl } = kernel
  const factors = kernel.store(Factors).ofUser(user.id)
  const { stateToken, expiresAt, status, relayState, recoveryType } = transaction
  const factor = factors.find(({ id }) => id === transaction.factorId)
  const { embedded, links } = detailsOf(`${orgUrl}${AUTHN}`, { kernel, orgUrl, transaction, user, factors, factor })
  return {
    stateToken,
    expiresAt: new Date(expiresAt).toISOString(),
    status,
    ...(relayState === undefined ? {} : { relayState }),
    ...(recoveryType === undefined ? {} : { recoveryType }),
    ...(status === 'RECOVERY_CHALLENGE' ? { factorType: transaction.recoveryFactor } : {}),
    _embedded: { user: toUserView(user), ...embedded },
    _links: { ...links, cancel: post(`${orgUrl}${AUTHN}/cancel`) }
  }
}

/** The answer to a sign-in whose account is locked: it may be unlocked by its user (unconfirmed beside Okta's guide). */
export function toLockedOutView (orgUrl: string): Json {
  return { status: 'LOCKED_OUT', _links: next('unlock', `${orgUrl}${AUTHN}/recovery/unlock`) }
}

/** The answer to a request for a link by e-mail. It does not say whether there is such a user. */
export function toLinkSentView (recoveryType: string, relayState: string | undefined): Json {
  return { status: 'RECOVERY_CHALLENGE', factorResult: 'WAITING', ...(relayState === undefined ? {} : { relayState }), factorType: 'EMAIL', recoveryType }
}

/** An account that is unlocked. Its user has not signed in by that. */
export function toUnlockedView (relayState: string | undefined): Json {
  return { status: 'SUCCESS', ...(relayState === undefined ? {} : { relayState }), recoveryType: 'UNLOCK' }
}

interface Details {
  readonly embedded?: Json
  readonly links?: Json
}

interface Subject extends Step {
  readonly kernel: Kernel
  readonly orgUrl: string
  readonly factors: readonly Factor[]
  /** The one that the transaction is about. */
  readonly factor: Factor | undefined
}

function detailsOf (authn: string, { kernel, orgUrl, transaction, user, factors, factor }: Subject): Details {
  const previous = { prev: post(`${authn}/previous`) }
  const complexity = { policy: passwordPolicyView(kernel, user) }
  switch (transaction.status) {
    case 'PASSWORD_WARN': return {
      embedded: { policy: { expiration: { passwordExpireDays: daysUntilExpiry(kernel, user) }, ...complexity.policy } },
      links: { ...next('changePassword', `${authn}/credentials/change_password`), skip: post(`${authn}/skip`) }
    }
    case 'PASSWORD_EXPIRED': return { embedded: complexity, links: next('changePassword', `${authn}/credentials/change_password`) }
    case 'PASSWORD_RESET': return { embedded: complexity, links: next('resetPassword', `${authn}/credentials/reset_password`) }
    case 'RECOVERY': return {
      embedded: { user: { ...toUserView(user), recovery_question: { question: user.recoveryQuestion?.question } } },
      links: next('answer', `${authn}/recovery/answer`)
    }
    case 'RECOVERY_CHALLENGE': {
      const name = String(transaction.recoveryFactor).toLowerCase()
      const href = `${authn}/recovery/factors/${name}`
      return { links: { ...next('verify', `${href}/verify`), resend: { name, ...post(`${href}/resend`) } } }
    }
    case 'MFA_REQUIRED': return {
      embedded: { factors: factors.filter(({ status }) => status === 'ACTIVE').map((one) => toChoiceView(orgUrl, one)), policy: { allowRememberDevice: false } }
    }
    case 'MFA_CHALLENGE': return factor === undefined
      ? {}
      : {
          embedded: { factor: toChoiceView(orgUrl, factor), policy: { allowRememberDevice: false } },
          links: { ...next('verify', `${authn}/factors/${factor.id}/verify`), ...previous, ...resend(factor, `${authn}/factors/${factor.id}/verify/resend`) }
        }
    case 'MFA_ENROLL': return {
      embedded: { factors: toEnrollmentViews(orgUrl, transaction, factors) },
      links: canEndEnrollment(transaction, factors.filter(({ status }) => status === 'ACTIVE')) ? { skip: post(`${authn}/skip`) } : {}
    }
    case 'MFA_ENROLL_ACTIVATE': return factor === undefined
      ? {}
      : {
          embedded: { factor: toActivationView(orgUrl, factor) },
          links: { ...next('activate', `${authn}/factors/${factor.id}/lifecycle/activate`), ...previous, ...resend(factor, `${authn}/factors/${factor.id}/lifecycle/resend`) }
        }
  }
}

function passwordPolicyView (kernel: Kernel, user: User): Json {
  const { complexity, minAgeMinutes, historyCount } = kernel.store(PasswordPolicies).of(user)
  return { complexity, age: { minAgeMinutes, historyCount } }
}

/** In how many days, rounded up, the password expires. */
export function daysUntilExpiry (kernel: Kernel, user: User): number {
  return Math.ceil(kernel.store(PasswordPolicies).expiresInMs(user) / DAY_MS)
}

// the questions have an address below /authn, where no API token is needed: Okta's own is that of the Management API
function toEnrollmentViews (orgUrl: string, { userId, stateToken, enrollable = [] }: AuthnTransaction, factors: readonly Factor[]): Json[] {
  return toCatalogView(orgUrl, userId, factors).flatMap(({ _links, ...kind }) => {
    const allowed = enrollable.find(({ factorType, provider }) => factorType === kind['factorType'] && provider === kind['provider'])
    const questions = { questions: { href: `${orgUrl}${AUTHN}/factors/questions?stateToken=${stateToken}`, hints: { allow: ['GET'] } } }
    return allowed === undefined
      ? []
      : [{
          ...kind,
          enrollment: allowed.isRequired ? 'REQUIRED' : 'OPTIONAL',
          _links: { enroll: post(`${orgUrl}${AUTHN}/factors`), ...(kind['factorType'] === 'question' ? questions : {}) }
        }]
  })
}

function toActivationView (orgUrl: string, factor: Factor): Json {
  const { _links, created, lastUpdated, status, ...shown } = toFactorView(orgUrl, factor)
  return shown
}

function toChoiceView (orgUrl: string, factor: Factor): Json {
  const { id, factorType, provider, vendorName, profile } = toFactorView(orgUrl, factor)
  return { id, factorType, provider, vendorName, profile, _links: { verify: post(`${orgUrl}${AUTHN}/factors/${factor.id}/verify`) } }
}

function toUserView ({ id, passwordChanged, profile: { login, firstName, lastName, locale, timezone } }: User): Json {
  return {
    id,
    ...(passwordChanged === null ? {} : { passwordChanged }),
    profile: { login, firstName, lastName, locale: locale ?? 'en', timeZone: timezone ?? 'America/Los_Angeles' }
  }
}

function next (name: string, href: string): Json {
  return { next: { name, ...post(href) } }
}

function resend (factor: Factor, href: string): Json {
  return hasSentCode(factor) ? { resend: [{ name: factor.factorType, ...post(href) }] } : {}
}

function post (href: string): Json {
  return { href, hints: { allow: ['POST'] } }
}
