import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import { authenticateClient } from '../oauth/client-authentication.js'
import type { Form } from '../oauth/form.js'
import type { Application } from '../org/applications.js'
import { oauthServerMetadata, openidConfiguration } from './discovery.js'
import { introspect } from './introspection.js'
import { endSession } from './logout.js'
import { revoke } from './revocation.js'
import { readUserinfo } from './userinfo.js'

const PREFIX = '/oauth2/default'
const KEYS_MAX_AGE_SECONDS = 3600

/** Endpoints of the `default` server that oidc-provider leaves to us. */
export function registerDefaultServer (app: FastifyInstance, context: LocalOktaContext): void {
  const { org, keys } = context
  const openid = openidConfiguration(org.issuer)
  const oauth = oauthServerMetadata(org.issuer)
  app.get(`${PREFIX}/.well-known/openid-configuration`, async () => openid)
  app.get(`${PREFIX}/.well-known/oauth-authorization-server`, async () => oauth)
  app.get(`/.well-known/oauth-authorization-server${PREFIX}`, async () => oauth)

  app.get(`${PREFIX}/v1/keys`, async (_request, reply) => {
    reply.header('cache-control', `max-age=${KEYS_MAX_AGE_SECONDS}, must-revalidate`)
    return { keys: keys.published.map(({ publicJwk }) => publicJwk) }
  })
  app.post(`${PREFIX}/v1/introspect`, async (request, reply) => {
    const client = await clientOf(request, context)
    reply.header('cache-control', 'no-cache, no-store')
    return introspect(context, request.body as Form, client, 'default')
  })
  app.post(`${PREFIX}/v1/revoke`, async (request, reply) => {
    const client = await clientOf(request, context)
    await revoke(context, request.body as Form, client)
    return reply.header('content-type', 'application/json').header('cache-control', 'no-cache, no-store').send('')
  })
  app.route({
    method: ['GET', 'POST'],
    url: `${PREFIX}/v1/userinfo`,
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-cache, no-store')
      return readUserinfo(context, request)
    }
  })
  app.route({
    method: ['GET', 'POST'],
    url: `${PREFIX}/v1/logout`,
    handler: async (request, reply): Promise<FastifyReply> => endSession(context, request, reply)
  })
  app.get('/activate', async (request, reply) => {
    const [, query] = request.url.split('?')
    return reply.redirect(`${PREFIX}/activate${query === undefined ? '' : `?${query}`}`)
  })
}

async function clientOf (request: FastifyRequest, { org, usedIds }: LocalOktaContext): Promise<Application> {
  return authenticateClient({
    authorization: request.headers.authorization,
    form: request.body as Form,
    endpoint: `${org.orgUrl}${request.routeOptions.url ?? ''}`,
    issuer: org.issuer
  }, org.applications, usedIds)
}
