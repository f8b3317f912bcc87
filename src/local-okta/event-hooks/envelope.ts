import { randomUUID } from 'node:crypto'
import type { OrgEvent } from '../org/events.js'
import { ADMINISTRATOR_ID } from '../seed.js'

/** Writes the body of a delivery as Okta does, around events in the form of the System Log. */
export function createEnvelope (orgUrl: string, hookId: string, events: readonly OrgEvent[]): Record<string, unknown> {
  return {
    eventType: 'com.okta.event_hook',
    eventTypeVersion: '1.0',
    cloudEventsVersion: '0.1',
    contentType: 'application/json',
    source: `${orgUrl}/api/v1/eventHooks/${hookId}`,
    eventId: randomUUID(),
    eventTime: new Date().toISOString(),
    data: { events: events.map(representEvent) }
  }
}

// Whoever made the change, the administrator stands for them.
function representEvent ({ uuid, published, eventType, displayMessage, targets }: OrgEvent): Record<string, unknown> {
  return {
    uuid,
    published,
    eventType,
    version: '0',
    severity: 'INFO',
    displayMessage,
    legacyEventType: null,
    client: { userAgent: null, zone: 'null', device: 'Unknown', id: null, ipAddress: '127.0.0.1', geographicalContext: null, ipChain: [] },
    device: null,
    actor: { id: ADMINISTRATOR_ID, type: 'User', alternateId: 'admin@example.com', displayName: 'Alex Admin', detailEntry: null },
    outcome: { result: 'SUCCESS', reason: null },
    target: targets.map((target) => ({ ...target, detailEntry: null })),
    transaction: { type: 'WEB', id: uuid.replaceAll('-', ''), detail: {} },
    debugContext: { debugData: {} },
    authenticationContext: { externalSessionId: 'unknown', authenticationStep: 0 },
    securityContext: {},
    insertionTimestamp: null
  }
}
