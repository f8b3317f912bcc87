import t from 'tap'
import { VerifiedTokens } from '#fastify-okta/okta/access-token/verified-tokens.js'
import { stopClock } from '../../../kit/clock.js'

const LIMITS = { maxEntries: 3, maxBytes: 100_000 }
const LATER = { expiresAtMs: Infinity }

t.test('a token is found by its exact text', async t => {
  const tokens = new VerifiedTokens(LIMITS)
  tokens.set('header.claims.signature', LATER)

  t.equal(tokens.get('header.claims.signature'), LATER)
  for (const other of ['header.claims.signaturf', 'header.claims.signature ', 'header.claims.signatur', 'HEADER.claims.signature', '']) {
    t.equal(tokens.get(other), undefined, JSON.stringify(other))
  }
})

t.test('a token is gone the moment that it expires', async t => {
  const clock = stopClock(t)
  const tokens = new VerifiedTokens(LIMITS)
  const verified = { expiresAtMs: clock.now() + 1000 }
  tokens.set('a', verified)

  clock.advance(999)
  t.equal(tokens.get('a'), verified)
  clock.advance(1)
  t.equal(tokens.get('a'), undefined)
  clock.advance(-1)
  t.equal(tokens.get('a'), undefined, 'and does not come back when the clock is set back')
})

t.test('of more tokens than there is place for, the least recently used goes', async t => {
  const tokens = new VerifiedTokens(LIMITS)
  for (const token of ['a', 'b', 'c']) tokens.set(token, LATER)
  tokens.get('a')
  tokens.set('d', LATER)

  t.same(['a', 'b', 'c', 'd'].filter(token => tokens.get(token) !== undefined), ['a', 'c', 'd'])
})

t.test('a token of n characters is counted as 5 n + 500 bytes', async t => {
  const tokens = new VerifiedTokens({ maxEntries: 100, maxBytes: 2000 })
  tokens.set('a'.repeat(100), LATER)
  tokens.set('b'.repeat(100), LATER)
  t.equal(tokens.get('a'.repeat(100)), LATER, 'two have place')
  t.equal(tokens.get('b'.repeat(100)), LATER)

  tokens.set('c', LATER)
  t.equal(tokens.get('a'.repeat(100)), undefined, 'and one more has not')

  tokens.set('d'.repeat(301), LATER)
  t.equal(tokens.get('d'.repeat(301)), undefined, 'nor has one that is larger than everything')
})

t.test('two tokens that end alike are never taken for each other: the later one is remembered', async t => {
  const tokens = new VerifiedTokens<{ expiresAtMs: number, of: string }>(LIMITS)
  const [one, other] = ['one', 'other'].map(start => `${start}.${'e'.repeat(100)}`) as [string, string]
  tokens.set(one, { ...LATER, of: 'one' })
  t.equal(tokens.get(other), undefined)

  tokens.set(other, { ...LATER, of: 'other' })
  t.equal(tokens.get(one), undefined)
  t.equal(tokens.get(other)?.of, 'other')
})
