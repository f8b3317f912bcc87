/** How many requests: those that are answered from memory, those that are not, and those with a DPoP proof. */
export interface Requests {
  readonly hot: number
  readonly cold: number
  readonly dpop: number
}

/** How much is measured. */
export interface Plan {
  readonly isQuick: boolean
  readonly connections: number
  /** How often all servers are started: two processes of the same code differ by up to a quarter. */
  readonly starts: number
  /** How often each cell is measured after a start, the peers in turn. Many short slices: what else the machine does changes within a second. */
  readonly rounds: number
  /** Before the first slice: requests, not seconds, since V8 optimizes code after so many calls. Fewer with a proof, which this process must sign. */
  readonly warmUp: Requests
  readonly slice: Requests
  /** The same for the servers of a pair. */
  readonly pairStarts: number
  readonly pairRounds: number
  readonly floodRounds: number
  readonly floodMs: number
  /** Of tokens and of users: more than the caches keep. */
  readonly cacheEntries: number
}

/** Some twenty-five minutes on two cores. */
const FULL: Plan = {
  isQuick: false,
  connections: 32,
  starts: 5,
  rounds: 8,
  warmUp: { hot: 15_000, cold: 15_000, dpop: 2000 },
  slice: { hot: 1000, cold: 450, dpop: 200 },
  pairStarts: 9,
  pairRounds: 24,
  floodRounds: 7,
  floodMs: 1500,
  cacheEntries: 200_000
}

/** The same in some ten minutes; figures scatter more. */
const QUICK: Plan = { ...FULL, isQuick: true, starts: 2, slice: { hot: 500, cold: 300, dpop: 150 }, pairStarts: 5, floodRounds: 3, floodMs: 800, cacheEntries: 120_000 }

export function readPlan (args: readonly string[]): Plan {
  return args.includes('--quick') ? QUICK : FULL
}

/** How many requests each server is sent after a start. */
export function requestsOf ({ rounds, warmUp, slice }: Plan, kind: keyof Requests): number {
  return warmUp[kind] + rounds * slice[kind]
}
