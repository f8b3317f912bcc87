import { FLOOR_OF_TWO, PLUGIN, TRAFFICS, type Traffic } from '../peers.js'
import { ratioOf, spreadOf, type Spread } from '../statistics.js'
import { timesOf, type Results } from './results.js'

/** A ratio that is promised, and what it came to. */
export interface Verdict {
  readonly title: string
  readonly required: string
  readonly measured: Spread
  readonly isMet: boolean
}

/** What the cross-check may take beside a second verification. */
const CROSS_CHECK_MICROSECONDS = 20
/** The cooldown between two fetches of the keys, the plugin's default. */
const COOLDOWN_SECONDS = 10

export function judge (results: Results): Verdict[] {
  return [...judgePairs(results), ...judgeRows(results), ...judgeFloods(results), ...judgeMemory(results)]
}

function judgePairs ({ pairs = [] }: Results): Verdict[] {
  return pairs.flatMap(({ title, least, starts }) => {
    const measured = spreadOf(starts.map(({ share }) => share))
    return least === null ? [] : [{ title: `${title}: share of bare Fastify`, required: `≥ ${least}`, measured, isMet: measured.median >= least }]
  })
}

function judgeRows (results: Results): Verdict[] {
  if (results.rows === undefined) return []
  const crossChecked = timesOf(results, 'cold', PLUGIN.title).map((time) => time - CROSS_CHECK_MICROSECONDS)
  return [
    ...TRAFFICS.flatMap((traffic) => judgeTraffic(results, traffic)),
    atMost(`cold with cross-check, less ${CROSS_CHECK_MICROSECONDS} µs: times ${FLOOR_OF_TWO.title}`, 1.25, ratioOf(crossChecked, timesOf(results, 'cold', FLOOR_OF_TWO.title)))
  ]
}

function judgeTraffic (results: Results, { name, ours, floor, most, rivals }: Traffic): Verdict[] {
  const ratioTo = (peer: string): Spread => ratioOf(timesOf(results, name, ours.title), timesOf(results, name, peer))
  const [[rival, ratio]] = rivals.map(({ title }) => [title, ratioTo(title)] as const).sort(([, a], [, b]) => b.median - a.median) as [[string, Spread]]
  return [
    ...(most === undefined ? [] : [atMost(`${name}: ${ours.title}, times ${floor.title}`, most, ratioTo(floor.title))]),
    atMost(`${name}: ${ours.title}, times the fastest rival, ${rival}`, 1, ratio)
  ]
}

function judgeFloods ({ floods = [] }: Results): Verdict[] {
  return floods.filter(({ peer }) => peer === PLUGIN.title).flatMap(({ traffic, seconds, keyFetches, quiet, flooded }) => [
    atMost(`flood, ${traffic}: p99 of valid requests, times quiet`, 3, ratioOf(flooded, quiet)),
    atMost(`flood, ${traffic}: fetches of the keys`, Math.floor(seconds / COOLDOWN_SECONDS) + 1, spreadOf([keyFetches]))
  ])
}

/** The caches are full after half of the entries: from then on the heap must not grow. */
function judgeMemory ({ memory = {} as never }: Results): Verdict[] {
  return Object.entries(memory).map(([what, { points }]) => {
    const [half, last] = [points[points.length / 2 - 1], points.at(-1)]
    return atMost(`heap after ${last?.seen} ${what}: times after ${half?.seen}`, 1.1, spreadOf([(last?.heapUsed ?? NaN) / (half?.heapUsed ?? NaN)]))
  })
}

function atMost (title: string, most: number, measured: Spread): Verdict {
  return { title, required: `≤ ${most}`, measured, isMet: measured.median <= most }
}
