import { FastifyOktaError, type ExpectedValue } from '../errors.js'

/** A request to the event hook without its secret. */
export class EventHookSecretError extends FastifyOktaError {
  readonly code = 'FST_OKTA_EVENT_HOOK_SECRET'
  readonly statusCode = 403

  constructor () {
    super('only Okta may do this')
  }
}

/** A verification of the event hook without a challenge, or with one that Okta would not send. */
export class EventHookChallengeError extends FastifyOktaError {
  readonly code = 'FST_OKTA_EVENT_HOOK_CHALLENGE'
  readonly statusCode = 400

  constructor () {
    super('X-Okta-Verification-Challenge must be a printable string of at most 1024 characters')
  }
}

/** Why a JWT that Okta sends, of Universal Logout or a security event token, was refused: for the log, never for the sender. */
export const INVALID_MESSAGE_REASONS = Object.freeze([
  'missing', 'malformed', 'too_large', 'type', 'algorithm', 'key', 'unknown_key', 'signature',
  'issuer', 'audience', 'client', 'claims', 'expired', 'not_yet_valid', 'lifetime', 'replayed',
  'content_type', 'authorization', 'events', 'subject'
] as const)

/** One of {@link INVALID_MESSAGE_REASONS}. */
export type InvalidMessageReason = typeof INVALID_MESSAGE_REASONS[number]

/** What was compared where a message was refused: for the log, never for the sender. */
export interface InvalidMessageDetails extends ErrorOptions {
  readonly claim?: string
  /** What the configuration accepts. */
  readonly expected?: ExpectedValue
  /** What the message says: of `iss` and `aud` only, and only if it is printable ASCII of at most 200 characters. */
  readonly received?: string
}

abstract class InvalidMessageError extends FastifyOktaError {
  declare readonly claim?: string
  declare readonly expected?: ExpectedValue
  declare readonly received?: string

  constructor (message: string, readonly reason: InvalidMessageReason, { claim, expected, received, ...options }: InvalidMessageDetails) {
    super(message, options)
    if (claim !== undefined) this.claim = claim
    if (expected !== undefined) this.expected = expected
    if (received !== undefined) this.received = received
  }
}

/** The credential of a Universal Logout request is missing or not acceptable. */
export class InvalidLogoutTokenError extends InvalidMessageError {
  readonly code = 'FST_OKTA_INVALID_LOGOUT_TOKEN'
  readonly statusCode = 401

  constructor (reason: InvalidMessageReason, details: InvalidMessageDetails = {}) {
    super('only Okta may do this', reason, details)
  }
}

/** The body of a Universal Logout request names no subject, or not in one of the formats that are accepted. */
export class InvalidLogoutRequestError extends FastifyOktaError {
  readonly code = 'FST_OKTA_INVALID_LOGOUT_REQUEST'
  readonly statusCode = 400
}

/** The subject of a Universal Logout request is not a user of this org. */
export class UnknownSubjectError extends FastifyOktaError {
  readonly code = 'FST_OKTA_UNKNOWN_SUBJECT'
  readonly statusCode = 404

  constructor () {
    super('unknown subject')
  }
}

/** The codes with which a receiver refuses a security event token (RFC 8935 section 2.4). */
export type SecurityEventErrorCode = 'invalid_request' | 'invalid_key' | 'invalid_issuer' | 'invalid_audience' | 'authentication_failed'

const DESCRIPTIONS: Readonly<Record<SecurityEventErrorCode, string>> = {
  invalid_request: 'the request is not a security event token that is accepted here',
  invalid_key: 'the security event token is not signed with a key of the transmitter',
  invalid_issuer: 'the issuer of the security event token is not accepted here',
  invalid_audience: 'the security event token is for another audience',
  authentication_failed: 'the Authorization header is not the one that the stream was created with'
}

const CODES: Partial<Record<InvalidMessageReason, SecurityEventErrorCode>> = {
  algorithm: 'invalid_key',
  key: 'invalid_key',
  unknown_key: 'invalid_key',
  signature: 'invalid_key',
  issuer: 'invalid_issuer',
  audience: 'invalid_audience',
  authorization: 'authentication_failed'
}

/** A security event token is refused. The route answers with `err` and the message (RFC 8935 section 2.3). */
export class InvalidSecurityEventError extends InvalidMessageError {
  readonly code = 'FST_OKTA_INVALID_SECURITY_EVENT'
  readonly statusCode = 400
  readonly err: SecurityEventErrorCode

  constructor (reason: InvalidMessageReason, details: InvalidMessageDetails = {}) {
    const err = CODES[reason] ?? 'invalid_request'
    super(DESCRIPTIONS[err], reason, details)
    this.err = err
  }
}
