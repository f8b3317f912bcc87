import type { FastifyInstance } from 'fastify'
import { invalid, OktaApiError } from '../../kernel/errors.js'
import { readObject, readOptionalText, readText } from '../../kernel/json.js'
import type { Json } from '../../kernel/json.js'
import { Factors } from '../../resources/factors/store.js'
import { isSamePassword } from '../../resources/users/password.js'
import { Users } from '../../resources/users/store.js'
import type { User } from '../../resources/users/user.js'
import { AuthnTransactions } from '../authn-transactions.js'
import type { AuthnTransaction } from '../authn-transactions.js'
import type { OAuthContext } from '../context.js'
import { requiresFactor } from '../sign-on-policy.js'
import { toChallengeView, toFactorRequiredView, toPasswordExpiredView, toSuccessView } from './authn-view.js'

/** A transaction and its user. */
interface Step {
  readonly transaction: AuthnTransaction
  readonly user: User
}

/**
 * `/authn`, the sign-in of Okta's Classic Engine, which browsers call without an API token: the password, a new one if it has
 * expired, a second factor if the sign-on policy requires one and the user has one. The end is a session token, which is good
 * for one sign-in. Does NOT know recovery, unlocking, and the enrollment of factors.
 */
export function registerAuthn (app: FastifyInstance, context: OAuthContext): void {
  app.post('/authn', async (request) => {
    const body = readObject(request.body)
    const stateToken = readOptionalText(body, 'stateToken')
    return stateToken === undefined ? authenticate(context, body) : showStep(context, stepOf(context, stateToken))
  })
  app.post('/authn/credentials/change_password', async (request) => changePassword(context, readObject(request.body)))
  app.post('/authn/factors/:factorId/verify', async (request) =>
    verifyFactor(context, (request.params as { factorId: string }).factorId, readObject(request.body)))
  app.post('/authn/factors/:factorId/verify/resend', async (request) =>
    sendCode(context, (request.params as { factorId: string }).factorId, readText(readObject(request.body), 'stateToken')))
  app.post('/authn/cancel', async (request) => {
    const { transaction } = stepOf(context, readText(readObject(request.body), 'stateToken'))
    context.kernel.store(AuthnTransactions).end(transaction.stateToken)
    return {}
  })
}

function authenticate (context: OAuthContext, body: Json): Json {
  const [username, password] = [readText(body, 'username'), readText(body, 'password')]
  const user = context.kernel.store(Users).find(username)
  // one answer for every failure, so that it does not tell which logins exist
  if (!user || !isSamePassword(user, password)) throw new OktaApiError('E0000004')
  if (user.status === 'PASSWORD_EXPIRED') return begin(context, user, 'PASSWORD_EXPIRED')
  if (user.status !== 'ACTIVE') throw new OktaApiError('E0000004')
  return afterPassword(context, user)
}

function changePassword (context: OAuthContext, body: Json): Json {
  const users = context.kernel.store(Users)
  const { transaction, user } = stepOf(context, readText(body, 'stateToken'))
  const [oldPassword, newPassword] = [readText(body, 'oldPassword'), readText(body, 'newPassword')]
  if (transaction.step !== 'PASSWORD_EXPIRED') throw new OktaApiError('E0000079')
  if (!isSamePassword(user, oldPassword)) throw new OktaApiError('E0000014', undefined, ['Old Password is not correct'])
  if (oldPassword === newPassword) throw invalid('newPassword', 'Password cannot be your current password')
  context.kernel.store(AuthnTransactions).end(transaction.stateToken)
  return afterPassword(context, users.setStatus(users.setPassword(user, newPassword), 'ACTIVE'))
}

function afterPassword (context: OAuthContext, user: User): Json {
  const hasFactor = context.kernel.store(Factors).ofUser(user.id).some(({ status }) => status === 'ACTIVE')
  return hasFactor && requiresFactor(context.kernel, user) ? begin(context, user, 'MFA_REQUIRED') : succeed(context, user, ['pwd'])
}

function verifyFactor (context: OAuthContext, factorId: string, body: Json): Json {
  const stateToken = readText(body, 'stateToken')
  const code = body['passCode'] ?? body['answer']
  const factors = context.kernel.store(Factors)
  const { user } = factorStepOf(context, stateToken)
  const factor = factors.get(user, factorId)
  // without a code: send one
  if (code === undefined && factor.factorType !== 'question' && factor.factorType !== 'token:software:totp') return sendCode(context, factorId, stateToken)
  factors.verify(user, factor, String(code ?? ''))
  context.kernel.store(AuthnTransactions).end(stateToken)
  return succeed(context, user, ['pwd', factor.factorType === 'question' ? 'kba' : 'otp', 'mfa'])
}

function sendCode (context: OAuthContext, factorId: string, stateToken: string): Json {
  const factors = context.kernel.store(Factors)
  const { transaction, user } = factorStepOf(context, stateToken)
  const factor = factors.sendCode(user, factors.get(user, factorId))
  return toChallengeView(context.kernel.orgUrl, transaction, user, factor)
}

/** The end of every sign-in. */
function succeed ({ sessionTokens }: OAuthContext, user: User, amr: string[]): Json {
  return toSuccessView(user, sessionTokens.create(user.id, amr))
}

function begin (context: OAuthContext, user: User, step: AuthnTransaction['step']): Json {
  return showStep(context, { transaction: context.kernel.store(AuthnTransactions).begin(user.id, step), user })
}

function showStep ({ kernel }: OAuthContext, { transaction, user }: Step): Json {
  if (transaction.step === 'PASSWORD_EXPIRED') return toPasswordExpiredView(kernel.orgUrl, transaction, user)
  const factors = kernel.store(Factors).ofUser(user.id).filter(({ status }) => status === 'ACTIVE')
  return toFactorRequiredView(kernel.orgUrl, transaction, user, factors)
}

/** @throws {OktaApiError} 401 E0000011 for a state token that is unknown, used or expired */
function stepOf ({ kernel }: OAuthContext, stateToken: string): Step {
  const transaction = kernel.store(AuthnTransactions).find(stateToken)
  const user = kernel.store(Users).findById(transaction?.userId ?? '')
  if (!transaction || !user) throw new OktaApiError('E0000011')
  return { transaction, user }
}

function factorStepOf (context: OAuthContext, stateToken: string): Step {
  const step = stepOf(context, stateToken)
  if (step.transaction.step !== 'MFA_REQUIRED') throw new OktaApiError('E0000079')
  return step
}
