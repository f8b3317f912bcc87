import { InvalidRequestError, MissingCredentialsError } from '../errors.js'

/** The authentication schemes for access tokens: RFC 6750 and RFC 9449. */
export type Scheme = 'Bearer' | 'DPoP'

export interface Credentials {
  readonly scheme: Scheme
  readonly accessToken: string
}

/** `1*SP` and one `token68` (RFC 6750 section 2.1, RFC 9449 section 7.1); the scheme is case-insensitive (RFC 9110 section 11.1). */
const CREDENTIALS = /^(Bearer|DPoP) +([A-Za-z0-9._~+/-]+=*)$/i
const SCHEME = /^(Bearer|DPoP)(?:[ \t]|$)/i

/**
 * Reads the access token out of the value of the `Authorization` header, and from nowhere else.
 *
 * Does NOT look at the token: what it returns is text in the right alphabet.
 *
 * @param isDpopAccepted where it is not, `DPoP` is a scheme like any other that is not ours
 * @throws {MissingCredentialsError} there is no value, or it is of another scheme
 * @throws {InvalidRequestError} the scheme is ours, and what follows is not one token
 */
export function readCredentials (authorization: string | undefined, isDpopAccepted: boolean): Credentials {
  const scheme = readScheme(authorization)
  if (authorization === undefined || scheme === undefined || (scheme === 'DPoP' && !isDpopAccepted)) throw new MissingCredentialsError()
  const accessToken = CREDENTIALS.exec(authorization)?.[2]
  if (accessToken === undefined) throw new InvalidRequestError(`the ${scheme} credentials are malformed`)
  return { scheme, accessToken }
}

/** The scheme of the credentials, if it is one for access tokens. */
export function readScheme (authorization: string | undefined): Scheme | undefined {
  const scheme = authorization === undefined ? undefined : SCHEME.exec(authorization)?.[1]
  return scheme === undefined ? undefined : scheme.length === 4 ? 'DPoP' : 'Bearer'
}

/**
 * Refuses a request that brings credentials twice: RFC 6750 section 2, "Clients MUST NOT use more than one
 * method to transmit the token in each request". Node keeps the first of two `Authorization` headers and drops the
 * other without a word, hence the look at the raw list (name, value, name, value, …).
 *
 * A query parameter alone is no credential and is ignored.
 *
 * @throws {InvalidRequestError}
 */
export function refuseRepeatedCredentials (rawHeaders: readonly string[], query: unknown): void {
  let seen = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 13 && name.toLowerCase() === 'authorization') seen++
  }
  if (seen > 1) throw new InvalidRequestError('the Authorization header is sent more than once')
  if (seen === 1 && typeof query === 'object' && query !== null && 'access_token' in query) {
    throw new InvalidRequestError('credentials are sent in more than one way')
  }
}
