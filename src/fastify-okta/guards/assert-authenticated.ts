import type { FastifyRequest } from 'fastify'
import type { AuthenticatedRequest } from '../augmentation.js'

/**
 * Tells TypeScript that a guard has authenticated the request, so that `request.claims` is not `null` from here on, and
 * makes sure of it: for the handler of a route that has a guard.
 *
 * Does NOT authenticate: that is for the guard.
 *
 * @throws {TypeError} if nothing has authenticated the request, so a route that lost its guard answers 500
 */
export function assertAuthenticated<Request extends Pick<FastifyRequest, 'claims'>> (request: Request): asserts request is AuthenticatedRequest<Request> {
  if (!request.claims) throw new TypeError('the route has no guard that authenticates: mount one, such as app.okta.authenticate, as onRequest')
}
