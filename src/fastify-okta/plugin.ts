import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import './augmentation.js'
import type { FastifyOkta } from './augmentation.js'
import { createAuthenticate, type Authenticate, type Check } from './guards/authenticate.js'
import { Authentications } from './guards/authentication.js'
import { createHookFactory, type HookFactory, type OktaGuard } from './guards/hook.js'
import { registerJwtVerify } from './guards/jwt-verify.js'
import { serveResourceMetadata } from './guards/metadata-route.js'
import { watchMounts } from './guards/mounting.js'
import { createProofOfPossession, type ProofOfPossession } from './guards/proof-of-possession.js'
import { isForPublicRoute } from './guards/public-route.js'
import { isDecorated, sendRefusals } from './guards/refusals.js'
import { requireAuthentication, type AuthenticationRequirement } from './guards/require-authentication.js'
import { requireGroup } from './guards/require-group.js'
import { requireScope } from './guards/require-scope.js'
import type { OktaRequirement } from './guards/requirement.js'
import { openIssuers } from './issuers.js'
import { receiveMessages } from './messages.js'
import { createChallenge } from './oauth/challenge.js'
import { findPresentedToken } from './oauth/credentials.js'
import { DpopNonces } from './oauth/dpop-nonces.js'
import { createVerifyDpopProof } from './oauth/dpop-proof.js'
import { InMemoryDpopReplayStore } from './oauth/dpop-replay-store.js'
import { resourceMetadataUrl } from './oauth/resource-metadata.js'
import { VerifiedTokenCache } from './okta/access-token/verified-token-cache.js'
import { AccessTokenVerifier } from './okta/access-token/access-token-verifier.js'
import type { Directory } from './okta/directory/directory.js'
import { describeMissingGroup, GroupCheck } from './okta/directory/group-check.js'
import type { Issuer } from './okta/access-token/issuer.js'
import { readReadiness } from './okta/readiness.js'
import { findRevocations, revokeInAll } from './okta/revocations/revoke.js'
import { readOptions, type FastifyOktaOptions, type Settings } from './options.js'
import { withErrorHandling, type SafeRecorder } from './recorder.js'
import { retainTickObject } from './node20-next-tick.js'

/** The versions of Fastify that are tested. The same as in `peerDependencies`. */
const FASTIFY_VERSIONS = '^5.11.3'

/** What one registration is made of. */
interface Parts {
  readonly settings: Settings
  readonly issuers: readonly Issuer[]
  readonly recorder: SafeRecorder
}

/**
 * Verifies Okta access tokens, decorates requests with the claims and the Okta user, and makes hooks that restrict
 * routes. Loads the keys, and the SDK if a directory is configured, while the application starts; an issuer that is
 * unavailable does not keep it from starting.
 *
 * @throws {TypeError} at registration, for an option that is wrong, or a name that is taken
 */
async function fastifyOkta (fastify: FastifyInstance, options: FastifyOktaOptions): Promise<void> {
  const settings = readOptions(options)
  refuseTakenNames(fastify)
  await retainTickObject()
  const recorder = withErrorHandling(settings.recorder, (err) => { fastify.log.warn({ err }, 'the recorder failed') })
  const issuers = await openIssuers(settings, { log: fastify.log, recorder })
  fastify.addHook('onClose', async () => {
    for (const { revocations, directory } of issuers) {
      revocations.close()
      directory?.close()
    }
  })
  const checks = await decorateRequests(fastify, { settings, issuers, recorder })
  const messages = receiveMessages(fastify, { settings, issuers, recorder })
  const scopes = new Set<string>()
  const orgs = new Set(issuers.map(({ revocations }) => revocations))

  fastify.decorate('okta', {
    ...createGuards(checks, { settings, groups: checkGroups(fastify, issuers), scopes }),
    directory: issuers.find(({ directory }) => directory !== null)?.directory ?? null,
    directoryOf: (name) => issuers.find(({ policy }) => policy.issuer === name)?.directory ?? null,
    revoke: async (revoked) => await revokeInAll(orgs, revoked),
    onRevoked: (claims, listener) => {
      if (typeof listener !== 'function') throw new TypeError('onRevoked needs a listener, which must be a function')
      return findRevocations(issuers, claims).watch(claims, listener)
    },
    isReady: async () => await readReadiness(issuers, messages.lastMessages)
  })
  const { publicUrl, dpop } = settings
  if (publicUrl !== undefined) {
    const trusted = settings.issuers.map(({ issuer }) => issuer)
    serveResourceMetadata(fastify, publicUrl, () => ({ publicUrl, issuers: trusted, scopes: [...scopes], dpop: dpop.mode }))
  }
}

/** What guards are made of. */
type Checks = Pick<Authenticate, 'authenticate' | 'identify' | 'authenticateThen'> & Pick<HookFactory, 'createHook'>

/** Decorates requests with the claims, the user and `jwtVerify()`, and makes the ways to authenticate them. */
async function decorateRequests (fastify: FastifyInstance, { settings, issuers, recorder }: Parts): Promise<Checks> {
  const { publicUrl, realm, dpop, maxTokenBytes } = settings
  const verifier = new AccessTokenVerifier({ issuers, verifiedTokens: new VerifiedTokenCache(settings), maxTokenBytes })
  const nonces = createNonces(settings)
  const authentications = new Authentications()
  const { authenticateAnew, ...checks } = createAuthenticate({ verifier, possession: createPossession(settings, nonces), authentications, recorder })
  const { createHook, refuse } = createHookFactory({
    challenge: createChallenge({ realm, dpop: dpop.mode, resourceMetadata: publicUrl === undefined ? undefined : resourceMetadataUrl(publicUrl) }),
    nonces,
    recorder,
    isPublic: isForPublicRoute,
    findClaims: (request) => {
      const { accessToken } = authentications.get(request) ?? { accessToken: verifier.fromMemory(findPresentedToken(request.headers.authorization) ?? '') }
      return accessToken?.claims
    }
  })

  await registerJwtVerify(fastify, {
    authenticate: authenticateAnew,
    maxTokenBytes,
    recall: (request) => authentications.get(request),
    refuse: (request, error) => { refuse(request, { name: 'jwtVerify', requirement: AUTHENTICATED }, error) }
  })
  fastify.decorateRequest(authentications.key, null)
  fastify.decorateRequest('oktaUser', null)
  sendRefusals(fastify)
  watchMounts(fastify)
  return { ...checks, createHook }
}

interface GuardsOptions {
  readonly settings: Settings
  /** Receives the groups that guards ask for. */
  readonly groups: Groups
  /** Receives the scopes that guards ask for. */
  readonly scopes: Set<string>
}

function createGuards ({ authenticate, identify, authenticateThen, createHook }: Checks, { settings, groups, scopes }: GuardsOptions): Pick<FastifyOkta, 'authenticate' | 'identify' | 'requireGroup' | 'requireScope' | 'requireAuthentication'> {
  const guard = (name: string, check: Check, asks: Partial<OktaRequirement> = {}): OktaGuard =>
    createHook(name, check, { ...AUTHENTICATED, ...asks }) as OktaGuard
  return {
    authenticate: guard('authenticate', authenticate),
    identify: createHook('identify', identify, { ...AUTHENTICATED, authentication: 'optional' }),
    requireGroup: (...names) => {
      const authorize = requireGroup(names, groups.isMissing)
      groups.add(names)
      return guard('requireGroup', authenticateThen(authorize), { groups: names })
    },
    requireScope: (...required) => {
      const authorize = requireScope(required)
      for (const scope of required) scopes.add(scope)
      return guard('requireScope', authenticateThen(authorize), { scopes: required })
    },
    requireAuthentication: (requirement) => {
      const authorize = requireAuthentication(requirement, settings.clockToleranceSeconds)
      return guard('requireAuthentication', authenticateThen(authorize), stepUpOf(requirement))
    }
  }
}

/** What is required; without what is `undefined`. */
function stepUpOf ({ acr, maxAgeSeconds }: AuthenticationRequirement): AuthenticationRequirement {
  return { ...(acr === undefined ? {} : { acr }), ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }) }
}

/** What a guard asks for that authenticates and no more. */
const AUTHENTICATED = { authentication: 'required', groups: [], scopes: [] } as const

/** @throws {TypeError} the plugin is registered already, or something else has taken one of its names */
function refuseTakenNames (fastify: FastifyInstance): void {
  if (isDecorated(fastify)) {
    throw new TypeError('fastify-okta is registered in this scope, or in one around it: register it once, and name several issuers in its option `issuers`')
  }
  for (const name of ['claims', 'oktaUser']) {
    if (fastify.hasRequestDecorator(name)) throw new TypeError(`request.${name} is decorated by something else: fastify-okta needs this name`)
  }
  if (fastify.hasDecorator('okta')) throw new TypeError('app.okta is decorated by something else: fastify-okta needs this name')
}

interface Groups {
  add (names: readonly string[]): void
  isMissing (directory: Directory, name: string): boolean
}

/** Looks up at the start whether the groups exist that guards ask for, and warns of those that do not. */
function checkGroups (fastify: FastifyInstance, issuers: readonly Issuer[]): Groups {
  const checks = new Map<Directory, GroupCheck>()
  for (const { directory, policy: { issuer } } of issuers) {
    if (directory === null) continue
    checks.set(directory, new GroupCheck({
      directory,
      onMissing: (missing) => {
        const { name: group, differsInCase, importedId } = missing
        fastify.log.warn({ issuer, group, differsInCase, importedId }, describeMissingGroup(missing))
      }
    }))
  }
  fastify.addHook('onReady', async () => { await Promise.all([...checks.values()].map(async (check) => { await check.run() })) })
  return {
    add: (names) => { for (const check of checks.values()) check.add(names) },
    isMissing: (directory, name) => checks.get(directory)?.isMissing(name) ?? false
  }
}

function createNonces ({ dpop }: Settings): DpopNonces | null {
  return dpop.mode === 'off' || dpop.nonceLifetimeSeconds === 0 ? null : new DpopNonces(dpop)
}

function createPossession ({ publicUrl, dpop, clockToleranceSeconds }: Settings, nonces: DpopNonces | null): ProofOfPossession {
  const { mode, proofLifetimeSeconds, maxReplays, replayStore = new InMemoryDpopReplayStore(maxReplays) } = dpop
  if (mode === 'off' || publicUrl === undefined) return createProofOfPossession('off', null)
  return createProofOfPossession(mode, createVerifyDpopProof({ publicUrl, proofLifetimeSeconds, clockToleranceSeconds, replayStore, nonces }))
}

export default fp(fastifyOkta, { fastify: FASTIFY_VERSIONS, name: 'fastify-okta' })
