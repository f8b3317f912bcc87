import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Attack } from './attack.js'
import { CATALOGUE, type Chapter } from './catalogue.js'

/** From `build/test/attacks/`, where this file runs, to the root of the project. */
export const DOCUMENT = new URL('../../../docs/attacks.md', import.meta.url)
export const COMMAND = 'npm run docs'

/** The page on the attacks, as it must be. */
export function writeAttacks (): string {
  const count = CATALOGUE.flatMap(({ attacks }) => attacks).length
  return `# Attacks

What is tried against the plugin and the greeting service, and what is answered. Each row is a test: requests on a real
socket, to a service whose issuer and directory do what the attacker wants. Every refusal must also have the right challenge
or none, \`Cache-Control: no-store\`, and nothing of the credentials in the answer or in the log; and the service must work
afterwards as before.

The codes are those of the answers. \`OK\` is an attack that changes nothing, so the request passes; a number is the status
of a refusal by the server itself. Rows without an answer take several steps: the test says what is answered to each.

This page is made of the titles of the ${count} tests in \`test/attacks/\`; after a change of them, \`${COMMAND}\` rewrites it, and
a test fails until that is done.

${CATALOGUE.map(writeChapter).join('\n\n')}
`
}

function writeChapter ({ title, file, attacks, numbers }: Chapter): string {
  const rows = attacks.map((attack) => `| ${[...(numbers === undefined ? [] : [String(attack.number)]), describe(attack), answersOf(attack)].map(escape).join(' | ')} |`)
  const columns = [...(numbers === undefined ? [] : ['number']), 'what is tried', 'answer']
  return [
    `## ${title}`, '', `Test: [${file}.test.ts](../test/attacks/${file}.ts)`, '',
    `| ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length)}`, ...rows
  ].join('\n')
}

function describe ({ title, why }: Attack): string {
  return why === undefined ? title : `${title}. Note: ${why}`
}

/** What the requests of an attack may be answered; of a scripted one, what its steps name. */
function answersOf (attack: Attack): string {
  const outcomes = 'expected' in attack ? [attack.expected].flat() : outcomesIn(attack.run.toString())
  return outcomes.map((outcome) => `\`${outcome}\``).join(', ')
}

function outcomesIn (source: string): string[] {
  const codes = [...source.matchAll(/'(FST_OKTA_[A-Z_]+|OK)'/g)].map(([, code]) => code as string)
  const statuses = [...source.matchAll(/\bstatus, (\d{3})\b/g)].map(([, status]) => status === '200' ? 'OK' : status as string)
  return [...new Set(codes.length > 0 ? codes : statuses)]
}

function escape (text: string): string {
  return text.replaceAll('|', '\\|')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(DOCUMENT, writeAttacks())
