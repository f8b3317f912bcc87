import Fastify, { type FastifyRequest, type FastifyTypeProvider } from 'fastify'
import { expectAssignable, expectNotAssignable, expectType } from 'tsd'
import { Type, type Static, type TSchema } from 'typebox'
import fastifyOkta, { type AccessTokenClaims, type AuthenticatedRequest, type OktaGuard, type OktaHook, type OktaRequirement, type OktaUser } from '../../../src/index.js'

const app = Fastify()
await app.register(fastifyOkta, { issuer: 'https://dev-1.okta.com/oauth2/default', audience: 'api://default' })
const { authenticate, identify, requireGroup, requireScope, requireAuthentication } = app.okta

type Claims = Readonly<AccessTokenClaims>
interface Search { Querystring: { term: string } }

// Whatever guards a route, its claims are there; the user may not be, since there may be no directory.
for (const guard of [authenticate, requireGroup('Auditors'), requireScope('reports:read'), requireAuthentication({ maxAgeSeconds: 300 })]) {
  app.get('/', { onRequest: guard }, async (request, reply) => {
    expectType<Claims>(request.claims)
    expectType<Readonly<OktaUser> | null>(request.oktaUser)
    reply.code(201)
  })
  app.route({ method: 'POST', url: '/', onRequest: guard, handler: async request => { expectType<Claims>(request.claims) } })
}

// Of several hooks the first one has to be the guard.
app.post('/', { onRequest: [requireScope('reports:write'), async () => {}] }, async function (request) {
  expectType<Claims>(request.claims)
  expectType<typeof app.okta>(this.okta)
})

// What else is known of a route stays known.
app.get<Search>('/', { onRequest: authenticate }, async request => {
  expectType<Claims>(request.claims)
  expectType<string>(request.query.term)
})
app.get<{ Reply: { sub: string } }>('/', { onRequest: authenticate }, request => ({ sub: request.claims.sub }))
// @ts-expect-error the answer is not what the route promises
app.get<{ Reply: { sub: string } }>('/', { onRequest: authenticate }, request => ({ sub: request.claims.exp }))

// A type provider too.
interface TypeBox extends FastifyTypeProvider { validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown }
const typed = app.withTypeProvider<TypeBox>()
const schema = { querystring: Type.Object({ page: Type.Number() }) }
typed.get('/', { onRequest: authenticate, schema }, async request => {
  expectType<Claims>(request.claims)
  expectType<number>(request.query.page)
})
typed.route({ method: 'GET', url: '/', onRequest: authenticate, schema, handler: async request => { expectType<number>(request.query.page) } })

// Without a guard nothing is promised: `identify` lets strangers pass.
app.get('/', async request => { expectType<Claims | null>(request.claims) })
app.get('/', { onRequest: identify }, async request => { expectType<Claims | null>(request.claims) })
app.get('/', { onRequest: async () => {} }, async request => { expectType<Claims | null>(request.claims) })
app.route({ method: 'GET', url: '/', onRequest: identify, handler: async request => { expectType<Claims | null>(request.claims) } })

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
expectNotAssignable<OktaGuard>(identify)
expectNotAssignable<OktaGuard>(async () => {})

// Every one of them says what it asks for; a function that does not is none.
expectType<OktaRequirement>(identify.requirement)
expectType<OktaRequirement>(requireGroup('Auditors').requirement)
expectType<readonly string[]>(authenticate.requirement.scopes)
expectNotAssignable<OktaHook>(async () => {})
// @ts-expect-error it is as it was made
authenticate.requirement.authentication = 'optional'
