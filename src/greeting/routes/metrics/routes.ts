import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.js'

/**
 * `GET /metrics`: what was counted, for Prometheus. For everybody who can reach it, which should be the operator's network
 * alone: it names no user and holds no secret, but says how much is going on, and what goes wrong.
 */
export async function metricsRoutes (app: FastifyInstance, { metrics }: { metrics: Metrics }): Promise<void> {
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.render()))
}
