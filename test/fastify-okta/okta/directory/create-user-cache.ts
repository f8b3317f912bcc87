import { DirectoryUnavailableError } from '#fastify-okta/errors.js'
import { DirectoryFailure } from '#fastify-okta/okta/directory/directory-failure.js'
import { UserCache, type UserCacheOptions, type FetchedUser } from '#fastify-okta/okta/directory/user-cache.js'
import type { OktaUser } from '#fastify-okta/okta/directory/user.js'
import { oktaGroup, oktaUser } from '../../../kit/okta-user.js'

/** A lookup in a directory that a test answers when it likes. */
export interface Lookup {
  readonly userId: string
  answer (user: OktaUser | null, difference?: Partial<FetchedUser>): void
  fail (error?: Error): void
}

export const FRESH_MS = 60_000
export const STALE_MS = 3_600_000
export const COOLDOWN_MS = 1000

/** A cache of users whose lookups a test answers. */
export function create (options: Partial<UserCacheOptions> = {}): { cache: UserCache, lookups: Lookup[], failures: unknown[] } {
  const lookups: Lookup[] = []
  const failures: unknown[] = []
  const cache = new UserCache({
    readUser: async userId => await new Promise((resolve, reject) => {
      lookups.push({
        userId,
        answer: (user, difference = {}) => { resolve({ user, readAt: performance.now(), isShared: false, ...difference }) },
        fail: (error = new Error('Okta is unavailable')) => { reject(error) }
      })
    }),
    userCacheTtlMs: FRESH_MS,
    userCacheCeilingMs: STALE_MS,
    cooldownMs: COOLDOWN_MS,
    maxCachedUsers: 100,
    maxCachedBytes: 1_000_000,
    onFailure: error => { failures.push(error) },
    ...options
  })
  return { cache, lookups, failures }
}

/** Lets the callers of settled promises run. */
export async function settle (): Promise<void> {
  await new Promise(resolve => { setImmediate(resolve) })
}

/** Reads a user, answering the one lookup that it takes. */
export async function readAs ({ cache, lookups }: ReturnType<typeof create>, user: OktaUser | null, userId = 'ada'): Promise<void> {
  const read = cache.read(userId)
  lookups.at(-1)?.answer(user)
  await read
}

/** The result of a lookup: the first name of the user, `nobody`, or 503 and when to try again. */
export async function nameOf (read: Promise<{ user: OktaUser | null }>): Promise<unknown> {
  try {
    const { user } = await read
    return user === null ? 'nobody' : user.profile.firstName
  } catch (error) {
    if (error instanceof DirectoryUnavailableError) return `503 after ${error.retryAfterSeconds} s`
    throw error
  }
}

export const greeters = oktaGroup('Greeters')
export const named = (firstName: string): OktaUser => oktaUser({ profile: { ...oktaUser().profile, firstName }, groups: [greeters] })

export const rateLimited = (waitMs: number): DirectoryFailure => new DirectoryFailure('Okta\'s rate limit is exceeded', { reason: 'rate_limited', isOutage: true, waitMs })
/** Says nothing about Okta. */
export const ofOneUser = (reason: 'busy' | 'timeout' | 'unreadable' | 'refused'): DirectoryFailure => new DirectoryFailure('it failed', { reason, isOutage: false })
