import Fastify, { type FastifyRequest, type FastifyTypeProvider } from 'fastify'
import { expectTypeOf } from 'expect-type'
import fastifyOkta, { type AccessTokenClaims, type AuthenticatedRequest, type OktaGuard, type OktaHook, type OktaRequirement, type OktaUser } from 'fastify-okta'

declare function expectAssignable<T> (value: T): void
const app = Fastify()
await app.register(fastifyOkta, { issuer: 'https://dev-1.okta.com/oauth2/default', audience: 'api://default' })
const { authenticate, identify, requireGroup, requireScope, requireAuthentication } = app.okta

type Claims = Readonly<AccessTokenClaims>
interface Search { Querystring: { term: string } }

// Whatever guards a route, its claims are there; the user may not be, since there may be no directory.
for (const guard of [authenticate, requireGroup('Auditors'), requireScope('reports:read'), requireAuthentication({ maxAgeSeconds: 300 })]) {
  app.get('/', { onRequest: guard }, async (request, reply) => {
    expectTypeOf(request.claims).toEqualTypeOf<Claims>()
    expectTypeOf(request.oktaUser).toEqualTypeOf<Readonly<OktaUser> | null>()
    reply.code(201)
  })
  app.route({ method: 'POST', url: '/', onRequest: guard, handler: async request => { expectTypeOf(request.claims).toEqualTypeOf<Claims>() } })
}

// Of several hooks the first one has to be the guard.
app.post('/', { onRequest: [requireScope('reports:write'), async () => {}] }, async function (request) {
  expectTypeOf(request.claims).toEqualTypeOf<Claims>()
  expectTypeOf(this.okta).toEqualTypeOf<typeof app.okta>()
})

// What else is known of a route stays known.
app.get<Search>('/', { onRequest: authenticate }, async request => {
  expectTypeOf(request.claims).toEqualTypeOf<Claims>()
  expectTypeOf(request.query.term).toEqualTypeOf<string>()
})
app.get<{ Reply: { sub: string } }>('/', { onRequest: authenticate }, request => ({ sub: request.claims.sub }))
// @ts-expect-error the answer is not what the route promises
app.get<{ Reply: { sub: string } }>('/', { onRequest: authenticate }, request => ({ sub: request.claims.exp }))

// A type provider too.
interface ByExample extends FastifyTypeProvider { validator: this['schema'] extends { example: infer Example } ? Example : unknown }
const typed = app.withTypeProvider<ByExample>()
const schema = { querystring: { example: { page: 1 } } }
typed.get('/', { onRequest: authenticate, schema }, async request => {
  expectTypeOf(request.claims).toEqualTypeOf<Claims>()
  expectTypeOf(request.query.page).toEqualTypeOf<number>()
})
typed.route({ method: 'GET', url: '/', onRequest: authenticate, schema, handler: async request => { expectTypeOf(request.query.page).toEqualTypeOf<number>() } })

// Without a guard nothing is promised: `identify` lets strangers pass.
app.get('/', async request => { expectTypeOf(request.claims).toEqualTypeOf<Claims | null>() })
app.get('/', { onRequest: identify }, async request => { expectTypeOf(request.claims).toEqualTypeOf<Claims | null>() })
app.get('/', { onRequest: async () => {} }, async request => { expectTypeOf(request.claims).toEqualTypeOf<Claims | null>() })
app.route({ method: 'GET', url: '/', onRequest: identify, handler: async request => { expectTypeOf(request.claims).toEqualTypeOf<Claims | null>() } })

// A handler that is written apart says what it needs, and cannot be mounted without a guard.
async function report (request: AuthenticatedRequest): Promise<string> {
  return request.claims.sub
}
async function search (request: AuthenticatedRequest<FastifyRequest<Search>>): Promise<string> {
  return request.claims.sub + request.query.term
}
app.get('/', { onRequest: requireGroup('Auditors') }, report)
app.get<Search>('/', { onRequest: requireGroup('Auditors') }, search)
// @ts-expect-error no guard
app.get('/', report)
// @ts-expect-error identify is none
app.get('/', { onRequest: identify }, report)
// @ts-expect-error no guard
app.route({ method: 'GET', url: '/', handler: report })

// Guards are hooks, and not every hook is a guard.
expectAssignable<OktaHook>(requireGroup('Auditors'))
// @ts-expect-error identify lets strangers pass
expectAssignable<OktaGuard>(identify)
// @ts-expect-error a hook of somebody's own
expectAssignable<OktaGuard>(async () => {})

// Every one of them says what it asks for; a function that does not is none.
expectTypeOf(identify.requirement).toEqualTypeOf<OktaRequirement>()
expectTypeOf(requireGroup('Auditors').requirement).toEqualTypeOf<OktaRequirement>()
expectTypeOf(authenticate.requirement.scopes).toEqualTypeOf<readonly string[]>()
// @ts-expect-error it does not say what it asks for
expectAssignable<OktaHook>(async () => {})
// @ts-expect-error it is as it was made
authenticate.requirement.authentication = 'optional'
