import type { Json } from '../../kernel/json.js'
import type { Factor } from '../../resources/factors/factor.js'
import { toFactorView } from '../../resources/factors/view.js'
import type { User } from '../../resources/users/user.js'
import type { AuthnTransaction } from '../authn-transactions.js'

const AUTHN = '/api/v1/authn'
/** What the pages of clients show of the password policy. The local Okta takes any password. */
const COMPLEXITY = { minLength: 8, minLowerCase: 0, minUpperCase: 0, minNumber: 0, minSymbol: 0, excludeUsername: false }

/** A sign-in that is done. */
export function toSuccessView (user: User, { token, expiresAt }: { readonly token: string, readonly expiresAt: number }): Json {
  return { expiresAt: new Date(expiresAt).toISOString(), status: 'SUCCESS', sessionToken: token, _embedded: { user: toUserView(user) } }
}

/** A sign-in that waits for another password. */
export function toPasswordExpiredView (orgUrl: string, transaction: AuthnTransaction, user: User): Json {
  return {
    ...toTransactionView(transaction, 'PASSWORD_EXPIRED'),
    _embedded: { user: toUserView(user), policy: { complexity: COMPLEXITY } },
    _links: {
      next: { name: 'changePassword', ...post(`${orgUrl}${AUTHN}/credentials/change_password`) },
      cancel: post(`${orgUrl}${AUTHN}/cancel`)
    }
  }
}

/** A sign-in that waits for one of the user's second factors. */
export function toFactorRequiredView (orgUrl: string, transaction: AuthnTransaction, user: User, factors: readonly Factor[]): Json {
  return {
    ...toTransactionView(transaction, 'MFA_REQUIRED'),
    _embedded: { user: toUserView(user), factors: factors.map((factor) => toChoiceView(orgUrl, factor)), policy: { allowRememberDevice: false } },
    _links: { cancel: post(`${orgUrl}${AUTHN}/cancel`) }
  }
}

/** A sign-in that waits for the code that a factor was sent. */
export function toChallengeView (orgUrl: string, transaction: AuthnTransaction, user: User, factor: Factor): Json {
  const verify = `${orgUrl}${AUTHN}/factors/${factor.id}/verify`
  return {
    ...toTransactionView(transaction, 'MFA_CHALLENGE'),
    _embedded: { user: toUserView(user), factor: toChoiceView(orgUrl, factor), policy: { allowRememberDevice: false } },
    _links: {
      next: { name: 'verify', ...post(verify) },
      cancel: post(`${orgUrl}${AUTHN}/cancel`),
      resend: [{ name: factor.factorType, ...post(`${verify}/resend`) }]
    }
  }
}

function toTransactionView ({ stateToken, expiresAt }: AuthnTransaction, status: string): Json {
  return { stateToken, expiresAt: new Date(expiresAt).toISOString(), status }
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

function post (href: string): Json {
  return { href, hints: { allow: ['POST'] } }
}
