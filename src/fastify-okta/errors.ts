import type { DirectoryUnavailableReason, DpopReplayStoreReason, GroupRequiredReason, InvalidDpopProofReason, InvalidTokenReason } from './errors/reasons.js'

export * from './errors/reasons.js'

/**
 * Every error that a request can meet, with its code, its status and the facts that its challenge needs.
 *
 * Codes and statuses are promised; messages may change. A message is one of a few fixed sentences: it never
 * holds a value out of a token, a key, a header or an answer of Okta. What went wrong in detail is in
 * `reason` and `cause`, which go to the log and never to the client.
 */
export abstract class FastifyOktaError extends Error {
  abstract readonly code: string
  abstract readonly statusCode: number

  override get name (): string {
    return this.constructor.name
  }

  /** The same as `statusCode`: NestJS and http-errors look for both. */
  get status (): number {
    return this.statusCode
  }

  /** Whether the message may be shown to the client, as http-errors has it; not for what is a mistake in the application. */
  get expose (): boolean {
    return this.statusCode < 500 || this.statusCode === 503
  }
}

/**
 * A request is refused. That is an answer, not a fault in the code, so no stack trace is captured: it would name the plugin's
 * own functions only, and take 5.3 µs instead of 0.7, where the RSA verification of a forged token takes 27 (Node 20).
 */
abstract class RefusalError extends FastifyOktaError {
  constructor (message: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error
    // An assignment would throw where the process was started with --frozen-intrinsics.
    Reflect.set(Error, 'stackTraceLimit', 0)
    super(message, options)
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }
}

/** No credentials were sent, or credentials of a scheme that is not accepted (RFC 6750 section 3.1). */
export class MissingCredentialsError extends RefusalError {
  readonly code = 'FST_OKTA_MISSING_CREDENTIALS'
  readonly statusCode = 401

  constructor () {
    super('an access token is required')
  }
}

/** "The request is missing a required parameter, … uses more than one method …, or is otherwise malformed" (RFC 6750 section 3.1). */
export class InvalidRequestError extends RefusalError {
  readonly code = 'FST_OKTA_INVALID_REQUEST'
  readonly statusCode = 400
}

/** All callers read the same sentence for every reason, except two mistakes that developers make and attackers learn nothing from. */
const TOKEN_MESSAGES: Partial<Record<InvalidTokenReason, string>> = {
  id_token: 'this is an ID token: send the access token',
  org_access_token: 'this access token is from the org authorization server: ask the custom authorization server for one'
}

/** What was compared where an access token was refused: for the log, never for the client. */
export interface InvalidTokenDetails extends ErrorOptions {
  /** The claim that was compared. */
  claim?: string
  /** What the configuration accepts. Given for every reason that compares a claim with a setting. */
  expected?: ExpectedValue
  /** What the token says: of `iss` and `aud` only, and only if it is printable ASCII of at most 200 characters. */
  received?: string
}

/** A setting, or several of which one must match. */
export type ExpectedValue = string | number | readonly string[]

/** "The access token provided is expired, revoked, malformed, or invalid for other reasons" (RFC 6750 section 3.1). */
export class InvalidTokenError extends RefusalError {
  readonly code = 'FST_OKTA_INVALID_TOKEN'
  readonly statusCode = 401

  declare readonly claim?: string
  declare readonly expected?: ExpectedValue
  declare readonly received?: string

  constructor (readonly reason: InvalidTokenReason, details: InvalidTokenDetails = {}) {
    super(TOKEN_MESSAGES[reason] ?? 'the access token is invalid', details)
    const { claim, expected, received } = details
    if (claim !== undefined) this.claim = claim
    if (expected !== undefined) this.expected = expected
    if (received !== undefined) this.received = received
  }
}

/** The DPoP proof fails (RFC 9449 section 7.1). */
export class InvalidDpopProofError extends RefusalError {
  readonly code = 'FST_OKTA_INVALID_DPOP_PROOF'
  readonly statusCode = 401

  constructor (readonly reason: InvalidDpopProofReason, options?: ErrorOptions) {
    super('the DPoP proof is invalid', options)
  }
}

/** The DPoP proof must carry the nonce that comes with the answer (RFC 9449 section 9). */
export class UseDpopNonceError extends RefusalError {
  readonly code = 'FST_OKTA_USE_DPOP_NONCE'
  readonly statusCode = 401

  constructor () {
    super('the DPoP proof must carry the nonce that this answer brings')
  }
}

/** A stronger or more recent sign-in is required (RFC 9470 section 3). */
export class InsufficientUserAuthenticationError extends RefusalError {
  readonly code = 'FST_OKTA_INSUFFICIENT_USER_AUTHENTICATION'
  readonly statusCode = 401

  /**
   * @param acrValues what to ask the authorization server for, if a stronger sign-in is required
   * @param maxAgeSeconds how old the sign-in may be, if a more recent one is required
   */
  constructor (readonly acrValues: string | undefined, readonly maxAgeSeconds: number | undefined) {
    super('a stronger or more recent sign-in is required')
  }
}

/** "The request requires higher privileges than provided by the access token" (RFC 6750 section 3.1). */
export class InsufficientScopeError extends RefusalError {
  readonly code = 'FST_OKTA_INSUFFICIENT_SCOPE'
  readonly statusCode = 403
  readonly reason = 'missing_scope'
  /** All scopes that are required, with spaces between them. */
  readonly scope: string

  constructor (scope: string) {
    super('the access token does not have the required scope')
    this.scope = scope
  }
}

/** The user is not in any of the groups that the route is for. A wider token would not help, so there is no challenge. */
export class GroupRequiredError extends RefusalError {
  readonly code = 'FST_OKTA_GROUP_REQUIRED'
  readonly statusCode = 403
  /** The names or ids that the route asks for: one of them would be enough. */
  readonly groups: readonly string[]
  readonly reason: GroupRequiredReason

  constructor (groups: readonly string[] = [], reason: GroupRequiredReason = 'not_a_member') {
    super('you are not in a required group')
    this.groups = groups
    this.reason = reason
  }
}

/** The token is good, but its user is unknown to the directory or is not `ACTIVE`. */
export class UserInactiveError extends RefusalError {
  readonly code = 'FST_OKTA_USER_INACTIVE'
  readonly statusCode = 403
  readonly reason = 'inactive'
  /** The user's status in Okta; `undefined` if the directory has no such user. */
  readonly userStatus: string | undefined

  constructor (userStatus?: string) {
    super('the user is not active')
    this.userStatus = userStatus
  }
}

/** A guard runs in a scope in which the plugin is not registered. A mistake in the application: no request passes there. */
export class NotRegisteredError extends FastifyOktaError {
  readonly code = 'FST_OKTA_NOT_REGISTERED'
  readonly statusCode = 500

  constructor () {
    super('a guard runs in a scope that the plugin has not decorated: register fastify-okta in that scope or in one around it, and before its routes')
  }
}

/** A profile change that Okta, or the list of attributes that users may change, refuses. */
export class InvalidProfileError extends FastifyOktaError {
  readonly code = 'FST_OKTA_INVALID_PROFILE'
  readonly statusCode = 400
}

/** The request to the event hook is not one of Okta's deliveries. Okta does not repeat it. */
export class InvalidEventError extends FastifyOktaError {
  readonly code = 'FST_OKTA_INVALID_EVENT'
  readonly statusCode = 400
}

/** Okta cannot be asked now. Never 401, so that nobody is signed out by an outage, and nobody is let in by it either. */
abstract class UnavailableError extends FastifyOktaError {
  readonly statusCode = 503

  /** @param retryAfterSeconds how long a client should wait; at least 1 */
  constructor (message: string, readonly retryAfterSeconds: number, options?: ErrorOptions) {
    super(message, options)
  }

  /** Fastify adds these to the answer where a handler throws the error. */
  get headers (): Record<string, string> {
    return { 'retry-after': String(this.retryAfterSeconds), 'cache-control': 'no-store' }
  }
}

/** The issuer's keys cannot be fetched, and memory has none that may be used. */
export class IssuerUnavailableError extends UnavailableError {
  readonly code = 'FST_OKTA_ISSUER_UNAVAILABLE'

  constructor (retryAfterSeconds: number, options?: ErrorOptions) {
    super('access tokens cannot be verified now', retryAfterSeconds, options)
  }
}

export interface DirectoryUnavailableOptions extends ErrorOptions {
  /** Default `unavailable`. */
  readonly reason?: DirectoryUnavailableReason
  /** Okta's own, as `E0000011`, or OAuth's, as `invalid_client`; `undefined` if there is none. */
  readonly errorCode?: string | undefined
}

/** The user or the groups cannot be read, and the cache has no entry that can be used. */
export class DirectoryUnavailableError extends UnavailableError {
  readonly code = 'FST_OKTA_DIRECTORY_UNAVAILABLE'
  readonly reason: DirectoryUnavailableReason
  readonly errorCode: string | undefined

  constructor (retryAfterSeconds: number, { reason = 'unavailable', errorCode, ...options }: DirectoryUnavailableOptions = {}) {
    super('the user directory cannot be reached now', retryAfterSeconds, options)
    this.reason = reason
    this.errorCode = errorCode
  }
}

/** Whether a DPoP proof was used before cannot be determined now, so it is not accepted. */
export class DpopReplayStoreUnavailableError extends UnavailableError {
  readonly code = 'FST_OKTA_DPOP_REPLAY_STORE_UNAVAILABLE'
  readonly reason: DpopReplayStoreReason

  constructor (retryAfterSeconds: number, { reason = 'unavailable', ...options }: ErrorOptions & { reason?: DpopReplayStoreReason } = {}) {
    super('DPoP proofs cannot be checked now', retryAfterSeconds, options)
    this.reason = reason
  }
}
