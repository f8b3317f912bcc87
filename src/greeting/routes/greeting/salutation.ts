const NOON = 12
const EVENING = 16

type Salutation = 'Good Morning' | 'Good Afternoon' | 'Good Evening'

/** Morning is from 0 to 11, afternoon from 12 to 15, evening the rest. */
export function salutationAt (hour: number): Salutation {
  if (hour < NOON) return 'Good Morning'
  return hour < EVENING ? 'Good Afternoon' : 'Good Evening'
}
