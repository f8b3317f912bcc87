import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openContext, type BenchContext } from './bench-context.js'
import { RESULTS } from './files.js'
import { measureFloods } from './flood.js'
import { measurePairs } from './pairs.js'
import { readPlan } from './plan.js'
import { describeMachine } from './report/machine.js'
import { toMarkdown } from './report/markdown.js'
import { toPlot } from './report/plot.js'
import type { Results } from './report/results.js'
import { judge } from './report/verdicts.js'
import { measureRsaFloor } from './rsa-floor.js'
import { simulateScaling } from './scaling/scaling.js'
import { measureSoak } from './soak.js'
import { measureStarts } from './start.js'
import { measureThroughput } from './throughput.js'

type Part = Omit<Results, 'date' | 'isQuick' | 'connections' | 'isPinned' | 'machine' | 'verdicts'>

/** What can be run by itself: `npm run bench -- --only=start,soak`. Parts that are not run keep their last results. */
const PARTS: Readonly<Record<string, (context: BenchContext, before: Part) => Promise<Part>>> = {
  throughput: async context => ({ rsaMicroseconds: measureRsaFloor(context), ...await measureThroughput(context) }),
  pairs: async context => ({ pairs: await measurePairs(context) }),
  flood: async context => ({ floods: await measureFloods(context) }),
  start: async context => ({ starts: await measureStarts(context) }),
  soak: async context => ({ soak: await measureSoak(context) }),
  scaling: async ({ plan: { isQuick } }, before) => ({ scaling: await simulateScaling(before, !isQuick) })
}

const only = process.argv.find(argument => argument.startsWith('--only='))?.slice(7).split(',')
const chosen = Object.entries(PARTS).filter(([name]) => only === undefined || only.includes(name))
if (only?.every(name => name in PARTS) === false) throw new TypeError(`--only takes some of ${Object.keys(PARTS).join(', ')}`)

const plan = readPlan(process.argv)
const context = await openContext(plan)
try {
  let part: Part = only === undefined ? {} : await readLatest()
  for (const [, measure] of chosen) part = { ...part, ...await measure(context, part) }
  await write({
    date: new Date().toISOString(),
    isQuick: plan.isQuick,
    connections: plan.connections,
    isPinned: context.cores.server !== null,
    machine: describeMachine(),
    ...part
  })
} finally {
  await context.close()
}

async function write (measured: Omit<Results, 'verdicts'>): Promise<void> {
  const results: Results = { ...measured, verdicts: judge(measured) }
  console.log(toMarkdown(results))
  if (plan.isQuick) return
  await mkdir(RESULTS, { recursive: true })
  await writeFile(join(RESULTS, 'latest.json'), `${JSON.stringify(results, null, 2)}\n`)
  await writeFile(join(RESULTS, 'README.md'), toMarkdown(results))
  if (results.throughput !== undefined) await writeFile(join(RESULTS, 'throughput.svg'), toPlot(results.throughput))
}

async function readLatest (): Promise<Part> {
  try {
    const { date, isQuick, connections, isPinned, machine, verdicts, ...part } = JSON.parse(await readFile(join(RESULTS, 'latest.json'), 'utf8')) as Results
    return part
  } catch {
    return {}
  }
}
