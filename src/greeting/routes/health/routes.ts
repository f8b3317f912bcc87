import type { FastifyInstance } from 'fastify'

const RETRY_AFTER_SECONDS = 5

const Live = { description: 'It is live.', type: 'object', required: ['status'], properties: { status: { type: 'string', const: 'live' } } }
const Ready = { description: 'It is ready.', type: 'object', required: ['status'], properties: { status: { type: 'string', const: 'ready' } } }
const NotReady = {
  description: 'It is not ready.',
  headers: { 'Retry-After': { type: 'integer', minimum: 1, description: 'How long to wait before asking again, in seconds.' } },
  type: 'object',
  required: ['statusCode', 'code', 'error', 'message', 'missing'],
  properties: {
    statusCode: { type: 'number', const: 503 },
    code: { type: 'string', const: 'FST_GREETING_NOT_READY' },
    error: { type: 'string' },
    message: { type: 'string' },
    missing: { type: 'array', items: { type: 'string', enum: ['keys', 'directory'] } }
  }
}

/**
 * `GET /livez`: the process answers. `GET /readyz`: it could decide about a token now, that is, the issuer's keys are in
 * memory and the directory, if there is one, answers; 503 names what is missing.
 *
 * A live service that is not ready needs time, not a restart.
 */
export async function health (app: FastifyInstance): Promise<void> {
  app.get('/livez', {
    schema: {
      operationId: 'isLive',
      summary: 'Whether the process answers',
      description: 'Asks nobody else.',
      tags: ['operations'],
      response: { 200: Live }
    }
  }, () => ({ status: 'live' }))

  app.get('/readyz', {
    schema: {
      operationId: 'isReady',
      summary: 'Whether it could decide about a token now',
      description: 'That is, the issuer\'s keys are in memory, and the directory, if there is one, answers. A live service that is not ready needs time, not a restart.',
      tags: ['operations'],
      response: { 200: Ready, 503: NotReady }
    }
  }, async (_request, reply) => {
    const { keys, directory } = await app.okta.isReady()
    const missing = [...(keys ? [] : ['keys']), ...(directory ? [] : ['directory'])]
    if (missing.length === 0) return { status: 'ready' }
    reply.code(503).header('retry-after', RETRY_AFTER_SECONDS)
    return { statusCode: 503, code: 'FST_GREETING_NOT_READY', error: 'Service Unavailable', message: 'the service is not ready', missing }
  })
}
