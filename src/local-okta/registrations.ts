import { validateHeaderValue } from 'node:http'
import type { Disturbance, EventDeliveries } from './event-hooks/deliveries.js'
import type { EventHook } from './org/event-hooks.js'
import { ORG_EVENT_TYPES } from './org/events.js'
import type { Org } from './org/org.js'
import { ADMINISTRATOR_ID } from './seed.js'

/** A copy of an event hook, without the secret. */
export type LocalOktaEventHook = Readonly<Omit<EventHook, 'channel'> & { url: string }>

/** Where events shall go. */
export interface NewLocalOktaEventHook {
  url: string
  /** Sent as the whole value of `Authorization`. */
  secret: string
  /** Default: all that this org announces. */
  eventTypes?: string[]
}

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
  /** How deliveries go wrong from now on; nothing of it without an argument. */
  disturb (disturbance?: Disturbance): void
  /** Waits until everything that has happened so far is delivered, or lost. */
  settled (): Promise<void>
}

/** Makes the programmatic face of the event hooks. */
export function createLocalEventHooks ({ eventHooks }: Org, deliveries: EventDeliveries): LocalOktaEventHooks {
  return {
    register: async ({ url, secret, eventTypes = ORG_EVENT_TYPES }) => {
      if (!URL.canParse(url)) throw new TypeError('url must be an absolute URL')
      if (secret === '') throw new TypeError('secret must not be empty')
      validateHeaderValue('Authorization', secret)
      const hook = eventHooks.create({
        name: url, eventTypes: [...eventTypes], channel: { uri: url, headers: [], authScheme: { key: 'Authorization', value: secret } }
      }, ADMINISTRATOR_ID)
      if (!await deliveries.verify(hook)) {
        eventHooks.delete(hook.id)
        throw new Error(`${url} does not answer the challenge of an event hook`)
      }
      return copy(hook)
    },
    list: () => eventHooks.all().map(copy),
    delete: (id) => { if (!eventHooks.delete(id)) throw new TypeError(`this org has no event hook ${id}`) },
    disturb: (disturbance) => { deliveries.disturb(disturbance) },
    settled: async () => { await deliveries.settled() }
  }
}

function copy ({ channel, ...hook }: EventHook): LocalOktaEventHook {
  return { ...structuredClone(hook), url: channel.uri }
}
