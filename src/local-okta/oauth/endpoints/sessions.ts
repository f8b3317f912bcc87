import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notFound, OktaApiError } from '../../kernel/errors.js'
import { readObject, readText } from '../../kernel/json.js'
import { Sessions } from '../../resources/sessions/store.js'
import type { Session } from '../../resources/sessions/store.js'
import { toSessionView } from '../../resources/sessions/view.js'
import type { OAuthContext } from '../context.js'
import { isRedirectTarget } from '../redirect-target.js'
import { destroySession, findSession, startSession } from '../session.js'
import { createErrorPage } from '../../pages/error-page.js'

/** `/sessions`: a session for a session token, and the session of the browser that calls, by its cookie. */
export function registerSessions (app: FastifyInstance, context: OAuthContext): void {
  const { orgUrl } = context.kernel
  app.post('/sessions', async (request) => {
    const use = context.sessionTokens.consume(readText(readObject(request.body), 'sessionToken'))
    if (!use) throw new OktaApiError('E0000004')
    const { uid } = await startSession({ kernel: context.kernel, provider: await providerOf(context) }, use)
    return toSessionView(orgUrl, sessionOf(context, uid))
  })
  app.get('/sessions/me', async (request, reply) => {
    const { session } = await currentSession(context, request, reply)
    return toSessionView(orgUrl, session, 'me')
  })
  app.post('/sessions/me/lifecycle/refresh', async (request, reply) => {
    const { session } = await currentSession(context, request, reply)
    return toSessionView(orgUrl, context.kernel.store(Sessions).refresh(session.id), 'me')
  })
  app.delete('/sessions/me', async (request, reply) => {
    const { provider, browserSession } = await currentSession(context, request, reply)
    await destroySession(context.kernel, { provider, session: browserSession }, reply)
    return reply.code(204).send()
  })
}

/**
 * `/login/sessionCookieRedirect`: signs the browser in by a session token, and sends it to a page of the org or of a trusted
 * origin. A token that is not good only leaves it without a session. `/login/signout` signs it out, and sends it there.
 */
export function registerSessionRedirect (app: FastifyInstance, context: OAuthContext): void {
  app.get('/login/sessionCookieRedirect', async (request, reply) => {
    const { token = '', redirectUrl = '' } = request.query as Record<string, string>
    if (!isRedirectTarget(context.kernel, redirectUrl)) return refuseRedirect(reply, 'redirectUrl', redirectUrl)
    const use = context.sessionTokens.consume(token)
    if (use) await startSession({ kernel: context.kernel, provider: await providerOf(context) }, use, { request, reply })
    return reply.redirect(redirectUrl, 302)
  })
  app.get('/login/signout', async (request, reply) => {
    const { fromURI = `${context.kernel.orgUrl}/` } = request.query as Record<string, string>
    if (!isRedirectTarget(context.kernel, fromURI)) return refuseRedirect(reply, 'fromURI', fromURI)
    const provider = await providerOf(context)
    const session = await findSession(provider, request, reply)
    if (session) await destroySession(context.kernel, { provider, session }, reply)
    return reply.redirect(fromURI, 302)
  })
}

function refuseRedirect (reply: FastifyReply, name: string, url: string): FastifyReply {
  const { html, headers } = createErrorPage('invalid_request', `The ${name} is neither of this org, of a trusted origin, nor of a registered redirect URI.`, [['Sent', [url]]])
  return reply.code(400).headers(headers).send(html)
}

// sessions are the org's, whichever server reads them
async function providerOf ({ servers }: OAuthContext) {
  return await servers.providerOf(await servers.org())
}

function sessionOf ({ kernel }: OAuthContext, uid: string): Session {
  const session = kernel.store(Sessions).ofUid(uid)
  if (!session) throw notFound('me', 'Session')
  return session
}

async function currentSession (context: OAuthContext, request: FastifyRequest, reply: FastifyReply) {
  const provider = await providerOf(context)
  const browserSession = await findSession(provider, request, reply)
  if (!browserSession) throw notFound('me', 'Session')
  return { provider, browserSession, session: sessionOf(context, browserSession.uid) }
}
