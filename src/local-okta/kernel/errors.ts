import { randomBytes } from 'node:crypto'

/** Okta's error codes: the status each goes with and its summary. */
const CATALOGUE = {
  E0000001: [400, 'Api validation failed'],
  E0000002: [400, 'The request was not valid'],
  E0000003: [400, 'The request body was not well-formed.'],
  E0000004: [401, 'Authentication failed'],
  E0000005: [403, 'Invalid session'],
  E0000006: [403, 'You do not have permission to perform the requested action'],
  E0000007: [404, 'Not found: Resource not found'],
  E0000008: [404, 'The requested path was not found'],
  E0000009: [500, 'Internal Server Error'],
  E0000011: [401, 'Invalid token provided'],
  E0000014: [403, 'Update of credentials failed'],
  E0000016: [403, 'Activation failed because the user is already active'],
  E0000021: [415, 'Bad request. Accept and/or Content-Type headers likely do not match supported values.'],
  E0000022: [405, 'The endpoint does not support the provided HTTP method'],
  E0000028: [400, 'The request is missing a required parameter.'],
  E0000029: [400, 'Invalid paging request.'],
  E0000031: [400, 'Invalid search criteria.'],
  E0000032: [403, 'Unlock is not allowed for this user.'],
  E0000034: [403, 'Forgot password not allowed on specified user.'],
  E0000038: [403, "This operation is not allowed in the user's current status."],
  E0000047: [429, 'API call exceeded rate limit due to too many requests.'],
  E0000053: [400, 'Invalid filter'],
  E0000056: [403, 'Delete application forbidden.'],
  E0000060: [501, 'Unsupported operation.'],
  E0000068: [403, 'Invalid Passcode/Answer'],
  E0000069: [403, 'User Locked'],
  E0000079: [403, 'This operation is not allowed in the current authentication state.'],
  E0000080: [403, 'The password does not meet the complexity requirements of the current password policy.'],
  E0000087: [403, 'The recovery question answer did not match our records.'],
  E0000090: [409, 'Duplicate role assignment exception.'],
  E0000095: [403, 'Recovery not allowed for unknown user.'],
  E0000124: [400, 'Could not create user. To create a user and expire their password immediately, a password must be specified'],
  E0000125: [400, 'Could not create user. To create a user and expire their password immediately, "activate" must be true'],
  E0000127: [409, 'Link definition operation failed.'],
  E0000149: [403, 'Current CAPTCHA is associated with org-wide settings, cannot be removed.'],
  E0000165: [403, 'CAPTCHA count limit reached. At most one CAPTCHA instance is allowed per Org.'],
  E0000182: [409, 'A default email template customization already exists.'],
  E0000183: [409, 'An email template customization for that language already exists.'],
  E0000185: [409, "The isDefault parameter of the default email template customization can't be set to false."],
  E0000186: [409, "A default email template customization can't be deleted."],
  E0000195: [409, 'Api validation failed due to conflict'],
  E0000201: [409, "A brand associated with a domain can't be deleted."],
  E0000202: [409, 'Brand name already exists.'],
  E0000203: [409, 'Failed to delete the brand: it is the default one.']
} as const satisfies Record<string, readonly [number, string]>

/** Codes whose summary is about the request and nothing else: the catalogue's word does not stand before it. */
const WITHOUT_PREFIX = new Set<string>(['E0000053'])

/** A code of Okta's error catalogue. */
export type ErrorCode = keyof typeof CATALOGUE

/** The body of every Okta API error. */
interface ErrorBody {
  errorCode: ErrorCode
  errorSummary: string
  errorLink: string
  errorId: string
  errorCauses: Array<{ errorSummary: string }>
}

/** Writes the body for a code. `detail` follows the catalogue's summary after a colon. */
export function createErrorBody (errorCode: ErrorCode, detail?: string, causes: string[] = []): ErrorBody {
  const summary = CATALOGUE[errorCode][1]
  return {
    errorCode,
    errorSummary: detail === undefined ? summary : WITHOUT_PREFIX.has(errorCode) ? detail : `${summary}: ${detail}`,
    errorLink: errorCode,
    errorId: `oae${randomBytes(16).toString('base64url')}`,
    errorCauses: causes.map((errorSummary) => ({ errorSummary }))
  }
}

/** A refusal by the Management API. */
export class OktaApiError extends Error {
  readonly statusCode: number
  readonly body: ErrorBody
  readonly headers: Readonly<Record<string, string>>

  constructor (errorCode: ErrorCode, detail?: string, causes: string[] = [], headers: Record<string, string> = {}) {
    const body = createErrorBody(errorCode, detail, causes)
    super(body.errorSummary)
    this.statusCode = CATALOGUE[errorCode][0]
    this.body = body
    this.headers = headers
  }
}

/** The refusal of a change whose `If-Match` is not the object's entity tag. Which code Okta gives with its 412 is unconfirmed. */
export class PreconditionFailedError extends OktaApiError {
  override readonly statusCode = 412

  constructor () {
    super('E0000001', 'If-Match', ['If-Match: The object has changed since it was read'])
  }
}

/** 404 E0000007 for an id that does not exist. Types are Okta's words, such as `UserGroup`, or `Webhook` for an event hook. */
export function notFound (id: string, type: string): OktaApiError {
  return new OktaApiError('E0000007', `${id} (${type})`)
}

/** 400 E0000001 for a field that is missing, wrong or taken. */
export function invalid (field: string, cause: string): OktaApiError {
  return new OktaApiError('E0000001', field, [`${field}: ${cause}`])
}

/** 403 E0000006 for what nobody may do. */
export function forbidden (cause: string): OktaApiError {
  return new OktaApiError('E0000006', undefined, [cause])
}
