import type { FastifyInstance } from 'fastify'
import { invalid, OktaApiError } from '../../kernel/errors.js'
import { readObject, readOptionalText, readText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { isSamePassword } from '../../resources/users/password.js'
import { Users } from '../../resources/users/store.js'
import type { User } from '../../resources/users/user.js'
import { AuthnTransactions } from '../authn-transactions.js'
import type { AuthnTransaction } from '../authn-transactions.js'
import type { OAuthContext } from '../context.js'

const AUTHN = '/api/v1/authn'
/** What the pages of clients show of the password policy. The local Okta takes any password. */
const COMPLEXITY = { minLength: 8, minLowerCase: 0, minUpperCase: 0, minNumber: 0, minSymbol: 0, excludeUsername: false }

/**
 * `/authn`, the sign-in of Okta's Classic Engine, which browsers call without an API token: the password, and a new one if it
 * has expired. The end is a session token, which is good for one sign-in. Does NOT know recovery and unlocking.
 */
export function registerAuthn (app: FastifyInstance, context: OAuthContext): void {
  app.post('/authn', async (request) => {
    const body = readObject(request.body)
    const stateToken = readOptionalText(body, 'stateToken')
    return stateToken === undefined ? authenticate(context, body) : toStepView(context, transactionOf(context, stateToken))
  })
  app.post('/authn/credentials/change_password', async (request) => changePassword(context, readObject(request.body)))
  app.post('/authn/cancel', async (request) => {
    const { stateToken } = transactionOf(context, readText(readObject(request.body), 'stateToken'))
    context.kernel.store(AuthnTransactions).end(stateToken)
    return {}
  })
}

function authenticate (context: OAuthContext, body: Json): Json {
  const { kernel } = context
  const [username, password] = [readText(body, 'username'), readText(body, 'password')]
  const user = kernel.store(Users).find(username)
  // one answer for every failure, so that it does not tell which logins exist
  if (!user || !isSamePassword(user, password)) throw new OktaApiError('E0000004')
  if (user.status === 'PASSWORD_EXPIRED') {
    return toStepView(context, kernel.store(AuthnTransactions).begin(user.id, 'PASSWORD_EXPIRED'))
  }
  if (user.status !== 'ACTIVE') throw new OktaApiError('E0000004')
  return succeed(context, user)
}

function changePassword (context: OAuthContext, body: Json): Json {
  const users = context.kernel.store(Users)
  const { stateToken, user, step } = transactionOf(context, readText(body, 'stateToken'))
  const [oldPassword, newPassword] = [readText(body, 'oldPassword'), readText(body, 'newPassword')]
  if (step !== 'PASSWORD_EXPIRED') throw new OktaApiError('E0000079')
  if (!isSamePassword(user, oldPassword)) throw new OktaApiError('E0000014', undefined, ['Old Password is not correct'])
  if (oldPassword === newPassword) throw invalid('newPassword', 'Password cannot be your current password')
  context.kernel.store(AuthnTransactions).end(stateToken)
  return succeed(context, users.setStatus(users.setPassword(user, newPassword), 'ACTIVE'))
}

/** The end of every sign-in. */
function succeed ({ sessionTokens }: OAuthContext, user: User): Json {
  const { token, expiresAt } = sessionTokens.create(user.id)
  return {
    expiresAt: new Date(expiresAt).toISOString(), status: 'SUCCESS', sessionToken: token, _embedded: { user: toUserView(user) }
  }
}

/** @throws {OktaApiError} 401 E0000011 for a state token that is unknown, used or expired */
function transactionOf ({ kernel }: OAuthContext, stateToken: string): AuthnTransaction & { readonly user: User } {
  const transaction = kernel.store(AuthnTransactions).find(stateToken)
  const user = kernel.store(Users).findById(transaction?.userId ?? '')
  if (!transaction || !user) throw new OktaApiError('E0000011')
  return { ...transaction, user }
}

function toStepView (context: OAuthContext, { stateToken, userId, step, expiresAt }: AuthnTransaction): Json {
  const { orgUrl } = context.kernel
  const user = context.kernel.store(Users).findById(userId)
  return {
    stateToken,
    expiresAt: new Date(expiresAt).toISOString(),
    status: step,
    _embedded: { ...(user ? { user: toUserView(user) } : {}), policy: { complexity: COMPLEXITY } },
    _links: {
      next: { name: 'changePassword', ...post(`${orgUrl}${AUTHN}/credentials/change_password`) },
      cancel: post(`${orgUrl}${AUTHN}/cancel`)
    }
  }
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
