import type { FastifyInstance, FastifyReply } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import { invalidRequest } from '../errors.js'
import type { Form } from '../form.js'
import { authenticateCaller } from './caller.js'
import { oauthServerMetadata, openidConfiguration } from './metadata.js'
import { introspect } from './introspect.js'
import { endSession } from './logout.js'
import { revoke } from './revoke.js'
import { answerDeviceAuthorization, answerPushedAuthorization, answerToken } from './token.js'
import { readUserinfo } from './userinfo.js'

const PREFIX = '/oauth2/default'
const KEYS_MAX_AGE_SECONDS = 3600

/** The endpoints of the `default` server, except `/v1/authorize` and the pages of devices, which oidc-provider answers alone. */
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
  registerForClients(app, context)
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

/** The endpoints that a client calls for itself. */
function registerForClients (app: FastifyInstance, context: LocalOktaContext): void {
  app.register(async (endpoints) => {
    endpoints.addHook('onRequest', async (_request, reply) => {
      reply.headers({ 'cache-control': 'no-cache, no-store', pragma: 'no-cache' })
    })
    endpoints.addContentTypeParser('*', async () => {
      throw invalidRequest('Accept and/or Content-Type headers supplied in the request do not match supported values.')
    })
    endpoints.post('/token', async (request, reply) => answerToken(context, request, reply))
    endpoints.post('/device/authorize', async (request, reply) => answerDeviceAuthorization(context, request, reply))
    endpoints.post('/par', async (request, reply) => answerPushedAuthorization(context, request, reply))
    endpoints.post('/introspect', async (request) => {
      const client = await authenticateCaller(context, request)
      return introspect(context, request.body as Form, client, 'default')
    })
    endpoints.post('/revoke', async (request, reply) => {
      const client = await authenticateCaller(context, request)
      await revoke(context, request.body as Form, client)
      // no content type: clients that see one parse the body, which is empty
      return reply.send()
    })
  }, { prefix: `${PREFIX}/v1` })
}
