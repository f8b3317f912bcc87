import type { DeliveryFault, DeliveryKind } from '../kernel/delivery-fault.js'

const KINDS: Readonly<Record<DeliveryKind | 'all', string>> = {
  all: 'All deliveries',
  'event-hook': 'Event hooks',
  'universal-logout': 'Universal Logout',
  'security-event': 'Security events'
}

/** Which deliveries a fault applies to. */
export function deliveryPlaceOf ({ delivery }: DeliveryFault): string {
  return KINDS[delivery]
}

/** How they go wrong. */
export function deliveryFaultOf ({ copies = 1, lost, outOfOrder, wronglySigned, delayMs = 0 }: DeliveryFault): string {
  const kinds = [
    ...(lost ? ['Lost'] : []),
    ...(copies > 1 ? [copies === 2 ? 'Twice' : `${copies} times`] : []),
    ...(outOfOrder ? ['Out of order'] : []),
    ...(wronglySigned ? ['Wrongly signed'] : []),
    ...(delayMs > 0 ? ['Late'] : [])
  ]
  return kinds.join(', ')
}
