import { LogController, type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify'
import { redactPath } from './redaction.js'
import { isCredentialsRefusal, refusalFacts } from './refusal-facts.js'
import { readTraceId } from './request-id.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route logs what operators need to know of its failures: they are debug lines here. */
    logsFailures?: boolean
  }
}

/** On a request: what it failed with, for the line about it. */
const ERROR = Symbol('greeting.error')

interface Carrier { [ERROR]?: unknown }

/** Keeps what a request failed with until its line is written. */
export function rememberError (request: FastifyRequest, error: unknown): void {
  (request as Carrier)[ERROR] = error
}

/**
 * One line for each request that was refused (info) or failed (error; info if Okta refuses the service's own credentials), and at debug for the others: its id, method, route and
 * status, how long it took, and why it was refused. Never a header, a query or a body: any of them may hold a token or
 * somebody's name.
 */
export class RequestLog extends LogController {
  constructor () {
    super({ disableRequestLogging: true })
  }

  override requestCompleted (_error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    if (request.is404) logNotFound(request, reply)
    else if (reply.statusCode >= 400 && request.routeOptions.config.logsFailures !== true) logRefusal(request, reply)
    // To gather the facts costs more than most answers do.
    else if (isDebugLogged(request.log)) request.log.debug(factsOf(request, reply), 'request answered')
  }

  override writeHeadError (err: Error, request: FastifyRequest): void {
    request.log.error({ reqId: request.id, err }, 'the headers of an answer could not be written')
  }

  override serializerError (err: Error, request: FastifyRequest): void {
    request.log.error({ reqId: request.id, err }, 'an answer could not be serialized')
  }
}

/** Fastify's type of a logger does not have what pino's loggers have. */
function isDebugLogged (log: FastifyBaseLogger): boolean {
  return (log as { isLevelEnabled?: (level: string) => boolean }).isLevelEnabled?.('debug') ?? true
}

/** Writes the line of a request that was not served. */
export function logRefusal (request: FastifyRequest, reply: FastifyReply): void {
  const facts = factsOf(request, reply)
  const { [ERROR]: err } = request as Carrier
  if (reply.statusCode >= 500 && !isCredentialsRefusal(err)) request.log.error({ ...facts, err }, 'request failed')
  else request.log.info(facts, 'request refused')
}

/** At debug, since browsers ask for icons, and scanners for anything. */
function logNotFound (request: FastifyRequest, reply: FastifyReply): void {
  if (isDebugLogged(request.log)) request.log.debug({ ...factsOf(request, reply), path: redactPath(request.raw.url ?? '') }, 'not found')
}

function factsOf (request: FastifyRequest, reply: FastifyReply): Record<string, unknown> {
  return {
    reqId: request.id,
    traceId: readTraceId(request.raw),
    method: request.method,
    route: request.routeOptions.url,
    statusCode: reply.statusCode,
    ...refusalFacts((request as Carrier)[ERROR]),
    ms: Math.round(reply.elapsedTime)
  }
}
