import { invalid } from './errors.js'
import type { Json } from './json.js'

/** What the org delivers to receivers. */
export const DELIVERY_KINDS = ['event-hook', 'universal-logout', 'security-event'] as const

/** What the org delivers to receivers. */
export type DeliveryKind = typeof DELIVERY_KINDS[number]

/** A fault to inject into deliveries. */
export interface DeliveryFault {
  /** Which deliveries it applies to. */
  delivery: DeliveryKind | 'all'
  /** Waits before the delivery, in milliseconds. Default 0. */
  delayMs?: number
  /** How often the delivery is made, each time with the same ids. Default 1. */
  copies?: number
  /**
   * Holds the delivery back until a later one of its kind has been made; of several, the latest comes first. Needs `times`.
   * A delivery that no other follows is never made.
   */
  outOfOrder?: true
  /** The delivery is not made. */
  lost?: true
  /** Signs with a key that is not published. An event hook, which has no signature, gets another secret. */
  wronglySigned?: true
  /** How many deliveries it applies to. Default: all until `clear()`. */
  times?: number
}

const TYPES = { delayMs: 'number', copies: 'number', outOfOrder: 'boolean', lost: 'boolean', wronglySigned: 'boolean', times: 'number' } as const

/**
 * Reads a delivery fault from JSON.
 *
 * @throws {OktaApiError} 400 E0000001 naming the member
 */
export function readDeliveryFault ({ delivery, ...json }: Json): DeliveryFault {
  const kinds: readonly unknown[] = [...DELIVERY_KINDS, 'all']
  if (!kinds.includes(delivery)) throw invalid('delivery', `must be one of ${kinds.join(', ')}`)
  for (const [name, value] of Object.entries(json)) {
    if (!Object.hasOwn(TYPES, name)) throw invalid(name, `is not a member: there are delivery, ${Object.keys(TYPES).join(', ')}`)
    const [type, actual] = [TYPES[name as keyof typeof TYPES], typeof value as string]
    if (actual !== type) throw invalid(name, `must be of type ${type}`)
    if (typeof value === 'number' && !(Number.isInteger(value) && value >= 0)) throw invalid(name, 'must be an integer of 0 or more')
  }
  if (json['outOfOrder'] === true && json['times'] === undefined) throw invalid('times', 'is required with outOfOrder')
  return { delivery, ...json } as DeliveryFault
}
