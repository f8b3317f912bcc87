/** How much is measured. */
export interface Plan {
  readonly isQuick: boolean
  readonly connections: number
  /** How often each cell is measured, the peers in turn. Many short slices: what else the machine does changes within a second. */
  readonly rounds: number
  /** Slices before the first that counts: requests, not seconds, since it is calls after which V8 optimizes code. */
  readonly warmUpSlices: number
  /** The requests of a slice: of those that are answered from memory, of those that are not, and of those with a DPoP proof. */
  readonly hotRequests: number
  readonly coldRequests: number
  readonly dpopRequests: number
  /**
   * How often the servers of a pair are started, the requests before those that count, and the rounds. V8 goes on optimizing
   * for long: the plugin's share of bare Fastify was 0.82 after 5000 requests, 0.90 after 20,000 and 1.01 after 60,000.
   */
  readonly pairStarts: number
  readonly pairWarmUpRequests: number
  readonly pairRounds: number
  readonly floodRounds: number
  readonly floodMs: number
  /** Of tokens and of users: more than the caches keep. */
  readonly cacheEntries: number
}

/** Some twenty minutes on two cores. */
const FULL: Plan = {
  isQuick: false,
  connections: 32,
  rounds: 40,
  warmUpSlices: 10,
  hotRequests: 1000,
  coldRequests: 450,
  dpopRequests: 200,
  pairStarts: 9,
  pairWarmUpRequests: 60_000,
  pairRounds: 12,
  floodRounds: 7,
  floodMs: 1500,
  cacheEntries: 200_000
}

/** The same in some seven minutes; figures scatter more. */
const QUICK: Plan = { ...FULL, isQuick: true, rounds: 16, hotRequests: 500, coldRequests: 300, dpopRequests: 150, pairStarts: 3, floodRounds: 3, floodMs: 800, cacheEntries: 120_000 }

export function readPlan (args: readonly string[]): Plan {
  return args.includes('--quick') ? QUICK : FULL
}

/** How many tokens each server may be sent once: all rounds, and the warm-up before them. */
export function tokensFor ({ rounds, warmUpSlices }: Plan, requests: number): number {
  return (rounds + warmUpSlices) * requests
}
