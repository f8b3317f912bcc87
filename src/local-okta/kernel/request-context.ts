import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Kernel } from './kernel.js'
import type { EventClient } from './system-log.js'

/** From where a request came, as the System Log has it. `id`: the client id of the app that calls, if it is known. */
export function eventClientOf ({ ip, headers }: FastifyRequest, id: string | null = null): EventClient {
  return { ipAddress: ip, userAgent: headers['user-agent'] ?? null, id }
}

/**
 * Gives the events of requests to these routes their client and their transaction. Does NOT say who acts: the routes know.
 */
export function registerRequestContext (app: FastifyInstance, { log }: Kernel): void {
  // the last hook before the handler: what is set before the body is read is lost while it is
  app.addHook('preHandler', (request, _reply, done) => { log.within({ client: eventClientOf(request), transactionId: request.id }, done) })
}
