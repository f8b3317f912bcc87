import type { Attack } from './attack.js'
import { expectAnswer, secretsOf } from './expectation.js'
import { rsa } from './forgery.js'
import { checkSettings } from '#greeting/settings/settings.js'
import { startLocalOkta } from 'local-okta'
import { strangersKey } from '../kit/signing-key.js'
import { ADA, AUDIENCE } from '../kit/access-token.js'
import { clientsKey } from '../kit/dpop-proof.js'
import { hangUp, json } from '../kit/issuer.js'
import { API_TOKEN, bearer, dpop, prove, startPlugin } from './target.js'
import { nowSeconds } from '../kit/clock.js'

const HOSTILE = 'x" , error="none\r\nSet-Cookie: a=b\u0000\u001b[31m é 漢字 <script>'

export const OUTPUT: readonly Attack[] = [
  {
    number: 153,
    title: 'Nothing of the request gets into a challenge',
    run: async (t, { get, issuer }) => {
      const tokens = [
        issuer.mint({ header: { kid: HOSTILE } }), issuer.mint({ header: { alg: HOSTILE } }), issuer.mint({ header: { typ: HOSTILE } }), issuer.mint({ header: { crit: [HOSTILE] } }),
        ...['iss', 'aud', 'sub', 'cid', 'exp', 'nbf', 'scp', 'cnf'].map(claim => issuer.mint({ claims: { [claim]: HOSTILE, ver: 0 } }))
      ]
      for (const token of tokens) {
        const answer = await get('/me', token)
        expectAnswer(t, 'a hostile text', answer, { outcomes: ['FST_OKTA_INVALID_TOKEN'], secrets: [HOSTILE, 'Set-Cookie', '<script>'] })
        t.notOk(answer.headers.has('set-cookie'))
      }
    }
  },
  {
    number: 154,
    title: 'Credentials get into no log, even that of an application which logs all it can',
    run: async (t, { issuer }) => {
      const { send, log } = await startPlugin(t, {
        issuer,
        options: { issuer: issuer.url, audience: AUDIENCE, publicUrl: 'https://greeting.example', directory: { token: API_TOKEN, cooldownMs: 0, userCacheTtlMs: 0, userCacheCeilingMs: 0 } },
        routes: app => { app.get('/me', { onRequest: app.okta.requireGroup('Fastify Okta') }, async () => 'in') }
      })
      const token = issuer.mint()
      const bound = issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })
      const proof = prove(bound, { header: { alg: 'none' } })
      const forged = issuer.mint({ sign: rsa(strangersKey) })
      for (const headers of [[bearer(token)], [bearer(forged)], dpop(bound, proof), dpop(bound, prove(bound)), [bearer(`${token} ${token}`)]]) await send({ headers })
      for (const answering of [json(500, {}), json(403, { errorCode: 'E0000006' }), json(401, {}), json(429, {}), json(200, '<html>'), hangUp]) {
        issuer.faults.set(`/api/v1/users/${ADA}`, answering)
        await send({ headers: [bearer(token)] })
      }
      issuer.faults.clear()
      const text = log.join('')
      for (const secret of [token, bound, proof, forged].flatMap(secretsOf).filter(secret => /^[\w-]{40,}$/.test(secret))) {
        if (text.includes(secret)) t.fail('a segment of a token is logged', { secret: secret.slice(0, 40) })
      }
      t.notOk(text.includes(API_TOKEN), 'the API token is not logged')
      t.match(text, /a lookup in the directory failed/, 'the failures are')
    }
  },
  {
    number: 155,
    title: 'Whatever is wrong with a token, strangers read the same',
    run: async (t, { get, issuer }) => {
      const answers = await Promise.all([
        issuer.mint({ claims: { exp: nowSeconds() - 60 } }), issuer.mint({ sign: rsa(strangersKey) }), issuer.mint({ claims: { aud: 'api://other' } }), issuer.mint({ claims: { iss: 'https://evil.example' } }),
        issuer.mint({ claims: { nbf: nowSeconds() + 60 } }), issuer.mint({ header: { alg: 'none' } }), issuer.mint({ header: { kid: 'nobody' } }), 'x', issuer.mint({ claims: { cid: undefined } }), issuer.mint({ claims: { cnf: {} } })
      ].map(async token => await get('/me', token)))
      for (const answer of answers) expectAnswer(t, 'a refusal', answer, { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
      t.equal(new Set(answers.map(({ body, headers }) => body + String(headers.get('www-authenticate')))).size, 1)
    }
  },
  {
    number: 156,
    title: 'The answer to a bad token says nothing about the user in it',
    target: { directory: { userCacheTtlMs: 0, userCacheCeilingMs: 0 } },
    run: async (t, { get, send, issuer }) => {
      issuer.users.set('00ususpended00000001', { id: '00ususpended00000001', status: 'SUSPENDED' })
      // The service checks at start that it can read the directory. /readyz answers once that is done.
      t.equal((await send({ target: '/readyz' })).status, 200)
      const before = issuer.requestLines.length
      const answers = []
      for (const uid of [ADA, '00ususpended00000001', '00unobody00000000001']) answers.push(await get('/me', issuer.mint({ claims: { uid }, sign: rsa(strangersKey) })))
      for (const answer of answers) expectAnswer(t, 'a forged token', answer, { outcomes: ['FST_OKTA_INVALID_TOKEN'] })
      t.equal(new Set(answers.map(({ body }) => body)).size, 1)
      t.strictSame(issuer.requestLines.slice(before), [], 'the directory is not asked')
      const [suspended, nobody] = [await get('/me', issuer.mint({ claims: { uid: '00ususpended00000001' } })), await get('/me', issuer.mint({ claims: { uid: '00unobody00000000001' } }))]
      expectAnswer(t, 'a suspended user', suspended, { outcomes: ['FST_OKTA_USER_INACTIVE'] })
      t.equal(suspended.body, nobody.body, 'who is suspended and who is not there look alike')
    }
  },
  {
    number: 157,
    title: 'An unknown key is refused as a known one is, without a fetch',
    why: 'time is not measured; within the cooldown neither makes a request',
    target: { plugin: { keysCooldownMs: 600_000, publicUrl: 'https://greeting.example' } },
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => ({ 'an unknown kid': issuer.mint({ header: { kid: 'nobody' } }), 'a known kid': issuer.mint({ sign: rsa(strangersKey) }) })
  },
  {
    number: 158,
    title: 'No answer is for a shared cache',
    run: async (t, { get, send, issuer }) => {
      for (const path of ['/', '/me', '/greet']) {
        const { status, headers } = await get(path, issuer.mint())
        t.equal(status, 200)
        t.equal(headers.get('cache-control')?.[0], 'no-store', path)
        t.match(headers.get('vary')?.join(), /authorization/i, path)
      }
      t.equal((await send({ target: '/livez' })).headers.get('cache-control')?.[0], 'no-store')
    }
  },
  {
    number: 159,
    title: 'The local Okta is not for production, nor for other machines',
    run: async t => {
      const before = process.env['NODE_ENV']
      process.env['NODE_ENV'] = 'production'
      try {
        await t.rejects(startLocalOkta(), /production/)
      } finally {
        if (before === undefined) delete process.env['NODE_ENV']
        else process.env['NODE_ENV'] = before
      }
      for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.com', '127.0.0.1.evil.example', '']) await t.rejects(startLocalOkta({ host }), TypeError, host)
    }
  },
  {
    number: 160,
    title: 'The local Okta\'s keys are its own each time',
    run: async t => {
      const [one, two] = [await startLocalOkta(), await startLocalOkta()]
      t.teardown(async () => { await Promise.all([one.stop(), two.stop()]) })
      const kids = [...one.keys, ...two.keys].map(({ kid }) => kid)
      t.equal(new Set(kids).size, kids.length)
      t.not(one.apiToken, two.apiToken)
    }
  },
  {
    number: 160,
    title: 'No issuer on the loopback is believed in production',
    run: async t => {
      const texts = { HOST: '127.0.0.1', PORT: '3000', LOG_LEVEL: 'info', LOCAL_OKTA_PORT: '4000', GREETING_GROUP: 'Fastify Okta', OKTA_OAUTH2_AUDIENCE: AUDIENCE }
      for (const issuer of ['http://127.0.0.1:4000/oauth2/default', 'https://127.0.0.1/oauth2/default', 'http://localhost:4000/oauth2/default', 'http://[::1]:4000/oauth2/default', 'http://127.9.9.9/oauth2/default']) {
        t.throws(() => checkSettings({ ...texts, OKTA_OAUTH2_ISSUER: issuer }, { isOktaConfigured: true, isProduction: true }), issuer)
      }
      t.throws(() => checkSettings(texts, { isOktaConfigured: false, isProduction: true }), 'no issuer at all')
    }
  }
]
