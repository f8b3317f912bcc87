import type { Delivery } from '../kernel/deliveries.js'
import { section, statusLabel, table, time } from './elements.js'
import { markup } from './markup.js'
import type { Markup } from './markup.js'

const RESULTS = { delivered: 'Delivered', failed: 'Failed', lost: 'Lost' } as const

/** The deliveries of an event hook, an app or a stream. */
export function deliveriesTable (deliveries: readonly Delivery[]): Markup {
  const rows = deliveries.toReversed().map(({ at, eventTypes, status, result }) => [
    time(at),
    // of a URI, the part that names the event
    eventTypes.map((type) => markup`<div>${type.slice(type.lastIndexOf('/') + 1)}</div>`),
    status ?? 'No answer',
    statusLabel(RESULTS[result])
  ])
  return section('Deliveries', markup`<p class="quiet small">The latest first. What could not be delivered is lost, as with Okta.</p>`,
    table('Deliveries', ['Time', 'Events', 'Answer', 'Result'], rows, 'Nothing has been delivered yet.'))
}
