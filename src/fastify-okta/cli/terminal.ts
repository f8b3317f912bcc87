import { styleText } from 'node:util'
import { CommandFailure, EXIT } from './exit.js'
import { printable } from './printable.js'

type Style = Parameters<typeof styleText>[0]

/** After this time somebody who watches wants to know that it goes on, in milliseconds. */
const PROGRESS_AFTER_MS = 1000
const PROGRESS_EVERY_MS = 500
const CLEAR_LINE = '\r\x1b[K'

export interface TerminalOptions {
  readonly isJson: boolean
  readonly isDebug: boolean
  readonly stdout?: NodeJS.WriteStream
  readonly stderr?: NodeJS.WriteStream
}

/**
 * Where a command speaks: results go to the standard output, and nothing else does, so that `$(…)` and pipes get them
 * clean; whatever else there is to say goes to the standard error.
 */
export class Terminal {
  readonly isJson: boolean
  readonly #isDebug: boolean
  readonly #stdout: NodeJS.WriteStream
  readonly #stderr: NodeJS.WriteStream

  constructor ({ isJson, isDebug, stdout = process.stdout, stderr = process.stderr }: TerminalOptions) {
    this.isJson = isJson
    this.#isDebug = isDebug
    this.#stdout = stdout
    this.#stderr = stderr
  }

  /** What was asked for: the text, or with `--json` the facts. */
  result (text: string, facts: unknown): void {
    this.#stdout.write(`${this.isJson ? printable(JSON.stringify(facts)) : text}\n`)
  }

  /** Something to know beside the result. With `--json` it is left out, unless there are facts without which nothing goes on. */
  note (text: string, facts?: unknown): void {
    if (!this.isJson) this.#stderr.write(`${text}\n`)
    else if (facts !== undefined) this.#stderr.write(`${printable(JSON.stringify(facts))}\n`)
  }

  /** Colours what is part of a result, where somebody looks at it. */
  style (style: Style, text: string): string {
    return hasColor(this.#stdout) ? styleText(style, text) : text
  }

  /** Says why a command failed, in one line, and gives the exit code. */
  fail (error: unknown): number {
    const { message, code, hint, exitCode } = describeFailure(error)
    if (this.isJson) {
      this.#stderr.write(`${JSON.stringify({ error: code, message, ...(hint === undefined ? {} : { hint }) })}\n`)
    } else {
      const name = hasColor(this.#stderr) ? styleText('red', 'fastify-okta:') : 'fastify-okta:'
      this.#stderr.write(`${name} ${message}${hint === undefined ? '' : ` (${hint})`}\n`)
    }
    if (this.#isDebug) this.#stderr.write(`${describeStack(error)}\n`)
    return exitCode
  }

  /** Waits for work; says so, with the seconds, while it takes longer than one, to somebody who watches. */
  async progress<T> (label: string, work: Promise<T>): Promise<T> {
    if (!this.#stderr.isTTY || this.isJson) return await work
    const startedAt = performance.now()
    let isShown = false
    const show = (): void => {
      isShown = true
      this.#stderr.write(`${CLEAR_LINE}${label} … ${Math.round((performance.now() - startedAt) / 1000)} s`)
    }
    let repeated: NodeJS.Timeout | undefined
    const first = setTimeout(() => {
      show()
      repeated = setInterval(show, PROGRESS_EVERY_MS)
    }, PROGRESS_AFTER_MS)
    try {
      return await work
    } finally {
      clearTimeout(first)
      clearInterval(repeated)
      if (isShown) this.#stderr.write(CLEAR_LINE)
    }
  }
}

/** https://no-color.org: any value but none. */
function hasColor (stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !process.env['NO_COLOR']
}

function describeFailure (error: unknown): { message: string, code: string, hint: string | undefined, exitCode: number } {
  if (error instanceof CommandFailure) {
    const { code, hint, exitCode } = error
    return { message: printable(error.message), code, hint, exitCode }
  }
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1)
  return { message: printable(message), code: 'failed', hint: undefined, exitCode: EXIT.failed }
}

/** Stacks only: what hangs on an error may be an answer with a token in it. */
function describeStack (error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.stack ?? error.message}${error.cause === undefined ? '' : `\ncaused by ${describeStack(error.cause)}`}`
}
