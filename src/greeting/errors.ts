import { FastifyOktaError } from 'fastify-okta'

/** The request has no `Host`, which HTTP/1.1 requires (RFC 9112 section 3.2). */
export class MissingHostError extends FastifyOktaError {
  readonly code = 'FST_GREETING_MISSING_HOST'
  readonly statusCode = 400

  constructor () {
    super('the Host header is missing')
  }
}

/** The requested time zone is not in the IANA database, or more than one is requested. */
export class UnknownTimeZoneError extends FastifyOktaError {
  readonly code = 'FST_GREETING_UNKNOWN_TIME_ZONE'
  readonly statusCode = 400

  constructor () {
    super('timeZone must be one IANA time zone, such as Europe/London')
  }
}

/** The client acts for itself: the token has no user whose profile could be changed. */
export class UserRequiredError extends FastifyOktaError {
  readonly code = 'FST_GREETING_USER_REQUIRED'
  readonly statusCode = 403

  constructor () {
    super('only users have a profile: this access token has no user')
  }
}

/** This service is configured without a directory, so there are no profiles to change (RFC 9110 section 15.6.2). */
export class DirectoryRequiredError extends FastifyOktaError {
  readonly code = 'FST_GREETING_DIRECTORY_REQUIRED'
  readonly statusCode = 501

  constructor () {
    super('this service has no user directory')
  }
}
