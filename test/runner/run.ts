import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import pLimit from 'p-limit'
import { Parser, type FinalResults, type Result } from 'tap-parser'
import { isCi } from '../kit/ci.js'
import { reasonForCiOnly } from './ci-only.js'
import { formatFailure, sourceName } from './failure.js'
import { add, formatTally, tallyOf, total, type Tally } from './tally.js'

/** What a file may take while others run beside it, in milliseconds. */
const TIMEOUT_MS = 600_000

/**
 * `npm test`: runs each test file in a process of its own, some side by side, and says of each what failed and how much
 * passed. The last line counts over all of them. With arguments, only files that have one of them in their path. Files
 * that only CI needs are skipped, unless they are named or `CI=true` is set.
 *
 * `tap run` does the same, but has all modules of all processes pass through hooks, whether the coverage is wanted or
 * not; some files take twice as long with them.
 */
async function runTests (wanted: readonly string[]): Promise<void> {
  const files = readdirSync('build/test', { recursive: true, encoding: 'utf8' })
    .map(name => `build/test/${name}`)
    .filter(file => file.endsWith('.test.js') && (wanted.length === 0 || wanted.some(part => sourceName(file).includes(part))))
    .sort()
  const limit = pLimit(availableParallelism() + 2)
  const isWhole = isCi || wanted.length > 0
  const tallies = await Promise.all(files.map(async file => await limit(isWhole ? runFile : runUnlessForCi, file)))

  const sum: Tally = { passed: 0, failed: 0, skipped: 0 }
  for (const tally of tallies) add(sum, tally)
  process.stdout.write(`\n${formatTally(sum)}\n`)
  process.exitCode = total(sum) > 0 && sum.failed === 0 ? 0 : 1
}

async function runUnlessForCi (file: string): Promise<Tally> {
  const name = sourceName(file)
  const reason = reasonForCiOnly(name)
  if (reason === undefined) return await runFile(file)
  process.stdout.write(`${name}: left to CI, ${reason}; run it with: npm run test:one -- ${name.replace(/^test\/|\.test\.ts$/g, '')}\n`)
  return { passed: 0, failed: 0, skipped: 1 }
}

async function runFile (file: string): Promise<Tally> {
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    env: { ...process.env, TAP: '1', TAP_TIMEOUT: String(TIMEOUT_MS / 1000) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL'
  })
  const failures: string[] = []
  const skips = new Set<string>()
  const parser = new Parser({ name: file }).on('skip', ({ skip }: Result) => { if (typeof skip === 'string') skips.add(skip) })
  const tally = tallyOf(parser, failure => { failures.push(formatFailure(failure)) })
  const [said, results] = await Promise.all([
    text(child.stderr),
    new Promise<FinalResults>(resolve => { child.stdout.pipe(parser).once('complete', resolve) }),
    once(child, 'close')
  ])
  if (tally.failed === 0 && (child.exitCode !== 0 || !results.ok)) {
    tally.failed = 1
    failures.push(formatFailure({ fullname: file, diag: diagnosticsOf(child, results) }))
  }
  const name = sourceName(file)
  const counts = total(tally) > 0 ? formatTally(tally, [...skips]) : 'no tests'
  process.stdout.write(`${failures.join('')}${failures.length > 0 ? said : ''}${name}: ${counts}\n`)
  return tally
}

/** How the process of a file ended; what is wrong with its output, where it ended well. */
function diagnosticsOf ({ exitCode, signalCode, killed }: ChildProcess, { failures }: FinalResults): Record<string, unknown> {
  if (killed) return { expired: `${TIMEOUT_MS} ms` }
  return exitCode === 0 ? { tapError: failures[0]?.tapError ?? 'its output is not whole' } : { exitCode, signal: signalCode }
}

await runTests(process.argv.slice(2))
