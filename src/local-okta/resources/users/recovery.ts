import { invalid, OktaApiError } from '../../kernel/errors.js'
import { readFlag, readMember, readObject, readText } from '../../kernel/json.js'
import { routesOn } from '../../kernel/route.js'
import type { Route } from '../../kernel/route.js'
import { isSameText } from '../../kernel/same-text.js'
import { PasswordPolicies } from '../policies/password-policy.js'
import { readCredentials } from './read.js'
import { RecoveryTokens } from './recovery-tokens.js'
import { userOf } from './requested-user.js'
import { Users } from './store.js'
import type { User } from './user.js'
import { toCredentialsView } from './view.js'

const MANAGE = 'okta.users.manage'

const { route } = routesOn({ users: Users, recoveryTokens: RecoveryTokens, passwordPolicies: PasswordPolicies })

/** What an administrator does for a user who has forgotten the password. */
export const recoveryRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/users/{userId}/credentials/forgot_password',
    scope: MANAGE,
    answer: ({ users, recoveryTokens, orgUrl }, { params, principal, query }) => {
      // unlike a reset by an administrator, it leaves the status
      const user = requireActive(userOf({ users }, { params, principal }))
      return readFlag(query, 'sendEmail', true) ? {} : { resetPasswordUrl: `${orgUrl}/signin/reset-password/${recoveryTokens.create({ userId: user.id, type: 'PASSWORD' }).token}` }
    }
  }),
  route({
    method: 'POST',
    path: '/users/{userId}/credentials/forgot_password_recovery_question',
    scope: MANAGE,
    body: readAnswer,
    answer: ({ users, passwordPolicies }, { params, principal, body }) => {
      const user = requireActive(userOf({ users }, { params, principal }))
      const { answer } = user.recoveryQuestion ?? {}
      if (answer === undefined || !isSameText(answer, body.answer)) throw new OktaApiError('E0000087')
      passwordPolicies.require(user, body.password)
      return toCredentialsView(users.setPassword(user, body.password))
    }
  })
]

function requireActive (user: User): User {
  if (user.status !== 'ACTIVE') throw new OktaApiError('E0000038')
  return user
}

function readAnswer (body: unknown): { password: string, answer: string } {
  const json = readObject(body)
  const { password } = readCredentials({ password: json['password'] })
  if (password === undefined) throw invalid('password', 'The field cannot be left blank')
  return { password, answer: readText(readMember(json, 'recovery_question'), 'answer') }
}
