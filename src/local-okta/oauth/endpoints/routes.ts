import type { FastifyInstance, FastifyReply } from 'fastify'
import type { OAuthContext } from '../context.js'
import { invalidRequest } from '../errors.js'
import type { Form } from '../form.js'
import { announceSuccess } from '../oauth-events.js'
import { authenticateCaller, oauthRequestOf, serverOf } from './caller.js'
import { answerDeviceAuthorization } from './device-authorize.js'
import { introspect } from './introspect.js'
import { endSession } from './logout.js'
import { oauthServerMetadata, openidConfiguration } from './metadata.js'
import { answerPushedAuthorization } from './par.js'
import { revoke } from './revoke.js'
import { answerToken } from './token.js'
import { readUserinfo } from './userinfo.js'

const KEYS_MAX_AGE_SECONDS = 3600
/** Where the servers are: the custom ones, and the org's own. */
const CUSTOM = '/oauth2/:serverId'
const ORG = '/oauth2'

/** The endpoints of all authorization servers, except `/v1/authorize` and the pages of devices, which oidc-provider answers alone. */
export function registerAuthorizationServers (app: FastifyInstance, context: OAuthContext): void {
  registerMetadata(app, context)
  for (const prefix of [CUSTOM, ORG]) {
    registerForClients(app, context, prefix)
    registerForUsers(app, context, prefix)
  }
  app.get('/activate', async (request, reply) => {
    const [, query] = request.url.split('?')
    return reply.redirect(`/oauth2/default/activate${query === undefined ? '' : `?${query}`}`)
  })
}

function registerMetadata (app: FastifyInstance, context: OAuthContext): void {
  for (const prefix of [CUSTOM, '']) {
    app.get(`${prefix}/.well-known/openid-configuration`, async (request) => openidConfiguration(await serverOf(context, request)))
    app.get(`${prefix}/.well-known/oauth-authorization-server`, async (request) => oauthServerMetadata(await serverOf(context, request)))
  }
  // RFC 8414 section 3.1: the well-known part goes between the host and the issuer's path
  app.get(`/.well-known/oauth-authorization-server${CUSTOM}`, async (request) => oauthServerMetadata(await serverOf(context, request)))
}

/** The endpoints that browsers and users' tokens come to. */
function registerForUsers (app: FastifyInstance, context: OAuthContext, prefix: string): void {
  app.get(`${prefix}/v1/keys`, async (request, reply) => {
    const { keys } = await serverOf(context, request)
    reply.header('cache-control', `max-age=${KEYS_MAX_AGE_SECONDS}, must-revalidate`)
    return { keys: keys.published.map(({ publicJwk }) => publicJwk) }
  })
  app.route({
    method: ['GET', 'POST'],
    url: `${prefix}/v1/userinfo`,
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-cache, no-store')
      return readUserinfo(context, await serverOf(context, request), request)
    }
  })
  app.route({
    method: ['GET', 'POST'],
    url: `${prefix}/v1/logout`,
    handler: async (request, reply): Promise<FastifyReply> => endSession(context, await serverOf(context, request), request, reply)
  })
}

/** The endpoints that a client calls for itself. */
function registerForClients (app: FastifyInstance, context: OAuthContext, prefix: string): void {
  app.register(async (endpoints) => {
    endpoints.addHook('onRequest', async (_request, reply) => {
      reply.headers({ 'cache-control': 'no-cache, no-store', pragma: 'no-cache' })
    })
    endpoints.addContentTypeParser('*', async () => {
      throw invalidRequest('Accept and/or Content-Type headers supplied in the request do not match supported values.')
    })
    endpoints.post('/token', async (request, reply) => answerToken(context, await serverOf(context, request), request, reply))
    endpoints.post('/device/authorize', async (request, reply) =>
      answerDeviceAuthorization(context, await serverOf(context, request), request, reply))
    endpoints.post('/par', async (request, reply) => answerPushedAuthorization(context, await serverOf(context, request), request, reply))
    endpoints.post('/introspect', async (request) => {
      const server = await serverOf(context, request)
      const client = await authenticateCaller(context, server, request)
      return introspect(context, server, request.body as Form, client)
    })
    endpoints.post('/revoke', async (request, reply) => {
      const server = await serverOf(context, request)
      const client = await authenticateCaller(context, server, request)
      const isRevoked = await revoke(context, server, request.body as Form, client)
      if (isRevoked) announceSuccess(context.kernel, oauthRequestOf(server, request, client.id), 'token.revoke')
      // no content type: clients that see one parse the body, which is empty
      return reply.send()
    })
  }, { prefix: `${prefix}/v1` })
}
