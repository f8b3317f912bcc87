import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Servers run on one core and the client on another, so that neither takes the other's time. */
export interface Cores {
  readonly server: number | null
  readonly client: number | null
}

/** With fewer than two cores, or without `taskset` (Linux), the processes stay where the system puts them. */
export function assignCores (): Cores {
  return availableParallelism() > 1 && canPin() ? { server: 0, client: 1 } : { server: null, client: null }
}

function canPin (): boolean {
  try {
    execFileSync('taskset', ['-c', '0,1', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
