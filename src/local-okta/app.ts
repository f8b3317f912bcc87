import { randomBytes } from 'node:crypto'
import fastify from 'fastify'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import type { ConsoleParts } from './console/parts.js'
import { CONSOLE } from './console/paths.js'
import { registerAuthorizationServers } from './oauth/endpoints/routes.js'
import type { OAuthContext } from './oauth/context.js'
import { registerControl } from './control-routes.js'
import type { Control } from './control.js'
import { registerManagementApi } from './kernel/api.js'
import type { ManagementApi } from './kernel/api.js'
import { createErrorBody, OktaApiError } from './kernel/errors.js'
import type { ErrorCode } from './kernel/errors.js'
import { isNestedTooDeeply } from './kernel/json.js'
import { MAX_PARAMETER_LENGTH, PathTree } from './kernel/path-tree.js'
import { registerRequestContext } from './kernel/request-context.js'
import { Router } from './kernel/router.js'
import { OAuthError } from './oauth/errors.js'
import { readForm } from './oauth/form.js'
import { registerAuthn } from './oauth/endpoints/authn/routes.js'
import { registerSessionRedirect, registerSessions } from './oauth/endpoints/sessions.js'
import { registerPasswordReset } from './oauth/endpoints/sign-in/password-reset.js'
import { registerRecoveryPages } from './oauth/endpoints/sign-in/recovery.js'
import { registerSignIn } from './oauth/endpoints/sign-in/routes.js'
import { createOrgMetadata, findAppAuthenticators } from './resources/crud/well-known.js'
import { createSsfMetadata } from './resources/ssf/metadata.js'
import { UNIVERSAL_LOGOUT_PATH, universalLogoutRoutes } from './resources/universal-logout/routes.js'

/** What the endpoints are made of. */
interface AppParts {
  readonly context: OAuthContext
  readonly api: ManagementApi
  readonly control: Control
  /** Gives the console: see {@link buildConsole}. */
  readonly openConsole: () => Promise<FastifyInstance>
  readonly logger: FastifyServerOptions['logger']
}

/** No route here has a schema: Fastify's own compilers would load Ajv, for a sixth of the time of a start. */
const NO_COMPILERS = { buildValidator: refuseSchema, buildSerializer: refuseSchema }

function refuseSchema (): never {
  throw new TypeError('the routes of the local Okta have no schemas')
}

/** Builds every endpoint of the org except those that oidc-provider answers. Does NOT listen. */
export async function buildApp ({ context, api, control, openConsole, logger }: AppParts): Promise<FastifyInstance> {
  const app = createApp(logger, api.router)
  await app.register(async (oauth) => {
    oauth.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => readForm(body))
    oauth.addHook('preValidation', async (request) => { if (request.body === undefined) request.body = new Map() })
    registerRequestContext(oauth, context.kernel)
    registerAuthorizationServers(oauth, context)
    registerSignIn(oauth, context)
    registerRecoveryPages(oauth, context)
    registerPasswordReset(oauth, context.kernel)
    registerSessionRedirect(oauth, context)
  })
  app.get('/.well-known/okta-organization', async () => createOrgMetadata(context.kernel))
  app.get('/.well-known/app-authenticator-configuration', async ({ query }) => findAppAuthenticators(context.kernel, (query as Record<string, unknown>)['oauthClientId']))
  app.get('/.well-known/ssf-configuration', async () => createSsfMetadata(context.kernel.orgUrl))
  await app.register(async (scope) => { passToConsole(scope, openConsole) })
  await app.register(async (scope) => {
    registerJson(scope)
    scope.addHook('onRequest', async (_request, reply) => { reply.header('cache-control', 'no-cache, no-store') })
    registerRequestContext(scope, context.kernel)
    registerAuthn(scope, context)
    registerSessions(scope, context)
  }, { prefix: '/api/v1' })
  await app.register(async (scope) => {
    registerJson(scope)
    registerFiles(scope)
    registerManagementApi(scope, '/*', api)
  })
  await app.register(async (scope) => {
    registerJson(scope)
    scope.setErrorHandler(answerWithout400Body)
    registerManagementApi(scope, UNIVERSAL_LOGOUT_PATH, { ...api, router: new Router(universalLogoutRoutes) })
  })
  await app.register(async (scope) => {
    registerJson(scope)
    registerControl(scope, control)
  }, { prefix: '/local' })
  await app.ready()
  return app
}

/** Builds the console. Its pages are imported only now: they take a sixth of the time of a start. */
export async function buildConsole (parts: ConsoleParts, logger: FastifyServerOptions['logger']): Promise<FastifyInstance> {
  const { registerConsole } = await import('./console/routes.js')
  const app = createApp(logger)
  await app.register(registerConsole, parts)
  await app.ready()
  return app
}

// before the body is read
function passToConsole (app: FastifyInstance, openConsole: () => Promise<FastifyInstance>): void {
  app.addHook('onRequest', async (request, reply) => {
    const console = await openConsole()
    reply.hijack()
    console.routing(request.raw, reply.raw)
  })
  for (const url of ['/', CONSOLE, `${CONSOLE}/*`]) app.all(url, async () => { throw new OktaApiError('E0000008') })
}

function createApp (logger: FastifyServerOptions['logger'], router = new Router([])): FastifyInstance {
  const app = fastify({
    logger: logger ?? false,
    genReqId: () => randomBytes(16).toString('hex'),
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: answerBadUrl,
    schemaController: { compilersFactory: NO_COMPILERS }
  })
  // each part of the org takes one kind of body: forms or JSON, never text
  app.removeAllContentTypeParsers()
  const paths = collectPaths(app)
  app.addHook('onRequest', async (request, reply) => { reply.header('x-okta-request-id', request.id) })
  app.setErrorHandler(answerError)
  app.setNotFoundHandler(async (request, reply) =>
    answerNotFound(request, reply, (url) => !router.isUnserved(url) && (router.hasPath(url) || paths.find(url) !== undefined)))
  return app
}

function registerJson (app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser(['application/json', 'application/merge-patch+json'], { parseAs: 'string' }, (request, body, done) => {
    // a POST without a body is fine, whatever type it claims
    if (body === '') done(null, undefined)
    else if (isNestedTooDeeply(body as string)) done(new OktaApiError('E0000003'), undefined)
    else parse(request, body as string, done)
  })
}

// a file is a string of its bytes: the one kind of body that is not JSON
function registerFiles (app: FastifyInstance): void {
  const types = ['multipart/form-data', 'application/x-pem-file', 'application/pkix-cert', 'application/x-x509-ca-cert']
  app.addContentTypeParser(types, { parseAs: 'buffer' }, (_request, body, done) => { done(null, (body as Buffer).toString('latin1')) })
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

// as Okta's description has it for the global token revocation
async function answerWithout400Body (error: FastifyError | OktaApiError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return error.statusCode === 400 ? reply.code(400).send() : answerError(error, request, reply)
}

// a URL that cannot be decoded, or whose id is too long to be one, reaches no route, and so no error handler
function answerBadUrl (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const isTooLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH'
  const body = isTooLong ? createErrorBody('E0000008') : createErrorBody('E0000002', 'the URL is malformed')
  reply.code(isTooLong ? 404 : 400).header('x-okta-request-id', request.id).type('application/json').send(body)
}

// 405 if the path exists with another method, without a request id, as Okta answers it
async function answerNotFound (request: FastifyRequest, reply: FastifyReply, isServed: (url: string) => boolean): Promise<FastifyReply> {
  if (!isServed(request.url)) return reply.code(404).send(createErrorBody('E0000008'))
  return reply.removeHeader('x-okta-request-id').code(405).send(createErrorBody('E0000022'))
}

// the paths of every route registered from here on, except wildcards
function collectPaths (app: FastifyInstance): PathTree<true> {
  const paths = new PathTree<true>()
  app.addHook('onRoute', ({ url }) => { if (!url.endsWith('*')) paths.set(url.replace(/:(\w+)/g, '{$1}'), true) })
  return paths
}
