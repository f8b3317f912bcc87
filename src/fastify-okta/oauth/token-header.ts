import { InvalidTokenError } from '../errors.js'

/** The only algorithm: Okta signs access tokens with nothing else, and what is not negotiable cannot be confused. */
export const SIGNATURE_ALGORITHM = 'RS256'

/** Okta sets no `typ`; RFC 9068 section 2.1 sets `at+jwt`; libraries that make tokens set `JWT`. */
const ACCESS_TOKEN_TYPES = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt', 'application/jwt'])

/** Header parameters that change what a JWT means: no token, proof or message that is accepted has one of them. */
export const REFUSED_PARAMETERS = ['crit', 'b64', 'zip', 'enc', 'cty'] as const

/** A `kid`: a string, by RFC 7517 section 4.5; Okta's are short and printable. */
export const KEY_ID = /^[\x21-\x7e]{1,128}$/

/**
 * Checks the header of an access token before any cryptography (RFC 8725 sections 3.1, 3.2, 3.11) and returns the
 * id of the key that signed it. `jwk`, `jku`, `x5u`, `x5c` and `x5t` are ignored: the keys come from the issuer.
 *
 * @throws {InvalidTokenError} `algorithm`, `type`, `unknown_key` (no usable `kid`) or `malformed`
 */
export function readKeyId (header: Readonly<Record<string, unknown>>): string {
  if (header.alg !== SIGNATURE_ALGORITHM) throw new InvalidTokenError('algorithm')
  if (REFUSED_PARAMETERS.some(parameter => Object.hasOwn(header, parameter))) throw new InvalidTokenError('malformed')
  if (!hasAccessTokenType(header)) throw new InvalidTokenError('type')
  if (typeof header.kid !== 'string' || !KEY_ID.test(header.kid)) throw new InvalidTokenError('unknown_key')
  return header.kid
}

function hasAccessTokenType ({ typ }: Readonly<Record<string, unknown>>): boolean {
  return ACCESS_TOKEN_TYPES.has(typeof typ === 'string' ? typ.toLowerCase() : typ as undefined)
}
