import { errorCodes, type FastifySchema, type RouteOptions } from 'fastify'
import {
  DirectoryUnavailableError, DpopReplayStoreUnavailableError, FastifyOktaError, GroupRequiredError, InsufficientScopeError,
  InsufficientUserAuthenticationError, InvalidDpopProofError, InvalidRequestError, InvalidTokenError, IssuerUnavailableError,
  MissingCredentialsError, UserInactiveError, type DpopMode, type OktaRequirement
} from 'fastify-okta'
import { refusalOf } from '../../http/refusals.js'

/** Settings on which a guard's refusals depend. */
export interface GuardFacts {
  readonly hasDirectory: boolean
  readonly dpop: DpopMode
}

/** The errors of a guard with this requirement: one of each kind. */
export function refusalsOfGuard ({ groups, scopes, acr, maxAgeSeconds }: OktaRequirement, { hasDirectory, dpop }: GuardFacts): readonly Error[] {
  return [
    new InvalidRequestError(`the ${dpop === 'required' ? 'DPoP' : 'Bearer'} credentials are malformed`),
    // optional credentials too: another scheme is refused
    new MissingCredentialsError(),
    new InvalidTokenError('malformed'),
    ...(dpop === 'off' ? [] : [new InvalidDpopProofError('missing'), new DpopReplayStoreUnavailableError(1)]),
    ...(acr === undefined && maxAgeSeconds === undefined ? [] : [new InsufficientUserAuthenticationError(acr, maxAgeSeconds)]),
    ...(scopes.length === 0 ? [] : [new InsufficientScopeError(scopes.join(' '))]),
    ...(groups.length === 0 ? [] : [new GroupRequiredError()]),
    new IssuerUnavailableError(1),
    ...(hasDirectory ? [new UserInactiveError(), new DirectoryUnavailableError(1)] : [])
  ]
}

/** The errors of a route with a body, for the body. */
export function refusalsOfBody ({ schema, schemaErrorFormatter }: RouteOptions): readonly Error[] {
  if (schema?.body === undefined) return []
  const { FST_ERR_CTP_EMPTY_JSON_BODY, FST_ERR_CTP_INVALID_JSON_BODY, FST_ERR_CTP_BODY_TOO_LARGE, FST_ERR_CTP_INVALID_MEDIA_TYPE, FST_ERR_VALIDATION } = errorCodes
  return [
    new FST_ERR_CTP_EMPTY_JSON_BODY(), new FST_ERR_CTP_INVALID_JSON_BODY(), new FST_ERR_CTP_BODY_TOO_LARGE(), new FST_ERR_CTP_INVALID_MEDIA_TYPE(),
    schemaErrorFormatter?.([], 'body') ?? new FST_ERR_VALIDATION('')
  ]
}

/** Errors that come with a challenge (RFC 6750 section 3, RFC 9449 section 7.1, RFC 9470 section 3). */
const CHALLENGED = [InvalidRequestError, MissingCredentialsError, InvalidTokenError, InvalidDpopProofError, InsufficientScopeError, InsufficientUserAuthenticationError]

const CHALLENGE = { type: 'string', description: 'A challenge for each scheme that is accepted (RFC 6750 section 3, RFC 9449 section 7.1).' } as const
const RETRY_AFTER = { type: 'integer', minimum: 1, description: 'How long to wait before the next request, in seconds.' } as const

/** The responses to these errors, by status; each error is an example. */
export function responsesOf (errors: readonly Error[]): Record<string, object> {
  const byStatus = new Map<number, Error[]>()
  for (const error of errors) {
    const { statusCode } = refusalOf(error)
    byStatus.set(statusCode, [...byStatus.get(statusCode) ?? [], error])
  }
  return Object.fromEntries([...byStatus].sort(([a], [b]) => a - b).map(([status, same]) => [status, responseTo(same)]))
}

function responseTo (errors: readonly Error[]): NonNullable<FastifySchema['response']> {
  const bodies = errors.map(refusalOf)
  const headers = {
    ...(errors.some(error => CHALLENGED.some(kind => error instanceof kind)) ? { 'WWW-Authenticate': CHALLENGE } : {}),
    ...(errors.some(error => error instanceof FastifyOktaError && 'retryAfterSeconds' in error) ? { 'Retry-After': RETRY_AFTER } : {})
  }
  return {
    description: `${bodies[0]?.error}: ${[...new Set(bodies.map(({ code }) => `\`${code}\``))].join(', ')}.`,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    content: {
      'application/json': {
        schema: { $ref: 'Refusal#' },
        examples: Object.fromEntries(bodies.map(body => [body.code, { summary: body.message, value: body }]))
      }
    }
  }
}
