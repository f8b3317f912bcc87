import Fastify from 'fastify'
import { expectAssignable, expectNotAssignable, expectType } from 'tsd'
import fastifyOkta, {
  CHANGEABLE_ATTRIBUTES, FastifyOktaError, InsufficientScopeError, InvalidTokenError, IssuerUnavailableError,
  type AccessTokenClaims, type Directory, type DpopReplayStore, type FastifyOkta, type FastifyOktaOptions, type OktaGroup, type OktaUser,
  type ProfileChanges, type Recorder, type SharedUserCache, type TokenFault
} from '../../../src/index.js'

const issuer = 'https://dev-1.okta.com/oauth2/default'
const audience = 'api://default'

// One issuer or several, and never neither.
expectAssignable<FastifyOktaOptions>({ issuer, audience })
expectAssignable<FastifyOktaOptions>({ issuer, audience: ['api://a', 'api://b'] as const, realm: 'reports' })
expectAssignable<FastifyOktaOptions>({ issuers: [{ issuer, audience }, { issuer, audience, clientIds: ['0oa1'] }], keysTtlMs: 1000 })
expectNotAssignable<FastifyOktaOptions>({})
expectNotAssignable<FastifyOktaOptions>({ issuer })
expectNotAssignable<FastifyOktaOptions>({ issuer, audience: 1 })

// The directory: a token, or a service app with all that it needs.
expectAssignable<FastifyOktaOptions>({ issuer, audience, directory: { token: 'an API token', timeoutMs: 500 } })
expectAssignable<FastifyOktaOptions>({ issuer, audience, directory: { clientId: '0oa1', scopes: ['okta.users.read'], privateKey: { kty: 'RSA' } } })
expectNotAssignable<FastifyOktaOptions>({ issuer, audience, directory: {} })
expectAssignable<SharedUserCache>({ read: async () => ({ text: undefined, version: '' }), write: async () => {}, invalidate: async () => {}, subscribe: () => {} })
expectNotAssignable<FastifyOktaOptions>({ issuer, audience, directory: { token: 'an API token', sharedCache: new Map() } })
expectNotAssignable<FastifyOktaOptions>({ issuer, audience, directory: { clientId: '0oa1', privateKey: 'PEM' } })
expectAssignable<FastifyOktaOptions>({ issuer, audience, introspection: { clientId: '0oa1', clientSecret: 'secret' } })
expectNotAssignable<FastifyOktaOptions>({ issuer, audience, introspection: { clientId: '0oa1' } })
expectAssignable<FastifyOktaOptions>({ issuer, audience, publicUrl: 'https://a.example', dpop: { mode: 'required' } })
expectNotAssignable<FastifyOktaOptions>({ issuer, audience, dpop: { mode: 'sometimes' } })
expectAssignable<DpopReplayStore>({ remember: async () => true })
expectAssignable<DpopReplayStore>({ remember: () => false })
expectAssignable<FastifyOktaOptions>({ issuer, audience, recorder: {} })
expectAssignable<Recorder>({ recordRefusal: (_code: string, _reason?: string) => {} })
expectNotAssignable<Recorder>({ recordRefusal: 'a' })

const app = Fastify()
await app.register(fastifyOkta, { issuer, audience })
expectType<FastifyOkta>(app.okta)
expectType<Directory | null>(app.okta.directory)
expectType<Promise<{ readonly keys: boolean, readonly directory: boolean }>>(app.okta.isReady())
// @ts-expect-error a group is a name or an id
app.okta.requireGroup(1)
// @ts-expect-error something must be required
app.okta.requireAuthentication()

// Requests say that nothing is known of them, and what is known cannot be changed.
app.get('/', async request => {
  expectType<Readonly<AccessTokenClaims> | null>(request.claims)
  expectType<Readonly<OktaUser> | null>(request.oktaUser)
  if (request.claims === null || request.oktaUser === null) return
  expectType<string>(request.claims.sub)
  expectType<string | undefined>(request.claims.uid)
  expectType<unknown>(request.claims['department'])
  expectType<unknown>(request.claims.groups)
  expectType<string | null>(request.oktaUser.profile.timezone)
  expectType<readonly OktaGroup[]>(request.oktaUser.groups)
  // @ts-expect-error claims are frozen
  request.claims.sub = 'somebody else'
  // @ts-expect-error users are frozen
  request.oktaUser.profile.login = 'somebody else'
})

expectAssignable<ProfileChanges>({ nickName: null, locale: 'en_GB' })
expectNotAssignable<ProfileChanges>({ nickName: 1 })
expectType<readonly ['firstName', 'lastName', 'nickName', 'timezone', 'locale', 'preferredLanguage']>(CHANGEABLE_ATTRIBUTES)

// Errors can be told apart by what they carry.
const refusal: unknown = null
if (refusal instanceof FastifyOktaError) expectType<number>(refusal.statusCode)
if (refusal instanceof InvalidTokenError) expectType<TokenFault>(refusal.reason)
if (refusal instanceof InsufficientScopeError) expectType<string>(refusal.scope)
if (refusal instanceof IssuerUnavailableError) {
  expectType<503>(refusal.statusCode)
  expectType<number>(refusal.retryAfterSeconds)
}
