import { createId } from './identifiers.js'

/** Where a hook's events go, and what goes with them. */
export interface EventHookChannel {
  uri: string
  headers: Array<{ key: string, value: string }>
  /** The header by which the receiver knows Okta. No endpoint shows its value. */
  authScheme: { key: string, value: string } | null
}

/** What the creator of a hook decides. */
export interface NewEventHook {
  name: string
  description?: string | null
  /** The types of the events that it is for. */
  eventTypes: string[]
  channel: EventHookChannel
}

/** An event hook as the org keeps it. Only one that is ACTIVE and VERIFIED gets events. */
export interface EventHook extends Required<NewEventHook> {
  readonly id: string
  status: 'ACTIVE' | 'INACTIVE'
  verificationStatus: 'UNVERIFIED' | 'VERIFIED'
  readonly created: string
  readonly createdBy: string
  lastUpdated: string
}

/** The event hooks of the org. */
export class EventHooks {
  readonly #byId = new Map<string, EventHook>()

  /** Adds a hook: active, and not verified yet. */
  create ({ description = null, ...rest }: NewEventHook, createdBy: string): EventHook {
    const now = new Date().toISOString()
    const hook: EventHook = {
      ...rest, description, id: createId('who'), status: 'ACTIVE', verificationStatus: 'UNVERIFIED', created: now, createdBy, lastUpdated: now
    }
    this.#byId.set(hook.id, hook)
    return hook
  }

  findById (id: string): EventHook | undefined {
    return this.#byId.get(id)
  }

  /** Every hook, in the order of creation. */
  all (): EventHook[] {
    return [...this.#byId.values()]
  }

  /** Puts other settings in place of the hook's. One whose channel is another must be verified again. */
  replace (hook: EventHook, { description = null, ...rest }: NewEventHook): void {
    const isSameChannel = JSON.stringify(hook.channel) === JSON.stringify(rest.channel)
    Object.assign(hook, rest, { description }, isSameChannel ? {} : { verificationStatus: 'UNVERIFIED' })
    this.#touch(hook)
  }

  setStatus (hook: EventHook, status: EventHook['status']): void {
    hook.status = status
    this.#touch(hook)
  }

  setVerified (hook: EventHook): void {
    hook.verificationStatus = 'VERIFIED'
    this.#touch(hook)
  }

  delete (id: string): boolean {
    return this.#byId.delete(id)
  }

  #touch (hook: EventHook): void {
    hook.lastUpdated = new Date().toISOString()
  }
}
