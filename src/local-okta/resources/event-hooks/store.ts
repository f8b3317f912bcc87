import { notFound, OktaApiError } from '../../kernel/errors.js'
import { createId } from '../../kernel/identifiers.js'
import { Store } from '../../kernel/store.js'
import type { Entity } from '../../kernel/store.js'
import type { EventTarget } from '../../kernel/system-log.js'

/** The header by which a receiver knows Okta. No endpoint shows its value. */
export interface HookSecret {
  readonly key: string
  readonly value: string
}

/** Where a hook's events go, and what goes with them. */
export interface EventHookChannel {
  readonly uri: string
  readonly headers: ReadonlyArray<{ readonly key: string, readonly value: string }>
  readonly authScheme: HookSecret | null
}

/** Which events of a type are delivered. */
export interface EventFilter {
  readonly eventType: string
  /** In Okta's expression language, about `event`. */
  readonly expression: string
}

/** What the creator of a hook decides. */
export interface NewEventHook {
  readonly name: string
  readonly description: string | null
  /** The types of the events that are delivered. */
  readonly eventTypes: readonly string[]
  /** An event of a type that has a filter is delivered only if its expression is true. At most one for each type. */
  readonly filters: readonly EventFilter[]
  readonly channel: EventHookChannel
}

/** An event hook as the org keeps it. Only one that is ACTIVE and VERIFIED gets events. */
export interface EventHook extends NewEventHook, Entity {
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly verificationStatus: 'UNVERIFIED' | 'VERIFIED'
  readonly createdBy: string
}

/** The event types that concern event hooks, with their display messages. Hooks themselves cannot get them. */
export const EVENT_HOOK_EVENT_TYPES = {
  'event_hook.activated': 'Event hook activated',
  'event_hook.created': 'Event hook created',
  'event_hook.deactivated': 'Event hook deactivated',
  'event_hook.deleted': 'Event hook deleted',
  'event_hook.delivery': 'Event hook delivery',
  'event_hook.updated': 'Event hook updated',
  'event_hook.verified': 'Event hook verified'
} as const

/** The event hooks of the org. */
export class EventHooks extends Store<EventHook> {
  /** Adds a hook: active, and not verified yet. */
  create (hook: NewEventHook, createdBy = this.kernel.administrator.id): EventHook {
    return this.#announce('event_hook.created', this.insert({
      ...hook, id: createId('who'), status: 'ACTIVE', verificationStatus: 'UNVERIFIED', createdBy
    }))
  }

  /** The hook with this id. @throws {OktaApiError} 404 E0000007 */
  get (id: string): EventHook {
    const hook = this.findById(id)
    if (!hook) throw notFound(id, 'Webhook')
    return hook
  }

  /** Replaces a hook's settings. With another channel it must be verified again. */
  replace ({ id, channel, verificationStatus }: EventHook, settings: NewEventHook): EventHook {
    const isSameChannel = JSON.stringify(channel) === JSON.stringify(settings.channel)
    return this.#announce('event_hook.updated', this.change(id, {
      ...settings, verificationStatus: isSameChannel ? verificationStatus : 'UNVERIFIED'
    }))
  }

  setStatus ({ id }: EventHook, status: EventHook['status']): EventHook {
    return this.#announce(`event_hook.${status === 'ACTIVE' ? 'activated' : 'deactivated'}`, this.change(id, { status }))
  }

  setVerified ({ id }: EventHook): EventHook {
    return this.#announce('event_hook.verified', this.change(id, { verificationStatus: 'VERIFIED' }))
  }

  /** Deletes a hook at once. False if there was none. */
  delete (id: string): boolean {
    const hook = this.remove(id)
    if (hook) this.#announce('event_hook.deleted', hook)
    return hook !== undefined
  }

  /** Deletes a hook as Okta's API does. @throws {OktaApiError} 403 E0000006 while it is active; which code Okta gives is unconfirmed */
  deleteInactive ({ id, status }: EventHook): void {
    if (status === 'ACTIVE') throw new OktaApiError('E0000006')
    this.delete(id)
  }

  /** Records that a delivery has failed. Okta records no delivery that succeeds. */
  announceFailure (hook: EventHook): void {
    this.kernel.log.announceOutcome('event_hook.delivery', { result: 'FAILURE', reason: 'DELIVERY_FAILED' }, hookTarget(hook))
  }

  #announce (eventType: keyof typeof EVENT_HOOK_EVENT_TYPES, hook: EventHook): EventHook {
    this.kernel.log.announce(eventType, hookTarget(hook))
    return hook
  }
}

function hookTarget ({ id, name }: EventHook): EventTarget {
  return { id, type: 'EventHook', alternateId: 'unknown', displayName: name }
}
