import { Clock } from './clock.js'
import { Positions } from './positions.js'
import { SystemLog } from './system-log.js'
import type { EventActor, OrgEvent } from './system-log.js'

/** Everything that a kernel keeps, as JSON. */
export interface KernelSnapshot {
  /** Of the clock. */
  readonly offsetMs: number
  /** Every id, in the order of creation. */
  readonly positions: readonly string[]
  readonly events: readonly OrgEvent[]
  /** What each store saves, by the name of its class. */
  readonly stores: Readonly<Record<string, unknown>>
}

/** What a snapshot keeps the state of: a store, or anything else that can be asked for it by {@link Kernel.store}. */
interface Saved {
  /** The state, as JSON. */
  save (): unknown
  /** Puts what was saved in the place of what is there. */
  load (saved: unknown): void
  /** Drops everything. */
  clear (): void
}

/** The class of a store is its key in {@link Kernel.store}. */
export type StoreClass<T> = new (kernel: Kernel) => T

/**
 * What every resource stands on: the org's address, its clock, its System Log, and the stores that resources bring
 * along. It knows none of them.
 */
export class Kernel {
  /** Such as `http://127.0.0.1:4000`. */
  readonly orgUrl: string
  readonly clock = new Clock()
  readonly positions = new Positions()
  /** Who stands for the maker of each change, in the System Log and elsewhere. */
  readonly administrator: EventActor
  readonly log: SystemLog
  readonly #stores = new Map<StoreClass<unknown>, unknown>()

  constructor (orgUrl: string, administrator: EventActor) {
    this.orgUrl = orgUrl
    this.administrator = administrator
    this.log = new SystemLog(this.clock, administrator)
  }

  /** Drops everything but the address and the listeners. */
  clear (): void {
    for (const store of this.#savedStores().values()) store.clear()
    this.positions.replace([])
    this.log.clear()
    this.clock.reset()
  }

  /** What there is, as JSON: to be put back by {@link Kernel.restore}. */
  snapshot (): KernelSnapshot {
    const stores = Object.fromEntries([...this.#savedStores()].map(([name, store]) => [name, store.save()]))
    const { positions, log, clock: { offsetMs } } = this
    return structuredClone({ offsetMs, positions: positions.all(), events: [...log.events()], stores })
  }

  /** Puts a snapshot in the place of everything. Stores that it does not know are empty then. */
  restore ({ offsetMs, positions, events, stores }: KernelSnapshot): void {
    this.clear()
    // before the stores, which are in this order
    this.positions.replace(positions)
    for (const [name, store] of this.#savedStores()) if (Object.hasOwn(stores, name)) store.load(stores[name])
    this.log.replace(events)
    this.clock.advance(offsetMs)
  }

  // by the names of their classes
  #savedStores (): Map<string, Saved> {
    const entries = [...this.#stores].filter((entry): entry is [StoreClass<unknown>, Saved] => isSaved(entry[1]))
    return new Map(entries.map(([StoreType, store]) => [StoreType.name, store]))
  }

  /** The org's only store of this class, made when it is first asked for. */
  store<T> (StoreType: StoreClass<T>): T {
    const store = this.#stores.get(StoreType) as T | undefined ?? new StoreType(this)
    this.#stores.set(StoreType, store)
    return store
  }
}

function isSaved (store: unknown): store is Saved {
  return typeof store === 'object' && store !== null && 'save' in store && 'load' in store && 'clear' in store
}
