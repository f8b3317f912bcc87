import { withDeadline } from '../directory/deadline.js'

/** Far longer than a store nearby takes, in milliseconds. */
const STORE_TIMEOUT_MS = 2000

/**
 * What a store of the fleet answers; `undefined` if there is none, it fails, or it takes longer than two seconds. The caller
 * then decides for this process alone. Does not reject.
 */
export async function askStore<Store, T> (store: Store | null, command: (store: Store) => Promise<T>): Promise<T | undefined> {
  if (store === null) return undefined
  return await withDeadline(command(store), STORE_TIMEOUT_MS, 'the store is slow').catch(() => undefined)
}
