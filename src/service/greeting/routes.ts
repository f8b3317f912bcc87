import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { AccessTokenClaims } from '../../index.js'
import { prefersText } from '../negotiation.js'
import { UnknownTimeZoneError } from '../errors.js'
import { nameOf, timeZoneOf, type Caller } from './caller.js'
import { salutationAt } from './salutation.js'
import { findTimeZone, type TimeZone } from './time-zone.js'

export interface GreetingOptions {
  /** Who may be greeted: the name or the id of a group. */
  readonly group: string
  /** The zone of callers of whom none is known. */
  readonly timeZone: string
  /** What time it is. */
  readonly now: () => Date
}

const Greeting = Type.Object({
  greeting: Type.String(),
  name: Type.String(),
  timeZone: Type.String(),
  localTime: Type.String()
})

/**
 * `GET /greet`: greets members of the group by the time of their day. A zone that is asked for must exist; one that is
 * only known of the caller is used if it does.
 *
 * Does no I/O of its own: a caller who is in memory is answered at once.
 */
export async function greeting (app: FastifyInstance, { group, timeZone, now }: GreetingOptions): Promise<void> {
  const defaultZone = findTimeZone(timeZone)
  if (defaultZone === null) throw new TypeError('timeZone must be an IANA time zone')

  app.get<{ Querystring: { timeZone?: string | string[] } }>('/greet', {
    onRequest: app.okta.requireGroup(group),
    schema: { response: { 200: Greeting } }
  }, (request, reply) => {
    const caller: Caller = { claims: request.claims as AccessTokenClaims, user: request.oktaUser }
    const zone = requestedZone(request.query.timeZone) ?? timeZoneOf(caller) ?? defaultZone
    const localTime = zone.localTime(now())
    const salutation = salutationAt(localTime.hour)
    reply.header('vary', 'Accept, Authorization')
    if (prefersText(request)) return reply.type('text/plain; charset=utf-8').send(salutation)
    return { greeting: salutation, name: nameOf(caller), timeZone: zone.name, localTime: localTime.text }
  })
}

/** @throws {UnknownTimeZoneError} there is no such zone, or several are named */
function requestedZone (name: string | string[] | undefined): TimeZone | undefined {
  if (name === undefined) return undefined
  const zone = typeof name === 'string' ? findTimeZone(name) : null
  if (zone === null) throw new UnknownTimeZoneError()
  return zone
}
