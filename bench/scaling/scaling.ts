import { join } from 'node:path'
import { ROOT, writeBlock } from '../files.js'
import type { Results } from '../report/results.js'
import { spreadOf } from '../statistics.js'
import { ASSUMPTIONS, simulateSizes, toLimitTable, toSimulationTable, type ScalingRow } from './table.js'

/** Used where no run has measured one: a cautious guess. */
const FALLBACK_PER_CORE = 8000

type Measured = Pick<Results, 'pairs' | 'throughput'>

/** Simulates the sizes with what a run has measured; if it is to be kept, what comes out goes into the marked blocks of `docs/scaling.md`. */
export async function simulateScaling ({ pairs = [], throughput = [] }: Measured, isKept: boolean): Promise<ScalingRow[]> {
  const page = join(ROOT, 'docs', 'scaling.md')
  const greetings = pairs.find(({ name, wasIdle }) => name === 'greeting' && !wasIdle)?.measured ?? []
  const perCore = greetings.length > 0 ? spreadOf(greetings.map(({ requestsPerSecond }) => requestsPerSecond)).median : FALLBACK_PER_CORE
  const rows = simulateSizes(perCore)
  if (!isKept) return rows
  const cold = throughput.find(({ traffic, peer }) => traffic === 'cold' && peer === 'plugin')?.slices ?? []
  const coldPerCore = spreadOf(cold.map(({ requestsPerSecond }) => requestsPerSecond)).median
  await writeBlock(page, 'measured', [
    `One core ${greetings.length > 0 ? 'answered' : 'is taken to answer'} ${perCore.toFixed(0)} requests a second on \`GET /greet\` with everything in memory${cold.length > 0 ? `, and ${coldPerCore.toFixed(0)} a second where each brought a token never seen before` : ''}.`,
    `Simulated with seed ${ASSUMPTIONS.seed}: ${ASSUMPTIONS.activeShare * 100} % of the users are active in the busiest hour, each makes ${ASSUMPTIONS.requestsPerMinute} requests a minute and stays ${ASSUMPTIONS.sessionMinutes} minutes; a replica is loaded to ${ASSUMPTIONS.load * 100} %.`
  ].join('\n'))
  await writeBlock(page, 'simulation', toSimulationTable(rows))
  await writeBlock(page, 'limits', toLimitTable())
  return rows
}
