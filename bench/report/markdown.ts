import type { Latencies } from '../load/load.js'
import type { Memory } from '../memory.js'
import { BARE, FLOOR, PEERS, PLUGIN, PLUGIN_ALONE, RIVALS, type Traffic } from '../peers.js'
import { ratioOf, spreadOf, type Spread } from '../statistics.js'
import type { Results } from './results.js'

/** Writes the results as a page. */
export function toMarkdown (results: Results): string {
  const { rows, floods, memory, verdicts } = results
  return [
    '# Results',
    describeRun(results),
    section('What must hold', verdicts.length > 0 && toVerdictTable(results)),
    section('Requests', rows !== undefined && `![Requests per second on one core](throughput.svg)\n\n${toRowTables(results)}`),
    section('Floods', floods !== undefined && toFloodTable(results)),
    section('Memory', memory !== undefined && toMemoryTable(memory))
  ].filter(Boolean).join('\n\n') + '\n'
}

function section (title: string, text: string | false): string {
  return text === false ? '' : `## ${title}\n\n${text}`
}

function describeRun ({ date, isQuick, isPinned, machine, rows = [] }: Results): string {
  const busiest = Math.max(0, ...rows.map(({ slices }) => spreadOf(slices.map(({ clientBusy }) => clientBusy)).median))
  const noise = spreadOf(rows.map(({ slices }) => {
    const { median, lower, upper } = spreadOf(slices.map(({ cpuMicroseconds }) => cpuMicroseconds))
    return (upper - lower) / median
  }))
  return [
    `${date.slice(0, 10)}, \`npm run bench${isQuick ? ' -- --quick' : ''}\`. ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}, OpenSSL ${machine.openssl}.`,
    `${Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`).join(', ')}.`,
    `Each server is one process${isPinned ? ' on one core, the client on another' : ''}. Rounds go around the peers, beginning with another one each time; figures are medians, with the quartiles in brackets, between which half of the rounds lie; ratios are of processor time, round by round.`,
    ...(rows.length > 0
      ? [`The client's core was busy for ${percent(busiest)} of the time at the most. Noise: from one quartile of the rounds of a cell to the other, processor time varies by ${percent(noise.median)} in the middle cell.`]
      : [])
  ].join('\n\n')
}

function toVerdictTable ({ verdicts }: Results): string {
  return table(['', 'required', 'measured', ''], verdicts.map(({ title, required, measured, isMet }) => [title, required, spread(measured, 2), isMet ? '✓' : '✗']))
}

/** For each traffic a sentence that names the fastest rival, and a table. */
function toRowTables (results: Results): string {
  const { rows = [] } = results
  const traffics = [...new Set(rows.map(({ traffic }) => traffic))]
  return traffics.map((traffic) => {
    const cells = rows.filter((row) => row.traffic === traffic)
    const floor = cells.find(({ peer }) => peer === FLOOR.title) ?? cells.find(({ peer }) => peer.startsWith(`${BARE.title} +`))
    return [`### ${traffic}`, describe(results, traffic), table(
      ['', 'requests/s', 'processor time, µs', 'times the floor', 'fastify-okta, times this'],
      cells.map((row) => [
        row.peer,
        spread(spreadOf(row.slices.map(({ requestsPerSecond }) => requestsPerSecond)), 0),
        spread(spreadOf(timesOf(results, traffic, row.peer)), 1),
        spread(ratioOf(timesOf(results, traffic, row.peer), timesOf(results, traffic, floor?.peer ?? '')), 2),
        spread(ratioOf(timesOf(results, traffic, oursOf(traffic)), timesOf(results, traffic, row.peer)), 2)
      ]))].join('\n\n')
  }).join('\n\n')
}

const DESCRIPTIONS: Partial<Record<Traffic, string>> = {
  hot: 'Twenty tokens, over and over.',
  cold: 'Each token once; of fastify-okta, the last column has the row without cross-check.',
  forged: 'Each token with the signature of another.'
}

function describe (results: Results, traffic: Traffic): string {
  const rivals = RIVALS.map(({ title }) => ({ title, ...spreadOf(timesOf(results, traffic, title)) })).filter(({ median }) => !Number.isNaN(median))
  const [fastest] = rivals.sort((a, b) => a.median - b.median)
  const what = DESCRIPTIONS[traffic] ?? 'A new DPoP proof at each request; the floor verifies its signature, and in `cold` that of the token too.'
  if (fastest === undefined) return what
  const ratio = ratioOf(timesOf(results, traffic, fastest.title), timesOf(results, traffic, oursOf(traffic)))
  return `${what} The fastest rival is ${fastest.title}: it takes ${spread(ratio, 2)} times as long as fastify-okta.`
}

/** The row of ours that is compared. */
function oursOf (traffic: Traffic): string {
  if (traffic === 'cold') return PLUGIN_ALONE.title
  return PEERS.find(({ title, traffics }) => title.startsWith('fastify-okta, DPoP') && traffics.includes(traffic))?.title ?? PLUGIN.title
}

function timesOf ({ rows = [] }: Results, traffic: Traffic, peer: string): number[] {
  return rows.find((row) => row.traffic === traffic && row.peer === peer)?.slices.map(({ cpuMicroseconds }) => cpuMicroseconds) ?? []
}

function toFloodTable ({ floods = [] }: Results): string {
  const p99s = (latencies: readonly Latencies[]): number[] => latencies.map(({ p99 }) => p99)
  return 'Bad tokens beside 500 good requests a second; latencies are those of the good ones. Forged tokens come at a rate that takes half of the core.\n\n' + table(
    ['', 'flood', 'a second', 'key fetches', 'p99 quiet, ms', 'p99 flooded, ms', 'times'],
    floods.map(({ peer, traffic, rate, keyFetches, seconds, quiet, flooded }) => [
      peer, traffic, String(rate), `${keyFetches} in ${seconds} s`, spread(spreadOf(p99s(quiet)), 2), spread(spreadOf(p99s(flooded)), 2), spread(ratioOf(p99s(flooded), p99s(quiet)), 2)
    ]))
}

function toMemoryTable (memory: Memory): string {
  const rowsOf = (what: keyof Memory): string[][] => memory[what].points.map(({ seen, heapUsed }, i) =>
    [what, i === 0 ? memory[what].bytesPerEntry.toFixed(0) : '', String(seen), (heapUsed / 2 ** 20).toFixed(1)])
  return table(['', 'bytes for each', 'distinct so far', 'heap, MiB'], [...rowsOf('tokens'), ...rowsOf('users')])
}

function table (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => i === 0 ? '---' : '---:')), ...rows.map(line)].join('\n')
}

function spread ({ median, lower, upper }: Spread, digits: number): string {
  if (Number.isNaN(median)) return ''
  return lower === upper ? median.toFixed(digits) : `${median.toFixed(digits)} (${lower.toFixed(digits)}–${upper.toFixed(digits)})`
}

function percent (share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
