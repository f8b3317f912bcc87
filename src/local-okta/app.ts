import { randomBytes } from 'node:crypto'
import fastify from 'fastify'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import { registerDefaultServer } from './authorization-server/routes.js'
import type { LocalOktaContext } from './context.js'
import { createErrorBody, OktaApiError } from './management/errors.js'
import type { ErrorCode } from './management/errors.js'
import { managementApi } from './management/plugin.js'
import { OAuthError } from './oauth/errors.js'
import { readForm } from './oauth/form.js'
import { registerOrgServer } from './org-authorization-server/routes.js'
import { registerSignIn } from './pages/sign-in-routes.js'

/** Builds every endpoint of the org but those that oidc-provider answers. Does NOT listen. */
export async function buildApp (context: LocalOktaContext, logger: FastifyServerOptions['logger']): Promise<FastifyInstance> {
  const app = fastify({ logger: logger ?? false, genReqId: () => randomBytes(16).toString('hex'), routerOptions: { maxParamLength: 300 } })
  // each part of the org takes one kind of body: forms or JSON, never text
  app.removeAllContentTypeParsers()
  const paths = collectPaths(app)
  app.addHook('onRequest', async (request, reply) => { reply.header('x-okta-request-id', request.id) })
  app.setErrorHandler(answerError)
  app.setNotFoundHandler(async (request, reply) => answerNotFound(paths, request, reply))
  await app.register(async (oauth) => {
    oauth.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => readForm(body))
    oauth.addHook('preValidation', async (request) => { if (request.body === undefined) request.body = new Map() })
    registerDefaultServer(oauth, context)
    registerOrgServer(oauth, context)
    registerSignIn(oauth, context)
  })
  await app.register(async (api) => {
    registerJson(api)
    await managementApi(api, context)
  }, { prefix: '/api/v1' })
  await app.ready()
  return app
}

function registerJson (api: FastifyInstance): void {
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // a POST without a body is fine, whatever type it claims
    if (body === '') done(null, undefined)
    else parse(request, body as string, done)
  })
}

async function answerError (error: FastifyError | OAuthError | OktaApiError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (error instanceof OAuthError || error instanceof OktaApiError) {
    return reply.code(error.statusCode).headers(error.headers).send(error.body)
  }
  const status = 'statusCode' in error ? error.statusCode ?? 500 : 500
  if (status >= 500) request.log.error(error)
  const code: ErrorCode = status === 415 ? 'E0000021' : status < 500 ? 'E0000003' : 'E0000009'
  return reply.code(status < 500 && status !== 415 ? 400 : status).send(createErrorBody(code))
}

// 405 where the path exists with another method, without a request id, as Okta answers it
async function answerNotFound (paths: RegExp[], request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const [path = ''] = request.url.split('?')
  if (!paths.some((pattern) => pattern.test(path))) return reply.code(404).send(createErrorBody('E0000008'))
  return reply.removeHeader('x-okta-request-id').code(405).send(createErrorBody('E0000022'))
}

// the paths of every route registered from here on
function collectPaths (app: FastifyInstance): RegExp[] {
  const paths: RegExp[] = []
  app.addHook('onRoute', ({ url }) => {
    const pattern = url.split('/').map((part) => part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')).join('/')
    paths.push(new RegExp(`^${pattern}$`))
  })
  return paths
}
