import { randomBytes } from 'node:crypto'
import { invalid, OktaApiError } from '../../kernel/errors.js'
import { readFlag, readMember, readObject, readText } from '../../kernel/json.js'
import type { Query } from '../../kernel/paging.js'
import { routesOn } from '../../kernel/route.js'
import type { Route } from '../../kernel/route.js'
import { isSameText } from '../../kernel/same-text.js'
import { Factors } from '../factors/store.js'
import { PasswordPolicies } from '../policies/password-policy.js'
import { ActivationTokens } from './activation-tokens.js'
import { readCredentials } from './read.js'
import { RecoveryTokens } from './recovery-tokens.js'
import { userOf } from './requested-user.js'
import { Users } from './store.js'
import { hasAnyPassword } from './user.js'
import type { User, UserStatus } from './user.js'
import { toCredentialsView, toUserView } from './view.js'

const MANAGE = 'okta.users.manage'
const RESETTABLE: readonly UserStatus[] = ['ACTIVE', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'PROVISIONED']

const { route } = routesOn({ users: Users, factors: Factors, recoveryTokens: RecoveryTokens, activationTokens: ActivationTokens, passwordPolicies: PasswordPolicies })

/** What an operation works on. */
interface Operand {
  readonly users: Users
  readonly factors: Factors
  readonly recoveryTokens: RecoveryTokens
  readonly activationTokens: ActivationTokens
  readonly user: User
  readonly query: Query
  readonly orgUrl: string
}

const OPERATIONS: Readonly<Record<string, (operand: Operand) => unknown>> = {
  activate: (operand) => {
    if (operand.user.status === 'ACTIVE') throw new OktaApiError('E0000016')
    return activate(operand, ['STAGED', 'DEPROVISIONED', 'PROVISIONED'], true)
  },
  reactivate: (operand) => activate(operand, ['PROVISIONED', 'RECOVERY'], false),
  deactivate: ({ users, user }) => {
    users.setStatus(user, 'DEPROVISIONED')
    return {}
  },
  suspend: ({ users, user }) => {
    step(users, user, 'ACTIVE', 'SUSPENDED')
    return {}
  },
  unsuspend: ({ users, user }) => {
    step(users, user, 'SUSPENDED', 'ACTIVE')
    return {}
  },
  unlock: ({ users, user }) => {
    if (user.status !== 'LOCKED_OUT') throw new OktaApiError('E0000032', undefined, ['The user is not locked out.'])
    users.setStatus(user, 'ACTIVE', { isByAdministrator: true })
    return {}
  },
  expire_password: ({ users, user, orgUrl }) => toUserView(orgUrl, step(users, user, 'ACTIVE', 'PASSWORD_EXPIRED')),
  expire_password_with_temp_password: ({ users, user, query }) => {
    const tempPassword = randomBytes(9).toString('base64url')
    // an expired one can be replaced by another
    users.setPassword(user.status === 'PASSWORD_EXPIRED' ? user : step(users, user, 'ACTIVE', 'PASSWORD_EXPIRED'), tempPassword)
    if (readFlag(query, 'revokeSessions', false)) users.clearSessions(user, { oauthTokens: false })
    return { tempPassword }
  },
  reset_password: ({ users, recoveryTokens, user, query, orgUrl }) => {
    if (!RESETTABLE.includes(user.status)) throw new OktaApiError('E0000038')
    users.setStatus(user, 'RECOVERY')
    if (readFlag(query, 'revokeSessions', false)) users.clearSessions(user, { oauthTokens: false })
    return readFlag(query, 'sendEmail', true) ? {} : { resetPasswordUrl: `${orgUrl}/reset_password/${recoveryTokens.create({ userId: user.id, type: 'PASSWORD' }).token}` }
  },
  reset_factors: ({ factors, user }) => {
    factors.reset(user)
    return {}
  }
}

const lifecycleRoutes: Route[] = Object.entries(OPERATIONS).map(([name, operation]) => route({
  method: 'POST',
  path: `/users/{id}/lifecycle/${name}`,
  scope: MANAGE,
  answer: ({ users, factors, recoveryTokens, activationTokens, orgUrl }, { params, principal, query }) =>
    operation({ users, factors, recoveryTokens, activationTokens, user: users.get(params['id'] ?? '', principal), query, orgUrl })
}))

/** `/users/{id}/lifecycle/…`, and what else changes a user's credentials and sessions. */
export const userLifecycleRoutes = [
  ...lifecycleRoutes,
  route({
    method: 'POST',
    path: '/users/{userId}/credentials/change_password',
    scope: MANAGE,
    body: readPasswordChange,
    answer: ({ users, passwordPolicies }, request) => {
      const user = userOf({ users }, request)
      const { oldPassword, newPassword, revokeSessions } = request.body
      if (!isSameText(user.password ?? '', oldPassword)) throw new OktaApiError('E0000014', undefined, ['Old Password is not correct'])
      if (readFlag(request.query, 'strict', false)) requireUnused(passwordPolicies, user, newPassword)
      else passwordPolicies.require(user, newPassword)
      const changed = users.setPassword(user, newPassword)
      if (revokeSessions) users.clearSessions(changed, { oauthTokens: false })
      return toCredentialsView(changed)
    }
  }),
  route({
    method: 'POST',
    path: '/users/{userId}/credentials/change_recovery_question',
    scope: MANAGE,
    body: readQuestionChange,
    answer: ({ users }, request) => {
      const user = userOf({ users }, request)
      if (!isSameText(user.password ?? '', request.body.password)) throw new OktaApiError('E0000014', undefined, ['Password is not correct'])
      return toCredentialsView(users.setRecoveryQuestion(user, request.body.recoveryQuestion))
    }
  }),
  route({
    method: 'DELETE',
    path: '/users/{userId}/sessions',
    scope: MANAGE,
    status: 204,
    answer: ({ users }, request) => {
      users.clearSessions(userOf({ users }, request), { oauthTokens: readFlag(request.query, 'oauthTokens', false) })
    }
  })
]

function readPasswordChange (body: unknown): { oldPassword: string, newPassword: string, revokeSessions: boolean } {
  const json = readObject(body)
  const revokeSessions = json['revokeSessions'] ?? false
  if (typeof revokeSessions !== 'boolean') throw invalid('revokeSessions', 'must be a boolean')
  return {
    oldPassword: readText(readMember(json, 'oldPassword'), 'value'),
    newPassword: readText(readMember(json, 'newPassword'), 'value'),
    revokeSessions
  }
}

function readQuestionChange (body: unknown): { password: string, recoveryQuestion: { question: string, answer: string } } {
  const { password, recoveryQuestion } = readCredentials(readObject(body))
  if (password === undefined) throw invalid('password', 'The field cannot be left blank')
  const { question, answer } = recoveryQuestion ?? {}
  if (question === undefined || answer === undefined) throw invalid('recovery_question', 'The field cannot be left blank')
  return { password, recoveryQuestion: { question, answer } }
}

// with `strict`, the age and the history of passwords count for administrators too
function requireUnused (passwordPolicies: PasswordPolicies, user: User, password: string): void {
  const refusal = passwordPolicies.refusalOf(user, password, { mustChange: false })
  if (refusal !== undefined) throw new OktaApiError('E0000014', undefined, [refusal])
}

function activate ({ users, activationTokens, user, query, orgUrl }: Operand, from: readonly UserStatus[], sendsEmail: boolean): Record<string, string> {
  if (!from.includes(user.status)) throw new OktaApiError('E0000038')
  users.setStatus(user, hasAnyPassword(user) ? 'ACTIVE' : 'PROVISIONED')
  if (readFlag(query, 'sendEmail', sendsEmail)) return {}
  const { token: activationToken } = activationTokens.create({ userId: user.id })
  return { activationUrl: `${orgUrl}/welcome/${activationToken}`, activationToken }
}

function step (users: Users, user: User, from: UserStatus, to: UserStatus): User {
  if (user.status !== from) {
    throw new OktaApiError('E0000001', 'Cannot change the status of this user', [`The user is ${user.status}, not ${from}.`])
  }
  return users.setStatus(user, to)
}
