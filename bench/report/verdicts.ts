import type { Slice } from '../fleet.js'
import type { Traffic } from '../load/traffic.js'
import { ratioOf, spreadOf, type Spread } from '../statistics.js'
import type { Results } from './results.js'

/** A ratio that is promised, and what it came to. */
export interface Verdict {
  readonly title: string
  readonly required: string
  readonly ratio: Spread
  /** The same of the server's working time for a request, which others on the machine disturb less; `null` where there is none. */
  readonly byCpuTime: Spread | null
  readonly isMet: boolean
}

/** The cooldown between two fetches of the keys, the plugin's default. */
const COOLDOWN_SECONDS = 10
/** Of tokens as of users; the default bounds are reached long before. */
const CACHES_FULL_AFTER = 100_000

type Measured = Omit<Results, 'verdicts'>

export function judge (results: Measured): Verdict[] {
  return [...judgePairs(results), ...judgeThroughput(results), ...judgeFlood(results), ...judgeHeap(results)]
}

function judgePairs ({ pairs = [] }: Measured): Verdict[] {
  const least = { greeting: 0.9, plugin: 0.97 }
  const titles = { greeting: '`GET /greet`, hot, the whole service: share of bare Fastify', plugin: 'hot, the plugin alone: share of bare Fastify' }
  return pairs.map(({ name, wasIdle, ceiling, measured }) =>
    atLeast(titles[name] + (wasIdle ? ', once both have been idle' : ''), least[name], measured, ceiling))
}

function judgeThroughput ({ throughput = [] }: Measured): Verdict[] {
  if (throughput.length === 0) return []
  const slices = (traffic: Traffic, peer: string): Slice[] => throughput.find(cell => cell.traffic === traffic && cell.peer === peer)?.slices ?? []
  const express = 'express-oauth2-jwt-bearer'
  const withoutOpinion = slices('cold', 'plugin-without-second-opinion')
  return [
    atLeast(`hot: times ${express}`, 5, slices('hot', 'plugin'), slices('hot', express)),
    atLeast(`cold: times ${express}`, 1.5, slices('cold', 'plugin'), slices('cold', express)),
    atLeast(`cold without cross-check: times ${express}`, 3, withoutOpinion, slices('cold', express)),
    atMost('cold without cross-check: time of a bare request + RSA verification', 1.3, withoutOpinion, slices('cold', 'floor'))
  ]
}

function judgeFlood ({ floods = [] }: Measured): Verdict[] {
  const flood = floods.find(({ peer }) => peer === 'plugin')
  if (flood === undefined) return []
  const p99 = ratioOf(flood.flooded.map(({ p99 }) => p99), flood.quiet.map(({ p99 }) => p99))
  const fetchesAllowed = Math.floor(flood.seconds / COOLDOWN_SECONDS) + 1
  return [
    { title: 'flood of unknown `kid`s: key fetches', required: `≤ ${fetchesAllowed}`, ratio: spreadOf([flood.keyFetches]), byCpuTime: null, isMet: flood.keyFetches <= fetchesAllowed },
    { title: 'flood of unknown `kid`s: p99 of valid traffic, times quiet', required: '≤ 1.5', ratio: p99, byCpuTime: null, isMet: p99.median <= 1.5 }
  ]
}

function judgeHeap ({ soak }: Measured): Verdict[] {
  if (soak === undefined) return []
  const { tokens, users } = soak
  return [['tokens', tokens] as const, ['users', users] as const].map(([what, points]) => {
    const [early, late] = [points.find(({ seen }) => seen >= CACHES_FULL_AFTER), points.at(-1)]
    const ratio = (late?.heapUsed ?? NaN) / (early?.heapUsed ?? NaN)
    return {
      title: `heap after ${late?.seen ?? 0} ${what}, times after ${early?.seen ?? 0}`,
      required: '0.9 to 1.1',
      ratio: spreadOf([ratio]),
      byCpuTime: null,
      isMet: Math.abs(ratio - 1) <= 0.1
    }
  })
}

function atLeast (title: string, least: number, measured: readonly Slice[], reference: readonly Slice[]): Verdict {
  const ratio = ratioOf(rates(measured), rates(reference))
  return { title, required: `≥ ${least}`, ratio, byCpuTime: ratioOf(times(reference), times(measured)), isMet: ratio.median >= least }
}

function atMost (title: string, most: number, measured: readonly Slice[], reference: readonly Slice[]): Verdict {
  const ratio = ratioOf(rates(reference), rates(measured))
  return { title, required: `≤ ${most}`, ratio, byCpuTime: ratioOf(times(measured), times(reference)), isMet: ratio.median <= most }
}

const rates = (slices: readonly Slice[]): number[] => slices.map(({ requestsPerSecond }) => requestsPerSecond)
const times = (slices: readonly Slice[]): number[] => slices.map(({ cpuMicroseconds }) => cpuMicroseconds)
