/** How much is measured. */
export interface Plan {
  /** Shows whether everything works, not how fast it is: nothing of it is kept. */
  readonly isQuick: boolean
  readonly connections: number
  /** How often each cell is measured. */
  readonly rounds: number
  readonly sliceMs: number
  readonly warmUpMs: number
  /** How many tokens that are used once a slice takes at the most. */
  readonly onceRequests: number
  /** The pairs that decide the ratios near 1 get more rounds. */
  readonly pairRounds: number
  readonly latencyRounds: number
  readonly latencyMs: number
  /** Requests a second at which latency is measured: what the slowest peer can still do. */
  readonly latencyRate: number
  /** Quiet and flooded in turn, each as long. */
  readonly floodRounds: number
  readonly floodMs: number
  readonly floodRate: number
  readonly starts: number
  readonly tokens: number
}

const FULL: Plan = {
  isQuick: false,
  connections: 32,
  rounds: 7,
  sliceMs: 700,
  warmUpMs: 1200,
  onceRequests: 4000,
  pairRounds: 15,
  latencyRounds: 3,
  latencyMs: 2000,
  latencyRate: 1000,
  floodRounds: 7,
  floodMs: 2500,
  floodRate: 1000,
  starts: 7,
  tokens: 60_000
}

const QUICK: Plan = {
  isQuick: true,
  connections: 32,
  rounds: 2,
  sliceMs: 120,
  warmUpMs: 200,
  onceRequests: 1000,
  pairRounds: 3,
  latencyRounds: 1,
  latencyMs: 300,
  latencyRate: 600,
  floodRounds: 2,
  floodMs: 500,
  floodRate: 600,
  starts: 1,
  tokens: 12_000
}

export function readPlan (args: readonly string[]): Plan {
  return args.includes('--quick') ? QUICK : FULL
}
