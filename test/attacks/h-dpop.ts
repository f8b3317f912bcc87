import { randomUUID } from 'node:crypto'
import type { DpopReplayStore, SharedOptions } from 'fastify-okta'
import type { Attack } from './attack.js'
import type { Answer, Message } from './connection.js'
import { expectAnswer, parseChallenges } from './expectation.js'
import { athOf, bareJwk, constant, ecdsa, ecPair, edPair, eddsa, hmac, pss, rsa, rsaPair } from './forgery.js'
import { strangersKey, usualKey } from '../kit/signing-key.js'
import type { TokenDifference } from '../kit/access-token.js'
import { clientsKey, createEcKey, type ProofDifference, type ProofKey } from '../kit/dpop-proof.js'
import type { Issuer } from '../kit/issuer.js'
import { bearer, dpop, prove, PUBLIC_URL, startTarget, type Target, type TargetOptions } from './target.js'
import { nowSeconds } from '../kit/clock.js'

const THIEF = await createEcKey()
const SHORT = rsaPair('short', 1024)
const P384 = ecPair('p384', 'P-384')

const boundTo = ({ thumbprint }: ProofKey, claims: TokenDifference['claims'] = {}): TokenDifference => ({ claims: { ...claims, cnf: { jkt: thumbprint } } })
const bound = (issuer: Issuer): string => issuer.mint(boundTo(clientsKey))

/** A request for each proof that differs like this from a good one. */
const proofs = (changes: Readonly<Record<string, ProofDifference>>) => ({ issuer }: Target): Record<string, Message> => {
  const token = bound(issuer)
  return Object.fromEntries(Object.entries(changes).map(([title, change]) => [title, { headers: dpop(token, prove(token, change)) }]))
}

/** A request for each value of one claim of the proof. */
const claimed = (claim: string, values: readonly unknown[]): ((target: Target) => Record<string, Message>) =>
  proofs(Object.fromEntries(values.map(value => [`${claim}: ${JSON.stringify(value)?.slice(0, 60) ?? 'missing'}`, { claims: { [claim]: value } }])))

const withDpop = (options: NonNullable<SharedOptions['dpop']>): TargetOptions => ({ plugin: { publicUrl: PUBLIC_URL, dpop: options } })

/** What replicas share. */
function createSharedStore (): DpopReplayStore {
  const seen = new Set<string>()
  return {
    remember: async ({ key }) => {
      if (seen.has(key)) return false
      seen.add(key)
      return true
    }
  }
}

const nonceOf = ({ headers }: Answer): string | undefined => headers.get('dpop-nonce')?.[0]

export const DPOP: readonly Attack[] = [
  {
    number: 137,
    title: 'A bound token without a proof is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: ({ issuer }) => ({ 'no header': { headers: dpop(bound(issuer)) } })
  },
  {
    number: 137,
    title: 'A good proof passes',
    expected: 'OK',
    requests: proofs({ 'as it should be': {}, 'without a kid': {}, 'with a query': { url: `${PUBLIC_URL}/me?x=1#y` } })
  },
  {
    number: 138,
    title: 'Two proofs are refused',
    expected: ['FST_OKTA_INVALID_DPOP_PROOF', 'FST_OKTA_INVALID_REQUEST'],
    requests: ({ issuer }) => {
      const token = bound(issuer)
      const [one, two] = [prove(token), prove(token)]
      return {
        'two headers': { headers: dpop(token, one, two) },
        'two equal headers': { headers: dpop(token, one, one) },
        'joined by a comma': { headers: dpop(token, `${one}, ${two}`) },
        'in other letters': { headers: [...dpop(token, one), ['dpop', two], ['DPOP', 'x']] },
        'an empty one first': { headers: dpop(token, '', one) },
        'an empty one': { headers: dpop(token, '') }
      }
    }
  },
  {
    number: 139,
    title: 'A proof that is not signed with a key pair is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: proofs({
      none: { header: { alg: 'none' }, sign: constant(Buffer.alloc(0)) },
      'none, signed': { header: { alg: 'none' } },
      'HS256 with the key as text': { header: { alg: 'HS256' }, sign: hmac(JSON.stringify(clientsKey.jwk)) },
      'HS256 with nothing': { header: { alg: 'HS256' }, sign: hmac('') },
      ES256K: { header: { alg: 'ES256K' } },
      RS1: { header: { alg: 'RS1' } },
      'no alg': { header: { alg: undefined } },
      'alg in a list': { header: { alg: ['ES256'] } },
      'another curve': { header: { alg: 'ES384' } },
      'a key of another curve': { header: { jwk: P384.jwk }, sign: ecdsa(P384) },
      'an RSA key': { header: { jwk: bareJwk(strangersKey) }, sign: rsa(strangersKey) },
      'a crit': { header: { crit: ['x'], x: 1 } },
      b64: { header: { b64: false } },
      zip: { header: { zip: 'DEF' } }
    })
  },
  {
    number: 139,
    title: 'The challenge says which algorithms will do',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const answer = await send({ headers: dpop(token, prove(token, { header: { alg: 'none' } })) })
      const algorithms = parseChallenges(answer).find(({ scheme }) => scheme === 'DPoP')?.parameters.get('algs')?.split(' ') ?? []
      t.ok(algorithms.includes('ES256'))
      t.notOk(algorithms.some(algorithm => /^(?:HS|none)/.test(algorithm)))
    }
  },
  {
    number: 140,
    title: 'A proof that holds a private key, or no key, is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: proofs({
      'a private key': { header: { jwk: clientsKey.privateKey.export({ format: 'jwk' }) } },
      'd of null': { header: { jwk: { ...clientsKey.jwk, d: null } } },
      'a symmetric key': { header: { alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }, sign: hmac(Buffer.alloc(3)) },
      'a symmetric key under ES256': { header: { jwk: { kty: 'oct', k: 'AAAA' } } },
      'no key': { header: { jwk: undefined } },
      'a text': { header: { jwk: JSON.stringify(clientsKey.jwk) } },
      'a list': { header: { jwk: [clientsKey.jwk] } },
      null: { header: { jwk: null } },
      'an empty key': { header: { jwk: {} } },
      'a kid alone': { header: { jwk: undefined, kid: 'x' } },
      'a point off the curve': { header: { jwk: { ...clientsKey.jwk, y: clientsKey.jwk.x } } },
      'a short RSA key': { header: { alg: 'RS256', jwk: SHORT.jwk }, sign: rsa(SHORT) },
      'an RSA key with the exponent 1': { header: { alg: 'RS256', jwk: { ...bareJwk(usualKey), e: 'AQ' } } },
      'another type': { header: { typ: 'JWT' } },
      'no type': { header: { typ: undefined } },
      'the type of an access token': { header: { typ: 'at+jwt' } }
    })
  },
  {
    number: 141,
    title: 'A proof by another key than its own is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: target => ({
      ...proofs({
        'another\'s signature': { sign: THIEF.sign },
        'a signature of zeros': { sign: constant(Buffer.alloc(64)) },
        'an empty signature': { sign: constant(Buffer.alloc(0)) },
        'a signature in DER': { sign: constant(Buffer.from('3006020100020100', 'hex')) }
      })(target),
      'the key put in after signing': (() => {
        const token = bound(target.issuer)
        const [, payload = '', signature = ''] = prove(token, { key: THIEF }).split('.')
        const [header = ''] = prove(token).split('.')
        return { headers: dpop(token, [header, payload, signature].join('.')) }
      })()
    })
  },
  {
    number: 142,
    title: 'A proof for another method is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: claimed('htm', ['get', 'Get', 'POST', 'HEAD', '', undefined, null, ['GET'], 'GET ', 'GET,POST', '*', 1])
  },
  {
    number: 143,
    title: 'A proof for where a header says we are is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: ({ issuer }) => {
      const token = bound(issuer)
      const spoofed = (headers: Message['headers'], url: string): Message => ({ headers: [...dpop(token, prove(token, { url })), ...headers ?? []] })
      return {
        Host: spoofed([['Host', 'evil.example']], 'https://evil.example/me'),
        'Host over http': spoofed([['Host', 'evil.example']], 'http://evil.example/me'),
        'X-Forwarded-Host': spoofed([['X-Forwarded-Host', 'evil.example'], ['X-Forwarded-Proto', 'https']], 'https://evil.example/me'),
        Forwarded: spoofed([['Forwarded', 'host=evil.example;proto=https']], 'https://evil.example/me'),
        'X-Forwarded-Prefix': spoofed([['X-Forwarded-Prefix', '/x']], `${PUBLIC_URL}/x/me`),
        'X-Original-URL': spoofed([['X-Original-URL', '/greet']], `${PUBLIC_URL}/greet`)
      }
    }
  },
  {
    number: 143,
    title: 'A strange Host does not spoil a good proof',
    why: 'no proxy stands before this service; where it is called comes from publicUrl alone',
    expected: ['OK', 400],
    requests: ({ issuer }) => {
      const token = bound(issuer)
      return Object.fromEntries(['evil.example', 'a b', '[::1', 'x@y', 'greeting.example:99999', '', '"', 'é'].map(host => [JSON.stringify(host), { headers: [['Host', host], ...dpop(token, prove(token))] }]))
    }
  },
  {
    number: 143,
    title: 'A proof for another place is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: claimed('htu', [
      undefined, null, '', '/me', 'me', [`${PUBLIC_URL}/me`], 1, {}, 'https://greeting.example', 'https://greeting.example/', 'https://greeting.example/greet', 'https://greeting.example/me/', 'https://greeting.example/ME', 'http://greeting.example/me',
      'https://greeting.example:8443/me', 'https://greeting.example.evil.example/me', 'https://evil.example/https://greeting.example/me', 'https://user@greeting.example/me', 'https://user:pass@greeting.example/me', 'https://greeting.example@evil.example/me',
      'https://greeting.example./me', 'https://greeting.example//me', 'https://greeting.example/x', 'https://greeting.example/me%2f', 'https://greeting.example/me;x', 'wss://greeting.example/me', 'javascript:alert(1)', 'https://grеeting.example/me'
    ])
  },
  {
    number: 144,
    title: 'A proof for another token is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: target => claimed('ath', [undefined, null, '', 'x', athOf(bound(target.issuer)), athOf(''), [athOf('x')], 1, 'A'.repeat(43)])(target)
  },
  {
    number: 144,
    title: 'The digest is compared to the last character',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: ({ issuer }) => {
      const token = bound(issuer)
      const ath = athOf(token)
      return Object.fromEntries([`${ath}=`, ath.slice(0, -1), `${ath} `, ath.toUpperCase(), Buffer.from(ath, 'base64url').toString('hex'), Buffer.from(ath, 'base64url').toString('base64'), [ath]].map(value =>
        [String(value).slice(-12), { headers: dpop(token, prove(token, { claims: { ath: value } })) }]))
    }
  },
  {
    number: 145,
    title: 'A proof without a usable jti is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: claimed('jti', [undefined, null, '', 1, [], {}, ['x'], 'j'.repeat(10_000), 'j'.repeat(257), true])
  },
  {
    number: 146,
    title: 'A proof serves once',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const proof = prove(token)
      expectAnswer(t, 'first', await send({ headers: dpop(token, proof) }), { outcomes: ['OK'] })
      expectAnswer(t, 'again', await send({ headers: dpop(token, proof) }), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
      const jti = randomUUID()
      const again = async (claims: object): Promise<Answer> => await send({ headers: dpop(token, prove(token, { claims: { jti, ...claims } })) })
      expectAnswer(t, 'a jti', await again({}), { outcomes: ['OK'] })
      expectAnswer(t, 'with another iat', await again({ iat: nowSeconds() - 1 }), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
      const other = issuer.mint(boundTo(clientsKey))
      expectAnswer(t, 'with another token', await send({ headers: dpop(other, prove(other, { claims: { jti } })) }), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
      expectAnswer(t, 'for another route', await send({ target: '/', headers: dpop(token, prove(token, { claims: { jti }, url: `${PUBLIC_URL}/` })) }), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
    }
  },
  {
    number: 146,
    title: 'Nor does it serve once on each of two replicas, nor again after a restart',
    run: async (t, { issuer }) => {
      const replayStore = createSharedStore()
      const [one, two] = [await startTarget(t, { issuer, ...withDpop({ replayStore }) }), await startTarget(t, { issuer, ...withDpop({ replayStore }) })]
      const token = bound(issuer)
      const headers = dpop(token, prove(token))
      expectAnswer(t, 'on the first', await one.send({ headers }), { outcomes: ['OK'] })
      expectAnswer(t, 'on the second', await two.send({ headers }), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
      const restarted = await startTarget(t, { issuer, ...withDpop({ replayStore }) })
      expectAnswer(t, 'after a restart', await restarted.send({ headers }), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
    }
  },
  {
    number: 147,
    title: 'A proof of another time is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: target => claimed('iat', [undefined, null, '', String(nowSeconds()), [], {}, true, nowSeconds() - 120, nowSeconds() + 120, 0, -1, Date.now(), 1e21, Number.MAX_VALUE, [nowSeconds()]])(target)
  },
  {
    number: 147,
    title: 'A proof of no time that a clock shows is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: ({ issuer }) => {
      const token = bound(issuer)
      return Object.fromEntries(['1e400', '-1e400', '-0'].map(iat => {
        const marked = prove(token, { claims: { iat: '@@' } })
        const [header = '', payload = ''] = marked.split('.')
        const text = Buffer.from(payload, 'base64url').toString().replace('"@@"', iat)
        const input = `${header}.${Buffer.from(text).toString('base64url')}`
        return [iat, { headers: dpop(token, `${input}.${clientsKey.sign(input).toString('base64url')}`) }]
      }))
    }
  },
  {
    number: 148,
    title: 'If a nonce is required, only one that the service has issued is accepted',
    run: async (t, { issuer }) => {
      const nonces: NonNullable<SharedOptions['dpop']> = { nonceLifetimeSeconds: 60 }
      const [service, stranger] = [await startTarget(t, { issuer, ...withDpop(nonces) }), await startTarget(t, { issuer, ...withDpop(nonces) })]
      const token = bound(issuer)
      const ask = async (nonce?: unknown): Promise<Answer> => await service.send({ headers: dpop(token, prove(token, { claims: { nonce } })) })
      const foreign = nonceOf(await stranger.send({}))
      const first = await ask()
      expectAnswer(t, 'no nonce', first, { outcomes: ['FST_OKTA_USE_DPOP_NONCE'] })
      const nonce = nonceOf(first)
      for (const wrong of ['', 'x', foreign, null, 1, [nonce], `${nonce ?? ''} `, nonce?.toUpperCase(), nonce?.slice(1)]) {
        const answer = await ask(wrong)
        expectAnswer(t, `nonce ${JSON.stringify(wrong)}`, answer, { outcomes: ['FST_OKTA_USE_DPOP_NONCE'] })
        t.ok(nonceOf(answer), 'the right one comes along')
      }
      expectAnswer(t, 'the right one', await ask(nonce), { outcomes: ['OK'] })
    }
  },
  {
    number: 148,
    title: 'Replicas with one secret take each other\'s nonces',
    run: async (t, { issuer }) => {
      const nonces = withDpop({ nonceLifetimeSeconds: 60, nonceSecret: Buffer.alloc(32, 7) })
      const [one, two] = [await startTarget(t, { issuer, ...nonces }), await startTarget(t, { issuer, ...nonces })]
      const token = bound(issuer)
      const nonce = nonceOf(await one.send({}))
      expectAnswer(t, 'on the other', await two.send({ headers: dpop(token, prove(token, { claims: { nonce } })) }), { outcomes: ['OK'] })
    }
  },
  {
    number: 149,
    title: 'A stolen token does not pass with the thief\'s proof',
    expected: 'FST_OKTA_INVALID_TOKEN',
    requests: ({ issuer }) => {
      const token = bound(issuer)
      return {
        'the thief\'s own key': { headers: dpop(token, prove(token, { key: THIEF })) },
        'an RSA key': { headers: dpop(token, prove(token, { key: THIEF, header: { alg: 'PS256', jwk: bareJwk(strangersKey) }, sign: pss(strangersKey) })) },
        'an Ed25519 key': (() => {
          const ed = edPair('ed')
          return { headers: dpop(token, prove(token, { key: THIEF, header: { alg: 'EdDSA', jwk: ed.jwk }, sign: eddsa(ed) })) }
        })()
      }
    }
  },
  {
    number: 150,
    title: 'A token that is bound to nothing is a bearer token',
    expected: 'FST_OKTA_INVALID_TOKEN',
    requests: ({ issuer }) => {
      const token = issuer.mint()
      return { 'with a proof': { headers: dpop(token, prove(token)) }, 'without one': { headers: dpop(token) } }
    }
  },
  {
    number: 151,
    title: 'If it cannot be determined whether a proof was used, it is refused',
    run: async (t, { issuer }) => {
      const failures: Record<string, DpopReplayStore['remember']> = {
        throws: () => { throw new Error('connect ECONNREFUSED 10.0.0.1:6379 secret-redis') },
        rejects: async () => { throw new Error('connect ECONNREFUSED 10.0.0.1:6379 secret-redis') },
        'gives nothing': (() => undefined) as never
      }
      for (const [title, remember] of Object.entries(failures)) {
        const { send, log } = await startTarget(t, { issuer, ...withDpop({ replayStore: { remember } }) })
        const token = bound(issuer)
        const answer = await send({ headers: dpop(token, prove(token)) })
        expectAnswer(t, title, answer, { outcomes: [title === 'gives nothing' ? 'FST_OKTA_INVALID_DPOP_PROOF' : 'FST_OKTA_DPOP_REPLAY_STORE_UNAVAILABLE'], secrets: ['secret-redis', 'ECONNREFUSED'] })
        t.notOk(log.join('').includes(token.slice(-60)))
      }
    }
  },
  {
    number: 151,
    title: 'A memory that is full accepts no more proofs, and drops none',
    run: async (t, { issuer }) => {
      const { send } = await startTarget(t, { issuer, ...withDpop({ maxReplays: 2 }) })
      const token = bound(issuer)
      const [one, two, three] = [prove(token), prove(token), prove(token)]
      for (const proof of [one, two]) expectAnswer(t, 'a proof', await send({ headers: dpop(token, proof) }), { outcomes: ['OK'] })
      expectAnswer(t, 'one too many', await send({ headers: dpop(token, three) }), { outcomes: ['FST_OKTA_DPOP_REPLAY_STORE_UNAVAILABLE'] })
      expectAnswer(t, 'the first again', await send({ headers: dpop(token, one) }), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
    }
  },
  {
    number: 152,
    title: 'If both schemes are accepted, both are challenged, each by itself',
    run: async (t, { send, get, issuer }) => {
      for (const answer of [await send({}), await get('/me', 'bad'), await send({ headers: dpop(bound(issuer)) })]) {
        t.strictSame(parseChallenges(answer).map(({ scheme }) => scheme).sort(), ['Bearer', 'DPoP'])
      }
      t.equal((await send({})).headers.get('www-authenticate')?.length, 2, 'in two lines')
    }
  },
  {
    number: 152,
    title: 'If only DPoP is accepted, a bearer token is refused, and only DPoP is challenged',
    run: async (t, { issuer }) => {
      const { send } = await startTarget(t, { issuer, ...withDpop({ mode: 'required' }) })
      for (const headers of [[], [bearer(issuer.mint())], [bearer(bound(issuer))]]) {
        const answer = await send({ headers })
        expectAnswer(t, 'a request', answer, { outcomes: [headers.length === 0 ? 'FST_OKTA_MISSING_CREDENTIALS' : 'FST_OKTA_INVALID_TOKEN'] })
        t.strictSame(parseChallenges(answer).map(({ scheme }) => scheme), ['DPoP'])
      }
      const token = bound(issuer)
      expectAnswer(t, 'with a proof', await send({ headers: dpop(token, prove(token)) }), { outcomes: ['OK'] })
    }
  }
]
