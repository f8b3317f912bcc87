import type { FastifyRequest, FastifyServerOptions } from 'fastify'
import { FastifyOktaError } from 'fastify-okta'
import type { Settings } from '../settings/settings.js'
import type { LogStream } from './destination.js'
import { redactMessage } from './redaction.js'

const MAX_CAUSES = 5
const ERROR_CODE = /^[\w.-]{1,60}$/

/** Where credentials would stand if a request or its headers were logged whole. */
const CREDENTIALS = ['authorization', 'dpop', 'cookie']
const SECRETS = [
  ...CREDENTIALS.flatMap((name) => [name, `headers.${name}`, `req.headers.${name}`, `request.headers.${name}`]),
  ...['access_token', 'id_token', 'refresh_token', 'token', 'code', 'client_assertion'].flatMap((name) => [`query.${name}`, `req.query.${name}`])
]

/**
 * Options for Fastify's logger.
 *
 * Requests are written without their URL and headers, whatever logs them; what is redacted besides is for code that
 * logs a part of one by hand.
 */
export function loggerOptions (level: Settings['logLevel'], stream: LogStream): FastifyServerOptions['logger'] & object {
  return {
    level,
    stream,
    redact: { paths: SECRETS, censor: '[redacted]' },
    serializers: {
      req: ({ method, routeOptions }: FastifyRequest) => ({ method, route: routeOptions?.url }),
      err: (error: unknown) => describeError(error) as never
    }
  }
}

/** Fixed fields of an error and of its causes; none of what libraries attach, which may be a request with its credentials. */
function describeError (error: unknown, depth = 0): Record<string, unknown> | string {
  if (!(error instanceof Error)) return typeof error
  const { name, message, stack = '', code, status, cause } = error as Error & { code?: unknown, status?: unknown }
  return {
    type: name,
    message: error instanceof FastifyOktaError ? message : redactMessage(message),
    stack: framesOf(stack),
    ...(typeof code === 'string' && ERROR_CODE.test(code) ? { code } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    ...(cause === undefined || depth === MAX_CAUSES ? {} : { cause: describeError(cause, depth + 1) })
  }
}

/** Without the message, which stands before them. */
function framesOf (stack: string): string {
  return stack.split('\n').filter((line) => /^ {4}at /.test(line)).join('\n')
}
