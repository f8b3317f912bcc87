import { styleText } from 'node:util'
import { CommandFailure, EXIT } from './exit.js'
import { printable } from './printable.js'

type Style = Parameters<typeof styleText>[0]

/** Work that takes longer shows its progress on a terminal, in milliseconds. */
const PROGRESS_AFTER_MS = 1000
const PROGRESS_EVERY_MS = 500
const CLEAR_LINE = '\r\x1b[K'

interface TerminalOptions {
  readonly isJson: boolean
  readonly isDebug: boolean
  readonly stdout?: NodeJS.WriteStream
  readonly stderr?: NodeJS.WriteStream
}

/**
 * The output of a command. Only results go to the standard output, so that `$(…)` and pipes get nothing else; notes and
 * errors go to the standard error.
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

  /** Writes the result: the text, or the facts with `--json`. */
  result (text: string, facts: unknown): void {
    this.#stdout.write(`${this.isJson ? printable(JSON.stringify(facts)) : text}\n`)
  }

  /** Writes a note beside the result. With `--json` only its facts, if there are any. */
  note (text: string, facts?: unknown): void {
    if (!this.isJson) this.#stderr.write(`${text}\n`)
    else if (facts !== undefined) this.#stderr.write(`${printable(JSON.stringify(facts))}\n`)
  }

  /** Colours a part of a result, if the standard output is a terminal and `NO_COLOR` is not set. */
  style (style: Style, text: string): string {
    return colour(this.#stdout, style, text)
  }

  /** Writes why a command failed, in one line, and returns the exit code. */
  fail (error: unknown): number {
    const { message, code, hint, exitCode } = describeFailure(error)
    if (this.isJson) {
      this.#stderr.write(`${JSON.stringify({ error: code, message, ...(hint === undefined ? {} : { hint }) })}\n`)
    } else {
      this.#stderr.write(`${colour(this.#stderr, 'red', 'fastify-okta:')} ${message}${hint === undefined ? '' : ` (${hint})`}\n`)
    }
    if (this.#isDebug) this.#stderr.write(`${describeStack(error)}\n`)
    return exitCode
  }

  /** Waits for work. On a terminal, shows the seconds while it takes longer than one. */
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

/**
 * Colours text on a terminal, unless `NO_COLOR` is set to anything (https://no-color.org). The option `stream` of `styleText`
 * does not do: Node 20 ignores it for an array of styles.
 */
function colour (stream: NodeJS.WriteStream, style: Style, text: string): string {
  return stream.isTTY && !process.env['NO_COLOR'] ? styleText(style, text, { validateStream: false }) : text
}

function describeFailure (error: unknown): { message: string, code: string, hint: string | undefined, exitCode: number } {
  if (error instanceof CommandFailure) {
    const { code, hint, exitCode } = error
    return { message: printable(error.message), code, hint, exitCode }
  }
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1)
  return { message: printable(message), code: 'failed', hint: undefined, exitCode: EXIT.failed }
}

/** Stacks only: other members of an error may hold a response with a token in it. */
function describeStack (error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.stack ?? error.message}${error.cause === undefined ? '' : `\ncaused by ${describeStack(error.cause)}`}`
}
