import type { FastifyReply, FastifyRequest } from 'fastify'
import { compactVerify } from 'jose'
import type { LocalOktaContext } from '../context.js'
import type { Form } from '../form.js'
import { createErrorPage, redirectFacts } from '../../pages/error-page.js'
import type { Fact } from '../../pages/error-page.js'

/**
 * Ends the browser's session if the ID token is its user's, and returns to the app
 * without a question. Revokes no tokens. The ID token may have expired.
 */
export async function endSession (
  context: LocalOktaContext, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const parameters = request.method === 'POST' ? request.body as Form : queryOf(request)
  const hint = await readHint(context, parameters.get('id_token_hint') ?? '')
  const application = hint && context.org.applications.findById(hint.clientId)
  if (!application) return refuse(reply, 'The id_token_hint is invalid.')

  const target = parameters.get('post_logout_redirect_uri')
  if (target !== undefined && !application.postLogoutRedirectUris.includes(target)) {
    return refuse(reply, "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.",
      redirectFacts(target, application.postLogoutRedirectUris, application))
  }
  await destroySession(context, request, reply, hint.userId)
  const location = new URL(target ?? `${context.org.orgUrl}/`)
  const state = parameters.get('state')
  if (state !== undefined) location.searchParams.set('state', state)
  return reply.redirect(location.href, 302)
}

async function destroySession (
  { provider: current }: LocalOktaContext, request: FastifyRequest, reply: FastifyReply, userId: string
): Promise<void> {
  const provider = current()
  const ctx = provider.createContext(request.raw, reply.raw)
  const session = await provider.Session.get(ctx as never)
  if (session.accountId !== userId) return
  await session.destroy()
  reply.header('set-cookie', `${provider.cookieName('session')}=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly`)
}

async function readHint (
  { org, keys }: LocalOktaContext, idToken: string
): Promise<{ clientId: string, userId: string } | undefined> {
  try {
    const { payload } = await compactVerify(idToken, ({ kid }) => {
      const key = keys.published.find((published) => published.kid === kid)
      if (!key) throw new TypeError('no such key')
      return key.publicJwk
    }, { algorithms: ['RS256'] })
    const { iss, aud, sub } = JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>
    return iss === org.issuer ? { clientId: String(aud), userId: String(sub) } : undefined
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
