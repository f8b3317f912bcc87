import { Deliveries } from '../../kernel/deliveries.js'
import type { Kernel } from '../../kernel/kernel.js'
import { SYSTEM_ACTOR } from '../../kernel/system-log.js'
import type { OrgEvent } from '../../kernel/system-log.js'
import { createEnvelope } from './envelope.js'
import { passesFilter } from './filter.js'
import { toReceiverRequest } from './request.js'
import { EventHooks } from './store.js'
import type { EventHook } from './store.js'
import { answersChallenge } from './verification.js'

const MAX_EVENTS_PER_DELIVERY = 100

/**
 * Delivers the events of the System Log to the hooks that are active, verified, and registered for their types. Events of
 * one turn of the event loop go into one delivery. A delivery that fails is an event itself.
 */
export class EventDeliveries {
  readonly #kernel: Kernel
  readonly #hooks: EventHooks
  readonly #deliveries: Deliveries
  #waiting: OrgEvent[] = []

  constructor (kernel: Kernel) {
    this.#kernel = kernel
    this.#hooks = kernel.store(EventHooks)
    this.#deliveries = kernel.store(Deliveries)
    kernel.log.subscribe((event) => { this.#take(event) })
  }

  /** Asks the hook's receiver for its consent; the hook is verified if it gives it. */
  async verify (hook: EventHook): Promise<boolean> {
    const isGood = await answersChallenge(hook.channel, this.#deliveries.stopped)
    // a hook that was changed or deleted meanwhile has not been asked
    if (isGood && this.#hooks.findById(hook.id)?.channel === hook.channel) this.#hooks.setVerified(hook)
    return isGood
  }

  #take (event: OrgEvent): void {
    if (this.#hooks.all().length === 0) return
    this.#waiting.push(event)
    if (this.#waiting.length === 1) setImmediate(() => { this.#flush() })
  }

  #flush (): void {
    const events = this.#waiting
    this.#waiting = []
    const hooks = this.#hooks.all().filter(({ status, verificationStatus }) => status === 'ACTIVE' && verificationStatus === 'VERIFIED')
    for (const hook of hooks) {
      const wanted = events.filter((event) => hook.eventTypes.includes(event.eventType) && passesFilter(hook, event))
      for (let i = 0; i < wanted.length; i += MAX_EVENTS_PER_DELIVERY) this.#send(hook, wanted.slice(i, i + MAX_EVENTS_PER_DELIVERY))
    }
  }

  #send (hook: EventHook, events: readonly OrgEvent[]): void {
    const { id, channel } = hook
    const body = JSON.stringify(createEnvelope({ orgUrl: this.#kernel.orgUrl, hookId: id, events, time: this.#kernel.clock.timestamp() }))
    const headers = { accept: 'application/json', 'content-type': 'application/json' }
    this.#deliveries.send({
      kind: 'event-hook',
      receiverId: id,
      eventTypes: events.map(({ eventType }) => eventType),
      createRequest: async (isWronglySigned) => toReceiverRequest(isWronglySigned ? withAnotherSecret(channel) : channel, { method: 'POST', headers, body }),
      onResult: ({ result }) => {
        if (result === 'failed') this.#kernel.log.within({ actor: SYSTEM_ACTOR }, () => { this.#hooks.announceFailure(hook) })
      }
    })
  }
}

// hooks have no signature: the secret is all that a receiver knows Okta by
function withAnotherSecret (channel: EventHook['channel']): EventHook['channel'] {
  return { ...channel, authScheme: channel.authScheme && { ...channel.authScheme, value: 'another-secret' } }
}
