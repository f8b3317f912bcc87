import type { FastifyInstance } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import { registerApplications } from './applications.js'
import { OktaApiError } from './errors.js'
import { registerEventHooks } from './event-hooks.js'
import { registerGroups } from './groups.js'
import type { Query } from './paging.js'
import { authenticatePrincipal } from './principal.js'
import { registerUserLifecycle } from './user-lifecycle.js'
import { registerUsers } from './users.js'

const RATE_LIMIT = 600
const WINDOW_SECONDS = 60

/** The management API. Counts its calls in the rate-limit headers; does NOT refuse any: for that there are faults. */
export async function managementApi (app: FastifyInstance, context: LocalOktaContext): Promise<void> {
  const bucket = { remaining: RATE_LIMIT, reset: 0 }
  app.addHook('onRequest', async (request, reply) => {
    const now = Math.floor(Date.now() / 1000)
    if (now >= bucket.reset) Object.assign(bucket, { remaining: RATE_LIMIT, reset: now + WINDOW_SECONDS })
    bucket.remaining = Math.max(0, bucket.remaining - 1)
    reply.headers({
      'x-rate-limit-limit': String(RATE_LIMIT),
      'x-rate-limit-remaining': String(bucket.remaining),
      'x-rate-limit-reset': String(bucket.reset),
      'cache-control': 'no-cache, no-store',
      pragma: 'no-cache'
    })
    rejectRepeatedParameters(request.query as Record<string, unknown>)
    await authenticatePrincipal(context, request)
  })
  registerUsers(app, context)
  registerUserLifecycle(app, context)
  registerGroups(app, context)
  registerApplications(app, context)
  registerEventHooks(app, context)
}

// which of two values would count is nobody's guess
function rejectRepeatedParameters (query: Query | Record<string, unknown>): void {
  const repeated = Object.entries(query).find(([, value]) => Array.isArray(value))
  if (repeated) throw new OktaApiError('E0000001', repeated[0], [`${repeated[0]}: The parameter is repeated`])
}
