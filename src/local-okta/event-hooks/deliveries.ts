import { setTimeout as sleep } from 'node:timers/promises'
import type { EventHook } from '../org/event-hooks.js'
import type { OrgEvent } from '../org/events.js'
import type { Org } from '../org/org.js'
import { createEnvelope } from './envelope.js'
import { callReceiver } from './receiver.js'
import { answersChallenge } from './verification.js'

const MOST_EVENTS_A_DELIVERY = 100
/** Beyond these events are lost, as they may be with Okta: a receiver that hangs must not fill the memory. */
const MOST_UNDER_WAY = 500

/** How deliveries go wrong. */
export interface Disturbance {
  /** Waits before each delivery, in milliseconds. Default 0. */
  delayMs?: number
  /** How often each delivery is made, each time with the same ids. Default 1. */
  copies?: number
}

/**
 * Delivers what happens in the org to the hooks that are active, verified, and for events of its type. What happens in
 * one turn of the event loop goes into one delivery. Nothing waits for it and nothing fails by it: as with Okta, events
 * that cannot be delivered are lost.
 */
export class EventDeliveries {
  readonly #org: Org
  readonly #stopped = new AbortController()
  readonly #underWay = new Set<Promise<void>>()
  #waiting: OrgEvent[] = []
  #disturbance: Disturbance = {}

  constructor (org: Org) {
    this.#org = org
    org.events.subscribe((event) => { this.#take(event) })
  }

  /** How deliveries go wrong from now on; nothing of it without an argument. */
  disturb (disturbance: Disturbance = {}): void {
    this.#disturbance = { ...disturbance }
  }

  /** Asks the hook's receiver for its consent; the hook is verified if it gives it. */
  async verify (hook: EventHook): Promise<boolean> {
    const { channel } = hook
    const isGood = await answersChallenge(channel, this.#stopped.signal)
    // A hook that has another channel meanwhile has not been asked.
    if (isGood && hook.channel === channel) this.#org.eventHooks.setVerified(hook)
    return isGood
  }

  /** Waits until everything that has happened so far is delivered, or lost. */
  async settled (): Promise<void> {
    this.#flush()
    await Promise.all(this.#underWay)
  }

  /** Gives up what is under way, and delivers nothing from now on. */
  stop (): void {
    this.#stopped.abort()
  }

  #take (event: OrgEvent): void {
    if (this.#stopped.signal.aborted || this.#org.eventHooks.all().length === 0) return
    this.#waiting.push(event)
    if (this.#waiting.length === 1) setImmediate(() => { this.#flush() })
  }

  #flush (): void {
    const events = this.#waiting
    this.#waiting = []
    const hooks = this.#org.eventHooks.all().filter(({ status, verificationStatus }) => status === 'ACTIVE' && verificationStatus === 'VERIFIED')
    for (const hook of hooks) {
      const wanted = events.filter(({ eventType }) => hook.eventTypes.includes(eventType))
      for (let i = 0; i < wanted.length; i += MOST_EVENTS_A_DELIVERY) this.#start(hook, wanted.slice(i, i + MOST_EVENTS_A_DELIVERY))
    }
  }

  #start (hook: EventHook, events: readonly OrgEvent[]): void {
    if (this.#underWay.size >= MOST_UNDER_WAY) return
    const delivery = this.#deliver(hook, events).catch(() => {}).finally(() => { this.#underWay.delete(delivery) })
    this.#underWay.add(delivery)
  }

  async #deliver ({ id, channel }: EventHook, events: readonly OrgEvent[]): Promise<void> {
    const { delayMs = 0, copies = 1 } = this.#disturbance
    const { signal } = this.#stopped
    const body = JSON.stringify(createEnvelope(this.#org.orgUrl, id, events))
    const headers = { accept: 'application/json', 'content-type': 'application/json' }
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false, signal })
    for (let copy = 0; copy < copies; copy++) await callReceiver(channel, { method: 'POST', headers, body }, signal)
  }
}
