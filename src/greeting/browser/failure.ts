import {
  AuthorizationResponseError, JSON_ATTRIBUTE_COMPARISON, OperationProcessingError, PARSE_ERROR, RESPONSE_IS_NOT_JSON,
  ResponseBodyError, UnsupportedOperationError, WWWAuthenticateChallengeError
} from 'oauth4webapi'

/** The views that say why a sign-in or a sign-out did not succeed. */
type FailureView =
  | 'storage-blocked'
  | 'okta-unavailable'
  | 'okta-silent'
  | 'not-set-up'
  | 'session-ended'
  | 'sign-in-refused'
  | 'sign-in-expired'
  | 'sign-in-unsafe'
  | 'page-failed'

/** Why something failed, as the user sees it. */
export class Failure extends Error {
  /**
   * @param code for the service's log: an error code of OAuth, or of this code
   * @param reason for the user; holds text from outside, which views show as text
   */
  constructor (readonly view: FailureView, readonly code: string, readonly reason = '', options?: ErrorOptions) {
    super(view, options)
  }
}

/** No response arrived in time, or the browser keeps it from this page (CORS): a page cannot tell which. */
export class NoResponseError extends Error {}

/** Okta's responses to a request that must not show a page (OpenID Connect Core section 3.1.2.6). */
const INTERACTION_REQUIRED = new Set(['login_required', 'interaction_required', 'consent_required', 'account_selection_required'])

/** RFC 6749 section 4.1.2.1. */
const UNAVAILABLE = new Set(['server_error', 'temporarily_unavailable'])

/** The user is refused, and not the way in which this service asks. */
const REFUSED = new Set(['access_denied', 'unmet_authentication_requirements'])

/** Finds out what failed. Only what is known to be an outage of Okta is called one. */
export function toFailure (error: unknown): Failure {
  if (error instanceof Failure) return error
  if (error instanceof NoResponseError) return new Failure('okta-unavailable', 'no_response', '', { cause: error })
  if (error instanceof AuthorizationResponseError) return fromAuthorizationResponse(error)
  if (error instanceof ResponseBodyError) return fromTokenResponse(error)
  if (error instanceof WWWAuthenticateChallengeError) return new Failure('not-set-up', 'invalid_client', 'Okta refuses the client of this page.', { cause: error })
  if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError) return fromProcessing(error)
  return new Failure('page-failed', 'page_error', '', { cause: error })
}

/** Whether Okta would have to show a page, which it was asked not to do. */
export function isInteractionRequired (error: unknown): boolean {
  return error instanceof AuthorizationResponseError && INTERACTION_REQUIRED.has(error.error)
}

function fromAuthorizationResponse (error: AuthorizationResponseError): Failure {
  const { error: code, error_description: reason = code } = error
  if (INTERACTION_REQUIRED.has(code)) return new Failure('session-ended', code)
  if (UNAVAILABLE.has(code)) return new Failure('okta-unavailable', code)
  return new Failure(REFUSED.has(code) ? 'sign-in-refused' : 'not-set-up', code, reason, { cause: error })
}

function fromTokenResponse (error: ResponseBodyError): Failure {
  const { error: code, error_description: reason = code, status } = error
  if (status === 429 || status >= 500) return new Failure('okta-unavailable', code, '', { cause: error })
  if (code === 'invalid_grant') return new Failure('sign-in-expired', code, reason, { cause: error })
  return new Failure(REFUSED.has(code) ? 'sign-in-refused' : 'not-set-up', code, reason, { cause: error })
}

function fromProcessing (error: OperationProcessingError | UnsupportedOperationError): Failure {
  const { code, cause, message } = error
  const isOutage = cause instanceof Response && (cause.status === 429 || cause.status >= 500)
  // Not JSON: something between the browser and Okta responds, more often than not.
  if (isOutage || code === PARSE_ERROR || code === RESPONSE_IS_NOT_JSON) return new Failure('okta-unavailable', 'not_okta', '', { cause: error })
  if (cause instanceof Response && !cause.ok) return new Failure('not-set-up', `http_${cause.status}`, `Okta responded with ${cause.status}.`, { cause: error })
  return new Failure('sign-in-unsafe', code === JSON_ATTRIBUTE_COMPARISON ? 'issuer_mismatch' : 'invalid_response', message, { cause: error })
}
