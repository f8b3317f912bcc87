/** How much is measured. */
export interface Plan {
  readonly isQuick: boolean
  readonly connections: number
  /** How often each cell is measured, the peers in turn. */
  readonly rounds: number
  readonly sliceMs: number
  readonly warmUpMs: number
  /** Of tokens or proofs that can be used once only, a slice takes so many. */
  readonly coldRequests: number
  readonly dpopRequests: number
  /** The pairs whose ratio is near 1 need more rounds. */
  readonly pairRounds: number
  readonly floodRounds: number
  readonly floodMs: number
  /** Of tokens and of users: more than the caches keep. */
  readonly cacheEntries: number
}

/** By the sum of its slices, some eight minutes on two cores. */
const FULL: Plan = {
  isQuick: false,
  connections: 32,
  rounds: 9,
  sliceMs: 500,
  warmUpMs: 1000,
  coldRequests: 2000,
  dpopRequests: 600,
  pairRounds: 15,
  floodRounds: 7,
  floodMs: 1500,
  cacheEntries: 200_000
}

/** The same in some three minutes; figures scatter more. */
const QUICK: Plan = { ...FULL, isQuick: true, rounds: 4, sliceMs: 250, warmUpMs: 500, coldRequests: 1000, dpopRequests: 300, pairRounds: 6, floodRounds: 3, floodMs: 800, cacheEntries: 120_000 }

export function readPlan (args: readonly string[]): Plan {
  return args.includes('--quick') ? QUICK : FULL
}

/** How many tokens each server may be sent once: all rounds, and the warm-up before them. */
export function coldTokens ({ rounds, coldRequests }: Plan): number {
  return (rounds + 1) * coldRequests
}

/** The same of bound tokens. */
export function dpopTokens ({ rounds, dpopRequests }: Plan): number {
  return (rounds + 1) * dpopRequests
}
