import type { FastifyRequest } from 'fastify'

/**
 * The URL that the caller used for this endpoint, without its query. Takes the address from `Host`, which has
 * been checked: a client may call `localhost` although the issuer is `127.0.0.1`.
 */
export function urlOf (request: FastifyRequest): string {
  const [path = ''] = request.url.split('?')
  return `${request.protocol}://${request.host}${path}`
}
