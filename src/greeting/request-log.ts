import { LogController, type FastifyBaseLogger, type FastifyReply, type FastifyRequest, type FastifyServerOptions } from 'fastify'
import type { Settings } from './settings/settings.js'

const CAUSES_SHOWN = 5

/** What went wrong with a request, for the line about it. */
const errors = new WeakMap<FastifyRequest, unknown>()

/** Keeps what a request failed with until its line is written. */
export function rememberError (request: FastifyRequest, error: unknown): void {
  errors.set(request, error)
}

/**
 * One line for each request that was refused (info) or failed (error), and at debug for the others as well: its number,
 * method, route, status, code, reason, and how long it took. Never a URL, a header, a claim or a body: any of them may hold a
 * token or somebody's name.
 */
export class RequestLog extends LogController {
  constructor () {
    super({ disableRequestLogging: true })
  }

  override requestCompleted (_error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.statusCode >= 400) logRefusal(request, reply)
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
  if (reply.statusCode >= 500) request.log.error({ ...facts, err: errors.get(request) }, 'request failed')
  else request.log.info(facts, 'request refused')
}

function factsOf (request: FastifyRequest, reply: FastifyReply): Record<string, unknown> {
  const { code, reason } = (errors.get(request) ?? {}) as { code?: unknown, reason?: unknown }
  return {
    reqId: request.id,
    method: request.method,
    route: request.routeOptions.url,
    statusCode: reply.statusCode,
    code,
    reason,
    ms: Math.round(reply.elapsedTime)
  }
}

/** Of errors, what their authors wrote; not what they hang on them, which may be a request with its credentials. */
function describeError (error: unknown, depth = 0): Record<string, unknown> | string {
  if (!(error instanceof Error)) return typeof error
  const { name, message, stack, code, cause } = error as Error & { code?: unknown }
  return {
    type: name,
    message,
    stack,
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined || depth === CAUSES_SHOWN ? {} : { cause: describeError(cause, depth + 1) })
  }
}

/** Where credentials would stand if anybody logged a request or its headers whole. */
const CREDENTIALS = ['authorization', 'dpop', 'cookie']
const SECRETS = [
  ...CREDENTIALS.flatMap(name => [name, `headers.${name}`, `req.headers.${name}`, `request.headers.${name}`]),
  ...['access_token', 'id_token', 'refresh_token', 'token', 'code', 'client_assertion'].flatMap(name => [`query.${name}`, `req.query.${name}`])
]

/**
 * Options for Fastify's logger: JSON lines on the standard output, or wherever `stream` leads.
 *
 * Requests are written without their URL and headers, whoever logs them; what is redacted besides is for those who
 * log a part of one by hand.
 */
export function loggerOptions (level: Settings['logLevel'], stream?: { write: (line: string) => void }): FastifyServerOptions['logger'] & object {
  return {
    level,
    redact: { paths: SECRETS, censor: '[redacted]' },
    serializers: {
      req: ({ method, routeOptions }: FastifyRequest) => ({ method, route: routeOptions?.url }),
      err: (error: unknown) => describeError(error) as never
    },
    ...(stream === undefined ? {} : { stream })
  }
}
