import t from 'tap'
import { InMemoryDpopReplayStore, type UsedProof } from '#fastify-okta/oauth/dpop-replay-store.js'
import { stopClock } from '../../kit/clock.js'
import { failureOf } from '../../kit/refusal.js'

const LIFETIME_MS = 60_000
const TOO_MANY = { name: 'DpopReplayStoreUnavailableError', statusCode: 503, reason: 'too_many_proofs', retryAfterSeconds: 10 }

const proof = (key: string, { caller = 'ada', issuedAtMs = Date.now() } = {}): UsedProof => ({ key, caller, issuedAtMs, expiresAtMs: issuedAtMs + LIFETIME_MS })

/** Sends proofs until one is refused; returns how many were accepted. */
async function flood (store: InMemoryDpopReplayStore, caller: string): Promise<number> {
  for (let i = 0; ; i++) {
    try {
      await store.remember(proof(`${caller} ${i}`, { caller }))
    } catch (error) {
      t.match(error, TOO_MANY)
      return i
    }
  }
}

t.test('a proof is remembered until it expires', async t => {
  const clock = stopClock(t)
  const store = new InMemoryDpopReplayStore(10)
  const a = proof('a')
  t.equal(store.has(a), false)

  t.equal(await store.remember(a), true)
  t.equal(await store.remember(a), false)
  t.equal(await store.remember(proof('b')), true)
  clock.advance(LIFETIME_MS)
  t.equal(await store.remember(a), false, 'to the last millisecond')
  t.equal(store.has(a), true)
  clock.advance(1)
  t.equal(store.has(a), false)
  t.equal(await store.remember(proof('a')), true)
})

t.test('of several uses of one proof at the same time one is accepted', async t => {
  const store = new InMemoryDpopReplayStore(10)
  const a = proof('a')

  t.same(await Promise.all([store.remember(a), store.remember(a), store.remember(a)]), [true, false, false])
})

t.test('a full store evicts no proof that has not expired, and refuses further ones', async t => {
  const clock = stopClock(t)
  const store = new InMemoryDpopReplayStore(2)
  const a = proof('a')
  await store.remember(a)
  clock.advance(1000)
  const b = proof('b')
  await store.remember(b)

  for (const caller of ['ada', 'grace']) t.match(await failureOf(store.remember(proof('c', { caller }))), TOO_MANY)
  t.equal(await store.remember(a), false, 'it still knows what it knew')
  clock.advance(LIFETIME_MS - 999)
  t.equal(await store.remember(proof('c')), true, 'one has expired')
  t.match(await failureOf(store.remember(proof('d'))), TOO_MANY)
  t.equal(await store.remember(b), false)
})

t.test('a caller that floods the store is refused, and the others notice nothing', async t => {
  const store = new InMemoryDpopReplayStore(2000)
  t.equal(await flood(store, 'mallory'), 1000, 'it fills half of the store')
  for (let i = 0; i < 400; i++) t.equal(await store.remember(proof(`${i}`, { caller: 'grace' })), true)
  for (let i = 0; i < 100; i++) t.equal(await store.remember(proof('a', { caller: `user ${i}` })), true)
  t.match(await failureOf(store.remember(proof('one more', { caller: 'mallory' }))), TOO_MANY)
})

t.test('many callers that flood the store leave space for others', async t => {
  const store = new InMemoryDpopReplayStore(2000)
  for (let i = 0; i < 9; i++) await flood(store, `mallory ${i}`)

  t.equal(await store.remember(proof('a', { caller: 'grace' })), true)
})

t.test('a caller whose proofs have expired has its whole share again', async t => {
  const clock = stopClock(t)
  const store = new InMemoryDpopReplayStore(100)
  for (let round = 0; round < 3; round++) {
    t.equal(await flood(store, 'mallory'), 50)
    clock.advance(LIFETIME_MS + 1)
  }
})
