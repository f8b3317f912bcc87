import { invalid } from '../../kernel/errors.js'
import { readFlag, readObject, readOptionalText } from '../../kernel/json.js'
import type { Query } from '../../kernel/paging.js'
import { routesOn } from '../../kernel/route.js'
import type { ApiRequest, Route, Stores } from '../../kernel/route.js'
import { userOf } from '../users/requested-user.js'
import { Users } from '../users/store.js'
import type { User } from '../users/user.js'
import { readDeviceFactor } from './device-factors.js'
import { hasSentCode } from './factor.js'
import type { Factor } from './factor.js'
import { readFactor } from './read.js'
import { DEFAULT_CODE_SECONDS, Factors } from './store.js'
import { toCatalogView, toFactorView, toQuestionViews, toVerifyView } from './view.js'

const READ = 'okta.users.read'
const MANAGE = 'okta.users.manage'
const STORES = { users: Users, factors: Factors }
const FACTORS = '/users/{userId}/factors'
const FACTOR = `${FACTORS}/{factorId}`
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
      return toFactorView(stores.orgUrl, stores.factors.enroll(user, readDeviceFactor(request.body, user) ?? readFactor(request.body, user), options))
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
      // the app on the device activates it; the caller polls
      if (factor.factorType === 'push') return toFactorView(stores.orgUrl, factor)
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
      if (request.body === undefined && hasSentCode(factor)) return toVerifyView(stores.orgUrl, stores.factors.sendCode(user, factor, readCodeSeconds(request.query)), 'CHALLENGE')
      return toVerifyView(stores.orgUrl, stores.factors.verify(user, factor, request.body ?? ''), 'SUCCESS')
    }
  })
]

function factorOf (stores: FactorStores, request: ApiRequest): { user: User, factor: Factor } {
  const user = userOf(stores, request)
  return { user, factor: stores.factors.get(user, request.params['factorId'] ?? '') }
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
