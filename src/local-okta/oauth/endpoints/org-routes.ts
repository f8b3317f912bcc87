import type { FastifyInstance } from 'fastify'
import { orgConfiguration } from './metadata.js'
import { introspect } from './introspect.js'
import type { LocalOktaContext } from '../context.js'
import { authenticateClient } from '../client-authentication.js'
import { urlOf } from '../endpoint.js'
import type { Form } from '../form.js'
import { issueServiceToken } from '../grants/org-client-credentials.js'

const KEYS_MAX_AGE_SECONDS = 3600

/**
 * The org's own authorization server: tokens for the management API. Does NOT
 * sign people in; its keys endpoint does not show the key of its access tokens.
 */
export function registerOrgServer (app: FastifyInstance, context: LocalOktaContext): void {
  const { org, usedIds } = context
  const configuration = orgConfiguration(org.orgUrl)
  app.get('/.well-known/openid-configuration', async () => configuration)
  app.get('/.well-known/oauth-authorization-server', async () => configuration)
  app.get('/oauth2/v1/keys', async (_request, reply) => {
    reply.header('cache-control', `max-age=${KEYS_MAX_AGE_SECONDS}, must-revalidate`)
    return { keys: [(await context.orgIdTokenKey()).publicJwk] }
  })
  app.post('/oauth2/v1/token', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-cache, no-store', pragma: 'no-cache' })
    const proof = request.headers['dpop']
    const { body, headers } = await issueServiceToken(context, {
      authorization: request.headers.authorization,
      form: request.body as Form,
      url: urlOf(request),
      ...(typeof proof === 'string' ? { proof } : {})
    })
    return reply.headers(headers).send(body)
  })
  app.post('/oauth2/v1/introspect', async (request, reply) => {
    const form = request.body as Form
    const client = await authenticateClient({
      authorization: request.headers.authorization,
      form,
      endpoints: [urlOf(request), `${org.orgUrl}/oauth2/v1/introspect`],
      issuer: org.orgUrl
    }, org.applications, usedIds)
    reply.header('cache-control', 'no-cache, no-store')
    return introspect(context, form, client, 'org')
  })
}
