import type { Flood } from '../floods.js'
import type { Memory } from '../memory.js'
import type { Pair } from '../pairs.js'
import type { Row } from '../rows.js'
import type { Machine } from './machine.js'
import type { Verdict } from './verdicts.js'

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
  readonly verdicts: readonly Verdict[]
}
