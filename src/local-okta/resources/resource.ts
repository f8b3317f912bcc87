import type { Kernel, StoreClass } from '../kernel/kernel.js'
import type { Route } from '../kernel/route.js'
import type { LocalOktaSeed } from '../seed.js'

/** What a resource of the Management API brings along. It stands in one line of the list in `resources/index.ts`. */
export interface Resource {
  /** Its stores; all are made at start, so that each can subscribe to what it hangs on. */
  readonly stores: ReadonlyArray<StoreClass<unknown>>
  readonly routes: readonly Route[]
  /** The event types it announces, with the System Log's display messages. */
  readonly eventTypes: Readonly<Record<string, string>>
  /** Fills its stores at start. Resources are seeded in the order of the list. */
  readonly seed?: (kernel: Kernel, seed: LocalOktaSeed) => void
}
