import t from 'tap'
import { IssuerKeys } from '#fastify-okta/oauth/issuer-keys.js'
import { hang, hangUp, html, Issuer, json, type Answer } from '../../kit/issuer.js'
import { nextKey, usualKey } from '../../kit/signing-key.js'
import { CEILING_MS, COOLDOWN_MS, FRESH_MS, hold, look } from './held-keys.js'

const { n } = usualKey.jwk

t.test('while the issuer fails in whatever way, old keys go on until the ceiling', async t => {
  const failures: Record<string, Answer> = {
    'an error': json(500, {}),
    'too many requests': json(429, {}),
    'no answer': hang,
    'a closed connection': hangUp,
    'a page that wants a sign-in': html,
    'a redirect': json(302, {}, { location: 'http://169.254.169.254/' }),
    'a set without keys': json(200, { keys: [] }),
    'no set': json(200, {}),
    'a map of keys': json(200, { keys: {} }),
    'only keys that may not be used': json(200, { keys: [{ ...usualKey.jwk, e: 'AQ' }, { ...nextKey.jwk, use: 'enc' }] }),
    'an oversized document': json(200, { keys: [usualKey.jwk], padding: 'a'.repeat(256 * 1024) })
  }
  for (const [title, answer] of Object.entries(failures)) {
    t.test(title, async t => {
      const { issuer, keys, clock, outcomes } = await hold(t, { keysTimeoutMs: 2000 })
      await keys.load()
      issuer.keysAnswer = answer
      clock.advance(FRESH_MS)
      t.equal(keys.getCached('usual'), undefined, 'the first to ask waits')
      t.equal(await look(keys, 'usual'), n)
      t.match(outcomes.at(-1), { error: Error })
      t.equal(keys.getCached('usual')?.jwk.n, n, 'the next does not')
      t.equal(await look(keys, 'other'), '503 after 10 s', 'an unknown key may be a new one')
      t.ok(await keys.isReady())

      clock.advance(CEILING_MS - FRESH_MS - 1)
      t.equal(await look(keys, 'usual'), n)
      clock.advance(1)
      t.equal(keys.getCached('usual'), undefined)
      t.match(await look(keys, 'usual'), /^503 after \d+ s$/)
      t.notOk(await keys.isReady())

      issuer.keysAnswer = undefined
      clock.advance(COOLDOWN_MS)
      t.equal(await look(keys, 'usual'), n, 'and when the issuer is back, all is well')
      t.ok(await keys.isReady())
    })
  }
})

t.test('a failed fetch counts for the cooldown, with a cold memory as well', async t => {
  const { issuer, keys, clock } = await hold(t)
  issuer.keysAnswer = json(500, {})
  for (let i = 0; i < 20; i++) t.equal(await look(keys, 'usual'), '503 after 10 s')
  t.equal(issuer.fetches, 1)

  clock.advance(COOLDOWN_MS - 1)
  t.equal(await look(keys, 'usual'), '503 after 1 s', 'never 0')
  t.equal(issuer.fetches, 1)
  clock.advance(1)
  await look(keys, 'usual')
  t.equal(issuer.fetches, 2)
})

t.test('what a fetch failed with is the cause, for the log', async t => {
  const { issuer, keys } = await hold(t)
  issuer.keysAnswer = json(500, {})

  await t.rejects(async () => await keys.find('usual'), { name: 'IssuerUnavailableError', statusCode: 503, cause: { message: 'answered 500' } })
  issuer.keysAnswer = json(200, { keys: [] })
  const second = await hold(t)
  second.issuer.keysAnswer = json(200, { keys: [] })
  await t.rejects(async () => await second.keys.find('usual'), { cause: { message: 'answered no key that may be used' } })
  const third = await hold(t)
  third.issuer.keysAnswer = html
  await t.rejects(async () => await third.keys.find('usual'), { cause: { message: 'the response is not JSON' } })
})

t.test('an unknown key is 503 inside an outage, and unknown after a fresh answer', async t => {
  const { issuer, keys, clock } = await hold(t)
  await keys.load()
  issuer.keysAnswer = json(500, {})
  clock.advance(COOLDOWN_MS)
  t.equal(await look(keys, 'other'), '503 after 10 s')
  t.equal(await look(keys, 'usual'), n, 'known ones go on')

  issuer.keysAnswer = undefined
  t.equal(await look(keys, 'other'), '503 after 10 s', 'the cooldown holds')
  clock.advance(COOLDOWN_MS)
  t.equal(await look(keys, 'other'), undefined)
  t.equal(await look(keys, 'other'), undefined)
  t.equal(issuer.fetches, 3)
})

t.test('Retry-After is obeyed, within bounds', async t => {
  const waits: Record<string, number> = { 0: 10, 5: 10, 10: 10, 60: 60, 300: 300, 301: 300, 86400: 300, soon: 10 }
  for (const [retryAfter, seconds] of Object.entries(waits)) {
    t.test(retryAfter, async t => {
      const { issuer, keys, clock } = await hold(t)
      issuer.keysAnswer = json(429, {}, { 'retry-after': retryAfter })
      t.equal(await look(keys, 'usual'), `503 after ${seconds} s`)
      clock.advance(seconds * 1000 - 1)
      await look(keys, 'usual')
      t.equal(issuer.fetches, 1)
      clock.advance(1)
      await look(keys, 'usual')
      t.equal(issuer.fetches, 2)
    })
  }
})

t.test('whether the keys may be used is answered after a try', async t => {
  const { issuer, keys, clock } = await hold(t)
  t.ok(await keys.isReady())
  t.ok(await keys.isReady())
  t.equal(issuer.fetches, 1)

  clock.advance(FRESH_MS)
  t.ok(await keys.isReady())
  t.equal(issuer.fetches, 2)

  const down = await hold(t)
  down.issuer.keysAnswer = json(500, {})
  t.notOk(await down.keys.isReady())
  t.notOk(await down.keys.isReady())
  t.equal(down.issuer.fetches, 1)
})

t.test('every fetch is reported, with the keys that are left out', async t => {
  const { issuer, keys, clock, outcomes } = await hold(t)
  issuer.keys = [usualKey.jwk, { ...nextKey.jwk, e: 'AQ' }]
  await keys.load()
  issuer.keysAnswer = json(503, {})
  clock.advance(COOLDOWN_MS)
  await keys.load()

  t.match(outcomes, [{ refused: [{ kid: 'next', fault: 'weak' }] }, { error: { message: 'answered 503' } }])
  t.equal(outcomes.length, 2)
})

t.test('fetches need not be reported', async t => {
  const issuer = await Issuer.start(t)
  const keys = new IssuerKeys({ jwksUri: issuer.jwksUri, keysTtlMs: 1000, keysCooldownMs: 1, keysCeilingMs: 1000, keysTimeoutMs: 1000 })
  t.equal(await look(keys, 'usual'), n)

  const down = new IssuerKeys({ jwksUri: 'http://127.0.0.1:1/', keysTtlMs: 1000, keysCooldownMs: 1000, keysCeilingMs: 1000, keysTimeoutMs: 1000 })
  t.equal(await look(down, 'usual'), '503 after 1 s')
})
