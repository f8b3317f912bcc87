/** Exit codes. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** A command failed. The message is one line for the user. */
export class CommandFailure extends Error {
  override readonly name: string = 'CommandFailure'
  readonly exitCode: number = EXIT.failed
  /** For programs. It is stable; the message is not. */
  readonly code: string
  /** What to try next. */
  readonly hint: string | undefined

  constructor (message: string, { code = 'failed', hint, cause }: { code?: string, hint?: string | undefined, cause?: unknown } = {}) {
    super(message, { cause })
    this.code = code
    this.hint = hint
  }
}

/** Wrong arguments: nothing was tried. */
export class UsageError extends CommandFailure {
  override readonly name = 'UsageError'
  override readonly exitCode = EXIT.usage

  constructor (message: string, hint?: string) {
    super(message, { code: 'usage', hint })
  }
}

/** Ctrl+C at a prompt. */
export class Interrupted extends CommandFailure {
  override readonly name = 'Interrupted'
  override readonly exitCode = EXIT.interrupted

  constructor () {
    super('interrupted', { code: 'interrupted' })
  }
}
