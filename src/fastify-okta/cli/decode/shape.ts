/** An encrypted token (JWE, RFC 7516 section 3.1) has five parts. */
const JWE_PARTS = 5
const JWS_PARTS = 3

/** Describes why a string cannot be parsed as a signed token; parts of it that cannot be read are not shown. */
export function describeShape (token: string): string {
  if (token === '') return 'There is no token.'
  if (/\s/.test(token)) return 'It has spaces or line breaks in it: a token is one line without spaces.'
  const [header = '', claims = '', signature, ...more] = token.split('.')
  const parts = token.split('.').length
  const algorithm = readObject(header)?.['alg']
  if (parts === JWE_PARTS) return 'It has five parts: it is encrypted, and Okta\'s access tokens are not.'
  if (parts === JWS_PARTS && typeof algorithm === 'string' && algorithm.toLowerCase() === 'none') return 'It is not signed at all (alg "none").'
  if (parts === JWS_PARTS && algorithm !== undefined && readObject(claims) !== undefined) return describeSignature(signature ?? '')
  if (parts < JWS_PARTS && (algorithm !== undefined || header.startsWith('eyJ'))) return `The token was cut off: it has ${count(parts)}, not 3.`
  if (parts === JWS_PARTS && more.length === 0) return 'It has three parts, but they are not the base64url of a JSON header, JSON claims and a signature.'
  return `This is not a JWT (it has ${count(parts)}, not 3). It may be a refresh token or an API token.`
}

function describeSignature (signature: string): string {
  if (signature === '') return 'The token was cut off: its signature is missing.'
  return /^[\w-]+$/.test(signature) ? 'The token was cut off, or changed: its signature is not complete base64url.' : 'Its signature has characters that are not base64url.'
}

function readObject (part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : undefined
  } catch {
    return undefined
  }
}

function count (parts: number): string {
  return `${parts} part${parts === 1 ? '' : 's'}`
}
