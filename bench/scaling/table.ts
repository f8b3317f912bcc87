import { mostActiveUsers, RATE_LIMITS, USABLE_SHARE, type Deployment } from './model.js'
import { simulate, type Simulated } from './simulation.js'

/** What is assumed of people; change it here and run again. */
export const ASSUMPTIONS = {
  seed: 20_261_124,
  /** Of all users, who are active at the same time in the busiest hour. */
  activeShare: 0.05,
  requestsPerMinute: 4,
  sessionMinutes: 20,
  maxCachedUsers: 50_000,
  /** A replica is given half of what a core can do; two at the least, so that one may fail. */
  load: 0.5,
  leastReplicas: 2,
  cacheMinutes: 1,
  /** Where event hooks tell of changes. */
  cacheMinutesWithEvents: 60,
  eventsPerUserHour: 0.05
}

const SIZES = [1000, 10_000, 100_000, 1_000_000, 10_000_000] as const

export interface ScalingRow {
  readonly users: number
  readonly activeUsers: number
  readonly requestsPerSecond: number
  readonly replicas: number
  readonly alone: Simulated
  readonly shared: Simulated
  readonly sharedWithEvents: Simulated
}

/** @param requestsPerSecondPerCore what one replica can do */
export function simulateSizes (requestsPerSecondPerCore: number): ScalingRow[] {
  const { activeShare, requestsPerMinute, load, leastReplicas, cacheMinutes, cacheMinutesWithEvents, eventsPerUserHour } = ASSUMPTIONS
  return SIZES.map(users => {
    const activeUsers = users * activeShare
    const requestsPerSecond = activeUsers * requestsPerMinute / 60
    const replicas = Math.max(leastReplicas, Math.ceil(requestsPerSecond / (requestsPerSecondPerCore * load)))
    const run = (deployment: Omit<Deployment, 'replicas'>, events = 0): Simulated =>
      simulate({ ...ASSUMPTIONS, activeUsers, replicas, ...deployment, eventsPerUserHour: events })
    return {
      users,
      activeUsers,
      requestsPerSecond,
      replicas,
      alone: run({ isShared: false, cacheMinutes }),
      shared: run({ isShared: true, cacheMinutes }),
      sharedWithEvents: run({ isShared: true, cacheMinutes: cacheMinutesWithEvents }, eventsPerUserHour)
    }
  })
}

export function toSimulationTable (rows: readonly ScalingRow[]): string {
  return [
    '| users | active | requests/s | replicas | lookups/min, each alone | with Redis | with Redis and event hooks | least that does |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    ...rows.map(row => `| ${[
      count(row.users), count(row.activeUsers), count(row.requestsPerSecond), row.replicas,
      cell(row.alone), cell(row.shared), cell(row.sharedWithEvents), advise(row)
    ].join(' | ')} |`)
  ].join('\n')
}

/** The sizes at which the next step is due, for each rate limit. */
export function toLimitTable (): string {
  const { cacheMinutes, cacheMinutesWithEvents } = ASSUMPTIONS
  const steps: ReadonlyArray<readonly [string, Deployment]> = [
    ['1 replica', { replicas: 1, isShared: false, cacheMinutes }],
    ['4 replicas, each alone', { replicas: 4, isShared: false, cacheMinutes }],
    ['16 replicas, each alone', { replicas: 16, isShared: false, cacheMinutes }],
    ['any number, with Redis', { replicas: 16, isShared: true, cacheMinutes }],
    ['any number, with Redis and event hooks', { replicas: 16, isShared: true, cacheMinutes: cacheMinutesWithEvents }]
  ]
  return [
    `| active users at the most | ${RATE_LIMITS.map(limit => `${limit}/min`).join(' | ')} |`,
    `| --- | ${RATE_LIMITS.map(() => '---:').join(' | ')} |`,
    ...steps.map(([title, deployment]) => `| ${title} | ${RATE_LIMITS.map(limit => count(mostActiveUsers(limit, ASSUMPTIONS, deployment))).join(' | ')} |`)
  ].join('\n')
}

function cell ({ lookupsPerMinute, peakLookups }: Simulated): string {
  return `${count(lookupsPerMinute)} (limit ${leastLimit(peakLookups) ?? 'none'})`
}

/** The lowest of Okta's limits under which the busiest minute stays. */
function leastLimit (lookups: number): number | undefined {
  return RATE_LIMITS.find(limit => lookups <= limit * USABLE_SHARE)
}

function advise ({ alone, shared, sharedWithEvents }: ScalingRow): string {
  if (leastLimit(alone.peakLookups) !== undefined) return 'the directory as it is'
  if (leastLimit(shared.peakLookups) !== undefined) return 'Redis'
  if (leastLimit(sharedWithEvents.peakLookups) !== undefined) return 'Redis and event hooks'
  return 'the `groups` claim'
}

function count (value: number): string {
  const digits = Number.isInteger(value) || value >= 10 ? 0 : 1
  return value.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, ' ')
}
