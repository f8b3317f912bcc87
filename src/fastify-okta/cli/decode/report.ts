import { printable } from '../printable.js'
import type { Terminal } from '../terminal.js'
import { explainClaims, explainHeader, type Explained } from './claim-words.js'
import type { Expectations } from './expectations.js'
import type { Finding, TakenApart } from './findings.js'
import { KIND_WORDS } from './kind.js'
import type { SignatureVerdict } from './signature.js'

/** All that there is to say of a token. */
export interface Report {
  /** `null` where it could not be taken apart. */
  readonly taken: TakenApart | null
  readonly signature: SignatureVerdict['signature']
  readonly findings: readonly Finding[]
  readonly expectations: Expectations
  readonly nowSeconds: number
}

/** The facts, for programs. */
export function reportFacts ({ taken, signature, findings, expectations: { policy } }: Report) {
  return {
    accepted: findings.length === 0,
    kind: taken?.kind ?? null,
    signature,
    issuer: policy.issuer,
    audiences: policy.audiences,
    findings,
    header: taken?.header ?? null,
    claims: taken?.claims ?? null
  }
}

/** The words, for people. */
export function describeReport (report: Report, terminal: Terminal): string {
  const { taken, nowSeconds } = report
  const parts = taken === null
    ? []
    : [
        `This is ${KIND_WORDS[taken.kind]}.`,
        section('Header', explainHeader(taken.header), terminal),
        section('Claims', explainClaims(taken.claims, taken.kind, nowSeconds), terminal),
        describeSignature(report.signature)
      ]
  return [...parts, describeVerdict(report, terminal)].join('\n\n')
}

function section (title: string, explained: readonly Explained[], terminal: Terminal): string {
  const widest = Math.max(...explained.map(({ name }) => printable(name).length), 0)
  const lines = explained.map(({ name, value, words }) => {
    const label = terminal.style('cyan', printable(name).padEnd(widest))
    return `  ${label}  ${printable(value)}\n  ${' '.repeat(widest)}  ${terminal.style('dim', words)}`
  })
  return [terminal.style('bold', title), ...lines].join('\n')
}

function describeSignature (signature: Report['signature']): string {
  switch (signature) {
    case 'good': return 'The signature is good.'
    case 'bad': return 'The signature is NOT good: nothing that the token says can be relied on.'
    default: return 'The signature was NOT verified: anybody could have written this. --jwks FILE verifies it.'
  }
}

function describeVerdict ({ taken, findings, expectations: { policy } }: Report, terminal: Terminal): string {
  const where = `for ${policy.audiences.join(' or ')} of ${policy.issuer}`
  if (findings.length > 0) {
    const lines = findings.map(({ reason, message }) => `  ${terminal.style('red', '✗')} ${printable(message)} [${reason}]`)
    return `${terminal.style(['bold', 'red'], `Wrong with it ${where}:`)}\n${lines.join('\n')}`
  }
  const bound = taken?.claims['cnf'] === undefined
    ? ''
    : '\nIt is bound to a DPoP key: as a Bearer token it is refused, with a proof by that key (RFC 9449) it is not.'
  return `${terminal.style(['bold', 'green'], `Nothing is wrong with it ${where}.`)}${bound}`
}
