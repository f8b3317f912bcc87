import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import { isSameText } from '../org/sign-in.js'
import type { User, UserStatus } from '../org/users.js'
import { readMember, readObject, readText } from './body.js'
import { OktaApiError } from './errors.js'
import type { Query } from './paging.js'
import { principalOf, requireScope } from './principal.js'
import { representUser } from './user-representation.js'
import { findUser } from './users.js'

const MANAGE = 'okta.users.manage'

type Answer = Record<string, unknown>
type Operation = (context: LocalOktaContext, user: User, query: Query) => Answer

const OPERATIONS: Readonly<Record<string, Operation>> = {
  activate: (context, user, query) => {
    if (user.status === 'ACTIVE') throw new OktaApiError('E0000016')
    return activate(context, user, query, ['STAGED', 'DEPROVISIONED', 'PROVISIONED'])
  },
  reactivate: (context, user, query) => activate(context, user, query, ['PROVISIONED', 'RECOVERY']),
  deactivate: ({ org, store }, user) => {
    org.users.setStatus(user, 'DEPROVISIONED')
    store.forgetUser(user.id, true)
    return {}
  },
  suspend: (context, user) => step(context, user, 'ACTIVE', 'SUSPENDED'),
  unsuspend: (context, user) => step(context, user, 'SUSPENDED', 'ACTIVE'),
  unlock: (context, user) => {
    if (user.status !== 'LOCKED_OUT') throw new OktaApiError('E0000032', undefined, ['The user is not locked out.'])
    return step(context, user, 'LOCKED_OUT', 'ACTIVE')
  },
  expire_password: (context, user) => {
    step(context, user, 'ACTIVE', 'PASSWORD_EXPIRED')
    return representUser(context.org, user)
  },
  expire_password_with_temp_password: ({ org, ...rest }, user) => {
    const tempPassword = randomBytes(9).toString('base64url')
    step({ org, ...rest }, user, 'ACTIVE', 'PASSWORD_EXPIRED')
    org.users.setPassword(user, tempPassword)
    return { tempPassword }
  },
  reset_password: ({ org }, user, query) => {
    org.users.setStatus(user, 'RECOVERY')
    return query['sendEmail'] === 'false' ? { resetPasswordUrl: `${org.orgUrl}/reset_password/${oneTimeToken()}` } : {}
  },
  reset_factors: () => ({})
}

/** `/users/{id}/lifecycle/…`, and what else changes a user's credentials and sessions. */
export function registerUserLifecycle (app: FastifyInstance, context: LocalOktaContext): void {
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    app.post(`/users/:userId/lifecycle/${name}`, async (request) => {
      requireScope(principalOf(request), MANAGE)
      return operation(context, findUser(context, request), request.query as Query)
    })
  }
  app.post('/users/:userId/credentials/change_password', async (request) => {
    requireScope(principalOf(request), MANAGE)
    const user = findUser(context, request)
    const body = readObject(request.body)
    const old = readText(readMember(body, 'oldPassword'), 'value')
    if (!isSameText(user.password ?? '', old)) throw new OktaApiError('E0000014', undefined, ['Old Password is not correct'])
    context.org.users.setPassword(user, readText(readMember(body, 'newPassword'), 'value'))
    return { password: {}, provider: { type: 'OKTA', name: 'OKTA' } }
  })
  app.delete('/users/:userId/sessions', async (request, reply) => {
    requireScope(principalOf(request), MANAGE)
    context.store.forgetUser(findUser(context, request).id, (request.query as Query)['oauthTokens'] === 'true')
    return reply.code(204).send()
  })
}

function activate ({ org }: LocalOktaContext, user: User, query: Query, from: UserStatus[]): Answer {
  if (!from.includes(user.status)) throw new OktaApiError('E0000038')
  org.users.setStatus(user, user.password === null ? 'PROVISIONED' : 'ACTIVE')
  if (query['sendEmail'] !== 'false') return {}
  const activationToken = oneTimeToken()
  return { activationUrl: `${org.orgUrl}/welcome/${activationToken}`, activationToken }
}

function step ({ org }: LocalOktaContext, user: User, from: UserStatus, to: UserStatus): Answer {
  if (user.status !== from) {
    throw new OktaApiError('E0000001', 'Cannot change the status of this user', [`The user is ${user.status}, not ${from}.`])
  }
  org.users.setStatus(user, to)
  return {}
}

function oneTimeToken (): string {
  return randomBytes(15).toString('base64url')
}
