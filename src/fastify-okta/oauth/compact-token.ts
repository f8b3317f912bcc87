import { InvalidTokenError } from '../errors.js'
import { parseJsonObject } from './json-object.js'

/** What a signature is checked with (RFC 7515 section 5.2). */
export interface SignedData {
  /** The header and the claims, as they are encoded. */
  readonly signingInput: string
  readonly signature: Buffer
}

/** A token taken apart. Nothing in it is verified: it says which key to try, and no more. */
export interface CompactToken extends SignedData {
  readonly header: Readonly<Record<string, unknown>>
  readonly unverifiedClaims: Readonly<Record<string, unknown>>
}

/** A token split at its dots. */
interface SplitToken extends SignedData {
  readonly header: string
  readonly claims: string
}

/**
 * Takes a signed token in JWS compact serialization apart (RFC 7515 section 7.1): three base64url segments,
 * unpadded and canonical, so that no two texts are one token; header and claims strict JSON objects.
 *
 * Does NOT verify anything, and does no cryptography.
 *
 * @param maxBytes a longer token is refused before it is looked at
 * @throws {InvalidTokenError} `too_large` or `malformed`
 */
export function parseCompactToken (token: string, maxBytes: number): CompactToken {
  const { header, claims, ...signed } = splitCompactToken(token, maxBytes)
  return { header: decodeSegment(header), unverifiedClaims: decodeSegment(claims), ...signed }
}

/**
 * The same, with header and claims not decoded: for callers that know the header by its text.
 *
 * @throws {InvalidTokenError} `too_large` or `malformed`
 */
export function splitCompactToken (token: string, maxBytes: number): SplitToken {
  if (token.length > maxBytes) throw new InvalidTokenError('too_large')
  const endOfHeader = token.indexOf('.')
  const endOfClaims = token.indexOf('.', endOfHeader + 1)
  const signature = endOfClaims === -1 ? undefined : decodeBase64url(token.slice(endOfClaims + 1))
  if (signature === undefined) throw new InvalidTokenError('malformed')
  return {
    header: token.slice(0, endOfHeader),
    claims: token.slice(endOfHeader + 1, endOfClaims),
    signingInput: token.slice(0, endOfClaims),
    signature
  }
}

/**
 * Decodes a header or claims.
 *
 * @throws {InvalidTokenError} `malformed`: not canonical base64url, or not a strict JSON object
 */
export function decodeSegment (segment: string): Record<string, unknown> {
  const bytes = decodeBase64url(segment)
  const object = bytes === undefined ? undefined : parseJsonObject(bytes)
  if (object === undefined) throw new InvalidTokenError('malformed')
  return object
}

/**
 * Node decodes strings that are not base64url too, and ignores bits that must be zero (RFC 4648 section 3.5). Bytes have one
 * canonical encoding; to compare it with the string takes less than an expression that looks at each character.
 *
 * @returns `undefined` for any other string, the empty one included
 */
function decodeBase64url (encoded: string): Buffer | undefined {
  const bytes = Buffer.from(encoded, 'base64url')
  return encoded !== '' && bytes.toString('base64url') === encoded ? bytes : undefined
}
