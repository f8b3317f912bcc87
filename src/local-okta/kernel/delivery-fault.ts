/** What the org delivers to receivers. */
export type DeliveryKind = 'event-hook' | 'universal-logout' | 'security-event'

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
