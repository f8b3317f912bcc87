import { AsyncLocalStorage } from 'node:async_hooks'
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

/** Who made a change: an administrator, a service app, or the org itself. */
export interface EventActor {
  readonly id: string
  readonly type: 'User' | 'PublicClientApp' | 'SystemPrincipal'
  readonly alternateId: string
  readonly displayName: string
}

/** From where a change was requested. */
export interface EventClient {
  readonly ipAddress: string
  readonly userAgent: string | null
  /** The client id of the app that requested it, or null. */
  readonly id: string | null
}

/** How something ended. */
export interface EventOutcome {
  readonly result: 'SUCCESS' | 'FAILURE' | 'ALLOW' | 'DENY'
  /** Of a failure: why, such as `INVALID_CREDENTIALS`. */
  readonly reason: string | null
}

/** What the events of one operation share. */
export interface EventContext {
  readonly actor: EventActor
  readonly client: EventClient
  readonly transactionId: string
}

/** Something that happened in the org. */
export interface OrgEvent extends EventContext {
  readonly uuid: string
  /** Its place in the log, which only rises. */
  readonly sequence: number
  readonly published: string
  readonly eventType: string
  readonly displayMessage: string
  readonly outcome: EventOutcome
  readonly targets: readonly EventTarget[]
}

/** The org itself, for what nobody requested, such as a group rule that adds a member. */
export const SYSTEM_ACTOR: EventActor = { id: 'system', type: 'SystemPrincipal', alternateId: 'system@okta.com', displayName: 'Okta System' }

const SUCCESS: EventOutcome = { result: 'SUCCESS', reason: null }
const THIS_PROCESS: EventClient = { ipAddress: '127.0.0.1', userAgent: null, id: null }

/** What happened in the org: the newest 10,000 events, for those who read them later and those who listen. */
export class SystemLog {
  readonly #clock: Clock
  readonly #administrator: EventActor
  readonly #context = new AsyncLocalStorage<EventContext>()
  readonly #displayMessages = new Map<string, string>()
  readonly #listeners: Array<(event: OrgEvent) => void> = []
  #events: OrgEvent[] = []
  #sequence = 0

  constructor (clock: Clock, administrator: EventActor) {
    this.#clock = clock
    this.#administrator = administrator
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

  /**
   * Runs an operation whose events have this context, also after it has waited for something. What is left out of it is as
   * it is outside of the operation; without one, the administrator acts in this process.
   */
  within<T> (context: Partial<EventContext>, operation: () => T): T {
    return this.#context.run({ ...this.#currentContext(), ...context }, operation)
  }

  /** Records a success. @throws {TypeError} for an event type that nobody has declared */
  announce (eventType: string, ...targets: EventTarget[]): void {
    this.#record(eventType, SUCCESS, targets)
  }

  /** Records how something ended that may also fail. @throws {TypeError} for an event type that nobody has declared */
  announceOutcome (eventType: string, outcome: EventOutcome, ...targets: EventTarget[]): void {
    this.#record(eventType, outcome, targets)
  }

  /** Drops every event. Places in the log are not used again. */
  clear (): void {
    this.#events = []
  }

  /** Puts events of a snapshot in the place of those so far. */
  replace (events: readonly OrgEvent[]): void {
    this.#events = [...events]
    this.#sequence = Math.max(this.#sequence, ...events.slice(-1).map(({ sequence }) => sequence))
  }

  #record (eventType: string, outcome: EventOutcome, targets: readonly EventTarget[]): void {
    const displayMessage = this.#displayMessages.get(eventType)
    if (displayMessage === undefined) throw new TypeError(`the event type ${eventType} is not declared`)
    this.#sequence += 1
    const event: OrgEvent = {
      uuid: randomUUID(),
      sequence: this.#sequence,
      published: this.#clock.timestamp(),
      eventType,
      displayMessage,
      outcome,
      targets,
      ...this.#currentContext()
    }
    this.#events.push(event)
    if (this.#events.length > 2 * MAX_EVENTS) this.#events = this.#events.slice(-MAX_EVENTS)
    for (const listener of this.#listeners) listener(event)
  }

  #currentContext (): EventContext {
    return this.#context.getStore() ?? { actor: this.#administrator, client: THIS_PROCESS, transactionId: randomUUID().replaceAll('-', '') }
  }
}

/** An event as `GET /logs` and event hooks show it. */
export function toLogEvent (event: OrgEvent): Record<string, unknown> {
  const { uuid, published, eventType, displayMessage, actor, client, outcome, targets, transactionId } = event
  return {
    uuid,
    published,
    eventType,
    version: '0',
    severity: outcome.result === 'FAILURE' || outcome.result === 'DENY' ? 'WARN' : 'INFO',
    displayMessage,
    legacyEventType: null,
    client: {
      userAgent: client.userAgent === null ? null : { rawUserAgent: client.userAgent, os: 'Unknown', browser: 'UNKNOWN' },
      zone: 'null',
      device: 'Unknown',
      id: client.id,
      ipAddress: client.ipAddress,
      geographicalContext: null,
      ipChain: []
    },
    device: null,
    actor: { ...actor, detailEntry: null },
    outcome: { ...outcome },
    target: targets.map((target) => ({ ...target, detailEntry: null })),
    transaction: { type: 'WEB', id: transactionId, detail: {} },
    debugContext: { debugData: {} },
    authenticationContext: { externalSessionId: 'unknown', authenticationStep: 0 },
    securityContext: {},
    request: { ipChain: [{ ip: client.ipAddress, geographicalContext: null, version: client.ipAddress.includes(':') ? 'V6' : 'V4', source: null }] },
    insertionTimestamp: null
  }
}
