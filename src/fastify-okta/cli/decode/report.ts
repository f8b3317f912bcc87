import { printable } from '../printable.js'
import type { Terminal } from '../terminal.js'
import { explainClaims, explainHeader, type Explained } from './claim-words.js'
import type { Expectations } from './expectations.js'
import type { Finding, ParsedToken } from './findings.js'
import { KIND_WORDS } from './kind.js'
import type { SignatureVerdict } from './signature.js'

/** Everything that `decode` found out. */
export interface Report {
  /** `null` if the token could not be parsed. */
  readonly parsed: ParsedToken | null
  readonly signature: SignatureVerdict['signature']
  readonly findings: readonly Finding[]
  readonly expectations: Expectations
  readonly nowSeconds: number
}

/** The result for programs. */
export function reportFacts ({ parsed, signature, findings, expectations: { policy } }: Report) {
  return {
    accepted: isAccepted(signature, findings),
    kind: parsed?.kind ?? null,
    signature,
    issuer: policy.issuer,
    audiences: policy.audiences,
    findings,
    header: parsed?.header ?? null,
    claims: parsed?.claims ?? null
  }
}

/** `null` while nobody can know: no reason to refuse it was found, and the signature is not verified. */
function isAccepted (signature: Report['signature'], findings: readonly Finding[]): boolean | null {
  if (findings.length > 0) return false
  return signature === 'good' ? true : null
}

/** The result for people: the verdict first, then what the token says. */
export function describeReport (report: Report, terminal: Terminal): string {
  const { parsed, nowSeconds } = report
  const parts = parsed === null
    ? []
    : [
        `This is ${KIND_WORDS[parsed.kind]}.`,
        section('Header', explainHeader(parsed.header), terminal),
        section('Claims', explainClaims(parsed.claims, parsed.kind, nowSeconds), terminal)
      ]
  return [describeVerdict(report, terminal), ...parts].join('\n\n')
}

function section (title: string, explained: readonly Explained[], terminal: Terminal): string {
  const widest = Math.max(...explained.map(({ name }) => printable(name).length), 0)
  const lines = explained.map(({ name, value, words }) => {
    const label = terminal.style('cyan', printable(name).padEnd(widest))
    return `  ${label}  ${printable(value)}\n  ${' '.repeat(widest)}  ${terminal.style('dim', words)}`
  })
  return [terminal.style('bold', title), ...lines].join('\n')
}

function describeVerdict ({ parsed, signature, findings, expectations: { policy } }: Report, terminal: Terminal): string {
  const where = `for ${policy.audiences.join(' or ')} of ${policy.issuer}`
  if (findings.length > 0) {
    const lines = findings.map(({ reason, message }) => `  ${terminal.style('red', '✗')} ${printable(message)} [${reason}]`)
    return `${terminal.style(['bold', 'red'], `Rejected ${where}:`)}\n${lines.join('\n')}`
  }
  const bound = parsed?.claims['cnf'] === undefined ? '' : '\nIt is bound to a DPoP key: it is accepted with a proof of that key (RFC 9449), and refused as a Bearer token.'
  if (signature === 'good') return `${terminal.style(['bold', 'green'], `Accepted ${where}.`)} The signature is good.${bound}`
  return `${terminal.style(['bold', 'yellow'], `Nothing is wrong with it ${where}, but its signature is not verified.`)}
Anybody could have written this token. --verify verifies it with the issuer's keys, --jwks FILE with those in a file.${bound}`
}
