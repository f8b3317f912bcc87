import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Applications } from './org/applications.js'

const OPEN = /\/\.well-known\/|^\/oauth2\/(default\/)?v1\/keys$/
const BY_ORIGIN = /^\/oauth2\/default\/v1\/(token|userinfo|revoke|introspect|device\/authorize)$/
const PREFLIGHT_SECONDS = 3600

/**
 * Lets browsers in: at the metadata and the keys from anywhere, at the token
 * endpoint and its like from the origins of registered redirect URIs. True when
 * the request was a preflight and has been answered.
 */
export function answerCors (request: IncomingMessage, response: ServerResponse, applications: Applications): boolean {
  const { origin } = request.headers
  const [path = ''] = (request.url ?? '').split('?')
  if (!OPEN.test(path) && !BY_ORIGIN.test(path)) return false
  response.setHeader('vary', 'Origin')
  // seeing this header, oidc-provider leaves the rest to us
  response.setHeader('access-control-expose-headers', 'DPoP-Nonce, WWW-Authenticate')
  if (origin === undefined || !(OPEN.test(path) || isRegistered(origin, applications))) return false
  response.setHeader('access-control-allow-origin', OPEN.test(path) ? '*' : origin)
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false
  response.setHeader('access-control-allow-methods', 'GET, POST')
  response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '')
  response.setHeader('access-control-max-age', String(PREFLIGHT_SECONDS))
  response.writeHead(204).end()
  return true
}

function isRegistered (origin: string, applications: Applications): boolean {
  return applications.all().some(({ redirectUris }) => redirectUris.some((uri) => new URL(uri).origin === origin))
}
