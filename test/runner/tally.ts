import { type Parser, type Result } from 'tap-parser'

/** How many assertions went which way. A todo counts as skipped. */
export interface Tally {
  passed: number
  failed: number
  skipped: number
}

/**
 * Counts the assertions of a TAP stream at every depth while it is parsed, and reports each failure.
 *
 * A test is counted by what it asserts, not once more by itself: unless it asserts nothing, or fails although
 * all that it asserts holds (a file that crashed or ran out of time, a plan that was not met).
 */
export function tallyOf (parser: Parser, onFailure: (failure: Result) => void): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  let inner: Tally | null = null

  parser.on('child', (child: Parser) => { inner = tallyOf(child, onFailure) })
  parser.on('assert', (result: Result) => {
    const own = outcomeOf(result, inner)
    if (inner) add(tally, inner)
    if (own) tally[own] += 1
    if (own === 'failed') onFailure(result)
    inner = null
  })
  return tally
}

/** What a test point adds to the counts by itself; null where the assertions inside have said it. */
function outcomeOf (result: Result, inner: Tally | null): keyof Tally | null {
  const isSaidInside = inner !== null && (result.ok ? total(inner) > 0 : inner.failed > 0)
  if (isSaidInside) return null
  if (result.skip || result.todo) return 'skipped'
  return result.ok ? 'passed' : 'failed'
}

export function total ({ passed, failed, skipped }: Tally): number {
  return passed + failed + skipped
}

/** Adds the second to the first. */
export function add (tally: Tally, { passed, failed, skipped }: Tally): void {
  tally.passed += passed
  tally.failed += failed
  tally.skipped += skipped
}

/** `3 passed, 0 failed`, and `, 1 skipped (the reasons)` only if so. */
export function formatTally ({ passed, failed, skipped }: Tally, reasons: readonly string[] = []): string {
  if (skipped === 0) return `${passed} passed, ${failed} failed`
  const why = reasons.length > 0 ? ` (${reasons.join('; ')})` : ''
  return `${passed} passed, ${failed} failed, ${skipped} skipped${why}`
}
