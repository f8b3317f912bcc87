import { FastifyOktaError } from 'fastify-okta'

/** The zone that a request asks for is none of the IANA database's, or more than one is asked for. */
export class UnknownTimeZoneError extends FastifyOktaError {
  readonly code = 'FST_GREETING_UNKNOWN_TIME_ZONE'
  readonly statusCode = 400

  constructor () {
    super('timeZone must be one IANA time zone, such as Europe/London')
  }
}

/** The token is a client's own: there is no user behind it whose profile could be changed. */
export class UserRequiredError extends FastifyOktaError {
  readonly code = 'FST_GREETING_USER_REQUIRED'
  readonly statusCode = 403

  constructor () {
    super('only users have a profile: this access token is a client\'s own')
  }
}

/** This service is set up without a directory, so it keeps no profiles that could be changed (RFC 9110 section 15.6.2). */
export class DirectoryRequiredError extends FastifyOktaError {
  readonly code = 'FST_GREETING_DIRECTORY_REQUIRED'
  readonly statusCode = 501

  constructor () {
    super('this service has no user directory')
  }
}

/** Whoever sent this to the event hook does not know its secret. */
export class EventHookSecretError extends FastifyOktaError {
  readonly code = 'FST_GREETING_EVENT_HOOK_SECRET'
  readonly statusCode = 403

  constructor () {
    super('only Okta may do this')
  }
}

/** A verification of the event hook without a challenge, or with one that Okta would not send. */
export class EventHookChallengeError extends FastifyOktaError {
  readonly code = 'FST_GREETING_EVENT_HOOK_CHALLENGE'
  readonly statusCode = 400

  constructor () {
    super('X-Okta-Verification-Challenge must be a printable text of at most 1024 characters')
  }
}
