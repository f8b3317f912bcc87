import { invalid } from '../../kernel/errors.js'
import { readMember, readObject, readText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route, Stores } from '../../kernel/route.js'
import type { StoredRecord } from '../crud/store.js'
import { userOf } from '../users/requested-user.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'
import type { Factor, FactorType } from './factor.js'
import { Factors } from './store.js'
import { TemporaryAccessCodes } from './temporary-access-codes.js'

const STORES = { users: Users, factors: Factors, codes: TemporaryAccessCodes }
const ENROLLMENTS = '/users/{userId}/authenticator-enrollments'
const READ = 'okta.users.read'
const MANAGE = 'okta.users.manage'

/** Which authenticator a factor is of. */
const AUTHENTICATORS: Readonly<Record<FactorType, { readonly key: string, readonly type: string, readonly name: string }>> = {
  question: { key: 'security_question', type: 'security_question', name: 'Security Question' },
  'token:software:totp': { key: 'google_otp', type: 'app', name: 'Google Authenticator' },
  email: { key: 'okta_email', type: 'email', name: 'Email' },
  sms: { key: 'phone_number', type: 'phone', name: 'Phone' },
  call: { key: 'phone_number', type: 'phone', name: 'Phone' },
  push: { key: 'okta_verify', type: 'app', name: 'Okta Verify' },
  webauthn: { key: 'webauthn', type: 'security_key', name: 'Security Key or Biometric' },
  u2f: { key: 'security_key', type: 'security_key', name: 'Security Key' },
  'token:hardware': { key: 'yubikey_token', type: 'security_key', name: 'YubiKey' },
  token: { key: 'onprem_mfa', type: 'security_key', name: 'On-Prem MFA' },
  'token:hotp': { key: 'custom_otp', type: 'security_key', name: 'Custom OTP' }
}

const { route } = routesOn(STORES)

/**
 * `/users/{userId}/authenticator-enrollments`. The list is one object, the newest enrollment: so Okta's description has it, and
 * Okta's SDK reads nothing else. Without an enrollment it is empty.
 */
export const enrollmentRoutes: Route[] = [
  route({
    method: 'GET',
    path: ENROLLMENTS,
    scope: READ,
    answer: (stores, request) => {
      const user = userOf(stores, request)
      const [factor, code] = [stores.factors.ofUser(user.id).at(-1), stores.codes.ofUser(user).at(-1)]
      if (code && (!factor || code.created >= factor.created)) return toCodeView(stores.orgUrl, code)
      return factor ? toEnrollmentView(stores.orgUrl, factor) : {}
    }
  }),
  route({
    method: 'POST',
    path: `${ENROLLMENTS}/phone`,
    scope: MANAGE,
    body: readObject,
    answer: (stores, request) => {
      const user = userOf(stores, request)
      readText(request.body, 'authenticatorId')
      const phoneNumber = readText(readMember(request.body, 'profile'), 'phoneNumber')
      if (!/^\+[1-9]\d{1,14}$/.test(phoneNumber)) throw invalid('phoneNumber', 'Invalid Phone Number.')
      return toEnrollmentView(stores.orgUrl, stores.factors.enroll(user, { factorType: 'sms', provider: 'OKTA', profile: { phoneNumber } }, { isActive: true }))
    }
  }),
  route({
    method: 'POST',
    path: `${ENROLLMENTS}/tac`,
    scope: MANAGE,
    body: readObject,
    answer: (stores, request) => {
      const { enrollment, tac } = stores.codes.enroll(userOf(stores, request), request.body)
      return toCodeView(stores.orgUrl, enrollment, { tac })
    }
  }),
  route({
    method: 'GET',
    path: `${ENROLLMENTS}/{enrollmentId}`,
    scope: READ,
    answer: (stores, request) => {
      const code = codeOf(stores, request)
      return code ? toCodeView(stores.orgUrl, code) : toEnrollmentView(stores.orgUrl, enrollmentOf(stores, request).factor)
    }
  }),
  route({
    method: 'DELETE',
    path: `${ENROLLMENTS}/{enrollmentId}`,
    scope: MANAGE,
    status: 204,
    answer: (stores, request) => {
      const code = codeOf(stores, request)
      if (code) return stores.codes.remove(code)
      const { user, factor } = enrollmentOf(stores, request)
      stores.factors.unenroll(user, factor)
    }
  })
]

function enrollmentOf (stores: Stores<typeof STORES>, request: ApiRequest): { user: User, factor: Factor } {
  const user = userOf(stores, request)
  return { user, factor: stores.factors.get(user, request.params['enrollmentId'] ?? '') }
}

function codeOf (stores: Stores<typeof STORES>, request: ApiRequest): StoredRecord | undefined {
  return stores.codes.ofUser(userOf(stores, request)).find(({ key }) => key === request.params['enrollmentId'])
}

function toCodeView (orgUrl: string, { collection, key, status, created, lastUpdated, body }: StoredRecord, shownOnce: Json = {}): Json {
  const href = `${orgUrl}/api/v1${collection}`
  return {
    id: key,
    key: 'tac',
    type: 'tac',
    name: 'Temporary Access Code',
    status,
    created,
    lastUpdated,
    profile: { ...body, ...shownOnce },
    _links: { self: { href: `${href}/${key}` }, user: { href: href.replace(/\/authenticator-enrollments$/, '') } }
  }
}

function toEnrollmentView (orgUrl: string, { id, userId, factorType, status, created, lastUpdated, profile }: Factor): Json {
  const user = `${orgUrl}/api/v1/users/${userId}`
  const { phoneNumber } = profile
  return {
    id,
    ...AUTHENTICATORS[factorType],
    status,
    created,
    lastUpdated,
    ...(phoneNumber === undefined ? {} : { profile: { phoneNumber } }),
    _links: { self: { href: `${user}/authenticator-enrollments/${id}` }, user: { href: user } }
  }
}
