import { expectTypeOf } from 'expect-type'
import Fastify, { type FastifyRequest, type FastifyTypeProvider, type onRequestAsyncHookHandler, type onRequestHookHandler } from 'fastify'
import fastifyOkta, {
  assertAuthenticated, type AccessTokenClaims, type AuthenticatedRequest, type OktaGuard, type OktaHook, type OktaRequirement, type OktaUser
} from 'fastify-okta'

declare function expectAssignable<T> (value: T): void
const app = Fastify()
await app.register(fastifyOkta, { issuer: 'https://dev-1.okta.com/oauth2/default', audience: 'api://default' })
const { authenticate, identify, requireGroup, requireScope, requireAuthentication } = app.okta

type Claims = Readonly<AccessTokenClaims>
interface Search { Querystring: { term: string } }

// Every guard can be mounted on every kind of route. Behind it the claims may be null for all that the compiler knows,
// and are not after the assertion; the user may be, since there may be no directory.
for (const guard of [authenticate, identify, requireGroup('Auditors'), requireScope('reports:read'), requireAuthentication({ maxAgeSeconds: 300 })]) {
  app.get('/', { onRequest: guard }, async (request, reply) => {
    expectTypeOf(request.claims).toEqualTypeOf<Claims | null>()
    assertAuthenticated(request)
    expectTypeOf(request.claims).toEqualTypeOf<Claims>()
    expectTypeOf(request.oktaUser).toEqualTypeOf<Readonly<OktaUser> | null>()
    reply.code(201)
  })
  app.post('/', { onRequest: [guard, async () => {}] }, async function () { expectTypeOf(this.okta).toEqualTypeOf<typeof app.okta>() })
  app.route({ method: 'POST', url: '/', onRequest: guard, handler: async (request) => request.claims?.sub })
  app.route({ method: 'POST', url: '/', onRequest: [async () => {}, guard], handler: async (request) => request.claims?.sub })
  app.addHook('onRequest', guard)
}

// Hooks in variables, and generic ones.
const options = { onRequest: [authenticate] }
app.get('/', options, async (request) => request.claims?.sub)
app.route({ ...options, method: 'GET', url: '/', handler: async (request) => request.claims?.sub })
const hooks = [authenticate, requireScope('reports:read')]
app.get('/', { onRequest: hooks }, async () => 'a')
function guardAll<Hook extends onRequestHookHandler> (hook: Hook): { onRequest: Hook } {
  return { onRequest: hook }
}
app.get('/', guardAll(authenticate), async () => 'a')
expectAssignable<onRequestHookHandler>(authenticate)
expectAssignable<onRequestAsyncHookHandler>(authenticate)

// Called by hand a guard returns a promise, and with `done` nothing.
app.get('/', {
  onRequest: async (request, reply) => { await authenticate(request, reply) }
}, async () => 'a')
app.get('/', { onRequest: async (request, reply) => await authenticate(request, reply) }, async () => 'a')
app.get('/', { onRequest: (request, reply, done) => { authenticate(request, reply, done) } }, async () => 'a')
app.get<Search>('/', { onRequest: async (request, reply) => { await authenticate(request, reply) } }, async (request) => request.query.term)

// What else is known of a route stays known.
app.get<Search>('/', { onRequest: authenticate }, async (request) => {
  assertAuthenticated(request)
  expectTypeOf(request.claims).toEqualTypeOf<Claims>()
  expectTypeOf(request.query.term).toEqualTypeOf<string>()
})
app.get<{ Reply: { sub: string } }>('/', { onRequest: authenticate }, (request) => ({ sub: request.claims?.sub ?? '' }))
// @ts-expect-error the answer is not what the route promises
app.get<{ Reply: { sub: string } }>('/', { onRequest: authenticate }, (request) => ({ sub: request.claims?.exp }))

// A type provider too.
interface ByExample extends FastifyTypeProvider { validator: this['schema'] extends { example: infer Example } ? Example : unknown }
const typed = app.withTypeProvider<ByExample>()
const schema = { querystring: { example: { page: 1 } } }
typed.get('/', { onRequest: authenticate, schema }, async (request) => {
  assertAuthenticated(request)
  expectTypeOf(request.claims).toEqualTypeOf<Claims>()
  expectTypeOf(request.query.page).toEqualTypeOf<number>()
})
typed.route({ method: 'GET', url: '/', onRequest: authenticate, schema, handler: async (request) => { expectTypeOf(request.query.page).toEqualTypeOf<number>() } })

// A function that is only called for an authenticated request says so.
async function report (request: AuthenticatedRequest<FastifyRequest<Search>>): Promise<string> {
  return request.claims.sub + request.query.term
}
app.get<Search>('/', { onRequest: requireGroup('Auditors') }, async (request) => {
  assertAuthenticated(request)
  return await report(request)
})
// @ts-expect-error nothing says that the request is authenticated
app.get<Search>('/', async (request) => await report(request))

// Guards are hooks, and not every hook is a guard.
expectAssignable<OktaHook>(requireGroup('Auditors'))
// @ts-expect-error identify lets requests without credentials pass
expectAssignable<OktaGuard>(identify)
// @ts-expect-error a hook of the application's own
expectAssignable<OktaGuard>(async () => {})

// Every one of them says what it asks for; a function that does not is not a guard.
expectTypeOf(identify.requirement).toEqualTypeOf<OktaRequirement>()
expectTypeOf(requireGroup('Auditors').requirement).toEqualTypeOf<OktaRequirement>()
expectTypeOf(authenticate.requirement.scopes).toEqualTypeOf<readonly string[]>()
// @ts-expect-error it does not say what it asks for
expectAssignable<OktaHook>(async () => {})
// @ts-expect-error it is as it was made
authenticate.requirement.authentication = 'optional'
