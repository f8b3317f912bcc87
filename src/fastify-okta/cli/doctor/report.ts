import { printable } from '../printable.js'
import type { Terminal } from '../terminal.js'
import type { CheckResult, CheckStatus } from './check.js'
import type { DoctorReport } from './examination.js'

const MARKS = { ok: ['green', 'ok'], warn: ['yellow', 'warn'], fail: ['red', 'FAIL'], skipped: ['dim', 'skip'] } as const satisfies Record<CheckStatus, readonly [string, string]>
const WIDEST_MARK = 4
const WIDEST_ID = 16
const WIDEST_LABEL = 6

/** The report for people: one line for each check, and for each problem why it matters and what to do; the verdict last. */
export function describeReport ({ ok, checks }: DoctorReport, terminal: Terminal): string {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length
  const verdict = ok
    ? terminal.style('green', `Nothing is broken: ${count('ok')} ok, ${count('warn')} to look at, ${count('skipped')} not checked.`)
    : terminal.style('red', `${count('fail')} broken, ${count('warn')} to look at, ${count('skipped')} not checked, ${count('ok')} ok.`)
  return [...checks.map((check) => describeCheck(check, terminal)), '', verdict].join('\n')
}

function describeCheck ({ id, status, seen, why, fix }: CheckResult, terminal: Terminal): string {
  const [style, mark] = MARKS[status]
  const indent = ' '.repeat(WIDEST_MARK + WIDEST_ID + 3)
  const line = `${terminal.style(style, mark.padEnd(WIDEST_MARK))} ${id.padEnd(WIDEST_ID)}  ${printable(seen)}`
  if (status !== 'fail' && status !== 'warn') return line
  const further = [`why:  ${why}`, `fix:  ${printable(fix)}`, `more: docs/troubleshooting.md#check-${id}`]
  return [line, ...further.map((text) => `${indent}${terminal.style('dim', text.slice(0, WIDEST_LABEL))}${text.slice(WIDEST_LABEL)}`)].join('\n')
}
