import type { IncomingMessage, ServerResponse } from 'node:http'
import { isOriginOfApp } from './oauth/redirect-target.js'
import type { Kernel } from './kernel/kernel.js'
import { isTrustedOrigin } from './resources/crud/trusted-origins.js'

/** Metadata and keys, which any site may read. */
const PUBLIC = /\/\.well-known\/|^\/oauth2\/([^/]+\/)?v1\/keys$/
/** The console and what it controls: for its own pages only. */
const SAME_ORIGIN = /^\/(local\/.*)?$/
const ALLOWED_METHODS = 'GET, POST, PUT, PATCH, DELETE'
const EXPOSED_HEADERS =
  'DPoP-Nonce, Link, WWW-Authenticate, X-Okta-Request-Id, X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset'
const PREFLIGHT_SECONDS = 3600

/**
 * Sets the CORS headers, on errors and unknown paths too: metadata and keys are open to every origin, everything
 * else to trusted origins and to those of registered redirect URIs, with credentials. True if the request was a preflight and has
 * been answered.
 */
export function answerCors (request: IncomingMessage, response: ServerResponse, kernel: Kernel): boolean {
  const { origin } = request.headers
  const [path = ''] = (request.url ?? '').split('?')
  response.setHeader('vary', 'Origin')
  if (SAME_ORIGIN.test(path)) return false
  // oidc-provider sees this header and adds none of its own
  response.setHeader('access-control-expose-headers', EXPOSED_HEADERS)
  if (origin === undefined) return false
  if (PUBLIC.test(path)) {
    response.setHeader('access-control-allow-origin', '*')
  } else if (isAllowed(origin, kernel)) {
    response.setHeader('access-control-allow-origin', origin)
    response.setHeader('access-control-allow-credentials', 'true')
  } else {
    return false
  }
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false
  response.setHeader('access-control-allow-methods', ALLOWED_METHODS)
  response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '')
  response.setHeader('access-control-max-age', String(PREFLIGHT_SECONDS))
  response.writeHead(204).end()
  return true
}

function isAllowed (origin: string, kernel: Kernel): boolean {
  return isTrustedOrigin(kernel, origin, 'CORS') || isOriginOfApp(kernel, origin)
}
