import type { Flood } from '../flood.js'
import type { Pair } from '../pairs.js'
import type { Soak } from '../soak.js'
import type { Start } from '../start.js'
import type { Spread } from '../statistics.js'
import type { Cell, LatencyCell } from '../throughput.js'
import type { ScalingRow } from '../scaling/table.js'
import type { Machine } from './machine.js'
import type { Verdict } from './verdicts.js'

/** All that a run has measured, as it goes to `latest.json`. A part that was not run is left out. */
export interface Results {
  readonly date: string
  readonly isQuick: boolean
  readonly connections: number
  /** Whether servers and client had a core each. */
  readonly isPinned: boolean
  readonly machine: Machine
  readonly rsaMicroseconds?: Spread
  readonly throughput?: readonly Cell[]
  readonly latency?: readonly LatencyCell[]
  readonly pairs?: readonly Pair[]
  readonly floods?: readonly Flood[]
  readonly starts?: readonly Start[]
  readonly soak?: Soak
  readonly scaling?: readonly ScalingRow[]
  readonly verdicts: readonly Verdict[]
}
