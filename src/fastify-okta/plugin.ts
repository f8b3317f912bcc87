import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import './augmentation.js'
import { createAuthenticate, type Check } from './guards/authenticate.js'
import { Authentications } from './guards/authentication.js'
import { createHookFactory, type OktaGuard, type OktaHook } from './guards/hook.js'
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
import { readReadiness, type Readiness } from './okta/readiness.js'
import type { RaiseResult } from './okta/revocations/revocations.js'
import { findRevocations, revokeInAll, type RevokeOptions } from './okta/revocations/revoke.js'
import type { TokenEnd } from './okta/revocations/token-watches.js'
import type { AccessTokenClaims } from './okta/access-token/claim-profile.js'
import { readOptions, type FastifyOktaOptions, type Settings } from './options.js'
import { withErrorHandling } from './recorder.js'
import { retainTickObject } from './node20-next-tick.js'

/** The versions of Fastify that are tested. The same as in `peerDependencies`. */
const FASTIFY_VERSIONS = '^5.11.3'

/** What the plugin adds to an application, as `app.okta`. */
export interface FastifyOkta {
  /** A hook for `onRequest`: credentials are required and must verify, and the user must be active. */
  readonly authenticate: OktaGuard
  /** A hook for `onRequest`: a request without credentials passes, with `claims` and `oktaUser` `null`; bad credentials, and those of another scheme such as `Basic`, are refused. */
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
  /**
   * Revokes a user's access tokens: those that were issued, or whose user signed in, at this time or before are refused from
   * now on with 401, reason `revoked`. Does NOT end the user's session at Okta, nor revoke refresh tokens there.
   *
   * Resolves once it holds in this process, and the store has it or has failed (then it is repeated).
   *
   * @throws {TypeError} neither `uid` nor `login` is given, or `before` is not a valid Date
   * @throws {DirectoryUnavailableError} a login must be looked up, and the directory is unavailable: nothing is revoked there
   */
  revoke (options: RevokeOptions): Promise<RaiseResult>
  /**
   * Calls a listener once, when the token with these claims is revoked or expires: for connections that stay open, such as
   * WebSockets, whose guard ran only once. A token that is revoked already counts as revoked now. Never calls it before it
   * returns. Returns a function that stops it: call it when the connection closes.
   *
   * @throws {TypeError} the claims are not those of a token of a configured issuer, or the listener is not a function
   */
  onRevoked (claims: AccessTokenClaims, listener: (end: TokenEnd) => void): () => void
  /** Whether every issuer's keys are in memory, every directory answers, and the revocations of other processes are read; if not, why. Does not throw. */
  isReady (): Promise<Readiness>
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
  const orgs = new Set(issuers.map(({ revocations }) => revocations))
  fastify.addHook('onClose', async () => {
    for (const { revocations, directory } of issuers) {
      revocations.close()
      directory?.close()
    }
  })
  const verifier = new AccessTokenVerifier({
    issuers,
    verifiedTokens: new VerifiedTokenCache(settings),
    maxTokenBytes: settings.maxTokenBytes
  })
  const { publicUrl, realm, dpop } = settings
  const nonces = createNonces(settings)
  const authentications = new Authentications()
  const possession = createPossession(settings, nonces)
  const { authenticate, identify, authenticateThen, authenticateAnew } = createAuthenticate({ verifier, possession, authentications, recorder })
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
    maxTokenBytes: settings.maxTokenBytes,
    recall: (request) => authentications.get(request),
    refuse: (request, error) => { refuse(request, { name: 'jwtVerify', requirement: AUTHENTICATED }, error) }
  })
  fastify.decorateRequest(authentications.key, null)
  fastify.decorateRequest('oktaUser', null)
  sendRefusals(fastify)
  watchMounts(fastify)

  const messages = receiveMessages(fastify, { settings, issuers, recorder })
  const groups = checkGroups(fastify, issuers)
  const scopes = new Set<string>()
  const guard = (name: string, check: Check, asks: Partial<OktaRequirement> = {}): OktaGuard =>
    createHook(name, check, { ...AUTHENTICATED, ...asks }) as OktaGuard

  fastify.decorate('okta', {
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
    },
    directory: issuers.find(({ directory }) => directory !== null)?.directory ?? null,
    directoryOf: (name) => issuers.find(({ policy }) => policy.issuer === name)?.directory ?? null,
    revoke: async (revoked) => await revokeInAll(orgs, revoked),
    onRevoked: (claims, listener) => {
      if (typeof listener !== 'function') throw new TypeError('the listener must be a function')
      return findRevocations(issuers, claims).watch(claims, listener)
    },
    isReady: async () => await readReadiness(issuers, messages.lastMessages)
  })
  if (publicUrl !== undefined) {
    const trusted = settings.issuers.map(({ issuer }) => issuer)
    serveResourceMetadata(fastify, publicUrl, () => ({ publicUrl, issuers: trusted, scopes: [...scopes], dpop: dpop.mode }))
  }
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
  const replays = replayStore ?? new InMemoryDpopReplayStore(maxReplays)
  return createProofOfPossession(mode, createVerifyDpopProof({ publicUrl, proofLifetimeSeconds, clockToleranceSeconds, replays, nonces }))
}

export default fp(fastifyOkta, { fastify: FASTIFY_VERSIONS, name: 'fastify-okta' })
