import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import type { Attack } from './attack.js'
import { expectAnswer } from './expectation.js'
import { published, rsa } from './forgery.js'
import { AUDIENCE } from '../kit/access-token.js'
import { eventually } from '../kit/eventually.js'
import { hang, hangUp, json, type Answer, type Issuer } from '../kit/issuer.js'
import { nextKey as other, strangersKey as stranger, usualKey as main } from '../kit/signing-key.js'
import { KEYS_PATH, startTarget, type Target, type TargetOptions } from './target.js'
import { nowSeconds } from '../kit/clock.js'

/** So long that it does not end while a test runs. */
const LONG_MS = 600_000
const patient: TargetOptions = { plugin: { publicUrl: 'https://greeting.example', keysCooldownMs: LONG_MS } }

const unknown = (issuer: Issuer, kid = `kid-${Math.random()}`): string => issuer.mint({ header: { kid } })

/** The service starts while its issuer answers like this. */
const cold = (answering: Answer): TargetOptions => ({ prepare: issuer => { issuer.faults.set(KEYS_PATH, answering) } })

/** A cold service says 503; once the issuer is back, tokens pass. */
async function expectColdOutage (t: Test, title: string, answering: Answer): Promise<void> {
  const target = await startTarget(t, cold(answering))
  expectAnswer(t, title, await target.get('/me', target.issuer.mint()), { outcomes: ['FST_OKTA_ISSUER_UNAVAILABLE'], secrets: [target.issuer.url] })
  target.issuer.faults.clear()
  await expectEventually(t, `${title}: it is over`, target, 200)
}

/** Asks with fresh tokens until the answer is as it should be. */
async function expectEventually (t: Test, title: string, { get, issuer }: Target, status: number, token = (): string => issuer.mint()): Promise<void> {
  await eventually(async () => (await get('/me', token())).status === status, title)
  t.pass(title)
}

const DOCUMENTS: Record<string, unknown> = {
  HTML: '<html><body>Sign in</body></html>',
  'an empty object': {},
  'keys that are no list': { keys: {} },
  'no keys': { keys: [] },
  'a list': [],
  null: 'null',
  nothing: '',
  'bad keys alone': { keys: [null, 1, 'x', [], published(main, { use: 'enc' })] },
  'keys in keys': { keys: { keys: [published(main)] } },
  'half a document': '{"keys":[{"kty":"RSA"'
}

export const KEYS_AND_ISSUER: readonly Attack[] = [
  {
    number: 112,
    title: 'A flood of unknown keys costs one fetch',
    target: patient,
    run: async (t, { get, issuer, log }) => {
      const before = issuer.fetches
      for (let i = 0; i < 40; i++) {
        const answers = await Promise.all(Array.from({ length: 25 }, async () => await get('/me', unknown(issuer))))
        if (!answers.every(({ status }) => status === 401)) t.fail('each is refused', { statuses: answers.map(({ status }) => status) })
      }
      t.ok(issuer.fetches - before <= 1, 'one fetch at most')
      t.notMatch(log.join(''), /could not be fetched/)
    }
  },
  {
    number: 113,
    title: 'A flood while the issuer is down wipes no key',
    target: {},
    run: async (t, { get, issuer }) => {
      issuer.faults.set(KEYS_PATH, json(500, {}))
      for (let i = 0; i < 20; i++) expectAnswer(t, 'an unknown key', await get('/me', unknown(issuer)), { outcomes: ['FST_OKTA_ISSUER_UNAVAILABLE'] })
      expectAnswer(t, 'a known key', await get('/me', issuer.mint()), { outcomes: ['OK'] })
      issuer.faults.clear()
      await expectEventually(t, 'an unknown key, once the issuer has said so', { get, issuer } as Target, 401, () => unknown(issuer, 'the-same'))
      expectAnswer(t, 'a known key', await get('/me', issuer.mint()), { outcomes: ['OK'] })
    }
  },
  {
    number: 114,
    title: 'A new key is accepted from many callers at once, for one fetch',
    target: {},
    run: async (t, { get, issuer }) => {
      const next = { ...stranger, kid: 'new-key-2026' }
      issuer.keySet = { keys: [published(main), published(next)] }
      const before = issuer.fetches
      const slow: Answer = (request, response) => { setTimeout(() => { json(200, issuer.keySet)(request, response) }, 50) }
      issuer.faults.set(KEYS_PATH, slow)
      const answers = await Promise.all(Array.from({ length: 20 }, async () => await get('/me', issuer.mint({ key: next }))))
      t.ok(answers.every(({ status }) => status === 200))
      t.equal(issuer.fetches - before, 1)
    }
  },
  {
    number: 115,
    title: 'A key that was unknown is known once it is published',
    target: {},
    run: async (t, target) => {
      const { get, issuer } = target
      const next = { ...stranger, kid: 'late-key-2026' }
      expectAnswer(t, 'before', await get('/me', issuer.mint({ key: next })), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
      issuer.keySet = { keys: [published(main), published(next)] }
      await expectEventually(t, 'after the cooldown', target, 200, () => issuer.mint({ key: next }))
    }
  },
  {
    number: 116,
    title: 'An issuer that fails before it was ever reached is an outage',
    run: async t => {
      const failures: Record<string, Answer> = {
        500: json(500, { error: 'x' }),
        502: json(502, '<html>'),
        404: json(404, {}),
        401: json(401, {}, { 'www-authenticate': 'Bearer error="invalid_token"' }),
        'no answer': hang,
        'a connection that ends': hangUp,
        'half an answer': (request, response) => {
          response.writeHead(200, { 'content-length': '1000' })
          response.write('{"keys":', () => { request.socket.destroy() })
        }
      }
      for (const [title, answering] of Object.entries(failures)) await expectColdOutage(t, title, answering)
    }
  },
  {
    number: 116,
    title: 'So is one that is not there, or does not speak TLS',
    run: async (t, { issuer }) => {
      const addresses = { 'nobody listens': 'http://127.0.0.1:1/keys', 'no such name': 'https://no-such-host.invalid/keys', 'no TLS': `${issuer.origin.replace('http', 'https')}/keys` }
      for (const [title, jwksUri] of Object.entries(addresses)) {
        const { get } = await startTarget(t, { issuer, okta: () => ({ jwksUri }) })
        expectAnswer(t, title, await get('/me', issuer.mint()), { outcomes: ['FST_OKTA_ISSUER_UNAVAILABLE'], secrets: [jwksUri, 'ECONNREFUSED', 'no-such-host'] })
      }
    }
  },
  {
    number: 117,
    title: 'An issuer that says when to come again is left alone until then',
    target: cold(json(429, {}, { 'retry-after': '77' })),
    isLasting: true,
    run: async (t, { get, issuer }) => {
      const before = issuer.fetches
      for (let i = 0; i < 5; i++) {
        await sleep(3)
        const answer = await get('/me', issuer.mint())
        expectAnswer(t, 'a token', answer, { outcomes: ['FST_OKTA_ISSUER_UNAVAILABLE'] })
        t.match(answer.headers.get('retry-after')?.[0], /^7[0-7]$/, 'callers get it too')
      }
      t.equal(issuer.fetches, before)
    }
  },
  {
    number: 117,
    title: 'Known keys outlive a 429',
    target: { plugin: { publicUrl: 'https://greeting.example', keysCooldownMs: 1, keysTtlMs: 20 } },
    run: async (t, { get, issuer }) => {
      issuer.faults.set(KEYS_PATH, json(429, {}, { 'retry-after': '60' }))
      await sleep(40)
      for (let i = 0; i < 3; i++) expectAnswer(t, 'a known key', await get('/me', issuer.mint()), { outcomes: ['OK'] })
      expectAnswer(t, 'an unknown key', await get('/me', unknown(issuer)), { outcomes: ['FST_OKTA_ISSUER_UNAVAILABLE'] })
    }
  },
  {
    number: 118,
    title: 'A redirect is not followed',
    run: async t => {
      let reached = 0
      const elsewhere = createServer((_request, response) => {
        reached++
        response.end(JSON.stringify({ keys: [published(stranger)] }))
      })
      await new Promise<void>(resolve => { elsewhere.listen(0, '127.0.0.1', resolve) })
      t.teardown(() => { elsewhere.close() })
      const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/keys`
      for (const status of [301, 302, 303, 307, 308]) {
        for (const location of [url, '/oauth2/other/v1/keys', 'http://169.254.169.254/latest/meta-data/', 'file:///etc/passwd', 'data:application/json,{"keys":[]}']) {
          if (status !== 302 && location !== url) continue
          const { get, issuer } = await startTarget(t, cold(json(status, {}, { location })))
          expectAnswer(t, `${status} to ${location}`, await get('/me', issuer.mint({ sign: rsa(stranger) })), { outcomes: ['FST_OKTA_ISSUER_UNAVAILABLE'] })
          t.equal(issuer.count('/oauth2/other'), 0)
        }
      }
      t.equal(reached, 0)
    }
  },
  {
    number: 119,
    title: 'A response that is not a key set is an outage, not an empty set',
    run: async t => {
      for (const [title, document] of Object.entries(DOCUMENTS)) await expectColdOutage(t, title, json(200, document))
    }
  },
  {
    number: 119,
    title: 'It does not take the place of a good set',
    target: {},
    run: async (t, { get, issuer }) => {
      for (const [title, document] of Object.entries(DOCUMENTS)) {
        issuer.faults.set(KEYS_PATH, json(200, document))
        await get('/me', unknown(issuer))
        expectAnswer(t, title, await get('/me', issuer.mint()), { outcomes: ['OK'] })
      }
    }
  },
  {
    number: 119,
    title: 'A bad key among good ones is passed over',
    expected: 'OK',
    target: {
      prepare: issuer => {
        issuer.keySet = { keys: [null, 1, 'x', [], {}, { kty: 'RSA' }, published(stranger, { kid: '' }), published(stranger, { kid: 1 }), published(stranger, { n: 1 }), published(stranger, { n: '====' }), published(stranger, { e: [] }), published(stranger, { kid: 'x', e: 'AQABA' }), published(stranger, { kid: 'y', n: `${stranger.jwk.n ?? ''}AAA` }), published(main)] }
      }
    },
    tokens: issuer => ({ 'the good key': issuer.mint() })
  },
  {
    number: 120,
    title: 'No metadata is read, so none can lead astray',
    why: 'there is no discovery: the issuer and the keys\' address are settings',
    run: async (t, { issuer, get }) => {
      issuer.faults.set('/oauth2/default/.well-known/openid-configuration', json(200, { issuer: 'https://evil.example', jwks_uri: `${issuer.origin}/evil` }))
      await get('/me', unknown(issuer))
      t.equal(issuer.count('.well-known'), 0)
      t.equal(issuer.count('/evil'), 0)
    }
  },
  {
    number: 121,
    title: 'A keys\' address that is not https, or not an address, stops the start',
    why: 'there is no discovery; what could be advertised is tried as a setting',
    run: async t => {
      for (const jwksUri of ['http://keys.example/keys', 'ftp://127.0.0.1/keys', 'file:///etc/passwd', 'https://user:password@keys.example/', '//keys.example', '', 'data:,x', 'http://127.0.0.1.evil.example/', 'http://localhost.evil.example/', 'http://[::ffff:7f00:1]@evil.example/']) {
        const app = fastify()
        t.teardown(async () => { await app.close() })
        await t.rejects(async () => { await app.register(fastifyOkta, { issuer: 'https://example.okta.com/oauth2/default', audience: AUDIENCE, jwksUri }) }, TypeError, jwksUri)
      }
    }
  },
  {
    number: 122,
    title: 'What the issuer says of algorithms is not asked',
    why: 'there is no discovery; a key set that names other algorithms is tried',
    target: { prepare: issuer => { issuer.keySet = { id_token_signing_alg_values_supported: ['none', 'HS256'], alg: 'none', keys: [published(main), published(other, { alg: 'none' }), published(stranger, { kid: 'hs', alg: 'HS256' })] } } },
    expected: 'FST_OKTA_INVALID_TOKEN',
    mayFetch: true,
    tokens: issuer => ({ 'a key for none': issuer.mint({ key: other }), 'a key for HS256': issuer.mint({ header: { kid: 'hs' }, sign: rsa(stranger) }), none: issuer.mint({ header: { alg: 'none' } }) })
  },
  {
    number: 123,
    title: 'Ten minutes between the clocks are too much',
    why: 'this process has one clock, so that the tokens\' is put forward and back',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({
      'this clock is behind': issuer.mint({ claims: { iat: nowSeconds() + 600, exp: nowSeconds() + 4200 } }),
      'this clock is ahead': issuer.mint({ claims: { iat: nowSeconds() - 4200, exp: nowSeconds() - 600 } })
    })
  }
]
