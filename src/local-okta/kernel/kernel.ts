import { Clock } from './clock.js'
import { Positions } from './positions.js'
import { SystemLog } from './system-log.js'
import type { EventActor } from './system-log.js'

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

  /** The org's only store of this class, made when it is first asked for. */
  store<T> (StoreType: StoreClass<T>): T {
    const store = this.#stores.get(StoreType) as T | undefined ?? new StoreType(this)
    this.#stores.set(StoreType, store)
    return store
  }
}
