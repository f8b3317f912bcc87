import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import './augmentation.js'
import { AUTHENTICATION, createAuthenticate, type Authentication } from './guards/authenticate.js'
import { createHookFactory, type Decide, type OktaGuard, type OktaHook } from './guards/hook.js'
import { registerRequestVerification } from './guards/request-verification.js'
import { createGroupCheck, type Authorize } from './guards/require-group.js'
import { createProofOfPossession, type ProofOfPossession } from './guards/proof-of-possession.js'
import { createAuthenticationCheck, type AuthenticationRequirement } from './guards/require-authentication.js'
import { createScopeCheck } from './guards/require-scope.js'
import { createChallenge } from './oauth/challenge.js'
import { DpopNonces } from './oauth/dpop-nonces.js'
import { createVerifyDpopProof } from './oauth/dpop-proof.js'
import { DpopReplayMemory } from './oauth/dpop-replay-store.js'
import { createResourceMetadata, RESOURCE_METADATA_SCHEMA, resourceMetadataPath, resourceMetadataUrl } from './oauth/resource-metadata.js'
import { VerifiedTokens } from './okta/access-token/verified-tokens.js'
import { openIssuers } from './issuers.js'
import { AccessTokenVerifier } from './okta/access-token/access-token-verifier.js'
import type { Directory } from './okta/directory/directory.js'
import { readReadiness, type Readiness } from './okta/readiness.js'
import { readOptions, type FastifyOktaOptions, type Settings } from './options.js'
import { makeSafe } from './recorder.js'
import { holdTickClass } from './tick-class.js'

/** What a host that describes its routes says of the one that the plugin adds. */
const METADATA_ROUTE = {
  operationId: 'readResourceMetadata',
  summary: 'Which access tokens are taken',
  description: 'The protected resource metadata (RFC 9728): the issuers that are trusted, the scopes that routes ask for, and the proofs that are wanted. For clients that know only the address of this service.',
  tags: ['discovery'],
  response: { 200: RESOURCE_METADATA_SCHEMA }
} as const

/** What the plugin adds to an application, as `app.okta`. */
export interface FastifyOkta {
  /** A hook for `onRequest`: credentials are required and must verify, and the user must be active. */
  readonly authenticate: OktaGuard
  /** A hook for `onRequest`: a request without credentials passes, with `claims` and `oktaUser` `null`; bad credentials are refused. */
  readonly identify: OktaHook
  /**
   * A hook for `onRequest`: authenticates if nothing has, and lets members of any of these groups pass; names are exact.
   *
   * @throws {TypeError} if no group is named
   */
  requireGroup (...names: string[]): OktaGuard
  /**
   * A hook for `onRequest`: authenticates if nothing has, and lets tokens with all of these scopes pass.
   *
   * @throws {TypeError} if no scope is named, or one cannot be a scope
   */
  requireScope (...scopes: string[]): OktaGuard
  /**
   * A hook for `onRequest`: authenticates if nothing has, and lets users pass who signed in strongly and recently enough (RFC 9470).
   *
   * @throws {TypeError} if nothing is required, or a value cannot be
   */
  requireAuthentication (requirement: AuthenticationRequirement): OktaGuard
  /** The directory; of several issuers, the first one's that has any; `null` if none has. */
  readonly directory: Directory | null
  /** The directory of one issuer; `null` if it has none, or is not configured. */
  directoryOf (issuer: string): Directory | null
  /** Whether every issuer's keys are in memory, and every directory answers; if not, why. Does not throw. */
  isReady (): Promise<Readiness>
}

/**
 * Verifies Okta access tokens, decorates requests with the claims and the Okta user, and makes hooks that restrict
 * routes. Loads the keys, and the SDK where a directory is configured, while the application starts; an issuer that is
 * away does not keep it from starting.
 *
 * @throws {TypeError} at registration, for an option that is wrong
 */
async function fastifyOkta (fastify: FastifyInstance, options: FastifyOktaOptions): Promise<void> {
  const settings = readOptions(options)
  await holdTickClass()
  const recorder = makeSafe(settings.recorder, err => { fastify.log.warn({ err }, 'the recorder failed') })
  const issuers = await openIssuers(settings, { log: fastify.log, recorder })
  const verifier = new AccessTokenVerifier({
    issuers,
    verifiedTokens: new VerifiedTokens({ maxEntries: settings.maxVerifiedTokens, maxBytes: settings.maxVerifiedTokenBytes }),
    maxTokenBytes: settings.maxTokenBytes
  })
  const verifyOnRequest = await registerRequestVerification(fastify, {
    verifier,
    issuers: settings.issuers.map(({ issuer }) => issuer),
    audiences: settings.issuers.flatMap(({ audiences }) => audiences)
  })
  const { publicUrl, realm, dpop } = settings
  const nonces = createNonces(settings)
  const { authenticate, identify } = createAuthenticate({ verifier, verifyOnRequest, possession: createPossession(settings, nonces), recorder })
  const resourceMetadata = publicUrl === undefined ? undefined : resourceMetadataUrl(publicUrl)
  const { toHook, toGuard } = createHookFactory(fastify, {
    challenge: createChallenge({ realm, dpop: dpop.mode, resourceMetadata }),
    nonces,
    recorder
  })

  const andThen = (authorize: Authorize): Decide => request => {
    const pending = authenticate(request)
    if (pending === undefined) return authorize(request[AUTHENTICATION] as Authentication)
    return pending.then(() => { authorize(request[AUTHENTICATION] as Authentication) })
  }
  const scopes = new Set<string>()
  const directories = issuers.flatMap(({ directory }) => directory ?? [])

  fastify.decorateRequest(AUTHENTICATION, null)
  fastify.decorateRequest('oktaUser', { getter (this: FastifyRequest) { return this[AUTHENTICATION]?.entry?.user ?? null } })
  fastify.decorate('okta', {
    authenticate: toGuard('authenticate', authenticate),
    identify: toHook('identify', identify),
    requireGroup: (...groups) => toGuard('requireGroup()', andThen(createGroupCheck(groups)), { groups }),
    requireScope: (...required) => {
      const authorize = createScopeCheck(required)
      for (const scope of required) scopes.add(scope)
      return toGuard('requireScope()', andThen(authorize), { scopes: required })
    },
    requireAuthentication: requirement => {
      const authorize = createAuthenticationCheck(requirement, settings.clockToleranceSeconds)
      return toGuard('requireAuthentication()', andThen(authorize), stepUpOf(requirement))
    },
    directory: directories[0] ?? null,
    directoryOf: name => issuers.find(({ policy }) => policy.issuer === name)?.directory ?? null,
    isReady: async () => await readReadiness(issuers)
  })
  if (publicUrl !== undefined) {
    fastify.get(resourceMetadataPath(publicUrl), { schema: METADATA_ROUTE }, async (_request, reply) => {
      reply.header('access-control-allow-origin', '*')
      return createResourceMetadata({ publicUrl, issuers: settings.issuers.map(({ issuer }) => issuer), scopes: [...scopes], dpop: dpop.mode })
    })
  }
}

/** What is asked for and nothing else that the host may have hung on its object. */
function stepUpOf ({ acr, maxAgeSeconds }: AuthenticationRequirement): AuthenticationRequirement {
  return { ...(acr === undefined ? {} : { acr }), ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }) }
}

function createNonces ({ dpop: { mode, nonceLifetimeSeconds, nonceSecret } }: Settings): DpopNonces | null {
  if (mode === 'off' || nonceLifetimeSeconds === 0) return null
  return new DpopNonces({ lifetimeSeconds: nonceLifetimeSeconds, ...(nonceSecret === undefined ? {} : { secret: nonceSecret }) })
}

function createPossession ({ publicUrl, dpop, clockToleranceSeconds }: Settings, nonces: DpopNonces | null): ProofOfPossession {
  const { mode, proofLifetimeSeconds, maxReplays, replayStore } = dpop
  if (mode === 'off' || publicUrl === undefined) return createProofOfPossession('off', null)
  const replays = replayStore ?? new DpopReplayMemory(maxReplays)
  return createProofOfPossession(mode, createVerifyDpopProof({ publicUrl, proofLifetimeSeconds, clockToleranceSeconds, replays, nonces }))
}

export default fp(fastifyOkta, { fastify: '5.x', name: 'fastify-okta' })
