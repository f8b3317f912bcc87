import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify'
import { loginOf } from '../tokens/claims.js'

/** The route of every server but the greeting service, and what it answers. */
export const PATH = '/resource'

export interface Resource {
  readonly message: string
  readonly sub: string
}

export function resourceOf (sub: string): Resource {
  return { message: 'Hello from a protected resource', sub }
}

/** What a server answers that does not know who asks; as long as any other answer. */
export const ANONYMOUS_RESOURCE = resourceOf(loginOf(0))

const schema = {
  response: {
    200: { type: 'object', properties: { message: { type: 'string' }, sub: { type: 'string' } }, required: ['message', 'sub'] }
  }
}

/** The same route for every server on Fastify; only the hook differs. */
export function addResource (app: FastifyInstance, onRequest: onRequestHookHandler | [], subjectOf: (request: FastifyRequest) => string): void {
  app.get(PATH, { schema, onRequest }, (request, reply) => { reply.send(resourceOf(subjectOf(request))) })
}
