import type { FastifyInstance } from 'fastify'
import type { AccessTokenClaims } from 'fastify-okta'
import { prefersText } from '../../http/negotiation.js'
import { UnknownTimeZoneError } from '../../errors.js'
import { nameOf, timeZoneOf, type Caller } from './caller.js'
import { salutationAt } from './salutation.js'
import { TimeZones, type TimeZone } from '../../time-zone.js'

interface GreetingOptions {
  /** Who may be greeted: the name or the id of a group. */
  readonly group: string
  /** The zone of callers whose own is not known. */
  readonly timeZone: string
  /** The clock. */
  readonly now: () => Date
}

const Greeting = {
  description: 'The greeting.',
  type: 'object',
  required: ['greeting', 'name', 'timeZone', 'localTime'],
  properties: {
    greeting: { type: 'string', examples: ['Good Morning'] },
    name: { type: 'string', description: 'Who is greeted: the display name, or the first and the last name, or the subject of the token.', examples: ['Ada Lovelace'] },
    timeZone: { type: 'string', description: 'The time zone of `localTime` (IANA).', examples: ['Europe/London'] },
    localTime: { type: 'string', description: 'RFC 3339, to the second.', examples: ['2026-11-24T09:30:00+00:00'] }
  }
}

const Query = {
  type: 'object',
  properties: {
    timeZone: {
      type: 'string',
      description: 'An IANA time zone, such as `Europe/London`, at most once. Default: the zone of the user\'s profile, else the `zoneinfo` claim, else the service\'s own.'
    }
  }
}

/**
 * `GET /greet`: greets members of the group by the time of their day. A requested zone must exist; the
 * caller's own is used if it does.
 *
 * Does no I/O of its own: a caller who is in memory is answered at once.
 */
export async function greeting (app: FastifyInstance, { group, timeZone, now }: GreetingOptions): Promise<void> {
  const zones = new TimeZones()
  const defaultZone = zones.find(timeZone)
  if (defaultZone === null) throw new TypeError('timeZone must be an IANA time zone')

  app.get<{ Querystring: { timeZone?: string | string[] } }>('/greet', {
    onRequest: app.okta.requireGroup(group),
    schema: {
      operationId: 'greet',
      summary: 'Greets the caller by the time of their day',
      description: 'Hours 0 to 11 are morning, 12 to 15 afternoon, the rest evening.',
      tags: ['greeting'],
      response: { 200: Greeting }
    },
    config: { documented: { querystring: Query, text: 'Good Morning', refusals: [new UnknownTimeZoneError()] } }
  }, (request, reply) => {
    const caller: Caller = { claims: request.claims as AccessTokenClaims, user: request.oktaUser }
    const zone = requestedZone(request.query.timeZone, zones) ?? timeZoneOf(caller, zones) ?? defaultZone
    const localTime = zone.localTime(now())
    const salutation = salutationAt(localTime.hour)
    reply.header('vary', 'Accept, Authorization')
    if (prefersText(request)) return reply.type('text/plain; charset=utf-8').send(salutation)
    return { greeting: salutation, name: nameOf(caller), timeZone: zone.name, localTime: localTime.text }
  })
}

/** @throws {UnknownTimeZoneError} there is no such zone, or several are named */
function requestedZone (name: string | string[] | undefined, zones: TimeZones): TimeZone | undefined {
  if (name === undefined) return undefined
  const zone = typeof name === 'string' ? zones.find(name) : null
  if (zone === null) throw new UnknownTimeZoneError()
  return zone
}
