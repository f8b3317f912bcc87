import { randomBytes } from 'node:crypto'
import { deepFreezeWithoutPrototypes } from '#fastify-okta/oauth/frozen.js'
import { VerifiedTokenCache } from '#fastify-okta/okta/access-token/verified-token-cache.js'
import type { OktaUser } from '#fastify-okta/okta/directory/user.js'
import { UserCache } from '#fastify-okta/okta/directory/user-cache.js'
import { claimsOf, KEY_ID } from '../okta/claims.js'

/** What a cache holds after many distinct entries. */
export interface CacheMemory {
  /** Heap in bytes for each entry, while all of them fit. */
  readonly bytesPerEntry: number
  /** How many entries had come, and what the heap was then, in bytes. */
  readonly points: ReadonlyArray<{ readonly seen: number, readonly heapUsed: number }>
}

type Add = (n: number) => Promise<unknown>

// As the plugin has them by default.
const MAX_ENTRIES = 50_000
const MAX_BYTES = 128 * 1024 * 1024
/** Few enough that a cache evicts none. */
const SAMPLE = 20_000
const POINTS = 10
const header = Buffer.from(JSON.stringify({ kid: KEY_ID, alg: 'RS256' })).toString('base64url')

/** A process that fills one cache: which one, and with how many entries, is on its command line. Prints what it has measured. */
const [name, total] = process.argv.slice(2) as ['tokens' | 'users', string]
console.log(JSON.stringify(await fill({ tokens: openTokens, users: openUsers }[name](), Number(total))))

/** Tokens as they come from a header, with a signature of random bytes: only the memory that they take counts here. */
function openTokens (): Add {
  const cache = new VerifiedTokenCache({ maxVerifiedTokens: MAX_ENTRIES, maxVerifiedTokenBytes: MAX_BYTES })
  return async (n) => {
    const json = JSON.stringify(claimsOf(n))
    const accessToken = `${header}.${Buffer.from(json).toString('base64url')}.${randomBytes(256).toString('base64url')}`
    const claims = deepFreezeWithoutPrototypes(JSON.parse(json) as { exp: number })
    // Flat, as a string from a socket is.
    cache.set(Buffer.from(accessToken).toString('latin1'), { claims, expiresAtMs: claims.exp * 1000 })
  }
}

function openUsers (): Add {
  const cache = new UserCache({
    readUser: async (userId) => ({ user: makeUser(userId), readAt: performance.now(), isShared: false }),
    userCacheTtlMs: 3_600_000,
    userCacheCeilingMs: 3_600_000,
    cooldownMs: 1000,
    maxCachedUsers: MAX_ENTRIES,
    maxCachedBytes: MAX_BYTES
  })
  return async (n) => await cache.read(`00u${String(n).padStart(17, '0')}`)
}

async function fill (add: Add, total: number): Promise<CacheMemory> {
  const before = heapUsed()
  let bytesPerEntry = NaN
  const points = []
  for (let n = 1; n <= total; n++) {
    await add(n)
    if (n === SAMPLE) bytesPerEntry = (heapUsed() - before) / SAMPLE
    if (n % (total / POINTS) === 0) points.push({ seen: n, heapUsed: heapUsed() })
  }
  return { bytesPerEntry, points }
}

function heapUsed (): number {
  global.gc?.()
  global.gc?.()
  return process.memoryUsage().heapUsed
}

/** A user as the directory keeps it: every attribute has a value, and there are a few groups. */
function makeUser (userId: string): OktaUser {
  return deepFreezeWithoutPrototypes({
    id: userId,
    status: 'ACTIVE',
    created: '2026-01-01T00:00:00.000Z',
    lastLogin: '2026-11-24T08:00:00.000Z',
    lastUpdated: '2026-11-01T00:00:00.000Z',
    profile: {
      login: `${userId}@example.com`,
      email: `${userId}@example.com`,
      firstName: `First ${userId}`,
      lastName: `Last ${userId}`,
      displayName: `First Last ${userId}`,
      nickName: userId,
      timezone: 'Europe/London',
      locale: 'en_GB',
      preferredLanguage: 'en-GB'
    },
    groups: Array.from({ length: 4 }, (_, n) => ({ id: `00g${n}${userId.slice(4)}`, name: `Group ${n} of ${userId}`, type: 'OKTA_GROUP' as const }))
  })
}
