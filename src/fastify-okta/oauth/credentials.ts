import { InvalidRequestError, MissingCredentialsError } from '../errors.js'
import { countFieldLines, type HeaderFields } from './field-lines.js'

/** The authentication schemes for access tokens: RFC 6750 and RFC 9449. */
export type Scheme = 'Bearer' | 'DPoP'

export interface Credentials {
  readonly scheme: Scheme
  /** What follows the scheme and its spaces, if anything does; whether it is one token is for {@link checkToken68} to say. */
  readonly accessToken: string
}

const SCHEME = /^(Bearer|DPoP)(?:[ \t]|$)/i
const TOKEN68 = /^[A-Za-z0-9._~+/-]+=*$/
const SPACE = ' '.charCodeAt(0)

/**
 * Takes the access token out of the value of the `Authorization` header, and from nowhere else: what comes after the
 * scheme and `1*SP` (RFC 6750 section 2.1, RFC 9449 section 7.1). The scheme is case-insensitive (RFC 9110 section 11.1).
 *
 * Does NOT look at the token, which may be any text: a look at each of its characters takes longer than to find it among
 * the tokens that were found good before. {@link checkToken68} is for those that turn out to be malformed.
 *
 * @param isDpopAccepted where it is not, `DPoP` is a scheme like any other that is not ours
 * @throws {MissingCredentialsError} there is no value, or it is of another scheme
 */
export function readCredentials (authorization: string | undefined, isDpopAccepted: boolean): Credentials {
  const scheme = readScheme(authorization)
  if (authorization === undefined || scheme === undefined || (scheme === 'DPoP' && !isDpopAccepted)) throw new MissingCredentialsError()
  let start = scheme.length
  while (authorization.charCodeAt(start) === SPACE) start++
  return { scheme, accessToken: authorization.slice(start) }
}

/**
 * Checks that what follows the scheme is one `token68`.
 *
 * @throws {InvalidRequestError}
 */
export function checkToken68 ({ scheme, accessToken }: Credentials): void {
  if (!isToken68(accessToken)) throw new InvalidRequestError(`the ${scheme} credentials are malformed`)
}

/** Whether a string is one `token68` (RFC 9110 section 11.2). */
export function isToken68 (value: string): boolean {
  return TOKEN68.test(value)
}

/** What the credentials hold as their access token, if they are of one of our schemes. Refuses nothing: the token may be any string. */
export function findPresentedToken (authorization: string | undefined): string | undefined {
  return readScheme(authorization) === undefined ? undefined : readCredentials(authorization, true).accessToken
}

/**
 * The scheme of the credentials, if it is one for access tokens. Adapters for serverless platforms may give something else
 * than a string, such as an array: that is not one.
 */
export function readScheme (authorization: unknown): Scheme | undefined {
  if (typeof authorization !== 'string') return undefined
  // As nearly everybody writes it, told without an expression.
  if (authorization.startsWith('Bearer ')) return 'Bearer'
  const scheme = SCHEME.exec(authorization)?.[1]
  return scheme === undefined ? undefined : scheme.length === 4 ? 'DPoP' : 'Bearer'
}

/**
 * Refuses a request that sends credentials twice: RFC 6750 section 2, "Clients MUST NOT use more than one
 * method to transmit the token in each request". Node keeps the first of two `Authorization` headers and drops the
 * other without a word, so they are counted in the raw list, if the request has one.
 *
 * A query parameter alone is no credential and is ignored.
 *
 * @throws {InvalidRequestError}
 */
export function refuseRepeatedCredentials (rawHeaders: readonly string[] | undefined, headers: HeaderFields, query: unknown): void {
  const sent = countFieldLines(rawHeaders, headers, 'authorization')
  if (sent > 1) throw new InvalidRequestError('the Authorization header is sent more than once')
  if (sent === 1 && typeof query === 'object' && query !== null && 'access_token' in query) {
    throw new InvalidRequestError('credentials are sent in more than one way')
  }
}
