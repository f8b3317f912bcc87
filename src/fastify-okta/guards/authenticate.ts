import type { FastifyRequest } from 'fastify'
import { InvalidTokenError, NotRegisteredError, UserInactiveError } from '../errors.js'
import { checkToken68, readCredentials, refuseRepeatedCredentials, type Credentials } from '../oauth/credentials.js'
import { countFieldLines } from '../oauth/field-lines.js'
import type { AccessTokenVerifier, VerifiedAccessToken } from '../okta/access-token/access-token-verifier.js'
import type { CachedUser } from '../okta/directory/user-cache.js'
import type { SafeRecorder } from '../recorder.js'
import { traceVerification } from '../tracing.js'
import type { Authentication, Authentications, Authorize } from './authentication.js'
import type { ProofOfPossession } from './proof-of-possession.js'
import { isRegistered } from './refusals.js'

interface AuthenticateOptions {
  readonly verifier: AccessTokenVerifier
  readonly possession: ProofOfPossession
  readonly authentications: Authentications
  readonly recorder: SafeRecorder
}

/** One question about a request, answered in two ways. */
export interface Check {
  /** Answers from memory, without waiting: `true` if the request may pass, `false` if memory does not tell. Throws to refuse. */
  recall (request: FastifyRequest): boolean
  /** Answers in any case. Rejects to refuse. */
  decide (request: FastifyRequest): Promise<void>
}

export interface Authenticate {
  /** Wants credentials that verify, and a user who is active. Does nothing the second time. */
  readonly authenticate: Check
  /** The same, except that a request without credentials passes; `claims` and `oktaUser` stay `null` then. */
  readonly identify: Check
  /** `authenticate`, and then what a guard asks of an authenticated caller. */
  authenticateThen (authorize: Authorize): Check
  /** Authenticates what the header holds now, which may have changed since, and returns who that is. */
  authenticateAnew (request: FastifyRequest): Promise<Authentication>
}

/** Makes the ways to find out who calls: the only ones that there are. */
export function createAuthenticate ({ verifier, possession, authentications, recorder }: AuthenticateOptions): Authenticate {
  /** The fast path: everything from memory, or `undefined`. Never waits. */
  function recall (request: FastifyRequest): Authentication | undefined {
    const known = authentications.get(request)
    if (known !== undefined) return known
    const credentials = readOnlyCredentials(request)
    const { scheme, accessToken: presented } = credentials
    // Memory holds no proof: each is good for one use.
    if (scheme === 'DPoP') return undefined
    const accessToken = verifier.fromMemory(presented)
    if (accessToken === undefined) return undefined
    possession.checkScheme(credentials)
    if (possession.isDue(scheme, accessToken)) return undefined
    const entry = recallEntry(accessToken)
    if (entry === undefined) return undefined
    acceptCached(accessToken)
    return attach(request, { accessToken, presented, entry })
  }

  /** The slow path, one step after another: verifies what is not in memory, checks the proof, reads the user. */
  async function read (request: FastifyRequest): Promise<Authentication> {
    const credentials = readOnlyCredentials(request)
    const { scheme, accessToken: presented } = credentials
    let accessToken = verifier.fromMemory(presented)
    possession.checkScheme(credentials)
    if (accessToken !== undefined) {
      acceptCached(accessToken)
    } else {
      try {
        accessToken = traceVerification.isOn
          ? await traceVerification.run({}, async () => await verifier.verify(presented, request))
          : await verifier.verify(presented, request)
        requireNotRevoked(accessToken)
      } catch (error) {
        refuseMalformedCredentials(credentials, error)
        recordFailure(error)
        throw error
      }
      recorder.recordVerification('verified')
    }
    if (possession.isDue(scheme, accessToken)) await possession.check(request, credentials, accessToken)
    let entry = recallEntry(accessToken)
    if (entry === undefined) entry = await readEntry(accessToken)
    // Once more: the user may have been revoked meanwhile.
    requireNotRevoked(accessToken)
    return attach(request, { accessToken, presented, entry })
  }

  /** It was verified before, and may have been revoked since. */
  function acceptCached (accessToken: VerifiedAccessToken): void {
    if (!isRevoked(accessToken)) {
      recorder.recordVerification('cached')
      return
    }
    recorder.recordVerification('refused', 'revoked')
    throw new InvalidTokenError('revoked')
  }

  function readOnlyCredentials (request: FastifyRequest): Credentials {
    refuseRepeatedCredentials(request.raw.rawHeaders, request.headers, request.query)
    return readCredentials(request.headers.authorization, possession.isAccepted)
  }

  function recordFailure (error: unknown): void {
    if (error instanceof InvalidTokenError) recorder.recordVerification('refused', error.reason)
    else recorder.recordVerification('unavailable')
  }

  function attach (request: FastifyRequest, authentication: Authentication): Authentication {
    requireActive(authentication.entry)
    requireRegistered(request)
    authentications.set(request, authentication)
    const attached = request as { -readonly [name in 'claims' | 'oktaUser']: FastifyRequest[name] }
    attached.claims = authentication.accessToken.claims
    attached.oktaUser = authentication.entry?.user ?? null
    return authentication
  }

  function authenticateThen (authorize: Authorize): Check {
    return {
      recall (request) {
        const authentication = recall(request)
        if (authentication === undefined) return false
        authorize(authentication)
        return true
      },
      async decide (request) {
        authorize(authentications.get(request) ?? await read(request))
      }
    }
  }

  const authenticate = authenticateThen(() => {})

  function isSentTwice ({ raw, headers }: FastifyRequest): boolean {
    return headers.authorization === '' && countFieldLines(raw.rawHeaders, headers, 'authorization') > 1
  }

  const identify: Check = {
    recall (request) {
      // An empty header is no credentials, but does not hide another one.
      if (request.headers.authorization || isSentTwice(request)) return authenticate.recall(request)
      requireRegistered(request)
      return true
    },
    async decide (request) {
      if (!identify.recall(request)) await authenticate.decide(request)
    }
  }

  async function authenticateAnew (request: FastifyRequest): Promise<Authentication> {
    const known = authentications.get(request)
    // A proof is good for one use: what a guard has accepted of this request is not asked for again.
    if (known !== undefined && known.presented === readOnlyCredentials(request).accessToken) {
      requireNotRevoked(known.accessToken)
      return known
    }
    return await read(request)
  }

  return { authenticate, identify, authenticateThen, authenticateAnew }
}

function isRevoked ({ issuer: { revocations }, claims }: VerifiedAccessToken): boolean {
  return revocations.isRevoked(claims)
}

/** @throws {InvalidTokenError} `revoked` */
function requireNotRevoked (accessToken: VerifiedAccessToken): void {
  if (isRevoked(accessToken)) throw new InvalidTokenError('revoked')
}

/**
 * Refuses credentials that are malformed themselves, and not only their token. Called once the verifier has refused the token:
 * to look at each character takes 2 µs (Node 20), and every token that verifies is one `token68`.
 *
 * @throws {InvalidRequestError}
 */
function refuseMalformedCredentials (credentials: Credentials, error: unknown): void {
  if (error instanceof InvalidTokenError && (error.reason === 'malformed' || error.reason === 'too_large')) checkToken68(credentials)
}

/** The user from memory; `null` if there is none to look up, `undefined` if memory does not have it. */
function recallEntry ({ issuer: { directory }, claims: { uid } }: VerifiedAccessToken): CachedUser | null | undefined {
  return directory === null || uid === undefined ? null : directory.fromMemory(uid)
}

async function readEntry ({ issuer: { directory }, claims: { uid } }: VerifiedAccessToken): Promise<CachedUser | null> {
  return directory === null || uid === undefined ? null : await directory.readCachedUser(uid)
}

/** @throws {UserInactiveError} whatever the token says */
function requireActive (entry: CachedUser | null): void {
  if (entry !== null && entry.user?.status !== 'ACTIVE') throw new UserInactiveError(entry.user?.status)
}

/**
 * A guard may run in a scope that the plugin has not decorated: one that was made before its registration, or beside it.
 *
 * @throws {NotRegisteredError}
 */
function requireRegistered (request: FastifyRequest): void {
  if (!isRegistered(request)) throw new NotRegisteredError()
}
