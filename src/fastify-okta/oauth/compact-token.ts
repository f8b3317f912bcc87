import { InvalidTokenError } from '../errors.js'
import { parseJsonObject } from './json-object.js'

/** A token taken apart. Nothing in it is verified: it says which key to try, and no more. */
export interface CompactToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly unverifiedClaims: Readonly<Record<string, unknown>>
}

const THREE_SEGMENTS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

/** The last character of a segment whose length is 2 or 3 modulo 4 carries bits that must be zero. */
const CANONICAL_ENDS: Record<number, string | undefined> = { 2: 'AQgw', 3: 'AEIMQUYcgkosw048' }

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
  const { header, claims } = splitCompactToken(token, maxBytes)
  return { header: decodeSegment(header), unverifiedClaims: decodeSegment(claims) }
}

/**
 * The same without decoding: for callers that know the header by its text.
 *
 * @throws {InvalidTokenError} `too_large` or `malformed`
 */
export function splitCompactToken (token: string, maxBytes: number): { readonly header: string, readonly claims: string } {
  if (token.length > maxBytes) throw new InvalidTokenError('too_large')
  if (!THREE_SEGMENTS.test(token)) throw new InvalidTokenError('malformed')
  const endOfHeader = token.indexOf('.')
  const endOfClaims = token.lastIndexOf('.')
  if (!isCanonical(token.slice(endOfClaims + 1))) throw new InvalidTokenError('malformed')
  return { header: token.slice(0, endOfHeader), claims: token.slice(endOfHeader + 1, endOfClaims) }
}

/**
 * Decodes a header or claims.
 *
 * @throws {InvalidTokenError} `malformed`: not canonical base64url, or not a strict JSON object
 */
export function decodeSegment (segment: string): Record<string, unknown> {
  const object = isCanonical(segment) ? parseJsonObject(Buffer.from(segment, 'base64url')) : undefined
  if (object === undefined) throw new InvalidTokenError('malformed')
  return object
}

function isCanonical (segment: string): boolean {
  const rest = segment.length % 4
  return rest === 0 || (CANONICAL_ENDS[rest]?.includes(segment.at(-1) as string) ?? false)
}
