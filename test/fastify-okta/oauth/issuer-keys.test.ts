import t from 'tap'
import { hang, json } from '../../kit/issuer.js'
import { nextKey, strangersKey, usualKey } from '../../kit/signing-key.js'
import { COOLDOWN_MS, FRESH_MS, hold, look } from './held-keys.js'

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

t.test('two unknown keys that are looked up at once cause one fetch', async t => {
  const { issuer, keys, clock } = await hold(t)
  await keys.load()

  t.equal(await keys.find('other'), undefined)
  t.equal(issuer.fetches, 1, 'none within the cooldown')
  clock.advance(COOLDOWN_MS)
  t.same(await Promise.all([keys.find('other'), keys.find('another')]), [undefined, undefined])
  t.equal(issuer.fetches, 2)
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
