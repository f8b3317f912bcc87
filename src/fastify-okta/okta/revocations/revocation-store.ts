import type { Watermark } from './watermarks.js'

/**
 * Where several processes keep the watermarks of their users, so that each knows the watermarks that the others have raised,
 * and one that starts knows all of them.
 *
 * No request waits for it. It may fail and be slow: then each process goes on with the watermarks that it knows, and
 * exchanges them when the store works again. It is trusted to pass watermarks on. A false one can refuse tokens, but not
 * have one accepted.
 */
export interface RevocationStore {
  /**
   * Keeps watermarks of users of an org, each for as long as tokens live, and gives them to the other processes, even if
   * they cannot be kept. Of two watermarks with one `subject`, the later is kept. The time is in whole milliseconds.
   */
  raise (org: string, watermarks: readonly Watermark[]): Promise<void>
  /** All watermarks of an org that were kept and whose tokens have not expired. */
  readAll (org: string): Promise<readonly Watermark[]>
  /**
   * Has a listener called with the watermarks that other processes give to `raise` for this org, and with `null` whenever
   * some may have been missed or lost: after a lost connection, and when the store has lost its data.
   */
  subscribe (org: string, listener: (watermarks: readonly Watermark[] | null) => void): void
}
