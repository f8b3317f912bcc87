import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { invalid, OktaApiError } from './errors.js'
import type { Kernel } from './kernel.js'
import type { Query } from './paging.js'
import { requireScope } from './principal.js'
import type { Principal } from './principal.js'
import type { Route } from './route.js'
import type { EventContext } from './system-log.js'

const RATE_LIMIT = 600
const WINDOW_SECONDS = 60

/** Finds out who is calling. @throws {OktaApiError} */
export type Authenticate = (request: FastifyRequest) => Promise<Principal>

/** What the Management API is made of. */
export interface ManagementApi {
  readonly kernel: Kernel
  readonly routes: readonly Route[]
  /** Paths that a parameter of a route would match, and that are answered as unknown. */
  readonly unserved: readonly string[]
  readonly authenticate: Authenticate
}

/** Below which path a part of the API is registered; the empty string for those that are outside of `/api/v1`. */
export const API_PREFIXES = ['/api/v1', ''] as const

/**
 * Registers the routes of the Management API with one of these prefixes. Counts its calls in the rate-limit headers; does
 * NOT refuse any: for that there are faults.
 */
export function registerManagementApi (app: FastifyInstance, { kernel, routes, unserved, authenticate }: ManagementApi): void {
  const isOutside = app.prefix === ''
  const principals = new WeakMap<FastifyRequest, Principal>()
  const principalOf = (request: FastifyRequest): Principal => {
    const principal = principals.get(request)
    if (!principal) throw new OktaApiError('E0000005')
    return principal
  }
  app.addHook('onRequest', createRateLimitHeaders(kernel))
  app.addHook('onRequest', async (request) => {
    rejectRepeatedParameters(request.query as Record<string, unknown>)
    principals.set(request, await authenticate(request))
  })
  for (const route of routes) {
    if (isOutside !== (route.isOutside ?? false)) continue
    const pattern = patternOf(route.path)
    const isUnserved = matcherOf(unserved.filter((path) => pattern.test(path)))
    app.route({
      method: route.method,
      url: urlOf(route.path),
      exposeHeadRoute: false,
      onRequest: async (request) => {
        if (isUnserved(request.url)) throw new OktaApiError('E0000008')
        const principal = principalOf(request)
        // with which code Okta refuses an API token is unconfirmed
        if (route.isOAuthOnly && principal.scopes === 'all') throw new OktaApiError('E0000006')
        requireScope(principal, route.scope)
      },
      handler: async (request, reply) => {
        const principal = principalOf(request)
        const read = route.read(request.body)
        const { status, headers = {}, body } = await kernel.log.within(contextOf(request, principal, kernel), async () => route.answer(kernel, {
          params: request.params as Record<string, string>,
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
}

// who acts, from where: for the events of the operation
function contextOf (request: FastifyRequest, { actor, clientId }: Principal, { administrator }: Kernel): EventContext {
  return {
    actor: actor ?? administrator,
    client: { ipAddress: request.ip, userAgent: request.headers['user-agent'] ?? null, id: clientId ?? null },
    transactionId: request.id
  }
}

/** True for a URL of the Management API whose path is one of these. */
export function matcherOf (paths: readonly string[]): (url: string) => boolean {
  const patterns = paths.map(patternOf)
  return (url) => patterns.length > 0 && patterns.some((pattern) => pattern.test(url.split('?')[0]?.replace('/api/v1', '') ?? ''))
}

function patternOf (path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`)
}

// Fastify's form of a path
function urlOf (path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
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
