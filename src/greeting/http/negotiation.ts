import type { FastifyRequest } from 'fastify'

/**
 * Whether a caller would rather have `text/plain` than JSON (RFC 9110 section 12.5.1).
 *
 * JSON is for everybody else, those included who accept neither: the RFC leaves that to the server, and a browser,
 * which asks for HTML, shows the answer rather than 406.
 */
export function prefersText (request: FastifyRequest): boolean {
  const { accept } = request.headers
  // What nearly all API clients send, told without parsing.
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return false
  return request.type(['application/json', 'text/plain']) === 'text/plain'
}

/** Whether a caller would rather have a page than JSON or text: browsers ask for `text/html` by name when they open an address. */
export function prefersPage (request: FastifyRequest): boolean {
  const { accept } = request.headers
  if (accept === undefined || !/text\/html/i.test(accept)) return false
  return request.type(['application/json', 'text/plain', 'text/html']) === 'text/html'
}
