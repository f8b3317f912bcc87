import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { InvalidSecurityEventError } from '../errors/messages.js'
import { publicRouteConfig } from '../guards/public-route.js'
import { readFieldLines } from '../oauth/field-lines.js'
import type { SecurityEvents } from '../okta/events/security-events.js'
import type { MessageLog } from './message-log.js'

interface SecurityEventsRouteOptions {
  readonly path: string
  readonly securityEvents: SecurityEvents
  readonly messages: MessageLog
}

/** A security event token is one or two kilobytes long. */
const BODY_LIMIT_BYTES = 16 * 1024
const MEDIA_TYPE = 'application/secevent+jwt'

/**
 * `POST`: security event tokens (RFC 8935). 202 with an empty body, or 400 with `err` and `description` (section 2.3); an
 * outage, and a fault of this service, is answered as elsewhere in the application.
 */
export async function securityEventsRoute (scope: FastifyInstance, { path, securityEvents, messages }: SecurityEventsRouteOptions): Promise<void> {
  messages.add('security_events')
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(MEDIA_TYPE, { parseAs: 'string' }, (_request, body, done) => { done(null, body) })

  function answerError (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { statusCode = 500 } = error
    if (statusCode >= 500) {
      messages.refuse('security_events')
      return reply.send(error)
    }
    const refusal = error instanceof InvalidSecurityEventError ? error : toRefusal(statusCode)
    messages.refuseAndLog('security_events', refusal, request)
    return reply.code(400).header('cache-control', 'no-store').send({ err: refusal.err, description: refusal.message })
  }

  scope.post(path, {
    config: publicRouteConfig(),
    bodyLimit: BODY_LIMIT_BYTES,
    schema: { hide: true } as object,
    errorHandler: answerError,
    onRequest: async ({ raw, headers }) => { securityEvents.authenticate(readFieldLines(raw.rawHeaders, headers, 'authorization')) }
  }, async (request, reply) => {
    if (typeof request.body !== 'string') throw new InvalidSecurityEventError('content_type')
    messages.accept(await securityEvents.receive(request.body), request)
    return await reply.code(202).header('cache-control', 'no-store').send()
  })
}

/** What Fastify refuses before the token is looked at. */
function toRefusal (statusCode: number): InvalidSecurityEventError {
  if (statusCode === 413) return new InvalidSecurityEventError('too_large')
  return new InvalidSecurityEventError(statusCode === 415 ? 'content_type' : 'malformed')
}
