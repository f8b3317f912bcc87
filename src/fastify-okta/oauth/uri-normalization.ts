const UNRESERVED = /[A-Za-z0-9\-._~]/

/**
 * A URI in one spelling, for a comparison: syntax-based and scheme-based normalization (RFC 3986 sections 6.2.2 and
 * 6.2.3). Scheme, host and port are written as the URL standard does, dot segments are removed, percent-encoded
 * characters that need no encoding are decoded, and the digits of the others are upper case.
 *
 * Query and fragment are left out. Does NOT make equal what may differ: `%2F` and `/`, `%40` and `@`, with and without a
 * slash at the end.
 *
 * @returns `undefined` if it is not an absolute URI
 */
export function normalizeUri (uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined
  const { origin, username, password, pathname } = new URL(uri)
  return `${username}:${password}@${origin}${normalizePercentEncoding(pathname)}`
}

function normalizePercentEncoding (path: string): string {
  if (!path.includes('%')) return path
  return path.replace(/%[0-9A-Fa-f]{2}/g, (triplet) => {
    const character = String.fromCharCode(parseInt(triplet.slice(1), 16))
    return UNRESERVED.test(character) ? character : triplet.toUpperCase()
  })
}
