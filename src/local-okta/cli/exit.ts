/** Exit codes. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const

/** The command failed. The message is one line for the user. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  /** For programs. It is stable; the message is not. */
  readonly code: string
  readonly exitCode: number
  /** What to try next. */
  readonly hint: string | undefined

  constructor (message: string, { code = 'failed', exitCode = EXIT.failed, hint, cause }: { code?: string, exitCode?: number, hint?: string, cause?: unknown } = {}) {
    super(message, { cause })
    this.code = code
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** Wrong arguments: nothing was tried. */
export function usageError (message: string): CommandFailure {
  return new CommandFailure(message, { code: 'usage', exitCode: EXIT.usage, hint: 'local-okta --help' })
}
