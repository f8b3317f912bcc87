import type { IncomingMessage, ServerResponse } from 'node:http'

const LOOPBACK = /^(localhost|([a-z0-9-]+\.)+localhost|127(\.\d{1,3}){3}|\[::1\])$/
const PORT = /:\d+$/

/**
 * Refuses a request whose `Host` is neither a loopback name nor allowed by an option. A page elsewhere whose
 * name resolves to this machine (DNS rebinding) would otherwise reach the org. True if the request was refused.
 */
export function refuseForeignHost (
  request: IncomingMessage, response: ServerResponse, allowedHosts: readonly string[]
): boolean {
  const host = (request.headers.host ?? '').replace(PORT, '').toLowerCase()
  if (LOOPBACK.test(host) || allowedHosts.includes(host)) return false
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
  response.end('This host name is not served here: use 127.0.0.1 or localhost, or start the local Okta with it as --host (allowedHosts in a program).\n')
  return true
}
