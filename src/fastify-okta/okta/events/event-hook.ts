import { InvalidEventError } from '../../errors.js'
import { isJsonObject, type JsonObject } from '../../oauth/json-object.js'
import { applyLogEvents } from './log-event.js'
import type { OktaOrg } from './okta-org.js'
import { createReceivedMessage, type ReceivedMessage } from './received-message.js'
import type { SeenEvents } from './seen-events.js'

const EVENT_HOOK = 'com.okta.event_hook'
/** Okta documents no maximum, and puts few events into one request; each is more than a kilobyte long. */
const MAX_EVENTS = 1000

interface EventHookOptions {
  readonly orgs: readonly OktaOrg[]
  readonly seen: SeenEvents
}

/**
 * Receives what Okta delivers to an event hook. A delivery or an event that came before is skipped: Okta delivers at least
 * once, and in no order.
 *
 * Does NOT check that the delivery is from Okta: compare the secret first. Does NOT call Okta: however many deliveries come,
 * users are only read for their own requests. Okta does not promise to deliver, so users must not be cached for longer than
 * is acceptable without events (`userCacheTtlMs`); `systemLog` finds what was not delivered.
 */
export class EventHook {
  readonly #options: EventHookOptions

  constructor (options: EventHookOptions) {
    this.#options = options
  }

  /**
   * Receives the parsed body of a delivery. Events of unknown types, or without a target, have no effect. Once it resolves,
   * the effect of the others holds in this process; if more than 200 users and groups have changed, all users are evicted.
   *
   * @throws {InvalidEventError} it is not a delivery of an event hook, is of another org, or has more than 1000 events
   */
  async receive (delivery: unknown): Promise<ReceivedMessage[]> {
    const { eventId, source, events } = readDelivery(delivery)
    const org = this.#findOrg(source)
    const { seen } = this.#options
    if (!seen.add('delivery', eventId)) return [createReceivedMessage({ source: 'event_hook', type: EVENT_HOOK, effect: 'repeated' })]
    return await applyLogEvents(events.filter(({ uuid }) => seen.add('event', uuid)), org, 'event_hook')
  }

  /** The secret is the same for all orgs, so of several the delivery says which one it is from; if there is one, it is that. */
  #findOrg (source: unknown): OktaOrg {
    const [org, ...more] = this.#options.orgs as readonly [OktaOrg, ...OktaOrg[]]
    if (more.length === 0) return org
    const origin = typeof source === 'string' && URL.canParse(source) ? new URL(source).origin : ''
    const named = this.#options.orgs.find(({ issuers }) => issuers.has(origin))
    if (named === undefined) throw new InvalidEventError('the delivery is from an org that is not configured here')
    return named
  }
}

function readDelivery (delivery: unknown): { eventId: unknown, source: unknown, events: JsonObject[] } {
  if (!isJsonObject(delivery) || delivery['eventType'] !== EVENT_HOOK) throw new InvalidEventError('not an event hook delivery')
  const { eventId, source, data } = delivery
  const events = isJsonObject(data) ? data['events'] : undefined
  if (!Array.isArray(events)) throw new InvalidEventError('not an event hook delivery')
  if (events.length > MAX_EVENTS) throw new InvalidEventError('too many events in one delivery')
  return { eventId, source, events: events.filter(isJsonObject) }
}
