import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { isForConsole } from './console/paths.js'
import { answerByProvider } from './oauth/provider/forward.js'
import type { OAuthContext } from './oauth/context.js'
import { answerCors } from './cors.js'
import { refuseForeignHost } from './host-check.js'
import { createErrorBody, notFound } from './kernel/errors.js'
import { injectFault } from './kernel/faults.js'
import type { Faults } from './kernel/faults.js'
import type { RequestLog } from './kernel/requests.js'

/** Which oidc-provider answers alone, and the id of the server; none for the org's own. */
const PROVIDER_PATHS = /^\/oauth2\/(?:(?!v1\/)([^/?]+)\/)?(?:v1\/(?:authorize|end-session)|activate)(?:[/?]|$)/

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** What the listener passes requests to, and what it does before. */
interface ListenerParts {
  readonly context: OAuthContext
  readonly app: FastifyInstance
  readonly requests: RequestLog
  readonly faults: Faults
  /** Host names, beside those of the loopback, at which the org may be called. */
  readonly allowedHosts: readonly string[]
}

/** Receives every request: records it, applies an injected fault, and passes it to what answers it. */
export function createListener ({ context, app, requests, faults, allowedHosts }: ListenerParts): Listener {
  const { clock } = context.kernel
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const [isProviders, serverId] = PROVIDER_PATHS.exec(request.url ?? '') ?? []
    if (isProviders === undefined) app.routing(request, response)
    else answerByServer(context, serverId, request, response).catch(() => { response.destroy() })
  }
  return function listen (request, response) {
    const { method = 'GET', url = '/' } = request
    // clients compare it with their own time, and with the rate limit's
    if (clock.offsetMs !== 0) response.setHeader('date', new Date(clock.now()).toUTCString())
    if (refuseForeignHost(request, response, allowedHosts)) return
    if (isForConsole(request)) {
      app.routing(request, response)
      return
    }
    requests.record(method, url)
    // before faults: what a test injects must be readable in a browser as well
    if (answerCors(request, response, context.kernel)) return
    const fault = faults.take(method, url)
    if (!fault) {
      answer(request, response)
      return
    }
    injectFault(fault, { request, response, clock })
      .then((isDone) => { if (!isDone) answer(request, response) })
      .catch(() => { response.destroy() })
  }
}

async function answerByServer (
  { servers }: OAuthContext, serverId: string | undefined, request: IncomingMessage, response: ServerResponse
): Promise<void> {
  const server = serverId === undefined ? await servers.org() : await servers.findCustom(serverId)
  if (server) {
    answerByProvider(await servers.providerOf(server), request, response)
  } else {
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(notFound(serverId ?? '', 'AuthorizationServer').body))
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
