import type { FastifyRequest } from 'fastify'
import { notFound } from '../../kernel/errors.js'
import type { Application } from '../../resources/apps/application.js'
import { Applications } from '../../resources/apps/store.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { authenticateClient } from '../client-authentication.js'
import type { OAuthContext } from '../context.js'
import { urlOf } from '../endpoint.js'
import { OAuthError } from '../errors.js'
import type { Form } from '../form.js'
import type { OAuthRequest } from '../oauth-events.js'

/**
 * The authorization server whose endpoint is called: the org's own where the path names none.
 *
 * @throws {OktaApiError} 404 E0000007 for a server that does not exist or is not active
 */
export async function serverOf ({ servers }: OAuthContext, request: FastifyRequest): Promise<AuthorizationServer> {
  const { serverId } = request.params as { serverId?: string }
  if (serverId === undefined) return servers.org()
  const server = await servers.findCustom(serverId)
  if (!server) throw notFound(serverId, 'AuthorizationServer')
  return server
}

/** The request as the System Log tells of it. The client is the one that it names, unless it is known. */
export function oauthRequestOf (
  { id }: AuthorizationServer, { body, ip, headers }: FastifyRequest, clientId = (body as Form).get('client_id')
): OAuthRequest {
  return { serverId: id, clientId, userId: undefined, ipAddress: ip, userAgent: headers['user-agent'] ?? null }
}

/**
 * Authenticates the client that calls an endpoint.
 *
 * @throws {OAuthError} in Okta's words; with a challenge if the client used `Authorization` (RFC 6749 section 5.2)
 */
export async function authenticateCaller (
  { kernel, usedIds }: OAuthContext, { issuer, baseUrl }: AuthorizationServer, request: FastifyRequest
): Promise<Application> {
  const { authorization } = request.headers
  const url = urlOf(request)
  try {
    return await authenticateClient({
      authorization,
      form: request.body as Form,
      // by the name in the URL, and by the org's own
      endpoints: [url, `${baseUrl}${new URL(url).pathname.slice(new URL(baseUrl).pathname.length)}`],
      issuer
    }, kernel.store(Applications), usedIds)
  } catch (error) {
    if (!(error instanceof OAuthError) || authorization === undefined) throw error
    throw error.withHeaders({ 'www-authenticate': `Basic realm="${issuer}"` })
  }
}
