import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { invalid, OktaApiError } from './errors.js'
import type { Kernel } from './kernel.js'
import type { Query } from './paging.js'
import { requireScope } from './principal.js'
import type { Principal } from './principal.js'
import { eventClientOf } from './request-context.js'
import type { Method } from './route.js'
import type { Router, RouteMatch } from './router.js'
import type { EventContext } from './system-log.js'

const RATE_LIMIT = 600
const WINDOW_SECONDS = 60

/** Finds out who is calling. @throws {OktaApiError} */
export type Authenticate = (request: FastifyRequest) => Promise<Principal>

/** What the Management API is made of. */
export interface ManagementApi {
  readonly kernel: Kernel
  readonly router: Router
  readonly authenticate: Authenticate
}

const METHODS: Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * Registers the Management API as one route of Fastify, whose URL may be a wildcard: the router finds what a request is for.
 * Counts its calls in the rate-limit headers; does NOT refuse any: for that there are faults.
 */
export function registerManagementApi (app: FastifyInstance, url: string, { kernel, router, authenticate }: ManagementApi): void {
  const matches = new WeakMap<FastifyRequest, RouteMatch>()
  const principals = new WeakMap<FastifyRequest, Principal>()
  app.addHook('onRequest', (request, reply, done) => {
    const match = router.find(request.method, request.url)
    if (!match) return reply.callNotFound()
    matches.set(request, match)
    done()
  })
  app.addHook('onRequest', createRateLimitHeaders(kernel))
  app.addHook('onRequest', async (request) => {
    const { route } = getOrThrow(matches, request)
    rejectRepeatedParameters(request.query as Record<string, unknown>)
    const principal = await authenticate(request)
    if (router.isUnserved(request.url)) throw new OktaApiError('E0000008')
    // with which code Okta refuses an API token is unconfirmed
    if (route.isOAuthOnly && principal.scopes === 'all') throw new OktaApiError('E0000006')
    requireScope(principal, route.scope)
    principals.set(request, principal)
  })
  app.route({
    method: METHODS,
    url,
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { route, params } = getOrThrow(matches, request)
      const principal = getOrThrow(principals, request)
      const read = route.read(request.body)
      const { status, headers = {}, body } = await kernel.log.within(contextOf(request, principal, kernel), async () => route.answer(kernel, {
        params,
        query: request.query as Query,
        headers: request.headers,
        url: request.url,
        principal,
        body: read
      }))
      return reply.code(status).headers(headers).send(body)
    }
  })
}

function getOrThrow<Value> (values: WeakMap<FastifyRequest, Value>, request: FastifyRequest): Value {
  const value = values.get(request)
  if (value === undefined) throw new TypeError('the hooks of the Management API have not run')
  return value
}

// who acts, from where: for the events of the operation
function contextOf (request: FastifyRequest, { actor, clientId }: Principal, { administrator }: Kernel): EventContext {
  return {
    actor: actor ?? administrator,
    client: eventClientOf(request, clientId),
    transactionId: request.id
  }
}

function createRateLimitHeaders ({ clock }: Kernel) {
  const bucket = { remaining: RATE_LIMIT, reset: 0 }
  return async function setRateLimitHeaders (_request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const now = Math.floor(clock.now() / 1000)
    if (now >= bucket.reset) Object.assign(bucket, { remaining: RATE_LIMIT, reset: now + WINDOW_SECONDS })
    bucket.remaining = Math.max(0, bucket.remaining - 1)
    reply.headers({
      'x-rate-limit-limit': String(RATE_LIMIT),
      'x-rate-limit-remaining': String(bucket.remaining),
      'x-rate-limit-reset': String(bucket.reset),
      'cache-control': 'no-cache, no-store',
      pragma: 'no-cache'
    })
  }
}

// which of two values counts would be a guess
function rejectRepeatedParameters (query: Record<string, unknown>): void {
  const repeated = Object.entries(query).find(([, value]) => Array.isArray(value))
  if (repeated) throw invalid(repeated[0], 'The parameter is repeated')
}
