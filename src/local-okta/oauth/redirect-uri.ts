const FORBIDDEN_SCHEMES = new Set(['javascript:', 'vbscript:', 'data:', 'blob:', 'file:', 'about:'])

/**
 * The web origin of a redirect URI. Undefined for a private-use scheme (`com.example.app:/callback`), whose
 * `URL.origin` is the string `null`: it must equal no `Origin: null`, and nothing can be posted to it.
 */
export function originOf (redirectUri: string): string | undefined {
  if (!URL.canParse(redirectUri)) return undefined
  const { origin } = new URL(redirectUri)
  return origin === 'null' ? undefined : origin
}

/**
 * The source that a Content Security Policy must allow for a redirect to this URI: its origin, or its scheme
 * where a policy has no way to write the origin (private-use schemes, IPv6 addresses).
 */
export function cspSourceOf (redirectUri: string): string {
  const { protocol, hostname } = new URL(redirectUri)
  const origin = originOf(redirectUri)
  return origin === undefined || hostname.startsWith('[') ? protocol : origin
}

/** True for an absolute URI that a browser may be sent to with a response: no fragment, and no scheme that runs or shows what it holds. */
export function isRedirectUri (uri: string): boolean {
  return URL.canParse(uri) && !uri.includes('#') && !FORBIDDEN_SCHEMES.has(new URL(uri).protocol)
}

/** True for a private-use scheme, such as `com.example.app:/callback`. */
export function hasPrivateScheme (uri: string): boolean {
  return !/^https?:/i.test(uri)
}

/** True for plain http on a loopback address. */
export function isLoopbackHttp (uri: string): boolean {
  const { protocol, hostname } = new URL(uri)
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}
