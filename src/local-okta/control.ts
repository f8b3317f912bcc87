import { Deliveries } from './kernel/deliveries.js'
import { Faults } from './kernel/faults.js'
import { isObject } from './kernel/json.js'
import type { Kernel, KernelSnapshot } from './kernel/kernel.js'
import { RequestLog } from './kernel/requests.js'
import type { SigningKeys } from './tokens/signing-keys.js'

/** The state of a local Okta, as JSON. What is in it is not promised: it is for `restore()` of the same version. */
export interface LocalOktaSnapshot extends KernelSnapshot {
  readonly format: typeof SNAPSHOT_FORMAT
}

/** The org's time, for tests. It runs on wherever it is moved. */
export interface LocalOktaClock {
  /** Moves the time by so many milliseconds. @throws {TypeError} for what is not a finite number */
  advance (ms: number): void
  /** Moves the time to a date. @throws {TypeError} for a date that is invalid */
  set (date: Date | number | string): void
  /** Moves the time back to that of the machine. */
  reset (): void
}

/** What controls a local Okta from outside: not a part of the org. */
export interface Control {
  readonly clock: LocalOktaClock & { now (): number }
  readonly faults: Faults
  readonly requests: RequestLog
  /** Of the `default` server. */
  keys (): Promise<SigningKeys>
  reset (): void
  snapshot (): LocalOktaSnapshot
  /** @throws {TypeError} for what is not a snapshot */
  restore (snapshot: LocalOktaSnapshot): void
}

const SNAPSHOT_FORMAT = 'local-okta/1'

/** Makes it. `seed` fills an org that is empty. */
export function createControl (kernel: Kernel, { keys, seed }: Pick<Control, 'keys'> & { readonly seed: () => void }): Control {
  const { clock } = kernel
  const faults = kernel.store(Faults)
  const requests = new RequestLog()
  return {
    clock,
    faults,
    requests,
    keys,
    reset () {
      faults.clear()
      kernel.store(Deliveries).clear()
      kernel.clear()
      seed()
      requests.clear()
    },
    snapshot: () => ({ format: SNAPSHOT_FORMAT, ...kernel.snapshot() }),
    restore (snapshot) {
      if (!isSnapshot(snapshot)) throw new TypeError(`snapshot must be what snapshot() has given, of the format ${SNAPSHOT_FORMAT}`)
      const before = kernel.snapshot()
      try {
        kernel.restore(snapshot)
      } catch (cause) {
        kernel.restore(before)
        throw new TypeError('snapshot is damaged: the org is as it was', { cause })
      }
    }
  }
}

function isSnapshot (value: unknown): value is LocalOktaSnapshot {
  return isObject(value) && value['format'] === SNAPSHOT_FORMAT && Number.isFinite(value['offsetMs']) &&
    Array.isArray(value['positions']) && Array.isArray(value['events']) && isObject(value['stores'])
}
