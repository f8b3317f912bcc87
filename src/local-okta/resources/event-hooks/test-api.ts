import { validateHeaderValue } from 'node:http'
import { Deliveries } from '../../kernel/deliveries.js'
import type { DeliveryFault } from '../../kernel/delivery-fault.js'
import { Faults } from '../../kernel/faults.js'
import type { Kernel } from '../../kernel/kernel.js'
import { EventDeliveries } from './deliveries.js'
import { isHookEligible } from './read.js'
import { EventHooks } from './store.js'
import type { EventHook } from './store.js'

/** A copy of an event hook, without the secret. */
export type LocalOktaEventHook = Readonly<Omit<EventHook, 'channel'> & { url: string }>

/** Where events are delivered to. */
export interface NewLocalOktaEventHook {
  url: string
  /** Sent as the whole value of `Authorization`. */
  secret: string
  /** Default: all that this org announces to hooks. */
  eventTypes?: string[]
}

/** How deliveries of event hooks go wrong. */
export type DeliveryFaults = Pick<DeliveryFault, 'delayMs' | 'copies'>

/** The event hooks of a local Okta, for tests. */
export interface LocalOktaEventHooks {
  /**
   * Creates a hook and verifies it; from then on it gets events.
   *
   * @throws {TypeError} for a URL or a secret that cannot be
   * @throws {Error} when the URL does not answer the challenge; there is no such hook then
   */
  register (hook: NewLocalOktaEventHook): Promise<LocalOktaEventHook>
  list (): LocalOktaEventHook[]
  /** At once, without deactivating it first. @throws {TypeError} for an unknown hook */
  delete (id: string): void
  /**
   * How deliveries of event hooks go wrong from now on, in the place of what was said before; without an argument they do
   * not. The same as {@link Faults.add} with `delivery: 'event-hook'`.
   */
  disturb (faults?: DeliveryFaults): void
  /** Waits until everything that has happened so far is delivered, or lost. */
  settled (): Promise<void>
}

/** Makes the programmatic API of the event hooks. */
export function createLocalEventHooks (kernel: Kernel): LocalOktaEventHooks {
  const hooks = kernel.store(EventHooks)
  const [eventDeliveries, deliveries, faults] = [kernel.store(EventDeliveries), kernel.store(Deliveries), kernel.store(Faults)]
  let disturbance: DeliveryFault | undefined
  return {
    register: async ({ url, secret, eventTypes = kernel.log.eventTypes().filter(isHookEligible) }) => {
      if (!URL.canParse(url)) throw new TypeError('url must be an absolute URL')
      if (secret === '') throw new TypeError('secret must not be empty')
      validateHeaderValue('Authorization', secret)
      const hook = hooks.create({
        name: url,
        description: null,
        eventTypes: [...eventTypes],
        filters: [],
        channel: { uri: url, headers: [], authScheme: { key: 'Authorization', value: secret } }
      })
      if (!await eventDeliveries.verify(hook)) {
        hooks.delete(hook.id)
        throw new Error(`${url} does not answer the challenge of an event hook`)
      }
      return copy(hooks.findById(hook.id) ?? hook)
    },
    list: () => hooks.all().map(copy),
    delete: (id) => { if (!hooks.delete(id)) throw new TypeError(`this org has no event hook ${id}`) },
    disturb: (fault) => {
      if (disturbance) faults.remove(disturbance)
      disturbance = fault && { delivery: 'event-hook', ...fault }
      if (disturbance) faults.add(disturbance)
    },
    settled: async () => { await deliveries.settled() }
  }
}

function copy ({ channel, ...hook }: EventHook): LocalOktaEventHook {
  return { ...structuredClone(hook), url: channel.uri }
}
