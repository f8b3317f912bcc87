import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { LocalOktaContext } from './context.js'
import { answerCors } from './cors.js'
import { injectFault } from './kernel/faults.js'
import type { Faults } from './kernel/faults.js'
import type { RecordedRequests } from './kernel/requests.js'

const MOUNT = '/oauth2/default'
const PROVIDER_PATHS = /^\/oauth2\/default\/(v1\/(authorize|token|device\/authorize|end-session)|activate)(\/|$|\?)/

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** Receives every request: records it, applies an injected fault, and passes it to what answers it. */
export function createListener (
  context: LocalOktaContext, app: FastifyInstance, requests: RecordedRequests, faults: Faults
): Listener {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (answerCors(request, response, context.org.applications)) return
    if (PROVIDER_PATHS.test(request.url ?? '')) answerByProvider(context, request, response)
    else app.routing(request, response)
  }
  return function listen (request, response) {
    const { method = 'GET', url = '/' } = request
    requests.record(method, url)
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

// oidc-provider learns from `originalUrl` where it is mounted
function answerByProvider ({ provider }: LocalOktaContext, request: IncomingMessage, response: ServerResponse): void {
  const mounted = request as IncomingMessage & { originalUrl?: string }
  mounted.originalUrl = request.url ?? '/'
  mounted.url = mounted.originalUrl.slice(MOUNT.length)
  provider().callback()(request, response).catch(() => { response.destroy() })
}
