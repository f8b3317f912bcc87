import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { isForConsole } from './console/paths.js'
import { answerByProvider } from './oauth/provider/forward.js'
import type { LocalOktaContext } from './oauth/context.js'
import { answerCors } from './cors.js'
import { refuseForeignHost } from './host-check.js'
import { createErrorBody } from './kernel/errors.js'
import { injectFault } from './kernel/faults.js'
import type { Faults } from './kernel/faults.js'
import type { RecordedRequests } from './kernel/requests.js'

const PROVIDER_PATHS = /^\/oauth2\/default\/(v1\/(authorize|end-session)|activate)(\/|$|\?)/

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** Receives every request: records it, applies an injected fault, and passes it to what answers it. */
export function createListener (
  context: LocalOktaContext, app: FastifyInstance, requests: RecordedRequests, faults: Faults
): Listener {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (PROVIDER_PATHS.test(request.url ?? '')) answerByProvider(context.provider(), request, response)
    else app.routing(request, response)
  }
  return function listen (request, response) {
    const { method = 'GET', url = '/' } = request
    if (refuseForeignHost(request, response, context.allowedHosts)) return
    if (isForConsole(request)) {
      app.routing(request, response)
      return
    }
    requests.record(method, url)
    // before faults: what a test injects must be readable in a browser as well
    if (answerCors(request, response, context.org.applications)) return
    const fault = faults.take(method, url)
    if (!fault) {
      answer(request, response)
      return
    }
    injectFault(fault, request, response)
      .then((isDone) => { if (!isDone) answer(request, response) })
      .catch(() => { response.destroy() })
  }
}

/** Answers what is not HTTP, or has more headers than Node takes, with Okta's error body. */
export function answerClientError (error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  const body = JSON.stringify(createErrorBody('E0000002', 'the request is malformed'))
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
    `Connection: close\r\n\r\n${body}`)
}
