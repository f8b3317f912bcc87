import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BenchContext } from './context.js'
import { measureFloods } from './floods.js'
import { measureMemory } from './memory.js'
import { measurePairs } from './pairs.js'
import { readPlan } from './plan.js'
import { describeMachine } from './report/machine.js'
import { toMarkdown } from './report/markdown.js'
import { toPlot } from './report/plot.js'
import type { Results } from './report/results.js'
import { measureRows } from './rows.js'

type Part = Pick<Results, 'rows' | 'pairs' | 'floods' | 'memory'>

/** What can be run by itself: `npm run bench -- --only=rows,pairs`. Parts that are not run keep their last results. */
const PARTS: Readonly<Record<string, (context: BenchContext) => Promise<Part>>> = {
  rows: async (context) => ({ rows: await measureRows(context) }),
  pairs: async (context) => ({ pairs: await measurePairs(context) }),
  floods: async (context) => ({ floods: await measureFloods(context) }),
  memory: async (context) => ({ memory: await measureMemory(context) })
}

/** From the compiled file, `build/bench/run.js`. */
const RESULTS = resolve(import.meta.dirname, '../../bench/results')

const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice(7).split(',')
if (only?.every((name) => name in PARTS) === false) throw new TypeError(`--only takes some of ${Object.keys(PARTS).join(', ')}`)

const plan = readPlan(process.argv)
const context = await BenchContext.open(plan)
try {
  let part: Part = only === undefined ? {} : await readLatest()
  for (const [name, measure] of Object.entries(PARTS)) {
    if (only === undefined || only.includes(name)) part = { ...part, ...await measure(context) }
  }
  await write({ ...part, date: new Date().toISOString(), isQuick: plan.isQuick, isPinned: context.isPinned, machine: describeMachine() })
} finally {
  context.close()
}

async function write (results: Results): Promise<void> {
  const page = toMarkdown(results)
  console.log(page)
  await writeFile(join(RESULTS, 'latest.json'), `${JSON.stringify(results, (_name, value: unknown) => typeof value === 'number' ? Math.round(value * 100) / 100 : value)}\n`)
  await writeFile(join(RESULTS, 'README.md'), page)
  if (results.rows !== undefined) await writeFile(join(RESULTS, 'throughput.svg'), toPlot(results.rows))
}

async function readLatest (): Promise<Part> {
  const text = await readFile(join(RESULTS, 'latest.json'), 'utf8').catch(() => '{}')
  return JSON.parse(text) as Part
}
