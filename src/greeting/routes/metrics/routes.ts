import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.js'

const SECOND_MS = 1000
/** Rendering takes milliseconds in which nothing else is answered. Prometheus scrapes once in some seconds. */
const MAX_RENDERINGS_PER_SECOND = 20

/**
 * `GET /metrics`: what was counted, for Prometheus; if it is requested more than 20 times within a second, the text of
 * the last time. For everybody who can reach it, which should be the operator's network alone: it names no user and holds no
 * secret, but says how much is going on, and what goes wrong.
 */
export async function metricsRoutes (app: FastifyInstance, { metrics }: { metrics: Metrics }): Promise<void> {
  let secondBeganAt = -Infinity
  let renderings = 0
  let text = Promise.resolve('')

  function render (): Promise<string> {
    const now = performance.now()
    if (now - secondBeganAt >= SECOND_MS) {
      secondBeganAt = now
      renderings = 0
    }
    if (renderings++ < MAX_RENDERINGS_PER_SECOND) text = metrics.render()
    return text
  }

  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => reply.type(metrics.contentType).send(await render()))
}
