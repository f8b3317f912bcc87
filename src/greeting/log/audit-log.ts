import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { DecidedRequest, Decision, Recorder } from 'fastify-okta'
import type { Settings } from '../settings/settings.js'
import { readTraceId } from './request-id.js'

/**
 * Writes one line for each decision of a guard: who (by the ids of user, client and token), what was required, and why it
 * was refused. Never a token, a name or an address.
 *
 * The lines are written whatever the level of the log is: a quiet log is no reason to lose them. `undefined` if the setting
 * is `off`.
 */
export function createAuditLog (log: FastifyBaseLogger, level: Settings['auditLog']): Recorder['recordDecision'] | undefined {
  if (level === 'off') return undefined
  const audit = log.child({ audit: true }, { level: 'info' })
  return (decision, request) => {
    if (decision.outcome === 'allowed' && level === 'refusals') return
    audit.info(factsOf(decision, request), decision.outcome === 'allowed' ? 'access allowed' : 'access refused')
  }
}

function factsOf ({ outcome, guard, code, reason, uid, cid, jti, groups, scopes }: Decision, request: DecidedRequest): Record<string, unknown> {
  return {
    reqId: request.id,
    traceId: readTraceId((request as FastifyRequest).raw),
    method: request.method,
    route: request.routeOptions.url,
    decision: outcome,
    guard,
    code,
    reason,
    uid,
    cid,
    jti,
    group: groups.length > 1 ? groups : groups[0],
    scope: scopes.length === 0 ? undefined : scopes.join(' ')
  }
}
