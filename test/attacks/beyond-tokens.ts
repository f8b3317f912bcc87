import type { Attack } from './attack.js'
import { exchangeBytes } from './connection.js'
import { appendMembers, rsa } from './forgery.js'
import { strangersKey as stranger, usualKey as main } from '../kit/signing-key.js'
import { ADA, AUDIENCE, encode } from '../kit/access-token.js'
import { clientsKey } from '../kit/dpop-proof.js'
import { type Issuer, json } from '../kit/issuer.js'
import { bearer, dpop, PUBLIC_URL, startPlugin } from './target.js'
import { nowSeconds } from '../kit/clock.js'

const USER = `/api/v1/users/${ADA}`
const JSON_BODY = ['Content-Type', 'application/json'] as const
const bound = (issuer: Issuer): string => issuer.mint({ claims: { cnf: { jkt: clientsKey.thumbprint } } })

/** The text of a good token's claims with this in the place of one. */
const spelled = (issuer: Issuer, claim: string, text: string): string => issuer.mint({ claimsText: appendMembers(issuer.claims({ [claim]: undefined }), `"${claim}":${text}`) })

export const TOKENS: readonly Attack[] = [
  {
    title: 'A byte order mark, a comment or a trailing comma makes a token of no reader\'s',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => {
      const claims = JSON.stringify(issuer.claims())
      const header = JSON.stringify({ alg: 'RS256', kid: main.kid })
      return {
        'BOM in the payload': issuer.mint({ claimsText: `\ufeff${claims}` }),
        'BOM in the header': issuer.mint({ claimsText: claims, headerText: `\ufeff${header}` }),
        'a comment': issuer.mint({ claimsText: claims.replace('{', '{/* x */') }),
        'a trailing comma': issuer.mint({ claimsText: claims.replace(/\}$/, ',}') }),
        'text behind it': issuer.mint({ claimsText: `${claims}x` }),
        'two objects': issuer.mint({ claimsText: `${claims}${claims}` }),
        'single quotes': issuer.mint({ claimsText: claims.replaceAll('"', '\'') }),
        NUL: issuer.mint({ claimsText: `${claims}\0` }),
        'UTF-16': issuer.mint({ claimsText: Buffer.from(claims, 'utf16le') }),
        'a raw newline in a text': issuer.mint({ claimsText: claims.replace('ada@', 'ada\n@') })
      }
    }
  },
  {
    title: 'Numbers that JSON does not have are refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries(['NaN', 'Infinity', '-Infinity', '0x7fffffff', '01', '+1', '1_000', '.5', '1.', '１７９９９９９９９９', '"۱۷۹۹۹۹۹۹۹۹"'].map(text => [text, spelled(issuer, 'exp', text)]))
  },
  {
    title: 'A blank in JSON is nothing',
    expected: 'OK',
    tokens: issuer => ({ 'spread out': issuer.mint({ claimsText: JSON.stringify(issuer.claims(), null, 2) }), 'exp in another notation': spelled(issuer, 'exp', `${nowSeconds() + 60}e0`) })
  },
  {
    title: 'Claims with numbers beyond all bounds do no harm',
    expected: ['OK', 'FST_OKTA_INVALID_TOKEN'],
    tokens: issuer => ({ '1e400': issuer.mint({ claimsText: appendMembers(issuer.claims(), '"custom":1e400') }), '-0': issuer.mint({ claimsText: appendMembers(issuer.claims(), '"custom":-0') }), '9007199254740993': issuer.mint({ claimsText: appendMembers(issuer.claims(), '"custom":9007199254740993') }) })
  },
  {
    title: 'A kid with a NUL in it is not the one before it',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries([`${main.kid}\u0000`, `${main.kid}\u0000x`, `\u0000${main.kid}`, `${main.kid}\n`, ` ${main.kid}`, `${main.kid}\u200b`, main.kid.replace('a', 'а')].map(kid => [JSON.stringify(kid), issuer.mint({ header: { kid } })]))
  },
  {
    title: 'A token with a newline after it, or in it, is refused',
    run: async (t, { port, issuer }) => {
      const token = issuer.mint()
      for (const value of [`${token}\n x`, `${token}\r\n\tx`, `${token.slice(0, 50)}\r\n ${token.slice(50)}`]) {
        const answers = await exchangeBytes(port, `GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${value}\r\n\r\n`)
        t.notOk(answers.some(({ status }) => status === 200))
      }
    }
  },
  {
    title: 'A refusal is not remembered for a good token, nor the other way round',
    run: async (t, { get, issuer }) => {
      const token = issuer.mint()
      const forged = token.replace(/\.[^.]+$/, `.${encode(rsa(stranger)(token.slice(0, token.lastIndexOf('.'))))}`)
      for (const [text, status] of [[forged, 401], [token, 200], [forged, 401], [token, 200]] as const) t.equal((await get('/me', text)).status, status)
      const answers = await Promise.all(Array.from({ length: 20 }, async (_, i) => (await get('/me', i % 2 === 0 ? token : forged)).status))
      t.ok(answers.every((status, i) => status === (i % 2 === 0 ? 200 : 401)), 'side by side')
    }
  },
  {
    title: 'The header of one token with the payload of another is refused',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => {
      const [[h1 = '', p1 = '', s1 = ''], [h2 = '', p2 = '', s2 = '']] = [issuer.mint(), issuer.mint({ header: { typ: 'JWT' }, claims: { sub: 'admin@example.com' } })].map(token => token.split('.')) as [string[], string[]]
      return { 'payload of the second': [h1, p2, s1].join('.'), 'header of the second': [h2, p1, s1].join('.'), 'signature of the second': [h1, p1, s2].join('.') }
    }
  },
  {
    title: 'A forged token whose claims would be refused anyway causes no fetch of keys',
    expected: 'FST_OKTA_INVALID_TOKEN',
    tokens: issuer => Object.fromEntries([{ exp: 1 }, { aud: 'x' }, { iss: 'x' }, { ver: 2 }, { nbf: nowSeconds() + 99 }, { cnf: {} }].map(claims =>
      [JSON.stringify(claims), issuer.mint({ claims, header: { kid: 'unknown-kid' }, sign: rsa(stranger) })]))
  },
  {
    title: 'Scopes in other alphabets, or of other objects, are others',
    expected: 'FST_OKTA_INSUFFICIENT_SCOPE',
    requests: ({ issuer }) => Object.fromEntries([['prоfile:write'], ['profile:write\u200d'], ['ｐrofile:write'], ['profile:writé'], [null, 1, {}, ['profile:write']], ['__proto__'], Array.from({ length: 800 }, (_, i) => `s${i}`)].map(scp =>
      [JSON.stringify(scp).slice(0, 40), { method: 'PATCH', headers: [bearer(issuer.mint({ claims: { scp } })), JSON_BODY], body: '{}' }]))
  },
  {
    title: 'Where a token was good, its claims cannot be changed by a handler',
    run: async (t, { issuer }) => {
      const { get } = await startPlugin(t, {
        issuer,
        options: { issuer: issuer.url, audience: AUDIENCE },
        routes: app => {
          app.get('/change', { onRequest: app.okta.authenticate }, async request => {
            const claims = request.claims as unknown as { groups: string[], sub: string, custom: { deep: string[] } }
            const changes = [() => { claims.sub = 'x' }, () => { claims.groups.push('x') }, () => { claims.custom.deep.push('x') }, () => { Object.setPrototypeOf(claims, { x: 1 }) }, () => { delete (claims as { sub?: string }).sub }]
            return changes.map(change => {
              try {
                change()
                return 'changed'
              } catch {
                return 'refused'
              }
            })
          })
        }
      })
      const token = issuer.mint({ claims: { custom: { deep: [] } } })
      for (let i = 0; i < 2; i++) t.strictSame(JSON.parse((await get('/change', token)).body), Array(5).fill('refused'))
    }
  },
  {
    title: 'A request that is refused leaves no claims behind',
    run: async (t, { issuer }) => {
      const seen: unknown[] = []
      const { send, get } = await startPlugin(t, {
        issuer,
        options: { issuer: issuer.url, audience: AUDIENCE, publicUrl: PUBLIC_URL, directory: { token: 'x', cooldownMs: 0 } },
        routes: app => {
          app.addHook('onSend', async request => { seen.push(request.claims, request.oktaUser) })
          app.get('/me', { onRequest: app.okta.authenticate }, async () => 'in')
        }
      })
      issuer.users.set(ADA, { id: ADA, status: 'SUSPENDED' })
      await get('/me', issuer.mint({ sign: rsa(stranger) }))
      await get('/me', issuer.mint({ claims: { exp: 1 } }))
      await get('/me', issuer.mint())
      t.ok(seen.every(value => value === null), 'after a bad token or user')
      seen.length = 0
      await send({ headers: dpop(bound(issuer)) })
      await get('/me', bound(issuer))
      t.ok(seen.every(value => value === null), 'after a stolen token without its proof')
      seen.length = 0
      issuer.faults.set(USER, json(500, {}))
      issuer.users.delete('00uother')
      issuer.faults.set('/api/v1/users/00uother', json(500, {}))
      await get('/me', issuer.mint({ claims: { uid: '00uother' } }))
      t.ok(seen.every(value => value === null), 'after an outage of the directory')
      issuer.faults.clear()
      issuer.users.set(ADA, { id: ADA })
    }
  }
]
