import type { Flood } from '../floods.js'
import type { Memory } from '../memory.js'
import type { Pair } from '../pairs.js'
import type { TrafficName } from '../peers.js'
import type { Row } from '../rows.js'
import type { Machine } from './machine.js'

/** All that a run has measured, as it goes to `latest.json`. A part that was not run is left out. */
export interface Results {
  readonly date: string
  readonly isQuick: boolean
  /** Whether servers and client had a core each. */
  readonly isPinned: boolean
  readonly machine: Machine
  readonly rows?: readonly Row[]
  readonly pairs?: readonly Pair[]
  readonly floods?: readonly Flood[]
  readonly memory?: Memory
}

/** The processor time of a server for a request, round by round. Others on the machine disturb it less than they do the rate. */
export function timesOf ({ rows = [] }: Results, traffic: TrafficName, peer: string): number[] {
  return rows.find((row) => row.traffic === traffic && row.peer === peer)?.slices.map(({ cpuMicroseconds }) => cpuMicroseconds) ?? []
}
