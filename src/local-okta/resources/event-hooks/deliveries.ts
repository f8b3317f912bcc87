import { setTimeout as sleep } from 'node:timers/promises'
import type { Kernel } from '../../kernel/kernel.js'
import type { OrgEvent } from '../../kernel/system-log.js'
import { createEnvelope } from './envelope.js'
import { callReceiver } from './receiver.js'
import { EventHooks } from './store.js'
import type { EventHook } from './store.js'
import { answersChallenge } from './verification.js'

const MAX_EVENTS_PER_DELIVERY = 100
/** Beyond these events are lost, as they may be with Okta: a receiver that hangs must not fill the memory. */
const MAX_PENDING_DELIVERIES = 500
/** Beyond these the oldest deliveries are no longer known. */
const MAX_DELIVERIES = 200

/** A delivery that has been made. Does NOT hold what was sent. */
export interface Delivery {
  readonly hookId: string
  readonly at: string
  readonly eventTypes: readonly string[]
  /** What the receiver has answered; undefined if it has not. */
  readonly status: number | undefined
}

/** How deliveries go wrong. */
export interface DeliveryFaults {
  /** Waits before each delivery, in milliseconds. Default 0. */
  delayMs?: number
  /** How often each delivery is made, each time with the same ids. Default 1. */
  copies?: number
}

/**
 * Delivers the events of the System Log to the hooks that are active, verified, and registered for their types. Events of
 * one turn of the event loop go into one delivery. No change waits for a delivery or fails with it: as with Okta, events
 * that cannot be delivered are lost.
 */
export class EventDeliveries {
  readonly #kernel: Kernel
  readonly #hooks: EventHooks
  readonly #stopped = new AbortController()
  readonly #pending = new Set<Promise<void>>()
  #waiting: OrgEvent[] = []
  #disturbance: DeliveryFaults = {}
  readonly #deliveries: Delivery[] = []

  constructor (kernel: Kernel) {
    this.#kernel = kernel
    this.#hooks = kernel.store(EventHooks)
    kernel.log.subscribe((event) => { this.#take(event) })
  }

  /** How deliveries go wrong from now on; without an argument they do not. */
  disturb (disturbance: DeliveryFaults = {}): void {
    this.#disturbance = { ...disturbance }
  }

  /** Asks the hook's receiver for its consent; the hook is verified if it gives it. */
  async verify (hook: EventHook): Promise<boolean> {
    const isGood = await answersChallenge(hook.channel, this.#stopped.signal)
    // a hook that was changed or deleted meanwhile has not been asked
    if (isGood && this.#hooks.findById(hook.id)?.channel === hook.channel) this.#hooks.setVerified(hook)
    return isGood
  }

  /** The newest 200 deliveries of all hooks, oldest first. */
  all (): readonly Delivery[] {
    return this.#deliveries
  }

  /** Waits until everything that has happened so far is delivered, or lost. */
  async settled (): Promise<void> {
    this.#flush()
    await Promise.all(this.#pending)
  }

  /** Aborts what is under way, and delivers nothing from now on. */
  stop (): void {
    this.#stopped.abort()
  }

  #take (event: OrgEvent): void {
    if (this.#stopped.signal.aborted || this.#hooks.all().length === 0) return
    this.#waiting.push(event)
    if (this.#waiting.length === 1) setImmediate(() => { this.#flush() })
  }

  #flush (): void {
    const events = this.#waiting
    this.#waiting = []
    const hooks = this.#hooks.all().filter(({ status, verificationStatus }) => status === 'ACTIVE' && verificationStatus === 'VERIFIED')
    for (const hook of hooks) {
      const wanted = events.filter(({ eventType }) => hook.eventTypes.includes(eventType))
      for (let i = 0; i < wanted.length; i += MAX_EVENTS_PER_DELIVERY) this.#start(hook, wanted.slice(i, i + MAX_EVENTS_PER_DELIVERY))
    }
  }

  #start (hook: EventHook, events: readonly OrgEvent[]): void {
    if (this.#pending.size >= MAX_PENDING_DELIVERIES) return
    const delivery = this.#deliver(hook, events).catch(() => {}).finally(() => { this.#pending.delete(delivery) })
    this.#pending.add(delivery)
  }

  async #deliver ({ id, channel }: EventHook, events: readonly OrgEvent[]): Promise<void> {
    const { delayMs = 0, copies = 1 } = this.#disturbance
    const { signal } = this.#stopped
    const body = JSON.stringify(createEnvelope({ orgUrl: this.#kernel.orgUrl, hookId: id, events, time: this.#kernel.clock.timestamp() }))
    const headers = { accept: 'application/json', 'content-type': 'application/json' }
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false, signal })
    for (let copy = 0; copy < copies; copy++) {
      const answer = await callReceiver(channel, { method: 'POST', headers, body }, signal)
      this.#record({ hookId: id, at: this.#kernel.clock.timestamp(), eventTypes: events.map(({ eventType }) => eventType), status: answer?.status })
    }
  }

  #record (delivery: Delivery): void {
    this.#deliveries.push(delivery)
    if (this.#deliveries.length > MAX_DELIVERIES) this.#deliveries.shift()
  }
}
