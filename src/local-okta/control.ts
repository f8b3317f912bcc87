import { Deliveries } from './kernel/deliveries.js'
import { readDeliveryFault } from './kernel/delivery-fault.js'
import type { DeliveryFault } from './kernel/delivery-fault.js'
import { invalid } from './kernel/errors.js'
import { Faults } from './kernel/faults.js'
import type { Fault } from './kernel/faults.js'
import { isObject } from './kernel/json.js'
import type { Json } from './kernel/json.js'
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
  readonly keys: SigningKeys
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
      kernel.restore(snapshot)
    }
  }
}

function isSnapshot (value: unknown): value is LocalOktaSnapshot {
  return isObject(value) && value['format'] === SNAPSHOT_FORMAT && Number.isFinite(value['offsetMs']) &&
    Array.isArray(value['positions']) && Array.isArray(value['events']) && isObject(value['stores'])
}

/**
 * Reads a fault from JSON: of deliveries if it has the member `delivery`, of requests otherwise. In the place of a regular
 * expression as `path` there is `pattern`, its source.
 *
 * @throws {OktaApiError} 400 E0000001 naming the member
 */
export function readFault (json: Json): Fault | DeliveryFault {
  return json['delivery'] === undefined ? readRequestFault(json) : readDeliveryFault(json)
}

function readRequestFault ({ path, pattern, ...json }: Json): Fault {
  const types = { method: 'string', status: 'number', headers: 'object', delayMs: 'number', hang: 'boolean', drop: 'boolean', times: 'number' } as const
  if ((path === undefined) === (pattern === undefined)) throw invalid('path', 'Either path or pattern is required')
  for (const [name, value] of Object.entries(json)) {
    if (name === 'body') continue
    if (!Object.hasOwn(types, name)) throw invalid(name, `is not a member: there are path, pattern, body, ${Object.keys(types).join(', ')}`)
    const type = types[name as keyof typeof types]
    if (kindOf(value) !== type) throw invalid(name, `must be of type ${type}`)
  }
  const { status } = json
  if (status !== undefined && !(Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599)) throw invalid('status', 'must be an HTTP status from 200 to 599')
  return { ...json, path: readPath(path, pattern) } as Fault
}

function readPath (path: unknown, pattern: unknown): string | RegExp {
  const text = path ?? pattern
  if (typeof text !== 'string' || text === '') throw invalid(path === undefined ? 'pattern' : 'path', 'must be a non-empty string')
  if (path !== undefined) return text
  try {
    return new RegExp(text)
  } catch {
    throw invalid('pattern', 'must be a regular expression')
  }
}

function kindOf (value: unknown): string {
  return Array.isArray(value) || value === null ? 'other' : typeof value
}
