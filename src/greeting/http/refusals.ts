import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { errorCodes, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { FastifyOktaError } from 'fastify-okta'
import { MissingHostError } from '../errors.js'
import { prefersPage } from './negotiation.js'
import type { Pages } from '../pages/pages.js'
import { isCredentialsRefusal } from '../log/refusal-facts.js'
import { logRefusal, rememberError } from '../log/request-log.js'

/** The body of a refusal, as Fastify's own. */
export interface Refusal {
  readonly statusCode: number
  /** What went wrong. Codes are stable, messages are not. */
  readonly code?: string
  /** The phrase of the status. */
  readonly error: string
  /** For people. Holds nothing of the request. */
  readonly message: string
}

/** Its schema, for the OpenAPI document. */
export const RefusalBody = {
  $id: 'Refusal',
  type: 'object',
  required: ['statusCode', 'error', 'message'],
  properties: {
    statusCode: { type: 'integer' },
    code: { type: 'string', description: 'What went wrong. Codes are stable, messages are not.' },
    error: { type: 'string', description: 'The phrase of the status.' },
    message: { type: 'string', description: 'For people. Holds nothing of the request.' }
  } satisfies Record<keyof Refusal, object>
}

/** Fastify's own messages for these hold a piece of the request. For other codes, the phrase of the status is the message. */
const MESSAGES: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'the path is malformed',
  FST_ERR_CTP_BODY_TOO_LARGE: 'the body is too large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'the body must be JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'the body must be JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body is not as long as its Content-Length says',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'the body must be application/json',
  FST_ERR_NOT_FOUND: 'not found',
  FST_ERR_VALIDATION: 'the request is malformed'
}

/**
 * What a caller reads of an error: a stable code, and one of a few fixed sentences. Nothing of the request comes back, and
 * nothing of an error that is not expected.
 */
export function refusalOf (error: unknown): Refusal {
  const { statusCode = 500, code, message } = error as Partial<FastifyError>
  const isExpected = error instanceof FastifyOktaError || (statusCode >= 400 && statusCode < 500)
  const status = isExpected ? statusCode : 500
  const phrase = STATUS_CODES[status] ?? 'Error'
  return {
    statusCode: status,
    ...(isExpected && typeof code === 'string' ? { code } : {}),
    error: phrase,
    message: isCredentialsRefusal(error) ? NOT_SET_UP : (error instanceof FastifyOktaError ? message : MESSAGES[code ?? '']) ?? phrase
  }
}

/** Told instead of the error's own message if Okta refuses the service's credentials. `browser/greeting-service.ts` compares it, so as not to tell a user to wait. */
const NOT_SET_UP = 'this service is not set up correctly'

/** Every route, and the answer 404, refuses in the same way: with JSON, or with a page for a browser, if there are pages. */
export function answerRefusals (app: FastifyInstance, pages: Pages | null = null): void {
  app.setErrorHandler((error: unknown, request, reply) => {
    rememberError(request, error)
    const { retryAfterSeconds } = error as { retryAfterSeconds?: number }
    if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds)
    const refusal = refusalOf(error)
    if (pages === null) return send(reply, refusal)
    reply.header('vary', 'Accept, Authorization')
    return prefersPage(request) ? pages.refusal(reply.code(refusal.statusCode), refusal) : send(reply, refusal)
  })
  app.setNotFoundHandler(() => { throw new errorCodes.FST_ERR_NOT_FOUND() })
}

/** Every answer is for one caller and one moment, a refusal and a 404 too; and it names its request, so that it can be found in the log. */
export function setCommonHeaders (request: FastifyRequest, reply: FastifyReply): void {
  reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff').header('x-request-id', request.id)
}

/** For Fastify's `frameworkErrors`: the request reached no route, so no hook has run and none will. */
export function handleFrameworkError (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  rememberError(request, error)
  const refusal = refusalOf(error)
  setCommonHeaders(request, reply)
  send(reply, refusal)
  logRefusal(request, reply)
}

/**
 * Answers two kinds of requests that Node would answer itself, without a body or `Cache-Control`: one with an unknown
 * expectation (RFC 9110 section 10.1.1), and one without a `Host` (RFC 9112 section 3.2), for which the server must be made
 * with `requireHostHeader: false`.
 */
export function handleExpectAndMissingHost (app: FastifyInstance): void {
  app.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    app.log.info({ statusCode: 417 }, 'request refused')
    const body = JSON.stringify({ statusCode: 417, error: 'Expectation Failed', message: 'the expectation cannot be met' } satisfies Refusal)
    response.writeHead(417, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', connection: 'close' }).end(body)
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers, httpVersion } = request.raw
    done(headers.host === undefined && httpVersion === '1.1' ? new MissingHostError() : undefined)
  })
}

function send (reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply.code(refusal.statusCode).type('application/json; charset=utf-8').send(refusal)
}

/** Answers to errors of Node's parser, by code; any other is 400. */
const CLIENT_ERRORS: Readonly<Record<string, { statusCode: number, message: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { statusCode: 408, message: 'the request took too long to arrive' },
  HPE_HEADER_OVERFLOW: { statusCode: 431, message: 'the headers are too large' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { statusCode: 413, message: 'the body is too large' }
}

/**
 * For Fastify's `clientErrorHandler`: what arrived is not HTTP, or arrived too slowly. Answers and closes the connection. The
 * error itself is not logged, since it holds the bytes that arrived, and they may hold a token.
 */
export function handleClientError (this: FastifyInstance, { code = '' }: { code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return
  const { statusCode, message } = CLIENT_ERRORS[code] ?? { statusCode: 400, message: 'this is not HTTP' }
  this.log.info({ statusCode, code }, 'request refused')
  const phrase = STATUS_CODES[statusCode] as string
  const body = JSON.stringify({ statusCode, error: phrase, message } satisfies Refusal)
  if (socket.writable) {
    socket.write(`HTTP/1.1 ${statusCode} ${phrase}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`)
  }
  socket.destroy()
}
