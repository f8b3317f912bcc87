import type { FastifyReply, FastifyRequest } from 'fastify'
import { compactVerify } from 'jose'
import { Applications } from '../../resources/apps/store.js'
import { destroySession, findSession } from '../session.js'
import type { AuthorizationServer } from '../authorization-server.js'
import type { OAuthContext } from '../context.js'
import type { Form } from '../form.js'
import { createErrorPage, redirectFacts } from '../../pages/error-page.js'
import type { Fact } from '../../pages/error-page.js'

/**
 * Ends the browser's session if the ID token is its user's, and returns to the app
 * without a question. Revokes no tokens. The ID token may have expired.
 */
export async function endSession (
  context: OAuthContext, server: AuthorizationServer, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const parameters = request.method === 'POST' ? request.body as Form : queryOf(request)
  const hint = await readHint(server, parameters.get('id_token_hint') ?? '')
  const application = hint && context.kernel.store(Applications).findById(hint.clientId)
  if (!application) return refuse(reply, 'The id_token_hint is invalid.')

  const target = parameters.get('post_logout_redirect_uri')
  if (target !== undefined && !application.postLogoutRedirectUris.includes(target)) {
    return refuse(reply, "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.",
      redirectFacts(target, application.postLogoutRedirectUris, application))
  }
  const provider = await context.servers.providerOf(server)
  const session = await findSession(provider, request, reply)
  if (session?.accountId === hint.userId) await destroySession(context.kernel, { provider, session }, reply)
  const location = new URL(target ?? `${context.kernel.orgUrl}/`)
  const state = parameters.get('state')
  if (state !== undefined) location.searchParams.set('state', state)
  return reply.redirect(location.href, 302)
}

async function readHint (
  { issuer, keys }: AuthorizationServer, idToken: string
): Promise<{ clientId: string, userId: string } | undefined> {
  try {
    const { payload } = await compactVerify(idToken, ({ kid }) => {
      const key = keys.published.find((published) => published.kid === kid)
      if (!key) throw new TypeError('no such key')
      return key.publicJwk
    }, { algorithms: ['RS256'] })
    const { iss, aud, sub } = JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>
    return iss === issuer ? { clientId: String(aud), userId: String(sub) } : undefined
  } catch {
    return undefined
  }
}

function queryOf (request: FastifyRequest): Form {
  return new Map(new URLSearchParams(request.url.split('?')[1] ?? ''))
}

function refuse (reply: FastifyReply, description: string, facts: readonly Fact[] = []): FastifyReply {
  const { html, headers } = createErrorPage('invalid_request', description, facts, 'Sign-out is not possible')
  return reply.code(400).headers(headers).send(html)
}
