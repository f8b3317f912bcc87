import type { Memory } from '../memory.js'
import { peersOf, TRAFFICS, type Traffic } from '../peers.js'
import { ratioOf, spreadOf, type Spread } from '../statistics.js'
import { timesOf, type Results } from './results.js'
import { judge } from './verdicts.js'

/** Writes the results as a page. */
export function toMarkdown (results: Results): string {
  const { rows, pairs, floods, memory } = results
  return [
    '# Results',
    describeRun(results),
    section('What must hold', toVerdictTable(results)),
    section('Hot, beside bare Fastify', pairs !== undefined && toPairTable(results)),
    section('Requests', rows !== undefined && `![Requests per second on one core](throughput.svg)\n\n${TRAFFICS.map((traffic) => toRowTable(results, traffic)).join('\n\n')}`),
    section('Floods', floods !== undefined && toFloodTable(results)),
    section('Memory', memory !== undefined && toMemoryTable(memory))
  ].filter(Boolean).join('\n\n') + '\n'
}

function section (title: string, text: string | false): string {
  return text === false ? '' : `## ${title}\n\n${text}`
}

function describeRun ({ date, isQuick, isPinned, machine, rows = [] }: Results): string {
  const idlest = Math.min(1, ...rows.map(({ slices }) => spreadOf(slices.map(({ serverBusy }) => serverBusy)).median))
  const noise = spreadOf(rows.map(({ slices }) => {
    const { median, lower, upper } = spreadOf(slices.map(({ cpuMicroseconds }) => cpuMicroseconds))
    return (upper - lower) / median
  }))
  return [
    `${date.slice(0, 10)}, \`npm run bench${isQuick ? ' -- --quick' : ''}\`. ${machine.hardware}, ${machine.software}.`,
    `Each server is one process${isPinned ? ' on one core, the client on another' : ''}. Rounds go around the peers, each beginning with another one, and all are started anew several times. Figures are medians; half of the rounds lie between the quartiles in brackets. Ratios are of processor time, round by round.`,
    rows.length === 0 ? '' : `The servers were busy for ${percent(idlest)} of the time or more. Noise: in the middle cell, the quartiles of processor time are ${percent(noise.median)} apart.`
  ].filter(Boolean).join('\n\n')
}

function toVerdictTable (results: Results): string {
  return table(['', 'required', 'measured', ''], judge(results).map(({ title, required, measured, isMet }) => [title, required, spread(measured, 2), isMet ? '✓' : '✗']))
}

function toPairTable ({ pairs = [] }: Results): string {
  return `Each server was started ${pairs[0]?.starts.length ?? 0} times, beside a bare Fastify. Figures are medians of the starts, with their quartiles. A second bare server shows how much two processes of the same code differ.\n\n` + table(
    ['', 'bare Fastify, µs', 'processor time, µs', 'share of bare Fastify'],
    pairs.map(({ title, starts }) => [
      title, spread(spreadOf(starts.map(({ bareMicroseconds }) => bareMicroseconds)), 1), spread(spreadOf(starts.map(({ microseconds }) => microseconds)), 1), spread(spreadOf(starts.map(({ share }) => share)), 2)
    ]))
}

/** A sentence that names the fastest rival, and a table. */
function toRowTable (results: Results, traffic: Traffic): string {
  const { name, ours, floor } = traffic
  const times = (peer: string): number[] => timesOf(results, name, peer)
  return [`### ${name}`, describe(results, traffic), table(
    ['', 'requests/s', 'processor time, µs', 'times the floor', `${ours.title}, times this`],
    peersOf(traffic).map(({ title }) => [
      title,
      spread(spreadOf(results.rows?.find((row) => row.traffic === name && row.peer === title)?.slices.map(({ requestsPerSecond }) => requestsPerSecond) ?? []), 0),
      spread(spreadOf(times(title)), 1),
      spread(ratioOf(times(title), times(floor.title)), 2),
      spread(ratioOf(times(ours.title), times(title)), 2)
    ]))].join('\n\n')
}

function describe (results: Results, { name, description, ours, floor, rivals }: Traffic): string {
  const [fastest] = rivals.map(({ title }) => ({ title, times: timesOf(results, name, title) })).sort((a, b) => spreadOf(a.times).median - spreadOf(b.times).median)
  const ratio = ratioOf(fastest?.times ?? [], timesOf(results, name, ours.title))
  return `${description} The floor is ${floor.title}. The fastest rival is ${fastest?.title}: it takes ${spread(ratio, 2)} times as long as ${ours.title}.`
}

function toFloodTable ({ floods = [] }: Results): string {
  return 'Bad tokens beside 500 good requests a second; latencies are those of the good ones. Forged tokens come at a rate that takes half of the core.\n\n' + table(
    ['', 'flood', 'a second', 'key fetches', 'p99 quiet, ms', 'p99 flooded, ms', 'times'],
    floods.map(({ peer, traffic, rate, keyFetches, seconds, quiet, flooded }) => [
      peer, traffic, String(rate), `${keyFetches} in ${seconds} s`, spread(spreadOf(quiet), 2), spread(spreadOf(flooded), 2), spread(ratioOf(flooded, quiet), 2)
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
