import { randomBytes } from 'node:crypto'
import { VerifiedTokenCache } from '#fastify-okta/okta/access-token/verified-tokens.js'
import { deepFreezeWithoutPrototypes } from '#fastify-okta/oauth/frozen.js'
import type { IssuerKey } from '#fastify-okta/oauth/issuer-keys.js'
import type { VerifiedAccessToken } from '#fastify-okta/okta/access-token/access-token-verifier.js'
import { UserCache } from '#fastify-okta/okta/directory/user-cache.js'
import { answerCalls } from '../processes/answer-calls.js'
import type { HeapPoint, Soak, SoakSizes } from '../soak.js'
import { claimsOf, userIdOf } from '../tokens/claims.js'
import { KEY_ID } from '../tokens/identity.js'
import { makeUser } from './user.js'

// As the plugin has them by default.
const MAX_ENTRIES = 50_000
const MAX_BYTES = 128 * 1024 * 1024
/** Few enough that neither cache has to drop any. */
const SAMPLE = 20_000
const SIGNATURE_BYTES = 256
const header = Buffer.from(JSON.stringify({ kid: KEY_ID, alg: 'RS256' })).toString('base64url')
const random = randomBytes(1 << 20)

answerCalls({
  soak: async ({ tokens, users }: SoakSizes): Promise<Omit<Soak, 'http'>> => {
    const bytesPerToken = await bytesEach(openTokens)
    const bytesPerUser = await bytesEach(openUsers)
    const tokenCache = openTokens()
    const tokenPoints = await fill(tokenCache.add, tokens)
    const userCache = openUsers()
    const userPoints = await fill(userCache.add, users)
    return {
      tokens: tokenPoints,
      users: userPoints,
      bytesPerToken,
      bytesPerUser,
      cachedTokens: tokenCache.count(tokens),
      cachedUsers: userCache.count(users)
    }
  }
})

interface Filled {
  /** Adds the n-th. */
  add (n: number): Promise<unknown>
  /** How many of this many are still there. */
  count (seen: number): number
}

/** Tokens as they come from a header, kept without a signature: only the memory that they take counts here. */
function openTokens (): Filled {
  const verifiedTokens = new VerifiedTokenCache<VerifiedAccessToken>({ maxEntries: MAX_ENTRIES, maxBytes: MAX_BYTES })
  const issuer = {} as VerifiedAccessToken['issuer']
  const key = { kid: KEY_ID } as IssuerKey
  const issuedAt = Math.floor(Date.now() / 1000)
  return {
    add: async n => {
      const json = JSON.stringify(claimsOf(n, issuedAt))
      const claims = deepFreezeWithoutPrototypes(JSON.parse(json) as VerifiedAccessToken['claims'])
      verifiedTokens.set(textOf(n, json), { issuer, key, claims, thumbprint: null, expiresAtMs: claims.exp * 1000 })
    },
    count: seen => lastOf(seen).filter(n => verifiedTokens.get(textOf(n, JSON.stringify(claimsOf(n, issuedAt)))) !== undefined).length
  }
}

/** A token in the shape of a signed one, flat as it is when it comes from a socket. */
function textOf (n: number, claims: string): string {
  const at = n * 613 % (random.length - SIGNATURE_BYTES)
  const text = `${header}.${Buffer.from(claims).toString('base64url')}.${random.toString('base64url', at, at + SIGNATURE_BYTES)}`
  return Buffer.from(text, 'latin1').toString('latin1')
}

function openUsers (): Filled {
  const cache = new UserCache({
    readUser: async userId => ({ user: makeUser(userId), readAt: performance.now(), isShared: false }),
    freshForMs: 3_600_000,
    staleForMs: 3_600_000,
    cooldownMs: 1000,
    maxEntries: MAX_ENTRIES,
    maxBytes: MAX_BYTES
  })
  return {
    add: async n => await cache.read(userIdOf(n)),
    count: seen => lastOf(seen).filter(n => cache.fromMemory(userIdOf(n)) !== undefined).length
  }
}

/** The n of those that may still be there. */
function lastOf (seen: number): number[] {
  return Array.from({ length: Math.min(seen, MAX_ENTRIES) }, (_, i) => seen - 1 - i)
}

async function bytesEach (open: () => Filled): Promise<number> {
  // The first time makes what is made once: compiled code, shapes of objects.
  const first = open()
  await fillSample(first)
  const each = await fillSample(open())
  // Still there, or letting go of it would have been measured too.
  if (first.count(SAMPLE) !== SAMPLE) throw new Error('the first sample is gone')
  return each
}

async function fillSample (cache: Filled): Promise<number> {
  // What was filled before is let go of only once its promises are.
  await new Promise(resolve => { setImmediate(resolve) })
  const before = heapUsed()
  for (let n = 0; n < SAMPLE; n++) await cache.add(n)
  const each = (heapUsed() - before) / SAMPLE
  if (cache.count(SAMPLE) !== SAMPLE) throw new Error('the sample does not fit')
  return each
}

async function fill (add: Filled['add'], total: number): Promise<HeapPoint[]> {
  const points: HeapPoint[] = []
  for (let n = 1; n <= total; n++) {
    await add(n)
    if (n % (total / 10) === 0) points.push({ seen: n, heapUsed: heapUsed() })
  }
  return points
}

function heapUsed (): number {
  global.gc?.()
  global.gc?.()
  return process.memoryUsage().heapUsed
}
