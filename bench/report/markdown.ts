import type { Soak } from '../soak.js'
import { PEERS } from '../peers.js'
import type { Latencies } from '../load/load.js'
import { ratioOf, spreadOf, type Spread } from '../statistics.js'
import type { Results } from './results.js'

/** Writes the results as a page. */
export function toMarkdown (results: Results): string {
  const { throughput, latency, floods, starts, soak, verdicts } = results
  return [
    '# Results',
    describeRun(results),
    section('What must hold', verdicts.length > 0 && toVerdictTable(results)),
    section('Throughput', throughput !== undefined && `![Requests per second on one core](throughput.svg)\n\n${toThroughputTable(results)}`),
    section('Latency', latency !== undefined && toLatencyTable(results)),
    section('A flood of unknown key ids', floods !== undefined && toFloodTable(results)),
    section('Start', starts !== undefined && `From the start of the process to the first verified request.\n\n${table(['server', 'ms'], starts.map(({ title, milliseconds }) => [title, spread(milliseconds, 0)]))}`),
    section('Memory', soak !== undefined && toSoakTable(soak))
  ].filter(Boolean).join('\n\n') + '\n'
}

function section (title: string, text: string | false): string {
  return text === false ? '' : `## ${title}\n\n${text}`
}

function describeRun ({ date, isQuick, connections, isPinned, machine, rsaMicroseconds, throughput = [] }: Results): string {
  const busiest = Math.max(0, ...throughput.map(({ slices }) => spreadOf(slices.map(({ clientBusy }) => clientBusy)).median))
  const noise = spreadOf(throughput.map(({ slices }) => {
    const { median, min, max } = spreadOf(slices.map(({ requestsPerSecond }) => requestsPerSecond))
    return (max - min) / median
  }))
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`).join(', ')
  return [
    `${date.slice(0, 10)}, \`npm run bench${isQuick ? ' -- --quick' : ''}\`. ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}, OpenSSL ${machine.openssl}.`,
    `${versions}.`,
    `Each server is one process${isPinned ? ' on one core, the client on another' : ''}; ${connections} connections, one request at a time on each. Rounds go around the peers, beginning with another one each time; figures are medians, with the least and the greatest in brackets; ratios are taken round by round.`,
    ...(throughput.length > 0
      ? [`The client's core was busy for ${percent(busiest)} of the time at the most. Noise: from the least to the greatest round of a cell it is ${percent(noise.median)} of the median in the middle cell, ${percent(noise.max)} in the worst.`]
      : []),
    ...(rsaMicroseconds === undefined ? [] : [`One RSA-2048 verification alone: ${spread(rsaMicroseconds, 1)} µs.`])
  ].join('\n\n')
}

function toVerdictTable ({ verdicts }: Results): string {
  return table(['', 'required', 'measured', 'by CPU time', ''], verdicts.map(({ title, required, ratio, byCpuTime, isMet }) =>
    [title, required, spread(ratio, 2), byCpuTime === null ? '' : spread(byCpuTime, 2), isMet ? '✓' : '✗']))
}

function toThroughputTable ({ throughput = [] }: Results): string {
  const traffics = [...new Set(throughput.map(({ traffic }) => traffic))]
  const rows = (pick: 'requestsPerSecond' | 'cpuMicroseconds'): string[][] => PEERS.map(({ name, title }) => [title, ...traffics.map(traffic => {
    const cell = throughput.find(each => each.peer === name && each.traffic === traffic)
    return spread(spreadOf(cell?.slices.map(slice => slice[pick]) ?? []), 0)
  })])
  return [
    'Requests a second:', table(['', ...traffics], rows('requestsPerSecond')),
    'The time that the server works for one request, in µs:', table(['', ...traffics], rows('cpuMicroseconds')),
    'none: no token; hot: 20 tokens; mixed: 10 000 tokens by Zipf’s law; forged: each with a signature of another; cold: each token once.'
  ].join('\n\n')
}

function toLatencyTable ({ latency = [] }: Results): string {
  return `At ${latency[0]?.rate ?? 0} requests a second, in ms from when a request was due.\n\n` + table(['', 'traffic', 'p50', 'p90', 'p99'], latency.map(({ peer, traffic, rounds }) =>
    [titleOf(peer), traffic, ...(['p50', 'p90', 'p99'] as const).map(p => spread(spreadOf(rounds.map(round => round[p])), 2))]))
}

function toFloodTable ({ floods = [] }: Results): string {
  const p99s = (latencies: readonly Latencies[]): number[] => latencies.map(({ p99 }) => p99)
  return `${floods[0]?.rate ?? 0} tokens a second, each with another key id, beside half as many good ones; with quiet in between, for ${floods[0]?.seconds ?? 0} s.\n\n` + table(
    ['', 'key fetches', 'p99 quiet, ms', 'p99 flooded, ms', 'times'],
    floods.map(({ peer, keyFetches, quiet, flooded }) => [
      titleOf(peer), String(keyFetches), spread(spreadOf(p99s(quiet)), 2), spread(spreadOf(p99s(flooded)), 2), spread(ratioOf(p99s(flooded), p99s(quiet)), 2)
    ]))
}

function toSoakTable ({ tokens, users, http, bytesPerToken, bytesPerUser, cachedTokens, cachedUsers }: Soak): string {
  const row = (what: string, points: Soak['tokens']): string[][] => points.map(({ seen, heapUsed }) => [what, String(seen), (heapUsed / 2 ** 20).toFixed(1)])
  return [
    `A cached token takes ${bytesPerToken.toFixed(0)} bytes of heap, a cached user ${bytesPerUser.toFixed(0)}. With the default bounds ${cachedTokens} tokens and ${cachedUsers} users are kept.`,
    table(['', 'distinct so far', 'heap, MiB'], [...row('tokens', tokens), ...row('users, with the full token cache beside', users), ...row('tokens, by HTTP', http)])
  ].join('\n\n')
}

function titleOf (name: string): string {
  return PEERS.find(peer => peer.name === name)?.title ?? name
}

function table (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => i === 0 ? '---' : '---:')), ...rows.map(line)].join('\n')
}

function spread ({ median, min, max }: Spread, digits: number): string {
  if (Number.isNaN(median)) return ''
  return min === max ? median.toFixed(digits) : `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`
}

function percent (share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
