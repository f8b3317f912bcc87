import type { FastifyInstance } from 'fastify'
import { MESSAGE_SOURCES } from 'fastify-okta'
import type { Readiness, ReadinessReport } from './readiness.js'

const RETRY_AFTER_SECONDS = 5

const Live = { description: 'The process is live.', type: 'object', required: ['status'], properties: { status: { type: 'string', const: 'live' } } }
const Messages = {
  description: 'How Okta tells of sign-outs and changes; absent if all of it is off: the ways that are on, each with the age in seconds of the last message that this process received, null if it received none. The System Log counts each time that it was read.',
  type: 'array',
  items: {
    type: 'object',
    required: ['source', 'ageSeconds'],
    properties: { source: { type: 'string', enum: MESSAGE_SOURCES }, ageSeconds: { type: ['integer', 'null'], minimum: 0 } }
  }
}
const Redis = {
  description: 'Whether replicas share state through Redis; absent without `REDIS_URL`. While Redis is unavailable each replica goes on alone, and stays ready.',
  type: 'string',
  enum: ['available', 'unavailable']
}
const Ready = {
  description: 'The service is ready.',
  type: 'object',
  required: ['status'],
  properties: { status: { type: 'string', const: 'ready' }, redis: Redis, messages: Messages }
}
const PARTS = ['keys', 'directory', 'revocations']
const NotReady = {
  description: 'The service is not ready.',
  headers: { 'Retry-After': { type: 'integer', minimum: 1, description: 'How long to wait before the next request, in seconds.' } },
  type: 'object',
  required: ['statusCode', 'code', 'error', 'message', 'missing', 'problems'],
  properties: {
    statusCode: { type: 'number', const: 503 },
    code: { type: 'string', const: 'FST_GREETING_NOT_READY' },
    error: { type: 'string' },
    message: { type: 'string' },
    missing: { type: 'array', items: { type: 'string', enum: PARTS } },
    problems: {
      description: 'Why it is missing.',
      type: 'array',
      items: {
        type: 'object',
        required: ['part', 'reason', 'message'],
        properties: { part: { type: 'string', enum: PARTS }, reason: { type: 'string' }, message: { type: 'string' } }
      }
    },
    redis: Redis,
    messages: Messages
  }
}

interface HealthOptions {
  readonly readiness: Readiness
  /** `null` without `REDIS_URL`. */
  readonly isRedisAvailable: (() => boolean) | null
}

/**
 * `GET /livez`: the process is live. `GET /readyz`: it could decide about a token now, that is, the issuer's keys are in
 * memory, the directory, if there is one, can be read, and the revocations of other replicas are read; 503 says what is
 * missing and why.
 *
 * A live service that is not ready needs time or another setting, not a restart.
 */
export async function health (app: FastifyInstance, { readiness, isRedisAvailable }: HealthOptions): Promise<void> {
  // The log says at the start what is missing, before anybody asks.
  app.addHook('onListen', (done) => {
    readiness.check().catch(() => {})
    done()
  })

  app.get('/livez', {
    schema: {
      operationId: 'isLive',
      summary: 'Whether the process answers',
      description: 'Does not depend on Okta.',
      tags: ['operations'],
      response: { 200: Live }
    }
  }, () => ({ status: 'live' }))

  app.get('/readyz', {
    schema: {
      operationId: 'isReady',
      summary: 'Whether the service could decide about a token now',
      description: 'The issuer\'s keys are in memory, the directory, if there is one, can be read, and the revocations of other replicas are read. A live service that is not ready needs time, not a restart.',
      tags: ['operations'],
      response: { 200: Ready, 503: NotReady }
    },
    // Each change is logged once, and not each probe.
    config: { logsFailures: true }
  }, async (_request, reply) => {
    const { missing: problems, messages } = await readiness.check()
    const details = {
      ...(isRedisAvailable === null ? {} : { redis: isRedisAvailable() ? 'available' : 'unavailable' }),
      ...(messages.length === 0 ? {} : { messages })
    }
    if (problems.length === 0) return { status: 'ready', ...details }
    reply.code(503).header('retry-after', RETRY_AFTER_SECONDS)
    return { ...describeProblems(problems), ...details }
  })
}

function describeProblems (problems: ReadinessReport['missing']): object {
  return {
    statusCode: 503,
    code: 'FST_GREETING_NOT_READY',
    error: 'Service Unavailable',
    message: `the service is not ready: ${problems.map(({ message }) => message).join('; ')}`,
    missing: problems.map(({ part }) => part),
    problems
  }
}
