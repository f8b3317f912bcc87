import { randomUUID } from 'node:crypto'
import { toLogEvent } from '../../kernel/system-log.js'
import type { OrgEvent } from '../../kernel/system-log.js'

/** What a delivery is about. */
export interface Delivery {
  readonly orgUrl: string
  readonly hookId: string
  readonly events: readonly OrgEvent[]
  readonly time: string
}

/** Writes the body of a delivery as Okta does, around events in the form of the System Log. */
export function createEnvelope ({ orgUrl, hookId, events, time }: Delivery): Record<string, unknown> {
  return {
    eventType: 'com.okta.event_hook',
    eventTypeVersion: '1.0',
    cloudEventsVersion: '0.1',
    contentType: 'application/json',
    source: `${orgUrl}/api/v1/eventHooks/${hookId}`,
    eventId: randomUUID(),
    eventTime: time,
    data: { events: events.map(toLogEvent) }
  }
}
