import { LRUCache } from 'lru-cache'
import { seededRandom } from '../random.js'
import { RENEW_AFTER, type Deployment, type Workload } from './model.js'

export interface SimulationOptions extends Workload, Deployment {
  readonly seed: number
  /** `maxCachedUsers` of one replica. */
  readonly maxCachedUsers: number
  /** How often something about a user changes of which an event hook tells, an hour; 0 without event hooks. */
  readonly eventsPerUserHour: number
}

export interface Simulated {
  readonly lookupsPerMinute: number
  /** In the busiest of the minutes. */
  readonly peakLookups: number
  /** The part of the requests that waits for Okta. */
  readonly missShare: number
}

/** No more users than this are followed one by one. More are represented by a sample, in caches that are smaller by as much. */
const MOST_FOLLOWED = 4000
const WARM_UP_MINUTES = 5
const MINUTES = 15

/**
 * Follows users, request by request, through the caches of the replicas, by the rules of `okta/directory/user-cache.ts`:
 * a user is fresh for a while, is read again in the background near the end of it, and is dropped where others need the
 * room. A load balancer picks replicas at random. The same seed gives the same figures.
 */
export function simulate (options: SimulationOptions): Simulated {
  const { activeUsers, requestsPerMinute, replicas, isShared, cacheMinutes, maxCachedUsers, sessionMinutes, eventsPerUserHour, seed } = options
  const random = seededRandom(seed)
  const followed = Math.min(activeUsers, MOST_FOLLOWED)
  const scale = activeUsers / followed
  const caches = Array.from({ length: replicas }, () => new LRUCache<number, number>({ max: Math.max(1, Math.round(maxCachedUsers / scale)) }))
  // What is shared is bounded by the memory of the store, which is not this service's.
  const shared = new Map<number, number>()
  const users = Array.from({ length: followed }, (_, n) => n)
  // Sessions that are over take their places in the caches with them: long enough a warm-up sees some of those.
  const warmUpMinutes = WARM_UP_MINUTES + Math.min(cacheMinutes, sessionMinutes)
  const lookups = new Float64Array(MINUTES)
  let [requests, misses, newcomers, now] = [0, 0, followed, 0]

  function lookUp (): void {
    const minute = Math.floor(now - warmUpMinutes)
    if (minute >= 0 && minute < MINUTES) lookups[minute] = (lookups[minute] as number) + scale
  }

  /** Whether Okta had to be asked. */
  function readFor (user: number, cache: LRUCache<number, number>): boolean {
    const readAt = isShared ? shared.get(user) : undefined
    if (readAt !== undefined && now - readAt < cacheMinutes * RENEW_AFTER) {
      cache.set(user, readAt)
      return false
    }
    lookUp()
    cache.set(user, now)
    if (isShared) shared.set(user, now)
    return true
  }

  const step = 1 / (followed * (requestsPerMinute + 1 / sessionMinutes + eventsPerUserHour / 60))
  const requestShare = followed * requestsPerMinute * step
  const eventShare = followed * eventsPerUserHour / 60 * step
  while (now < warmUpMinutes + MINUTES) {
    now -= Math.log(1 - random()) * step
    const place = Math.floor(random() * followed)
    const user = users[place] as number
    const kind = random()
    if (kind < requestShare) {
      const cache = caches[Math.floor(random() * replicas)] as LRUCache<number, number>
      const age = now - (cache.get(user) ?? -Infinity)
      const isAsked = age >= cacheMinutes * RENEW_AFTER && readFor(user, cache)
      if (now < warmUpMinutes) continue
      requests++
      if (isAsked && age >= cacheMinutes) misses++
    } else if (kind < requestShare + eventShare) {
      for (const cache of caches) cache.delete(user)
      shared.delete(user)
    } else {
      shared.delete(user)
      users[place] = newcomers++
    }
  }
  const total = lookups.reduce((sum, count) => sum + count, 0)
  return { lookupsPerMinute: total / MINUTES, peakLookups: Math.max(...lookups), missShare: misses / requests }
}
