import type { Slice } from '../context.js'
import { BARE, DPOP_ALGORITHMS, FLOOR, FLOOR_OF_TWO, PLUGIN, PLUGIN_ALONE, RIVALS, type Traffic } from '../peers.js'
import { ratioOf, spreadOf, type Spread } from '../statistics.js'
import type { Results } from './results.js'

/** A ratio that is promised, and what it came to. */
export interface Verdict {
  readonly title: string
  readonly required: string
  readonly measured: Spread
  readonly isMet: boolean
}

/** What the cross-check may take beside a second verification, in microseconds. */
const CROSS_CHECK_MICROSECONDS = 20
/** The cooldown between two fetches of the keys, the plugin's default. */
const COOLDOWN_SECONDS = 10

type Measured = Omit<Results, 'verdicts'>

/** By the processor time of the server for a request, which others on the machine disturb less than they do the rate. */
export function judge (results: Measured): Verdict[] {
  return [...judgePairs(results), ...judgeRows(results), ...judgeFloods(results), ...judgeMemory(results)]
}

function judgePairs ({ pairs = [] }: Measured): Verdict[] {
  return pairs.map(({ title, ceiling, measured }) => atLeast(`${title}: share of bare Fastify`, title.startsWith('`GET') ? 0.9 : 0.95, ratioOf(times(ceiling), times(measured))))
}

function judgeRows ({ rows = [] }: Measured): Verdict[] {
  if (rows.length === 0) return []
  const timesOf = (traffic: Traffic, peer: string): number[] => times(rows.find((row) => row.traffic === traffic && row.peer === peer)?.slices ?? [])
  const cold = timesOf('cold', PLUGIN_ALONE.title)
  const forged = timesOf('forged', PLUGIN.title)
  const crossChecked = timesOf('cold', PLUGIN.title).map((time) => time - CROSS_CHECK_MICROSECONDS)
  return [
    atMost(`cold, no cross-check: times ${FLOOR.title}`, 1.45, ratioOf(cold, timesOf('cold', FLOOR.title))),
    ...RIVALS.map(({ title }) => atMost(`cold, no cross-check: times ${title}`, 1, ratioOf(cold, timesOf('cold', title)))),
    atMost(`forged: times ${FLOOR.title}`, 1.6, ratioOf(forged, timesOf('forged', FLOOR.title))),
    ...RIVALS.map(({ title }) => atMost(`forged: times ${title}`, 1, ratioOf(forged, timesOf('forged', title)))),
    atMost(`cold, less ${CROSS_CHECK_MICROSECONDS} µs: times ${FLOOR_OF_TWO.title}`, 1.25, ratioOf(crossChecked, timesOf('cold', FLOOR_OF_TWO.title))),
    ...DPOP_ALGORITHMS.map((alg) => atMost(`DPoP ${alg}, hot: times ${BARE.title} + one verification`, 1.3,
      ratioOf(timesOf(`${alg} hot`, `fastify-okta, DPoP ${alg}`), timesOf(`${alg} hot`, `bare Fastify + ${alg} verification`))))
  ]
}

function judgeFloods ({ floods = [] }: Measured): Verdict[] {
  return floods.filter(({ peer }) => peer === PLUGIN.title).flatMap(({ traffic, seconds, keyFetches, quiet, flooded }) => [
    atMost(`flood, ${traffic}: p99 of valid requests, times quiet`, 3, ratioOf(flooded.map(({ p99 }) => p99), quiet.map(({ p99 }) => p99))),
    atMost(`flood, ${traffic}: fetches of the keys`, Math.floor(seconds / COOLDOWN_SECONDS) + 1, spreadOf([keyFetches]))
  ])
}

/** The caches are full after half of the entries: from then on the heap must not grow. */
function judgeMemory ({ memory }: Measured): Verdict[] {
  if (memory === undefined) return []
  return Object.entries(memory).map(([what, { points }]) => {
    const [half, last] = [points[points.length / 2 - 1], points.at(-1)]
    return atMost(`heap after ${last?.seen} ${what}: times after ${half?.seen}`, 1.1, spreadOf([(last?.heapUsed ?? NaN) / (half?.heapUsed ?? NaN)]))
  })
}

function atLeast (title: string, least: number, measured: Spread): Verdict {
  return { title, required: `≥ ${least}`, measured, isMet: measured.median >= least }
}

function atMost (title: string, most: number, measured: Spread): Verdict {
  return { title, required: `≤ ${most}`, measured, isMet: measured.median <= most }
}

const times = (slices: readonly Slice[]): number[] => slices.map(({ cpuMicroseconds }) => cpuMicroseconds)
