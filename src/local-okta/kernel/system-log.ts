import { randomUUID } from 'node:crypto'
import type { Clock } from './clock.js'

/** Beyond these the oldest events are dropped. */
const MAX_EVENTS = 10_000

/** What an event is about, as the System Log has it. */
export interface EventTarget {
  readonly id: string
  /** Okta's word, such as `UserGroup`. */
  readonly type: string
  readonly alternateId: string
  readonly displayName: string
}

/** Who made a change. */
export interface EventActor {
  readonly id: string
  readonly type: 'User'
  readonly alternateId: string
  readonly displayName: string
}

/** Something that happened in the org. */
export interface OrgEvent {
  readonly uuid: string
  readonly published: string
  readonly eventType: string
  readonly displayMessage: string
  readonly actor: EventActor
  readonly targets: readonly EventTarget[]
}

/** What happened in the org: the newest 10,000 events, for those who read them later and those who listen. */
export class SystemLog {
  readonly #clock: Clock
  readonly #actor: EventActor
  readonly #displayMessages = new Map<string, string>()
  readonly #listeners: Array<(event: OrgEvent) => void> = []
  #events: OrgEvent[] = []

  constructor (clock: Clock, actor: EventActor) {
    this.#clock = clock
    this.#actor = actor
  }

  /** Event types that will be announced, with their display messages. */
  declare (displayMessages: Readonly<Record<string, string>>): void {
    for (const [eventType, displayMessage] of Object.entries(displayMessages)) this.#displayMessages.set(eventType, displayMessage)
  }

  /** Every declared event type. */
  eventTypes (): string[] {
    return [...this.#displayMessages.keys()]
  }

  /** The events so far, oldest first. */
  events (): readonly OrgEvent[] {
    return this.#events
  }

  /** Calls the listener with each event from now on, at once. */
  subscribe (listener: (event: OrgEvent) => void): void {
    this.#listeners.push(listener)
  }

  /** Records an event. @throws {TypeError} for an event type that nobody has declared */
  announce (eventType: string, ...targets: EventTarget[]): void {
    const displayMessage = this.#displayMessages.get(eventType)
    if (displayMessage === undefined) throw new TypeError(`the event type ${eventType} is not declared`)
    const event: OrgEvent = {
      uuid: randomUUID(), published: this.#clock.timestamp(), eventType, displayMessage, actor: this.#actor, targets
    }
    this.#events.push(event)
    if (this.#events.length > 2 * MAX_EVENTS) this.#events = this.#events.slice(-MAX_EVENTS)
    for (const listener of this.#listeners) listener(event)
  }
}

/** An event as `GET /logs` and event hooks show it. */
export function toLogEvent ({ uuid, published, eventType, displayMessage, actor, targets }: OrgEvent): Record<string, unknown> {
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
    actor: { ...actor, detailEntry: null },
    outcome: { result: 'SUCCESS', reason: null },
    target: targets.map((target) => ({ ...target, detailEntry: null })),
    transaction: { type: 'WEB', id: uuid.replaceAll('-', ''), detail: {} },
    debugContext: { debugData: {} },
    authenticationContext: { externalSessionId: 'unknown', authenticationStep: 0 },
    securityContext: {},
    insertionTimestamp: null
  }
}
