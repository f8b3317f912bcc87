import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notFound, OktaApiError } from '../../kernel/errors.js'
import { readObject, readText } from '../../kernel/json.js'
import { hasPassword } from '../../resources/users/password.js'
import { Users } from '../../resources/users/store.js'
import type { User } from '../../resources/users/user.js'
import { ORG_ID } from '../../tokens/claims.js'
import type { OAuthContext } from '../context.js'
import { offsetSeconds } from '../provider/org-time.js'
import { destroySession, findSession } from '../session.js'

const SESSION_MS = 2 * 3600 * 1000

/**
 * What browsers call at `/api/v1` without an API token: `/authn`, the primary authentication of Okta's Classic Engine, and
 * `/sessions/me`, by the cookie. Does NOT ask for a second factor, and refuses a user whose password has expired.
 */
export function registerSessions (app: FastifyInstance, context: OAuthContext): void {
  app.addHook('onRequest', async (_request, reply) => { reply.header('cache-control', 'no-cache, no-store') })
  app.post('/authn', async (request) => authenticate(context, request))
  app.get('/sessions/me', async (request, reply) => {
    const { user, session } = await currentSession(context, request, reply)
    const { clock, orgUrl } = context.kernel
    return toSessionView(orgUrl, user, session.uid, ((session.loginTs ?? 0) + offsetSeconds(clock)) * 1000)
  })
  app.delete('/sessions/me', async (request, reply) => {
    const { provider, session } = await currentSession(context, request, reply)
    await destroySession(context.kernel, { provider, session }, request, reply)
    return reply.code(204).send()
  })
}

async function authenticate ({ kernel, sessionTokens }: OAuthContext, request: FastifyRequest): Promise<Record<string, unknown>> {
  const body = readObject(request.body)
  const users = kernel.store(Users)
  const user = users.find(readText(body, 'username'))
  // one answer for every failure, so that it does not tell which logins exist
  if (!user || !hasPassword(user, readText(body, 'password'))) throw new OktaApiError('E0000004')
  const { token, expiresAt } = sessionTokens.create(user.id)
  const { login, firstName, lastName } = user.profile
  return {
    expiresAt: new Date(expiresAt).toISOString(),
    status: 'SUCCESS',
    sessionToken: token,
    _embedded: {
      user: {
        id: user.id,
        ...(user.passwordChanged === null ? {} : { passwordChanged: user.passwordChanged }),
        profile: { login, firstName, lastName, locale: user.profile['locale'] ?? 'en', timeZone: user.profile['timezone'] ?? 'America/Los_Angeles' }
      }
    }
  }
}

async function currentSession ({ kernel, servers }: OAuthContext, request: FastifyRequest, reply: FastifyReply) {
  // sessions are the org's, whichever server reads them
  const provider = servers.providerOf(await servers.default())
  const session = await findSession(provider, request, reply)
  const user = kernel.store(Users).findById(session?.accountId ?? '')
  if (!session || !user) throw notFound('me', 'Session')
  return { provider, session, user }
}

function toSessionView (orgUrl: string, user: User, uid: string, startedAt: number): Record<string, unknown> {
  const { id, profile: { login } } = user
  const created = new Date(startedAt).toISOString()
  return {
    id: `102${uid}`,
    userId: id,
    login,
    createdAt: created,
    expiresAt: new Date(startedAt + SESSION_MS).toISOString(),
    status: 'ACTIVE',
    lastPasswordVerification: created,
    lastFactorVerification: null,
    amr: ['pwd'],
    idp: { id: ORG_ID, type: 'OKTA' },
    mfaActive: false,
    _links: {
      self: { href: `${orgUrl}/api/v1/sessions/me`, hints: { allow: ['GET', 'DELETE'] } },
      user: { name: 'Me', href: `${orgUrl}/api/v1/users/me`, hints: { allow: ['GET'] } }
    }
  }
}
