import t, { type Test } from 'tap'
import { IssuerUnavailableError } from '#fastify-okta/errors.js'
import { IssuerKeys, type IssuerKeysOptions } from '#fastify-okta/oauth/issuer-keys.js'
import type { KeySet } from '#fastify-okta/oauth/json-web-key-set.js'
import { stopClock, type Clock } from '../../kit/clock.js'
import { hang, hangUp, html, Issuer, json, type Answer } from '../../kit/issuer.js'
import { nextKey, strangersKey, usualKey } from '../../kit/signing-key.js'

type Outcome = { error: unknown } | KeySet

/** An issuer, its keys as they are held here, and a clock that stands still. */
interface Held {
  readonly issuer: Issuer
  readonly keys: IssuerKeys
  readonly clock: Clock
  readonly outcomes: Outcome[]
  /** Waits until this many fetches have ended. */
  fetched (count: number): Promise<void>
}

const FRESH_MS = 600_000
const COOLDOWN_MS = 10_000
const CEILING_MS = 86_400_000

async function hold (t: Test, options: Partial<IssuerKeysOptions> = {}): Promise<Held> {
  const issuer = await Issuer.start(t)
  const outcomes: Outcome[] = []
  let onOutcome = (): void => {}
  const keys = new IssuerKeys({
    jwksUri: issuer.jwksUri,
    keysTtlMs: FRESH_MS,
    keysCooldownMs: COOLDOWN_MS,
    keysCeilingMs: CEILING_MS,
    keysTimeoutMs: 2000,
    onFetch: outcome => {
      outcomes.push(outcome)
      onOutcome()
    },
    ...options
  })
  const fetched = async (count: number): Promise<void> => {
    while (outcomes.length < count) await new Promise<void>(resolve => { onOutcome = resolve })
    // The fetch is over one turn after it has reported its outcome.
    await new Promise(resolve => { setImmediate(resolve) })
  }
  return { issuer, keys, clock: stopClock(t), outcomes, fetched }
}

/** What comes of a lookup: the key's modulus, nothing, or 503 and when to try again. */
async function look (keys: IssuerKeys, kid: string): Promise<string | undefined> {
  try {
    return (await keys.find(kid))?.jwk.n
  } catch (error) {
    if (error instanceof IssuerUnavailableError) return `503 after ${error.retryAfterSeconds} s`
    throw error
  }
}

const { n } = usualKey.jwk

t.test('nothing is fetched before a key is asked for', async t => {
  const { issuer, keys } = await hold(t)

  t.equal(issuer.fetches, 0)
  t.equal(await look(keys, 'usual'), n)
  t.equal(issuer.fetches, 1)
  t.match(issuer.requests, [{ method: 'GET', url: '/oauth2/default/v1/keys', headers: { accept: 'application/json', authorization: undefined } }])
})

t.test('a fetch reports how far this clock is ahead of the issuer\'s', async t => {
  const { issuer, keys, clock, outcomes } = await hold(t)
  issuer.keysHeaders = { date: new Date(clock.now() - 600_000).toUTCString() }
  await keys.load()

  t.match(outcomes, [{ clockSkewSeconds: 600 }])
})

t.test('a key in memory is returned without waiting', async t => {
  const { issuer, keys } = await hold(t)

  t.equal(keys.getCached('usual'), undefined, 'there is none yet')
  await keys.load()
  t.equal(keys.getCached('usual')?.jwk.n, n)
  t.equal(keys.getCached('next')?.jwk.n, nextKey.jwk.n)
  for (const kid of ['other', '__proto__', 'constructor', '']) t.equal(keys.getCached(kid), undefined, kid)
  t.equal(issuer.fetches, 1)
})

t.test('callers at the same time wait for one fetch', async t => {
  const { issuer, keys } = await hold(t)
  const found = await Promise.all(Array.from({ length: 50 }, async (_, i) => await look(keys, i % 2 === 0 ? 'usual' : `other-${i}`)))

  t.same(new Set(found), new Set([n, undefined]))
  t.equal(issuer.fetches, 1)
})

t.test('no fetch is made within the cooldown after another, however many unknown keys are requested', async t => {
  const { issuer, keys, clock } = await hold(t)
  await keys.load()
  for (let i = 0; i < 100; i++) t.equal(await look(keys, `other-${i}`), undefined, 'the issuer has said that it has no such key')
  clock.advance(COOLDOWN_MS - 1)
  await look(keys, 'other')
  t.equal(issuer.fetches, 1)

  clock.advance(1)
  for (let i = 0; i < 100; i++) await look(keys, `other-${i}`)
  t.equal(issuer.fetches, 2, 'and one after it')
})

t.test('a new key is known after one cooldown, and no old one is evicted for it', async t => {
  const { issuer, keys, clock } = await hold(t)
  await keys.load()
  const before = keys.getCached('usual')
  issuer.keys = [...issuer.keys, { ...strangersKey.jwk, kid: 'newest' }]

  t.equal(await look(keys, 'newest'), undefined)
  clock.advance(COOLDOWN_MS)
  const found = await Promise.all(Array.from({ length: 10 }, async () => await look(keys, 'newest')))
  t.same(new Set(found), new Set([strangersKey.jwk.n]))
  t.equal(issuer.fetches, 2)
  t.equal(keys.getCached('usual'), before, 'an unchanged key stays the same object')
})

t.test('a key that is gone from the document is gone here', async (t) => {
  const { issuer, keys, clock } = await hold(t)
  await keys.load()
  issuer.keys = [nextKey.jwk]
  clock.advance(FRESH_MS)

  t.equal(keys.getCached('usual'), undefined)
  t.equal(await look(keys, 'usual'), undefined)
  t.equal(await look(keys, 'next'), nextKey.jwk.n)
})

t.test('a key that was there a cooldown ago, and is gone, is gone one cooldown later', async (t) => {
  const { issuer, keys, clock } = await hold(t)
  await keys.load()
  issuer.keys = [nextKey.jwk]
  clock.advance(COOLDOWN_MS)
  await keys.load()

  t.equal(keys.getCached('usual')?.jwk.n, n)
  clock.advance(COOLDOWN_MS)
  t.equal(keys.getCached('usual'), undefined)
  t.equal(await look(keys, 'usual'), undefined)
})

t.test('a key that the document replaces, or makes unusable, is gone at once', async (t) => {
  const changes = { replaced: { ...strangersKey.jwk }, 'of another use': { ...usualKey.jwk, use: 'enc' }, private: { ...usualKey.jwk, d: 'AQAB' }, weak: { ...usualKey.jwk, e: 'AQ' } }
  for (const [title, jwk] of Object.entries(changes)) {
    const { issuer, keys, clock } = await hold(t)
    await keys.load()
    const before = keys.getCached('usual')
    issuer.keys = [jwk, nextKey.jwk]
    clock.advance(FRESH_MS)
    await keys.load()

    t.ok(keys.getCached('next'))
    t.not(keys.getCached('usual'), before, title)
  }
})

t.test('while two replicas of the issuer differ, a key that one of them has stays usable', async (t) => {
  const { issuer, keys, clock } = await hold(t)
  const replicas = [[usualKey.jwk, nextKey.jwk], [usualKey.jwk]]
  await keys.load()
  const before = keys.getCached('next')
  for (let i = 1; i < 50; i++) {
    issuer.keys = replicas[i % 2] as unknown[]
    clock.advance(COOLDOWN_MS)
    await keys.load()
    t.equal(keys.getCached('next'), before, 'as the same object')
  }
})

t.test('keys are renewed in the background before their time is over', async t => {
  const { issuer, keys, clock, fetched } = await hold(t)
  await keys.load()
  clock.advance(FRESH_MS * 0.8 - 1)
  t.equal((await keys.find('usual'))?.jwk.n, n)
  t.ok(await keys.isReady())
  t.equal(issuer.fetches, 1)

  clock.advance(1)
  issuer.keys = [{ ...strangersKey.jwk }]
  t.equal(keys.getCached('usual')?.jwk.n, n, 'no request waits for it')
  await fetched(2)
  t.equal(issuer.fetches, 2)
  t.equal(keys.getCached('usual')?.jwk.n, strangersKey.jwk.n)
})

t.test('keys whose time is over are not used while the issuer answers', async t => {
  const { issuer, keys, clock } = await hold(t)
  await keys.load()
  clock.advance(FRESH_MS - 1)
  t.equal(keys.getCached('usual')?.jwk.n, n)
  await keys.load()
  t.equal(issuer.fetches, 2)

  clock.advance(FRESH_MS)
  t.equal(keys.getCached('usual'), undefined)
  t.equal(await look(keys, 'usual'), n)
  t.equal(issuer.fetches, 3)
})

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
      const { issuer, keys, clock, outcomes } = await hold(t, { keysTimeoutMs: 300 })
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

t.test('two unknown keys that are looked up at once cause one fetch', async t => {
  const { issuer, keys, clock } = await hold(t)
  await keys.load()

  t.equal(await keys.find('other'), undefined)
  t.equal(issuer.fetches, 1, 'none within the cooldown')
  clock.advance(COOLDOWN_MS)
  t.same(await Promise.all([keys.find('other'), keys.find('another')]), [undefined, undefined])
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

t.test('Cache-Control makes the time of keys shorter, never longer, and never shorter than the cooldown', async t => {
  const times: Record<string, number> = {
    '': FRESH_MS,
    public: FRESH_MS,
    'max-age=60': 60_000,
    'public, Max-Age=60, must-revalidate': 60_000,
    'max-age=600': FRESH_MS,
    'max-age=864000': FRESH_MS,
    'max-age=5': COOLDOWN_MS,
    'max-age=0': COOLDOWN_MS,
    'no-store': COOLDOWN_MS,
    'No-Cache': COOLDOWN_MS,
    'no-cache, max-age=600': COOLDOWN_MS,
    's-maxage=60': FRESH_MS,
    'max-age=soon': FRESH_MS,
    'no-transform': FRESH_MS
  }
  for (const [cacheControl, freshMs] of Object.entries(times)) {
    t.test(cacheControl || 'none', async t => {
      const { issuer, keys, clock } = await hold(t)
      issuer.keysHeaders = cacheControl === '' ? {} : { 'cache-control': cacheControl }
      await keys.load()
      issuer.keysAnswer = hang

      clock.advance(freshMs - 1)
      t.equal(keys.getCached('usual')?.jwk.n, n)
      clock.advance(1)
      t.equal(keys.getCached('usual'), undefined)
    })
  }
})

t.test('no fetch is started while one is under way', async t => {
  const { issuer, keys, clock } = await hold(t)
  await keys.load()
  issuer.keysAnswer = hang
  clock.advance(FRESH_MS)
  const waiting = [look(keys, 'usual'), look(keys, 'other')]
  clock.advance(COOLDOWN_MS)
  waiting.push(look(keys, 'usual'))

  t.same(await Promise.all(waiting), [n, '503 after 10 s', n])
  t.equal(issuer.fetches, 2)
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

t.test('the Age of a cached answer is subtracted from its max-age', async (t) => {
  const ages: Array<[string, string, number]> = [
    ['max-age=300', '100', 200_000], ['max-age=300', '299', COOLDOWN_MS], ['max-age=1', '3600', COOLDOWN_MS], ['max-age=300', 'a', 300_000],
    ['max-age=300', '-1', 300_000], ['max-age=9999', '1', FRESH_MS], ['', '3600', FRESH_MS]
  ]
  for (const [cacheControl, age, freshMs] of ages) {
    const { issuer, keys, clock } = await hold(t)
    issuer.keysHeaders = { age, ...(cacheControl === '' ? {} : { 'cache-control': cacheControl }) }
    await keys.load()
    clock.advance(freshMs - 1)
    t.ok(keys.getCached('usual'), `${cacheControl}, Age: ${age}`)
    clock.advance(1)
    t.equal(keys.getCached('usual'), undefined, `${cacheControl}, Age: ${age}`)
  }
})

t.test('a byte order mark before the keys is ignored', async (t) => {
  const { issuer, keys } = await hold(t)
  issuer.keysAnswer = json(200, `\ufeff${JSON.stringify({ keys: issuer.keys })}`)
  await keys.load()
  t.ok(keys.getCached('usual'))
})
