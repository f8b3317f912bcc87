import type { FastifyRequest } from 'fastify'
import { InvalidTokenError, NotRegisteredError, UserInactiveError } from '../errors.js'
import { checkToken68, readCredentials, refuseRepeatedCredentials, type Credentials } from '../oauth/credentials.js'
import type { AccessTokenVerifier, VerifiedAccessToken } from '../okta/access-token/access-token-verifier.js'
import type { DirectoryEntry } from '../okta/directory/user-cache.js'
import type { SafeRecorder } from '../recorder.js'
import type { ProofOfPossession } from './proof-of-possession.js'
import type { VerifyOnRequest } from './request-verification.js'

/** What is known of the caller of a request once it is authenticated. */
export interface Authentication {
  readonly accessToken: VerifiedAccessToken
  /** The user in the directory; `null` where there is no directory, or the client acts for itself. */
  readonly entry: DirectoryEntry | null
}

/** A request carries its authentication under this symbol; `null` before, absent where the plugin has not decorated the request. */
export const AUTHENTICATION = Symbol('fastify-okta.authentication')

export interface AuthenticateOptions {
  readonly verifier: AccessTokenVerifier
  readonly verifyOnRequest: VerifyOnRequest
  readonly possession: ProofOfPossession
  readonly recorder: SafeRecorder
}

/** Settles at once, without a promise, where everything that it needs is in memory. */
export type Authenticate = (request: FastifyRequest) => void | Promise<void>

/**
 * Makes the two ways to find out who calls.
 *
 * `authenticate` wants credentials that verify, and a user who is active; `identify` takes a request without
 * credentials as well, and leaves `claims` and `oktaUser` at `null` then. Both do nothing the second time.
 */
export function createAuthenticate ({ verifier, verifyOnRequest, possession, recorder }: AuthenticateOptions): Record<'authenticate' | 'identify', Authenticate> {
  function authenticate (request: FastifyRequest): void | Promise<void> {
    if (request[AUTHENTICATION]) return
    refuseRepeatedCredentials(request.raw.rawHeaders, request.headers, request.query)
    const credentials = readCredentials(request.headers.authorization, possession.isAccepted)
    const verified = verifier.findVerified(credentials.accessToken)
    if (verified === undefined) checkToken68(credentials)
    possession.checkScheme(credentials.scheme)
    if (verified !== undefined) {
      recorder.recordVerification('cached')
      return prove(request, credentials, verified)
    }
    const newlyVerified = verifyAfresh(request, credentials)
    return newlyVerified instanceof Promise
      ? newlyVerified.then(settled => prove(request, credentials, settled))
      : prove(request, credentials, newlyVerified)
  }

  function verifyAfresh (request: FastifyRequest, { accessToken }: Credentials): VerifiedAccessToken | Promise<VerifiedAccessToken> {
    try {
      const issuer = verifier.findRemoteIssuer(accessToken)
      const found = issuer === undefined ? verifyOnRequest(request, accessToken) : verifier.introspect(accessToken, issuer)
      if (found instanceof Promise) return found.then(recordVerified, recordFault)
      return recordVerified(found)
    } catch (error) {
      return recordFault(error)
    }
  }

  function recordVerified (verified: VerifiedAccessToken): VerifiedAccessToken {
    recorder.recordVerification('verified')
    return verified
  }

  function recordFault (error: unknown): never {
    if (error instanceof InvalidTokenError) recorder.recordVerification('refused', error.reason)
    else recorder.recordVerification('unavailable')
    throw error
  }

  function prove (request: FastifyRequest, credentials: Credentials, verified: VerifiedAccessToken): void | Promise<void> {
    if (!possession.isDue(credentials, verified)) return admit(request, verified)
    return possession.check(request, credentials, verified).then(() => admit(request, verified))
  }

  function identify (request: FastifyRequest): void | Promise<void> {
    if (request.headers.authorization) return authenticate(request)
    requireDecorated(request)
  }

  return { authenticate, identify }
}

function admit (request: FastifyRequest, accessToken: VerifiedAccessToken): void | Promise<void> {
  const { issuer: { directory }, claims: { uid } } = accessToken
  if (directory === null || uid === undefined) {
    decorate(request, { accessToken, entry: null })
    return
  }
  const entry = directory.peek(uid)
  if (entry === undefined) return directory.readEntry(uid).then(read => { decorate(request, { accessToken, entry: read }) })
  decorate(request, { accessToken, entry })
}

/** @throws {UserInactiveError} a dismissed user is refused here, whatever the token says */
function decorate (request: FastifyRequest, authentication: Authentication): void {
  const { accessToken: { claims }, entry } = authentication
  if (entry !== null && entry.user?.status !== 'ACTIVE') throw new UserInactiveError()
  requireDecorated(request)
  request[AUTHENTICATION] = authentication
  request.claims = claims
}

/**
 * A guard may run where the plugin has not decorated the requests: in a scope made before, or beside, its registration.
 *
 * @throws {NotRegisteredError}
 */
export function requireDecorated (request: FastifyRequest): void {
  if (request[AUTHENTICATION] === undefined) throw new NotRegisteredError()
}
