import type { FastifyRequest } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import { authenticateClient } from '../client-authentication.js'
import { urlOf } from '../endpoint.js'
import { OAuthError } from '../errors.js'
import type { Form } from '../form.js'
import type { Application } from '../../resources/apps/application.js'

/**
 * Authenticates the client that calls an endpoint of the `default` server.
 *
 * @throws {OAuthError} in Okta's words; with a challenge if the client used `Authorization` (RFC 6749 section 5.2)
 */
export async function authenticateCaller ({ org, usedIds }: LocalOktaContext, request: FastifyRequest): Promise<Application> {
  const { authorization } = request.headers
  try {
    return await authenticateClient({
      authorization,
      form: request.body as Form,
      endpoints: [urlOf(request), `${org.orgUrl}${request.routeOptions.url ?? ''}`],
      issuer: org.issuer
    }, org.applications, usedIds)
  } catch (error) {
    if (!(error instanceof OAuthError) || authorization === undefined) throw error
    throw error.withHeaders({ 'www-authenticate': `Basic realm="${org.issuer}"` })
  }
}
