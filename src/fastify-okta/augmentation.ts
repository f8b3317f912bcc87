import type {
  ContextConfigDefault, FastifyBaseLogger, FastifyRequest, FastifySchema as Schema, FastifyTypeProvider, FastifyTypeProviderDefault,
  RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerBase, RawServerDefault, RouteGenericInterface, RouteHandlerMethod,
  RouteOptions, RouteShorthandOptions as ShorthandOptions
} from 'fastify'
import type { AUTHENTICATION, Authentication } from './guards/authenticate.js'
import type { OktaGuard } from './guards/hook.js'
import type { VERIFICATION, Verification } from './guards/request-verification.js'
import type { AccessTokenClaims } from './okta/access-token/claim-profile.js'
import type { OktaUser } from './okta/directory/user.js'
import type { FastifyOkta } from './plugin.js'

/** The request of a route whose guard has authenticated it: `claims` is there. For handlers that are written apart from their route. */
export type AuthenticatedRequest<Request = FastifyRequest> = Request & { readonly claims: Readonly<AccessTokenClaims> }

/** A route's hooks of which one authenticates: `oktaUser` may still be `null`, but `claims` is not. */
type Guarded<Options extends { onRequest?: unknown }> = Options & { onRequest: OktaGuard | readonly [OktaGuard, ...unknown[]] }

/** A handler that is only run once its request is authenticated. */
type GuardedHandler<Handler extends (...parameters: never) => unknown> = Handler extends (request: infer Request, reply: infer Reply) => infer Answer
  ? (this: ThisParameterType<Handler>, request: AuthenticatedRequest<Request>, reply: Reply) => Answer
  : never

/** The same for `app.route()`, whose options hold the handler. */
type GuardedRoute<Options extends { onRequest?: unknown, handler: (...parameters: never) => unknown }> =
  Guarded<Omit<Options, 'handler'>> & { handler: GuardedHandler<Options['handler']> }

declare module 'fastify' {
  interface FastifyRequest {
    /** The claims of the access token; `null` before authentication, deeply frozen after. */
    claims: Readonly<AccessTokenClaims> | null
    /** The user in the directory; `null` before authentication, without a directory, and where a client acts for itself. */
    readonly oktaUser: Readonly<OktaUser> | null
    /** @internal */
    [AUTHENTICATION]: Authentication | null
    /** @internal */
    [VERIFICATION]?: Verification | null
  }

  // Below, a route with a guard has claims. The type parameters are Fastify's own, as merging wants them; what other
  // packages add to has another name here, since it would hide the import where they are installed.

  interface FastifyInstance<
    RawServer extends RawServerBase = RawServerDefault,
    RawRequest extends RawRequestDefaultExpression<RawServer> = RawRequestDefaultExpression<RawServer>,
    RawReply extends RawReplyDefaultExpression<RawServer> = RawReplyDefaultExpression<RawServer>,
    Logger extends FastifyBaseLogger = FastifyBaseLogger,
    TypeProvider extends FastifyTypeProvider = FastifyTypeProviderDefault
  > {
    okta: FastifyOkta
    route<RouteGeneric extends RouteGenericInterface = RouteGenericInterface, ContextConfig = ContextConfigDefault, const SchemaCompiler extends Schema = Schema>(
      opts: GuardedRoute<RouteOptions<RawServer, RawRequest, RawReply, RouteGeneric, ContextConfig, SchemaCompiler, TypeProvider, Logger>>
    ): FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider>
  }

  interface RouteShorthandMethod<
    RawServer extends RawServerBase = RawServerDefault,
    RawRequest extends RawRequestDefaultExpression<RawServer> = RawRequestDefaultExpression<RawServer>,
    RawReply extends RawReplyDefaultExpression<RawServer> = RawReplyDefaultExpression<RawServer>,
    TypeProvider extends FastifyTypeProvider = FastifyTypeProviderDefault,
    Logger extends FastifyBaseLogger = FastifyBaseLogger
  > {
    <RouteGeneric extends RouteGenericInterface = RouteGenericInterface, ContextConfig = ContextConfigDefault, const SchemaCompiler extends Schema = Schema>(
      path: string,
      opts: Guarded<ShorthandOptions<RawServer, RawRequest, RawReply, RouteGeneric, ContextConfig, SchemaCompiler, TypeProvider, Logger>>,
      handler: GuardedHandler<RouteHandlerMethod<RawServer, RawRequest, RawReply, RouteGeneric, ContextConfig, SchemaCompiler, TypeProvider, Logger>>
    ): FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider>
  }
}
