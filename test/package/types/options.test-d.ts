import Fastify from 'fastify'
import { expectTypeOf } from 'expect-type'
import fastifyOkta, {
  CHANGEABLE_ATTRIBUTES, FastifyOktaError, InsufficientScopeError, InvalidTokenError, IssuerUnavailableError,
  type AccessTokenClaims, type Directory, type DpopReplayStore, type FastifyOkta, type FastifyOktaOptions, type OktaGroup, type OktaUser,
  type ProfileChanges, type Readiness, type Recorder, type SharedUserCache, type InvalidTokenReason
} from 'fastify-okta'

const issuer = 'https://dev-1.okta.com/oauth2/default'
const audience = 'api://default'
declare function expectAssignable<T> (value: T): void

// One issuer or several, and never neither.
expectAssignable<FastifyOktaOptions>({ issuer, audience })
expectAssignable<FastifyOktaOptions>({ issuer, audience: ['api://a', 'api://b'] as const, realm: 'reports' })
expectAssignable<FastifyOktaOptions>({ issuers: [{ issuer, audience }, { issuer, audience, clientIds: ['0oa1'] }], keysTtlMs: 1000 })
// @ts-expect-error neither an issuer nor issuers
expectAssignable<FastifyOktaOptions>({})
// @ts-expect-error no audience
expectAssignable<FastifyOktaOptions>({ issuer })
// @ts-expect-error an audience is a text
expectAssignable<FastifyOktaOptions>({ issuer, audience: 1 })

// An option that may be undefined, such as a variable of the environment, counts as not given.
declare const variable: string | undefined
expectAssignable<FastifyOktaOptions>({ issuer, audience, publicUrl: variable, jwksUri: variable, realm: variable, dpop: { nonceSecret: undefined }, directory: { token: 'a', orgUrl: variable } })
// @ts-expect-error a token must be known: without one, leave the directory out
expectAssignable<FastifyOktaOptions>({ issuer, audience, directory: { token: variable } })

// The directory: a token, or a service app with all that it needs.
expectAssignable<FastifyOktaOptions>({ issuer, audience, directory: { token: 'an API token', timeoutMs: 500 } })
expectAssignable<FastifyOktaOptions>({ issuer, audience, directory: { clientId: '0oa1', scopes: ['okta.users.read'], privateKey: { kty: 'RSA' } } })
// @ts-expect-error no credentials
expectAssignable<FastifyOktaOptions>({ issuer, audience, directory: {} })
expectAssignable<SharedUserCache>({ read: async () => ({ text: undefined, version: '', nowMs: 0 }), write: async () => {}, invalidate: async () => {}, subscribe: () => {} })
// @ts-expect-error a Map is not a shared cache
expectAssignable<FastifyOktaOptions>({ issuer, audience, directory: { token: 'an API token', sharedCache: new Map() } })
// @ts-expect-error a service app names its scopes
expectAssignable<FastifyOktaOptions>({ issuer, audience, directory: { clientId: '0oa1', privateKey: 'PEM' } })
expectAssignable<FastifyOktaOptions>({ issuer, audience, introspection: { clientId: '0oa1', clientSecret: 'secret' } })
// @ts-expect-error no secret
expectAssignable<FastifyOktaOptions>({ issuer, audience, introspection: { clientId: '0oa1' } })
expectAssignable<FastifyOktaOptions>({ issuer, audience, publicUrl: 'https://a.example', dpop: { mode: 'required' } })
// @ts-expect-error no such mode
expectAssignable<FastifyOktaOptions>({ issuer, audience, dpop: { mode: 'sometimes' } })
expectAssignable<DpopReplayStore>({ remember: async () => true })
// @ts-expect-error a store always returns a promise
expectAssignable<DpopReplayStore>({ remember: () => false })
expectAssignable<FastifyOktaOptions>({ issuer, audience, recorder: {} })
expectAssignable<Recorder>({ recordRefusal: (_code: string, _reason?: string) => {} })
// @ts-expect-error a method is a function
expectAssignable<Recorder>({ recordRefusal: 'a' })

const app = Fastify()
await app.register(fastifyOkta, { issuer, audience })
expectTypeOf(app.okta).toEqualTypeOf<FastifyOkta>()
expectTypeOf(app.okta.directory).toEqualTypeOf<Directory | null>()
expectTypeOf(app.okta.isReady()).toEqualTypeOf<Promise<Readiness>>()
// @ts-expect-error a group is a name or an id
app.okta.requireGroup(1)
// @ts-expect-error something must be required
app.okta.requireAuthentication()

// Requests say that nothing is known of them, and what is known cannot be changed.
app.get('/', async request => {
  expectTypeOf(request.claims).toEqualTypeOf<Readonly<AccessTokenClaims> | null>()
  expectTypeOf(request.oktaUser).toEqualTypeOf<Readonly<OktaUser> | null>()
  if (request.claims === null || request.oktaUser === null) return
  expectTypeOf(request.claims.sub).toEqualTypeOf<string>()
  expectTypeOf(request.claims.uid).toEqualTypeOf<string | undefined>()
  expectTypeOf(request.claims['department']).toEqualTypeOf<unknown>()
  expectTypeOf(request.claims.groups).toEqualTypeOf<unknown>()
  expectTypeOf(request.oktaUser.profile.timezone).toEqualTypeOf<string | null>()
  expectTypeOf(request.oktaUser.groups).toEqualTypeOf<readonly OktaGroup[]>()
  // @ts-expect-error claims are frozen
  request.claims.sub = 'somebody else'
  // @ts-expect-error users are frozen
  request.oktaUser.profile.login = 'somebody else'
})

expectAssignable<ProfileChanges>({ nickName: null, locale: 'en_GB' })
// @ts-expect-error an attribute is a text or null
expectAssignable<ProfileChanges>({ nickName: 1 })
expectTypeOf(CHANGEABLE_ATTRIBUTES).toEqualTypeOf<readonly ['firstName', 'lastName', 'nickName', 'timezone', 'locale', 'preferredLanguage']>()

// Errors are distinguished by their members.
const refusal: unknown = null
if (refusal instanceof FastifyOktaError) expectTypeOf(refusal.statusCode).toEqualTypeOf<number>()
if (refusal instanceof InvalidTokenError) expectTypeOf(refusal.reason).toEqualTypeOf<InvalidTokenReason>()
if (refusal instanceof InsufficientScopeError) expectTypeOf(refusal.scope).toEqualTypeOf<string>()
if (refusal instanceof IssuerUnavailableError) {
  expectTypeOf<typeof refusal.statusCode>().toEqualTypeOf<503>()
  expectTypeOf(refusal.retryAfterSeconds).toEqualTypeOf<number>()
}
