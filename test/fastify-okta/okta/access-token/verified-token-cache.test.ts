import t from 'tap'
import { VerifiedTokenCache } from '#fastify-okta/okta/access-token/verified-token-cache.js'
import { stopClock } from '../../../kit/clock.js'

const LIMITS = { maxVerifiedTokens: 3, maxVerifiedTokenBytes: 100_000 }
const LATER = { expiresAtMs: Infinity, claims: {} }

t.test('a token is found by its exact string', async t => {
  const tokens = new VerifiedTokenCache(LIMITS)
  tokens.set('header.claims.signature', LATER)

  t.equal(tokens.get('header.claims.signature'), LATER)
  for (const other of ['header.claims.signaturf', 'header.claims.signature ', 'header.claims.signatur', 'HEADER.claims.signature', '']) {
    t.equal(tokens.get(other), undefined, JSON.stringify(other))
  }
})

t.test('a token is gone the moment that it expires', async t => {
  const clock = stopClock(t)
  const tokens = new VerifiedTokenCache(LIMITS)
  const verified = { expiresAtMs: clock.now() + 1000, claims: {} }
  tokens.set('a', verified)

  clock.advance(999)
  t.equal(tokens.get('a'), verified)
  clock.advance(1)
  t.equal(tokens.get('a'), undefined)
  clock.advance(-1)
  t.equal(tokens.get('a'), undefined, 'and does not come back when the clock is set back')
})

t.test('of more tokens than there is place for, the least recently used goes', async t => {
  const tokens = new VerifiedTokenCache(LIMITS)
  for (const token of ['a', 'b', 'c']) tokens.set(token, LATER)
  tokens.get('a')
  tokens.set('d', LATER)

  t.same(['a', 'b', 'c', 'd'].filter(token => tokens.get(token) !== undefined), ['a', 'c', 'd'])
})

t.test('of tokens that take more memory than there is, the least recently used is evicted', async (t) => {
  const tokens = new VerifiedTokenCache({ maxVerifiedTokens: 100, maxVerifiedTokenBytes: 2500 })
  const [one, other] = ['a', 'b'].map((letter) => letter.repeat(600)) as [string, string]
  tokens.set(one, LATER)
  tokens.set(other, LATER)
  t.ok(tokens.get(one), 'two fit')
  t.ok(tokens.get(other))

  tokens.set('c'.repeat(600), LATER)
  t.equal(tokens.get(one), undefined, 'a third does not')
  tokens.set('d'.repeat(3000), LATER)
  t.equal(tokens.get('d'.repeat(3000)), undefined, 'nor does one that is larger than everything')
})

t.test('the claims of a short token count for the memory that it takes', async (t) => {
  const groups = (n: number): string[] => Array.from({ length: 300 }, (_, i) => `a group with a long name, number ${i} of token ${n}`)
  const tokens = new VerifiedTokenCache({ maxVerifiedTokens: 100_000, maxVerifiedTokenBytes: 1_000_000 })
  for (let n = 0; n < 1000; n++) tokens.set(`opaque-${n}`, { ...LATER, claims: { groups: groups(n) } })
  const kept = Array.from({ length: 1000 }, (_, n) => tokens.get(`opaque-${n}`)).filter((verified) => verified !== undefined)

  t.ok(kept.length > 0)
  t.ok(JSON.stringify(kept).length < 1_000_000, 'the text of what is kept alone is less than the limit')
})

t.test('two tokens with the same end are never confused: the later one is kept', async t => {
  const tokens = new VerifiedTokenCache<{ expiresAtMs: number, claims: object, of: string }>(LIMITS)
  const [one, other] = ['one', 'other'].map(start => `${start}.${'e'.repeat(100)}`) as [string, string]
  tokens.set(one, { ...LATER, of: 'one' })
  t.equal(tokens.get(other), undefined)

  tokens.set(other, { ...LATER, of: 'other' })
  t.equal(tokens.get(one), undefined)
  t.equal(tokens.get(other)?.of, 'other')
})
