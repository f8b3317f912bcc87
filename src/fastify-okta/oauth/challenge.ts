import {
  InsufficientScopeError, InsufficientUserAuthenticationError, InvalidDpopProofError, InvalidRequestError,
  InvalidTokenError, MissingCredentialsError, UseDpopNonceError
} from '../errors.js'
import type { Scheme } from './credentials.js'
import { DPOP_ALGORITHMS } from './dpop-proof.js'

/** Which schemes are accepted: Bearer alone, both, DPoP alone. */
export type DpopMode = 'off' | 'allowed' | 'required'

interface ChallengeOptions {
  /** Printable ASCII without `"` and `\`. */
  readonly realm: string
  readonly dpop: DpopMode
  /** Where the protected resource metadata is (RFC 9728 section 5.1). */
  readonly resourceMetadata: string | undefined
}

/**
 * The `WWW-Authenticate` values for an error, one for each scheme; none if the error calls for none.
 *
 * @param scheme the scheme of the request's credentials, if it is one for access tokens
 * @param scope the scopes that the route asks for, with spaces between them; empty if none
 */
export type Challenge = (error: unknown, scheme: Scheme | undefined, scope?: string) => readonly string[]

/**
 * The one place that writes challenges (RFC 6750 section 3, RFC 9449 section 7.1, RFC 9470 section 3,
 * RFC 9110 section 11.6.1).
 *
 * What went wrong is said in the challenge of the scheme that was used. On a 401 the other accepted scheme is
 * challenged as well, without an error. A request without credentials gets the scopes to request, if there are any.
 * Every value is a fixed sentence or comes from the routes' own code, so nothing of the request gets into the header.
 */
export function createChallenge ({ realm, dpop, resourceMetadata }: ChallengeOptions): Challenge {
  const common = parameter('realm', realm) + (resourceMetadata === undefined ? '' : `, ${parameter('resource_metadata', resourceMetadata)}`)
  const own: Record<Scheme, string> = { Bearer: '', DPoP: `, ${parameter('algs', DPOP_ALGORITHMS.join(' '))}` }
  const accepted: readonly Scheme[] = ({ off: ['Bearer'], allowed: ['Bearer', 'DPoP'], required: ['DPoP'] } as const)[dpop]

  const write = (scheme: Scheme, parameters: string): string => `${scheme} ${common}${parameters}${own[scheme]}`
  const bare = accepted.map(scheme => write(scheme, ''))

  return function challenge (error, used, scope = '') {
    if (error instanceof MissingCredentialsError) return scope === '' ? bare : accepted.map((scheme) => write(scheme, `, ${parameter('scope', scope)}`))
    const parameters = describe(error)
    if (parameters === undefined) return []
    const scheme = accepted.find(candidate => candidate === used) ?? accepted[0] as Scheme
    const others = (error as { statusCode?: number }).statusCode === 401 ? accepted.filter(other => other !== scheme) : []
    return [write(scheme, parameters), ...others.map(other => write(other, ''))]
  }
}

/** The parameters of an error, each with `, ` before it; `undefined` if the error calls for no challenge. */
function describe (error: unknown): string | undefined {
  const withError = (code: string): string => `, ${parameter('error', code)}, ${parameter('error_description', (error as Error).message)}`

  if (error instanceof InvalidTokenError) return withError('invalid_token')
  if (error instanceof InvalidRequestError) return withError('invalid_request')
  if (error instanceof InvalidDpopProofError) return withError('invalid_dpop_proof')
  if (error instanceof UseDpopNonceError) return withError('use_dpop_nonce')
  if (error instanceof InsufficientScopeError) return `${withError('insufficient_scope')}, ${parameter('scope', error.scope)}`
  if (error instanceof InsufficientUserAuthenticationError) {
    return withError('insufficient_user_authentication') +
      (error.acrValues === undefined ? '' : `, ${parameter('acr_values', error.acrValues)}`) +
      (error.maxAgeSeconds === undefined ? '' : `, ${parameter('max_age', error.maxAgeSeconds)}`)
  }
  return undefined
}

function parameter (name: string, value: string | number): string {
  return `${name}="${value}"`
}
