import { invalid } from '../../kernel/errors.js'
import { readFlag, readMember, readObject, readOptionalText, readText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import type { Query } from '../../kernel/paging.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route, Stores } from '../../kernel/route.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'
import { FACTOR_TYPES } from './factor.js'
import type { Factor, FactorType, NewFactor } from './factor.js'
import { SECURITY_QUESTIONS } from './questions.js'
import { DEFAULT_CODE_SECONDS, Factors } from './store.js'
import { toCatalogView, toFactorView, toQuestionViews, toVerifyView } from './view.js'

const READ = 'okta.users.read'
const MANAGE = 'okta.users.manage'
const STORES = { users: Users, factors: Factors }
const FACTORS = '/users/{userId}/factors'
const FACTOR = `${FACTORS}/{factorId}`
const PHONE_NUMBER = /^\+[1-9]\d{1,14}$/
const MIN_ANSWER_LENGTH = 4
const MAX_CODE_SECONDS = 86_400

type FactorStores = Stores<typeof STORES>

const { route } = routesOn(STORES)

/** `/users/{userId}/factors`: the second factors of a user. */
export const factorRoutes: Route[] = [
  route({ method: 'GET', path: FACTORS, scope: READ, answer: (stores, request) => stores.factors.ofUser(userOf(stores, request).id).map((factor) => toFactorView(stores.orgUrl, factor)) }),
  route({
    method: 'POST',
    path: FACTORS,
    scope: MANAGE,
    body: readObject,
    answer: (stores, request) => {
      const user = userOf(stores, request)
      const options = { isActive: readFlag(request.query, 'activate', false), codeSeconds: readCodeSeconds(request.query) }
      return toFactorView(stores.orgUrl, stores.factors.enroll(user, readFactor(request.body, user), options))
    }
  }),
  route({ method: 'GET', path: `${FACTORS}/catalog`, scope: READ, answer: (stores, request) => { const { id } = userOf(stores, request); return toCatalogView(stores.orgUrl, id, stores.factors.ofUser(id)) } }),
  route({ method: 'GET', path: `${FACTORS}/questions`, scope: READ, answer: (stores, request) => userOf(stores, request) && toQuestionViews() }),
  route({ method: 'GET', path: FACTOR, scope: READ, answer: (stores, request) => toFactorView(stores.orgUrl, factorOf(stores, request).factor) }),
  route({
    method: 'DELETE',
    path: FACTOR,
    scope: MANAGE,
    status: 204,
    answer: (stores, request) => {
      const { user, factor } = factorOf(stores, request)
      stores.factors.unenroll(user, factor)
    }
  }),
  route({
    method: 'POST',
    path: `${FACTOR}/lifecycle/activate`,
    scope: MANAGE,
    body: readCode,
    answer: (stores, request) => {
      const { user, factor } = factorOf(stores, request)
      return toFactorView(stores.orgUrl, stores.factors.activate(user, factor, request.body ?? ''))
    }
  }),
  route({
    method: 'POST',
    path: `${FACTOR}/resend`,
    scope: MANAGE,
    answer: (stores, request) => {
      const { user, factor } = factorOf(stores, request)
      return toFactorView(stores.orgUrl, stores.factors.sendCode(user, factor, readCodeSeconds(request.query)))
    }
  }),
  route({
    method: 'POST',
    path: `${FACTOR}/verify`,
    scope: MANAGE,
    body: readCode,
    answer: (stores, request) => {
      const { user, factor } = factorOf(stores, request)
      // without a code: send one
      if (request.body === undefined && isSent(factor)) return toVerifyView(stores.orgUrl, stores.factors.sendCode(user, factor, readCodeSeconds(request.query)), 'CHALLENGE')
      return toVerifyView(stores.orgUrl, stores.factors.verify(user, factor, request.body ?? ''), 'SUCCESS')
    }
  })
]

function userOf ({ users }: FactorStores, { params, principal }: ApiRequest): User {
  return users.get(params['userId'] ?? '', principal)
}

function factorOf (stores: FactorStores, request: ApiRequest): { user: User, factor: Factor } {
  const user = userOf(stores, request)
  return { user, factor: stores.factors.get(user, request.params['factorId'] ?? '') }
}

function isSent ({ factorType }: Factor): boolean {
  return factorType === 'email' || factorType === 'sms' || factorType === 'call'
}

/** @throws {OktaApiError} 400 E0000001 */
function readFactor (json: Json, user: User): NewFactor {
  const factorType = readFactorType(json)
  const provider = readOptionalText(json, 'provider') ?? 'OKTA'
  if (provider !== 'OKTA' && !(provider === 'GOOGLE' && factorType === 'token:software:totp')) throw invalid('provider', 'The provider does not have this factor type')
  const profile = readMember(json, 'profile')
  switch (factorType) {
    case 'question': return { factorType, provider, ...readQuestion(profile) }
    case 'token:software:totp': return { factorType, provider, profile: { credentialId: user.profile.login } }
    case 'email': return { factorType, provider, profile: { email: readEmail(profile, user) } }
    case 'sms':
    case 'call': return { factorType, provider, profile: { phoneNumber: readPhoneNumber(profile) } }
  }
}

function readFactorType (json: Json): FactorType {
  const text = readText(json, 'factorType')
  const factorType = FACTOR_TYPES.find((known) => known === text)
  if (factorType === undefined) throw invalid('factorType', `The local Okta has ${FACTOR_TYPES.join(', ')}`)
  return factorType
}

function readQuestion (profile: Json): { profile: Json, answer: string } {
  const question = readText(profile, 'question')
  const answer = readText(profile, 'answer')
  if (!Object.hasOwn(SECURITY_QUESTIONS, question)) throw invalid('question', 'The question is not one of the security questions')
  if (answer.length < MIN_ANSWER_LENGTH) throw invalid('answer', `The answer must have at least ${MIN_ANSWER_LENGTH} characters`)
  return { profile: { question }, answer }
}

// a user's own address, and no other
function readEmail (profile: Json, user: User): string {
  const email = readOptionalText(profile, 'email') ?? user.profile.email
  const own = [user.profile.email, user.profile['secondEmail']]
  if (!own.includes(email)) throw invalid('email', 'The address is not one of the user')
  return email
}

function readPhoneNumber (profile: Json): string {
  const phoneNumber = readText(profile, 'phoneNumber').replace(/[\s().-]/g, '')
  if (!PHONE_NUMBER.test(phoneNumber)) throw invalid('phoneNumber', 'Invalid Phone Number.')
  return phoneNumber
}

function readCode (body: unknown): string | undefined {
  if (body === undefined) return undefined
  const json = readObject(body)
  const code = json['passCode'] ?? json['answer']
  if (typeof code === 'number') return String(code)
  return readOptionalText(json, json['passCode'] === undefined ? 'answer' : 'passCode')
}

function readCodeSeconds ({ tokenLifetimeSeconds }: Query): number {
  const seconds = Number(tokenLifetimeSeconds ?? DEFAULT_CODE_SECONDS)
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_CODE_SECONDS) throw invalid('tokenLifetimeSeconds', `must be an integer from 1 to ${MAX_CODE_SECONDS}`)
  return seconds
}
