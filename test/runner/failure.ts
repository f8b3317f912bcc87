import { type Result } from 'tap-parser'

/** The part of a failure's diagnostics that is shown. The rest describes the runner, not the fault. */
interface Diagnostics {
  at?: { fileName?: string, lineNumber?: number, columnNumber?: number }
  diff?: string
  found?: unknown
  wanted?: unknown
  stack?: string
  exitCode?: number | null
  signal?: string | null
  expired?: string
  tapError?: string
}

/** A failure as a person reads it: which test, where, what was expected, and how the code got there. */
export function formatFailure (failure: Pick<Result, 'fullname' | 'diag'>): string {
  const diagnostics: Diagnostics = failure.diag ?? {}
  const lines = [placeOf(diagnostics), differenceOf(diagnostics), diagnostics.stack, endOf(diagnostics)]
  const details = lines.filter(Boolean).join('\n').trimEnd()
  return `\nFAILED ${sourceName(failure.fullname)}\n${details.replace(/^(?=.)/gm, '    ')}\n`
}

/** The name of the source of a compiled test. */
export function sourceName (name: string): string {
  return name.replace(/^build\/(.+?)\.js\b/, '$1.ts')
}

function placeOf ({ at }: Diagnostics): string | undefined {
  return at?.fileName && `${at.fileName}:${at.lineNumber}:${at.columnNumber}`
}

function differenceOf ({ diff, found, wanted }: Diagnostics): string | undefined {
  if (diff) return diff
  if (wanted === undefined && found === undefined) return undefined
  return `expected: ${JSON.stringify(wanted, null, 2)}\nactual: ${JSON.stringify(found, null, 2)}`
}

/** How a test or a file ended, where it did not end by itself and well. */
function endOf ({ expired, signal, exitCode, tapError }: Diagnostics): string | undefined {
  if (tapError) return tapError
  if (expired) return `ran out of time: ${expired}`
  if (signal) return `ended by ${signal}`
  return exitCode ? `ended with exit code ${exitCode}` : undefined
}
