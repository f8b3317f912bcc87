import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'
import { Parser, type FinalResults, type Result } from 'tap-parser'
import { isCi } from '../kit/ci.js'
import { reasonForCiOnly } from './ci-only.js'
import { formatFailure, sourceName } from './failure.js'
import { groupFiles } from './shared-process.js'
import { add, formatTally, tallyOf, total, type Tally } from './tally.js'

/** What a file may take while others run beside it, in milliseconds. */
const TIMEOUT_MS = 600_000

/**
 * `npm test`: runs the test files, each in a process of its own or those of a folder in one, some side by side. It prints what
 * failed and how much passed in each process; the last line counts over all of them. With arguments, it runs only files that
 * have one of them in their path. Files that only CI needs are skipped, unless they are named or `CI=true` is set.
 *
 * `tap run` starts a process for each file, and loads all modules through hooks, even if no coverage is wanted. For the 18
 * files of test/attacks, compiled and without coverage, it took 149 s of processor time, Node alone 85 s, and one process
 * for all of them 37 s. The largest process held 500, 350 and 480 MB.
 */
async function runTests (wanted: readonly string[]): Promise<void> {
  const files = readdirSync('build/test', { recursive: true, encoding: 'utf8' })
    .map(name => `build/test/${name}`)
    .filter(file => file.endsWith('.test.js') && (wanted.length === 0 || wanted.some(part => sourceName(file).includes(part))))
    .sort()
  const limit = pLimit(availableParallelism() + 2)
  const isWhole = isCi || wanted.length > 0
  const tallies = await Promise.all(groupFiles(files).map(async group => await limit(isWhole ? runFiles : runUnlessForCi, group)))

  const sum: Tally = { passed: 0, failed: 0, skipped: 0 }
  for (const tally of tallies) add(sum, tally)
  process.stdout.write(`\n${formatTally(sum)}\n`)
  process.exitCode = total(sum) > 0 && sum.failed === 0 ? 0 : 1
}

async function runUnlessForCi (files: readonly string[]): Promise<Tally> {
  const name = nameOf(files)
  const reason = reasonForCiOnly(name)
  if (reason === undefined) return await runFiles(files)
  process.stdout.write(`${name}: left to CI, ${reason}; run it with: npm run test:one -- ${name.replace(/^test\/|\.test\.ts$/g, '')}\n`)
  return { passed: 0, failed: 0, skipped: 1 }
}

/** The name of the file, or of the first and how many they are. */
function nameOf (files: readonly string[]): string {
  const [first = '', ...others] = files.map(sourceName)
  return others.length === 0 ? first : `${first} and ${others.length} more`
}

async function runFiles (files: readonly string[]): Promise<Tally> {
  const program = files.length === 1 ? files : [fileURLToPath(new URL('together.js', import.meta.url)), ...files]
  const child = spawn(process.execPath, ['--enable-source-maps', ...program], {
    env: { ...process.env, TAP: '1', TAP_TIMEOUT: String(TIMEOUT_MS / 1000) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL'
  })
  const failures: string[] = []
  const skips = new Set<string>()
  const parser = new Parser({ name: files.length === 1 ? files[0] ?? '' : 'build/test' }).on('skip', ({ skip }: Result) => { if (typeof skip === 'string') skips.add(skip) })
  const tally = tallyOf(parser, failure => { failures.push(formatFailure(failure)) })
  const [said, results] = await Promise.all([
    text(child.stderr),
    new Promise<FinalResults>(resolve => { child.stdout.pipe(parser).once('complete', resolve) }),
    once(child, 'close')
  ])
  if (tally.failed === 0 && (child.exitCode !== 0 || !results.ok)) {
    tally.failed = 1
    failures.push(formatFailure({ fullname: files.join(', '), diag: diagnosticsOf(child, results) }))
  }
  const name = nameOf(files)
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
