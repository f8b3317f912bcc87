import { spawnSync } from 'node:child_process'
import { Transform, type TransformCallback } from 'node:stream'
import { Parser } from 'tap-parser'
import { formatFailure, sourceName } from './failure.js'
import { formatTally, tallyOf, type Tally, total } from './tally.js'

/**
 * The reporter of `npm test`: a line for each test file as it ends, its failures before it, and as the last
 * line of all the counts over all files. That line is written when the process exits, since only then is it
 * known whether the coverage is enough.
 */
export default class Reporter extends Transform {
  readonly #parser = new Parser()

  constructor () {
    super()
    const tally = tallyOf(this.#parser, failure => { this.push(formatFailure(failure)) })
    this.#parser.on('child', (file: Parser) => this.#announce(file))
    this.#parser.on('bailout', (reason: string) => {
      tally.failed += 1
      this.push(`\nFAILED all that was still to come: ${reason}\n`)
    })
    process.on('exit', exitCode => process.stdout.write(closingLines(tally, exitCode)))
  }

  #announce (file: Parser): void {
    const tally = tallyOf(file, () => {})
    file.on('complete', () => {
      const name = sourceName(file.name)
      this.push(`${name}: ${total(tally) > 0 ? formatTally(tally) : 'no tests'}\n`)
    })
  }

  override _transform (chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#parser.write(chunk)
    callback()
  }

  override _flush (callback: TransformCallback): void {
    this.#parser.end()
    callback()
  }
}

/**
 * The counts, true to the exit code: where the run fails although every assertion holds (the coverage is below
 * its limits), this counts as one failure, with the table that shows where.
 */
function closingLines (tally: Tally, exitCode: number): string {
  if (exitCode === 0 || tally.failed > 0) return `\n${formatTally(tally)}\n`
  return `\n${coverageTable()}\nThe coverage is below the limits in package.json: this counts as one failure.\n` +
    `\n${formatTally({ ...tally, failed: 1 })}\n`
}

/** What `tap report` says before it begins a TAP stream of its own. */
function coverageTable (): string {
  const [runner = ''] = process.argv.slice(1)
  const { stdout } = spawnSync(process.execPath, [runner, 'report', 'text'], { encoding: 'utf8' })
  return stdout.split('TAP version', 1).join('')
}
