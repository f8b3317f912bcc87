/** How much is measured. */
export interface Plan {
  readonly isQuick: boolean
  readonly connections: number
  /**
   * How often each cell is measured, the peers in turn. Many short slices rather than few long ones: what the machine does
   * beside the bench changes within a second, and a ratio is of two slices that follow each other.
   */
  readonly rounds: number
  /**
   * Slices before the first that counts. Requests are counted, not timed: on a busy machine a server had answered some hundred
   * in its time, V8 had not optimized its code yet, and a forged token seemed to take twice as long.
   */
  readonly warmUpSlices: number
  /** The requests of a slice, of those whose tokens may come again. */
  readonly hotRequests: number
  /** Of those whose tokens or proofs can be used only once. */
  readonly coldRequests: number
  readonly dpopRequests: number
  /** What is compared with bare Fastify has a ratio near 1, and needs more rounds. */
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
  rounds: 40,
  warmUpSlices: 10,
  hotRequests: 1000,
  coldRequests: 450,
  dpopRequests: 200,
  pairRounds: 60,
  floodRounds: 7,
  floodMs: 1500,
  cacheEntries: 200_000
}

/** The same in some three minutes; figures scatter more. */
const QUICK: Plan = { ...FULL, isQuick: true, rounds: 16, hotRequests: 500, coldRequests: 300, dpopRequests: 150, pairRounds: 30, floodRounds: 3, floodMs: 800, cacheEntries: 120_000 }

export function readPlan (args: readonly string[]): Plan {
  return args.includes('--quick') ? QUICK : FULL
}

/** How many tokens each server may be sent once: all rounds, and the warm-up before them. */
export function coldTokens ({ rounds, warmUpSlices, coldRequests }: Plan): number {
  return (rounds + warmUpSlices) * coldRequests
}

/** The same of bound tokens. */
export function dpopTokens ({ rounds, warmUpSlices, dpopRequests }: Plan): number {
  return (rounds + warmUpSlices) * dpopRequests
}
