/** How people use a service, and how it keeps what it has read about them. */
export interface Workload {
  /** How many use it at the same time. */
  readonly activeUsers: number
  /** Of one active user. */
  readonly requestsPerMinute: number
  /** How long a user stays, in minutes on average; then another one comes. */
  readonly sessionMinutes: number
}

export interface Deployment {
  readonly replicas: number
  /** Whether the replicas share what they read (Redis). */
  readonly isShared: boolean
  /** `userCacheTtlMs`: long where event hooks tell of changes. */
  readonly cacheMinutes: number
}

/** The part of its time after which a user in use is read again in the background: see `okta/directory/user-cache.ts`. */
export const RENEW_AFTER = 0.8

/** One API token may use half of a rate limit, Okta's default. */
export const USABLE_SHARE = 0.5

/** Okta's limits on reading users, a minute: the free plan, and those seen on others. */
export const RATE_LIMITS = [50, 600, 1000, 2000] as const

/**
 * Lookups a minute, each of which is one call of two: the user, and the user's groups (two rate limits). Sessions end, and
 * requests of a user come, at random. The first request that a cache sees of a session is a lookup; so is the first one
 * after {@link RENEW_AFTER} of the time, if the session lasts until then.
 *
 * Does NOT know of caches too small for their users, nor of events: the simulation does.
 */
export function lookupsPerMinute ({ activeUsers, requestsPerMinute, sessionMinutes }: Workload, { replicas, isShared, cacheMinutes }: Deployment): number {
  const caches = isShared ? 1 : replicas
  const perCache = requestsPerMinute / caches
  const anotherRequest = perCache / (perCache + 1 / sessionMinutes)
  const renewal = Math.exp(-cacheMinutes * RENEW_AFTER / sessionMinutes) * anotherRequest
  return activeUsers / sessionMinutes * caches * anotherRequest / (1 - renewal)
}

/** The most users who can be active at a time under a rate limit. */
export function mostActiveUsers (limit: number, workload: Omit<Workload, 'activeUsers'>, deployment: Deployment): number {
  return Math.floor(limit * USABLE_SHARE / lookupsPerMinute({ ...workload, activeUsers: 1 }, deployment))
}
