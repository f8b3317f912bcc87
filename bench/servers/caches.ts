import { randomBytes } from 'node:crypto'
import { deepFreezeWithoutPrototypes } from '#fastify-okta/oauth/frozen.js'
import { VerifiedTokenCache } from '#fastify-okta/okta/access-token/verified-token-cache.js'
import { UserCache } from '#fastify-okta/okta/directory/user-cache.js'
import { claimsOf, KEY_ID } from '../load/tokens.js'
import { answerCalls } from '../processes/answer-calls.js'
import { makeUser } from './user.js'

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

answerCalls({
  tokens: async (total: number): Promise<CacheMemory> => await fill(openTokens(), total),
  users: async (total: number): Promise<CacheMemory> => await fill(openUsers(), total)
})

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
    readUser: async userId => ({ user: makeUser(userId), readAt: performance.now(), isShared: false }),
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
