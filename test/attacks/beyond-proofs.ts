import type { SharedOptions } from 'fastify-okta'
import type { Attack } from './attack.js'
import type { Message } from './connection.js'
import { expectAnswer, parseChallenges } from './expectation.js'
import { rsa, twinOf } from './forgery.js'
import { clientsKey, createEcKey, type ProofDifference } from '../kit/dpop-proof.js'
import { strangersKey as stranger } from '../kit/signing-key.js'
import type { Issuer } from '../kit/issuer.js'
import { bearer, dpop, prove, PUBLIC_URL, type Target } from './target.js'

const JSON_BODY = ['Content-Type', 'application/json'] as const
const bound = (issuer: Issuer): string => issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
const required: SharedOptions = { publicUrl: PUBLIC_URL }

const proven = (changes: Readonly<Record<string, ProofDifference>>, message: Message = {}) => ({ issuer }: Target): Record<string, Message> => {
  const token = bound(issuer)
  return Object.fromEntries(Object.entries(changes).map(([title, change]) => [title, { ...message, headers: dpop(token, prove(token, change)) }]))
}

export const PROOFS: readonly Attack[] = [
  {
    title: 'Of two requests with one proof exactly one passes',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      for (let i = 0; i < 5; i++) {
        const headers = dpop(token, prove(token))
        const answers = await Promise.all(Array.from({ length: 6 }, async () => await send({ headers })))
        t.equal(answers.filter(({ status }) => status === 200).length, 1)
      }
    }
  },
  {
    title: 'The twin of an ECDSA proof is the same proof',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const proof = prove(token)
      expectAnswer(t, 'the proof', await send({ headers: dpop(token, proof) }), { outcomes: ['OK'] })
      expectAnswer(t, 'its twin', await send({ headers: dpop(token, twinOf(proof)) }), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
    }
  },
  {
    title: 'HEAD and GET are two methods',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const ask = async (method: string, proven: string) => await send({ method, headers: dpop(token, prove(token, { claims: { htm: proven } })) })
      expectAnswer(t, 'GET for HEAD', await ask('HEAD', 'GET'), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'], isHead: true })
      expectAnswer(t, 'HEAD for GET', await ask('GET', 'HEAD'), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
      t.equal((await ask('HEAD', 'HEAD')).status, 200)
    }
  },
  {
    title: 'A proof for our place may be spelled in ways that mean the same',
    expected: ['OK', 'FST_OKTA_INVALID_DPOP_PROOF'],
    requests: proven(Object.fromEntries(['https://greeting.example:443/me', 'HTTPS://GREETING.EXAMPLE/me', 'https://greeting.example/x/../me', 'https://greeting.example/me?x=1', 'https://greeting.example/me#x', 'https://greeting.example/%6de', 'https://greeting.example/./me'].map(url => [url, { url }])))
  },
  {
    title: 'The default port, the letters of the host, query and fragment make no difference',
    expected: 'OK',
    requests: proven(Object.fromEntries(['https://greeting.example:443/me', 'HTTPS://GREETING.EXAMPLE/me', 'https://greeting.example/me?x=1', 'https://greeting.example/me#x'].map(url => [url, { url }])))
  },
  {
    title: 'A request target with a host in it does not move our place',
    expected: ['FST_OKTA_INVALID_DPOP_PROOF', 400, 404],
    requests: ({ issuer }) => {
      const token = bound(issuer)
      return Object.fromEntries([
        ['http://evil.example/me', 'https://greeting.examplehttp//evil.example/me'], ['http://evil.example/me', 'http://evil.example/me'], ['https://evil.example/me', 'https://greeting.examplehttps//evil.example/me'], ['https://evil.example/me', 'https://evil.example/me']
      ].map(([target = '', url = '']) => [`${target} with ${url}`, { target, headers: dpop(token, prove(token, { url })) }]))
    }
  },
  {
    title: 'A jti is not cut, folded or joined',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const ask = async (jti: string) => await send({ headers: dpop(token, prove(token, { claims: { jti } })) })
      for (const jti of ['a', 'A', 'a ', 'a\0', 'á', 'a\u0301', 'j'.repeat(255), 'j'.repeat(256), '__proto__', 'constructor']) expectAnswer(t, JSON.stringify(jti).slice(0, 20), await ask(jti), { outcomes: ['OK'] })
      for (const jti of ['a', '__proto__', 'j'.repeat(256)]) expectAnswer(t, 'again', await ask(jti), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
    }
  },
  {
    title: 'A proof that is refused is not used up, nor are others by it',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const jti = 'the-victims-next-jti'
      const thief = await createEcKey()
      expectAnswer(t, 'the thief is first', await send({ headers: dpop(token, prove(token, { key: thief, claims: { jti } })) }), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
      expectAnswer(t, 'the owner with another method', await send({ headers: dpop(token, prove(token, { claims: { jti, htm: 'PUT' } })) }), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
      expectAnswer(t, 'the owner', await send({ headers: dpop(token, prove(token, { claims: { jti } })) }), { outcomes: ['OK'] })
    }
  },
  {
    title: 'An access token is not a proof, and a proof is not an access token',
    run: async (t, { send, get, issuer }) => {
      const token = bound(issuer)
      expectAnswer(t, 'the token as proof', await send({ headers: dpop(token, token) }), { outcomes: ['FST_OKTA_INVALID_DPOP_PROOF'] })
      const proof = prove(token)
      expectAnswer(t, 'the proof as token', await get('/me', proof), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
      expectAnswer(t, 'the proof as both', await send({ headers: dpop(proof, proof) }), { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
    }
  },
  {
    title: 'A large proof is refused unread',
    expected: ['FST_OKTA_INVALID_DPOP_PROOF', 431],
    requests: proven({ 'of 9 kB': { claims: { filler: 'x'.repeat(7000) } }, 'of 12 kB': { header: { filler: 'x'.repeat(9000) } }, deep: { claims: { deep: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown } } })
  },
  {
    title: 'A proof that is written twice over, or in two ways, is refused',
    expected: 'FST_OKTA_INVALID_DPOP_PROOF',
    requests: ({ issuer }) => {
      const token = bound(issuer)
      const proof = prove(token)
      return Object.fromEntries(Object.entries({ padded: `${proof}=`, quoted: `"${proof}"`, 'with a scheme': `DPoP ${proof}`, 'with a fourth segment': `${proof}.`, 'with a space': proof.replace('.', ' .') }).map(([title, text]) => [title, { headers: dpop(token, text) }]))
    }
  },
  {
    title: 'A good proof does not save a bad token',
    expected: 'FST_OKTA_INVALID_TOKEN',
    requests: ({ issuer }) => {
      const cnf = { jkt: clientsKey.thumbprint }
      return Object.fromEntries(Object.entries({ expired: issuer.mint({ claims: { cnf, exp: 1 } }), forged: issuer.mint({ claims: { cnf }, sign: rsa(stranger) }), 'of another audience': issuer.mint({ claims: { cnf, aud: 'x' } }) })
        .map(([title, token]) => [title, { headers: dpop(token, prove(token)) }]))
    }
  },
  {
    title: 'A proof beside a bearer token that is bound to nothing changes nothing',
    expected: 'OK',
    requests: ({ issuer }) => {
      const token = issuer.mint()
      return { 'a bad proof': { headers: [bearer(token), ['DPoP', 'x']] }, 'a good one': { headers: [bearer(token), ['DPoP', prove(token)]] } }
    }
  },
  {
    title: 'A refusal is challenged in the scheme that was used',
    target: { plugin: required },
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const answer = await send({ method: 'PATCH', headers: [...dpop(token, prove(token, { claims: { htm: 'PATCH' } })), JSON_BODY], body: '{}' })
      expectAnswer(t, 'no scope', answer, { outcomes: ['FST_OKTA_INSUFFICIENT_SCOPE'] })
      t.strictSame(parseChallenges(answer).map(({ scheme }) => scheme), ['DPoP'])
    }
  }
]
