import type { FastifyRequest } from 'fastify'

/** Marks a route of the plugin's own, in its config. */
const PUBLIC = Symbol('fastify-okta.public')

/** The config of a route that no guard is for: what it serves is public, or it authenticates its callers in another way. */
export function publicRouteConfig (): object {
  return { [PUBLIC]: true }
}

/** Whether a guard of the whole application lets the request pass, whatever its credentials. */
export function isForPublicRoute (request: FastifyRequest): boolean {
  return PUBLIC in request.routeOptions.config
}
