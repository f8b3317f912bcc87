import { setTimeout as sleep } from 'node:timers/promises'
import type { Attack } from './attack.js'
import { expectAnswer } from './expectation.js'
import { ecPair, published, rsa } from './forgery.js'
import { nextKey as other, strangersKey as stranger, usualKey as main } from '../kit/signing-key.js'
import { json } from '../kit/issuer.js'
import { KEYS_PATH, PUBLIC_URL, startTarget, type TargetOptions } from './target.js'

const withKeySet = (keySet: (keys: readonly object[]) => unknown): TargetOptions => ({ prepare: issuer => { issuer.keySet = keySet([published(main)]) } })

export const ISSUER_KEYS: readonly Attack[] = [
  {
    title: 'A key set with prototypes in it does no harm',
    target: { prepare: issuer => { issuer.keySet = `{"__proto__":{"keys":[]},"keys":[{"__proto__":{"kty":"RSA"},"kid":"x"},${JSON.stringify(published(main)).replace('{', '{"__proto__":{"d":"x"},"constructor":1,')}]}` } },
    expected: 'OK',
    tokens: issuer => ({ 'a good token': issuer.mint() })
  },
  {
    title: 'Ten thousand keys, or ten megabytes of them, are not a key set',
    run: async t => {
      const key = published(stranger)
      for (const keySet of [{ keys: Array.from({ length: 10_000 }, (_, i) => ({ ...key, kid: `k${i}` })) }, { keys: [published(main)], filler: 'x'.repeat(10_000_000) }]) {
        const target = await startTarget(t, { prepare: issuer => { issuer.keySet = keySet }, plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: 1, keysTimeoutMs: 2000 } })
        expectAnswer(t, 'a token', await target.get('/me', target.issuer.mint()), { outcomes: ['FST_OKTA_ISSUER_UNAVAILABLE'] })
      }
    }
  },
  {
    title: 'A key set that drips in is not waited for',
    target: {},
    run: async (t, { get, issuer }) => {
      let drips = 0
      const timers = new Set<NodeJS.Timeout>()
      issuer.faults.set(KEYS_PATH, (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const timer = setInterval(() => {
          drips++
          response.write(' ')
        }, 20)
        timers.add(timer)
        response.on('close', () => { clearInterval(timer) })
      })
      const [unknown, known] = await Promise.all([get('/me', issuer.mint({ header: { kid: 'nobody' } })), get('/me', issuer.mint())])
      expectAnswer(t, 'an unknown key', unknown, { outcomes: ['FST_OKTA_ISSUER_UNAVAILABLE'] })
      expectAnswer(t, 'a known key', known, { outcomes: ['OK'] })
      issuer.faults.clear()
      const atTheEnd = drips
      await sleep(100)
      t.ok(drips - atTheEnd <= 2, 'the connection is given up')
      for (const timer of timers) clearInterval(timer)
    }
  },
  {
    title: 'A compressed bomb of a key set is cut off',
    run: async t => {
      const { gzipSync } = await import('node:zlib')
      const bomb = gzipSync(Buffer.alloc(50_000_000, ' '))
      const target = await startTarget(t, { prepare: issuer => { issuer.faults.set(KEYS_PATH, json(200, bomb, { 'content-encoding': 'gzip' })) } })
      expectAnswer(t, 'a token', await target.get('/me', target.issuer.mint()), { outcomes: ['FST_OKTA_ISSUER_UNAVAILABLE'] })
    }
  },
  {
    title: 'A key that is exchanged under its kid takes its tokens with it',
    target: { plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: 1, keysTtlMs: 20 } },
    run: async (t, { get, issuer }) => {
      const token = issuer.mint()
      t.equal((await get('/me', token)).status, 200)
      issuer.keySet = { keys: [published(stranger)] }
      await sleep(40)
      expectAnswer(t, 'a token that was remembered', await get('/me', token), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
      expectAnswer(t, 'a token by the new key', await get('/me', issuer.mint({ sign: rsa(stranger) })), { outcomes: ['OK'] })
      issuer.keySet = { keys: [published(main)] }
      await sleep(40)
    }
  },
  {
    title: 'A key that is retired takes its tokens with it',
    target: { plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: 1, keysTtlMs: 20 } },
    run: async (t, { get, issuer }) => {
      const token = issuer.mint({ key: other })
      t.equal((await get('/me', token)).status, 200)
      issuer.keySet = { keys: [published(main)] }
      await sleep(40)
      expectAnswer(t, 'a token that was remembered', await get('/me', token), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
      expectAnswer(t, 'another', await get('/me', issuer.mint({ key: other })), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
    }
  },
  {
    title: 'The keys of an issuer that is unavailable are used before the ceiling',
    target: { plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: 1, keysTtlMs: 20, keysCeilingMs: 600_000 } },
    run: async (t, { get, issuer }) => {
      issuer.faults.set(KEYS_PATH, json(503, {}))
      await sleep(60)
      t.equal((await get('/me', issuer.mint())).status, 200)
      issuer.faults.clear()
    }
  },
  {
    title: 'The keys of an issuer that is unavailable are not used after the ceiling',
    target: { plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: 1, keysTtlMs: 20, keysCeilingMs: 40 } },
    run: async (t, { get, issuer }) => {
      const token = issuer.mint()
      t.equal((await get('/me', token)).status, 200)
      issuer.faults.set(KEYS_PATH, json(503, {}))
      await sleep(100)
      expectAnswer(t, 'a token that was verified before', await get('/me', token), { outcomes: ['FST_OKTA_ISSUER_UNAVAILABLE'] })
      issuer.faults.clear()
      await sleep(5)
    }
  },
  {
    title: 'An issuer that forbids caching is not asked for each token',
    target: { plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: 600_000 }, prepare: issuer => { issuer.faults.set(KEYS_PATH, (request, response) => { json(200, { keys: issuer.keys }, { 'cache-control': 'no-store, max-age=0' })(request, response) }) } },
    run: async (t, { get, issuer }) => {
      const before = issuer.fetches
      for (let i = 0; i < 30; i++) await get('/me', issuer.mint())
      t.ok(issuer.fetches - before <= 1)
    }
  },
  {
    title: 'One kid for an RSA, an EC and a symmetric key is the RSA key\'s',
    target: withKeySet(keys => ({ keys: [{ kty: 'oct', kid: main.kid, k: 'AAAA' }, published(ecPair(main.kid), { alg: 'ES256' }), ...keys] })),
    expected: 'OK',
    tokens: issuer => ({ 'by the RSA key': issuer.mint() })
  }
]
