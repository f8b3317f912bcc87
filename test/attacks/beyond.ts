import { setTimeout as sleep } from 'node:timers/promises'
import type { IntrospectionOptions, SharedOptions } from 'fastify-okta'
import type { Attack } from './attack.js'
import { Connection, exchangeBytes, toBytes, type Message } from './connection.js'
import { expectAnswer, parseChallenges } from './expectation.js'
import { base64url, DpopClient, ecPair, nowSeconds, published, rsa, twinOf, type ProofChanges } from './forgery.js'
import { ADA, AUDIENCE, GROUP, json, KEYS, toUser, type Answering, type Issuer } from './issuer.js'
import { bearer, dpop, PUBLIC_URL, startPlugin, startTarget, type Target, type TargetOptions } from './target.js'

const { main, other, stranger } = KEYS
const CLIENT = new DpopClient()
const USER = `/api/v1/users/${ADA}`
const JSON_BODY = ['Content-Type', 'application/json'] as const
const AFRESH = { userCacheTtlMs: 0, userCacheCeilingMs: 0, timeoutMs: 1500, cooldownMs: 0 }

const bound = (issuer: Issuer): string => issuer.token({ claims: { cnf: { jkt: CLIENT.thumbprint } } })

const proven = (changes: Readonly<Record<string, ProofChanges>>, message: Message = {}) => ({ issuer }: Target): Record<string, Message> => {
  const token = bound(issuer)
  return Object.fromEntries(Object.entries(changes).map(([title, change]) => [title, { ...message, headers: dpop(token, CLIENT.proof(token, change)) }]))
}

/** The text of a good token's claims with this in the place of one. */
const spelled = (issuer: Issuer, claim: string, text: string): string => issuer.tokenOf(issuer.claimsText(`"${claim}":${text}`, { [claim]: undefined }))

const withKeySet = (keySet: (keys: readonly object[]) => unknown): TargetOptions => ({ prepare: issuer => { issuer.keySet = keySet([published(main)]) } })

/** Until a condition holds; a test that waits in vain ends by tap's timeout. */
async function until (condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2)
}

const HTTP: readonly Attack[] = [
  {
    number: 0,
    title: 'Two schemes in one header are a malformed request or no credentials',
    expected: ['R', 'N'],
    requests: ({ issuer }) => {
      const token = issuer.token()
      return Object.fromEntries([`Basic YTpi, Bearer ${token}`, `Bearer ${token} DPoP ${token}`, `DPoP Bearer ${token}`, `Bearer DPoP ${token}`, `Negotiate x Bearer ${token}`].map((value, i) => [`form ${i}`, { headers: [['Authorization', value]] }]))
    }
  },
  {
    number: 0,
    title: 'Credentials in trailers are none',
    expected: 'N',
    requests: ({ issuer }) => ({
      'a trailer': {
        method: 'PATCH',
        headers: [['Transfer-Encoding', 'chunked'], ['Trailer', 'Authorization'], JSON_BODY],
        body: `2\r\n{}\r\n0\r\nAuthorization: Bearer ${issuer.token()}\r\n\r\n`
      }
    })
  },
  {
    number: 0,
    title: 'HTTP/1.0 is guarded as well',
    run: async (t, { port, issuer }) => {
      const [without] = await exchangeBytes(port, 'GET /me HTTP/1.0\r\n\r\n')
      if (without === undefined) t.fail('no answer')
      else expectAnswer(t, 'without a token', without, { outcomes: ['N'] })
      const [withToken] = await exchangeBytes(port, `GET /me HTTP/1.0\r\nAuthorization: Bearer ${issuer.token()}\r\n\r\n`)
      t.equal(withToken?.status, 200)
    }
  },
  {
    number: 0,
    title: 'Of requests in one packet each gets its own answer, in turn',
    run: async (t, { port, issuer }) => {
      const good = issuer.token()
      const tokens = [good, undefined, issuer.token({ claims: { exp: 1 } }), good, undefined, issuer.token()]
      const connection = await Connection.open(port)
      connection.write(Buffer.concat(tokens.map(token => toBytes({ headers: token === undefined ? [] : [bearer(token)] }))))
      const statuses = []
      for (let i = 0; i < tokens.length; i++) statuses.push((await connection.read())?.status)
      connection.close()
      t.strictSame(statuses, [200, 401, 401, 200, 401, 200])
    }
  },
  {
    number: 0,
    title: 'A request target with a host in it is guarded',
    expected: ['N', 400, 404],
    requests: () => Object.fromEntries(['http://evil.example/greet', 'https://greeting.example/greet', 'http://evil.example//greet', 'http://a@b/greet', 'HTTP://x/greet', 'ftp://x/greet', 'x://greet/greet', 'http:///greet'].map(target => [target, { target }]))
  },
  {
    number: 0,
    title: 'OPTIONS * says nothing',
    expected: [404, 400],
    requests: ({ issuer }) => ({ 'without a token': { method: 'OPTIONS', target: '*' }, 'with one': { method: 'OPTIONS', target: '*', headers: [bearer(issuer.token())] } })
  },
  {
    number: 0,
    title: 'Who has no token does not get a body read',
    run: async (t, { port, log }) => {
      const connection = await Connection.open(port)
      connection.write(toBytes({ method: 'PATCH', headers: [['Expect', '100-continue'], JSON_BODY, ['Content-Length', '10000000']] }))
      const answer = await connection.read()
      if (answer === undefined) t.fail('no answer')
      else expectAnswer(t, 'before the body is sent', answer, { outcomes: ['N'] })
      connection.close()
      t.notMatch(log.join(''), /BODY_TOO_LARGE/)
    }
  },
  {
    number: 0,
    title: 'An expectation that is not understood is refused as everything is',
    expected: 417,
    requests: ({ issuer }) => ({ 'Expect: x': { headers: [['Expect', 'x'], bearer(issuer.token())] } })
  },
  {
    number: 0,
    title: 'A request without a Host is refused as everything is',
    run: async (t, { port, issuer }) => {
      const [answer] = await exchangeBytes(port, `GET /me HTTP/1.1\r\nAuthorization: Bearer ${issuer.token()}\r\n\r\n`)
      if (answer === undefined) t.fail('no answer')
      else expectAnswer(t, 'no Host', answer, { outcomes: [400] })
    }
  },
  {
    number: 0,
    title: 'A large chunked body without a token is answered before it ends',
    run: async (t, { port }) => {
      const connection = await Connection.open(port)
      connection.write(toBytes({ method: 'PATCH', headers: [['Transfer-Encoding', 'chunked'], JSON_BODY] }))
      const chunk = Buffer.from(`4000\r\n${'x'.repeat(0x4000)}\r\n`)
      for (let i = 0; i < 64; i++) connection.write(chunk)
      const answer = await connection.read()
      if (answer === undefined) t.fail('no answer')
      else expectAnswer(t, 'while it is being sent', answer, { outcomes: ['N'] })
      connection.close()
    }
  },
  {
    number: 0,
    title: 'An upgrade, and the preface of HTTP/2, lead nowhere',
    run: async (t, { port, send }) => {
      for (const protocol of ['websocket', 'h2c', 'TLS/1.2']) expectAnswer(t, protocol, await send({ target: '/greet', headers: [['Connection', 'Upgrade'], ['Upgrade', protocol]] }), { outcomes: ['N', 400, 404] })
      for (const bytes of ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03']) {
        t.notOk((await exchangeBytes(port, bytes)).some(({ status }) => status === 200))
      }
    }
  },
  {
    number: 0,
    title: 'More headers than are looked at hide nothing',
    expected: ['N', 'R', 431],
    requests: ({ issuer }) => ({ 'the second Authorization is the last of many headers': { headers: [['Authorization', 'Bearer'], ...Array.from({ length: 2100 }, () => ['a', ''] as const), bearer(issuer.token())] } })
  },
  {
    number: 0,
    title: 'A query in any spelling is no credential',
    expected: 'N',
    requests: ({ issuer }) => Object.fromEntries(['access_token[]', 'access_token[0]', 'access_token.x', 'ACCESS_TOKEN', 'access_token%00', 'bearer_token', 'jwt', 'authorization'].map(name => [name, { target: `/greet?${name}=${issuer.token()}` }]))
  },
  {
    number: 0,
    title: 'A query with a prototype in it changes nobody\'s query',
    run: async (t, { send, get, issuer }) => {
      await send({ target: '/me?__proto__[access_token]=x&__proto__.access_token=x&constructor.prototype.access_token=x&__proto__=x' })
      t.equal((await get('/me', issuer.token())).status, 200)
      t.notOk('access_token' in {})
    }
  },
  {
    number: 0,
    title: 'A body that is not JSON as it should be changes no profile',
    target: { directory: {} },
    run: async (t, { send, issuer }) => {
      const token = issuer.token({ claims: { scp: ['profile:write'] } })
      for (const body of ['{"__proto__":{"nickName":"x"}}', '{"constructor":{"prototype":{}}}', '{"nickName":"x","role":"admin"}', '[{"nickName":"x"}]', '{"login":"admin@example.com"}', '{"email":"x"}', '{"nickName":{"x":1}}', '{"nickName":1}', '{}', 'null', '"x"', '{"nickName":"x"', '\ufeff', '{"nickName":NaN}', '{"timezone":"../../etc/passwd"}']) {
        expectAnswer(t, body, await send({ method: 'PATCH', headers: [bearer(token), JSON_BODY], body }), { outcomes: [400] })
      }
      t.equal(issuer.requests.filter(request => /^(?:POST|PUT|PATCH)/.test(request)).length, 0, 'Okta is not asked to change anything')
    }
  }
]

const TOKENS: readonly Attack[] = [
  {
    number: 0,
    title: 'A byte order mark, a comment or a trailing comma makes a token of no reader\'s',
    expected: 'T',
    tokens: issuer => {
      const claims = JSON.stringify(issuer.claims())
      const header = JSON.stringify({ alg: 'RS256', kid: main.kid })
      return {
        'BOM in the payload': issuer.tokenOf(`\ufeff${claims}`),
        'BOM in the header': issuer.tokenOf(claims, `\ufeff${header}`),
        'a comment': issuer.tokenOf(claims.replace('{', '{/* x */')),
        'a trailing comma': issuer.tokenOf(claims.replace(/\}$/, ',}')),
        'text behind it': issuer.tokenOf(`${claims}x`),
        'two objects': issuer.tokenOf(`${claims}${claims}`),
        'single quotes': issuer.tokenOf(claims.replaceAll('"', '\'')),
        NUL: issuer.tokenOf(`${claims}\0`),
        'UTF-16': issuer.tokenOf(Buffer.from(claims, 'utf16le')),
        'a raw newline in a text': issuer.tokenOf(claims.replace('ada@', 'ada\n@'))
      }
    }
  },
  {
    number: 0,
    title: 'Numbers that JSON does not have are refused',
    expected: 'T',
    tokens: issuer => Object.fromEntries(['NaN', 'Infinity', '-Infinity', '0x7fffffff', '01', '+1', '1_000', '.5', '1.', '１７９９９９９９９９', '"۱۷۹۹۹۹۹۹۹۹"'].map(text => [text, spelled(issuer, 'exp', text)]))
  },
  {
    number: 0,
    title: 'A blank in JSON is nothing',
    expected: 'OK',
    tokens: issuer => ({ 'spread out': issuer.tokenOf(JSON.stringify(issuer.claims(), null, 2)), 'exp in another notation': spelled(issuer, 'exp', `${nowSeconds() + 60}e0`) })
  },
  {
    number: 0,
    title: 'Claims with numbers beyond all bounds do no harm',
    expected: ['OK', 'T'],
    tokens: issuer => ({ '1e400': issuer.tokenOf(issuer.claimsText('"custom":1e400')), '-0': issuer.tokenOf(issuer.claimsText('"custom":-0')), '9007199254740993': issuer.tokenOf(issuer.claimsText('"custom":9007199254740993')) })
  },
  {
    number: 0,
    title: 'A kid with a NUL in it is not the one before it',
    expected: 'T',
    tokens: issuer => Object.fromEntries([`${main.kid}\u0000`, `${main.kid}\u0000x`, `\u0000${main.kid}`, `${main.kid}\n`, ` ${main.kid}`, `${main.kid}\u200b`, main.kid.replace('a', 'а')].map(kid => [JSON.stringify(kid), issuer.token({ header: { kid } })]))
  },
  {
    number: 0,
    title: 'A token with a newline behind it, or in it, is another text',
    run: async (t, { port, issuer }) => {
      const token = issuer.token()
      for (const value of [`${token}\n x`, `${token}\r\n\tx`, `${token.slice(0, 50)}\r\n ${token.slice(50)}`]) {
        const answers = await exchangeBytes(port, `GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${value}\r\n\r\n`)
        t.notOk(answers.some(({ status }) => status === 200))
      }
    }
  },
  {
    number: 0,
    title: 'A refusal is not remembered for a good token, nor the other way round',
    run: async (t, { get, issuer }) => {
      const token = issuer.token()
      const forged = token.replace(/\.[^.]+$/, `.${base64url(rsa(stranger)(token.slice(0, token.lastIndexOf('.'))))}`)
      for (const [text, status] of [[forged, 401], [token, 200], [forged, 401], [token, 200]] as const) t.equal((await get('/me', text)).status, status)
      const answers = await Promise.all(Array.from({ length: 20 }, async (_, i) => (await get('/me', i % 2 === 0 ? token : forged)).status))
      t.ok(answers.every((status, i) => status === (i % 2 === 0 ? 200 : 401)), 'side by side')
    }
  },
  {
    number: 0,
    title: 'The header of one token and the payload of another are none',
    expected: 'T',
    tokens: issuer => {
      const [[h1 = '', p1 = '', s1 = ''], [h2 = '', p2 = '', s2 = '']] = [issuer.token(), issuer.token({ header: { typ: 'JWT' }, claims: { sub: 'admin@example.com' } })].map(token => token.split('.')) as [string[], string[]]
      return { 'payload of the second': [h1, p2, s1].join('.'), 'header of the second': [h2, p1, s1].join('.'), 'signature of the second': [h1, p1, s2].join('.') }
    }
  },
  {
    number: 0,
    title: 'A forged token that says who is asked, when or by whom costs no key',
    expected: 'T',
    tokens: issuer => Object.fromEntries([{ exp: 1 }, { aud: 'x' }, { iss: 'x' }, { ver: 2 }, { nbf: nowSeconds() + 99 }, { cnf: {} }].map(claims =>
      [JSON.stringify(claims), issuer.token({ claims, header: { kid: 'unknown-kid' }, sign: rsa(stranger) })]))
  },
  {
    number: 0,
    title: 'Scopes in other alphabets, or of other objects, are others',
    expected: 'S',
    requests: ({ issuer }) => Object.fromEntries([['prоfile:write'], ['profile:write\u200d'], ['ｐrofile:write'], ['profile:writé'], [null, 1, {}, ['profile:write']], ['__proto__'], Array.from({ length: 800 }, (_, i) => `s${i}`)].map(scp =>
      [JSON.stringify(scp).slice(0, 40), { method: 'PATCH', headers: [bearer(issuer.token({ claims: { scp } })), JSON_BODY], body: '{}' }]))
  },
  {
    number: 0,
    title: 'Where a token was good, its claims cannot be changed by a handler',
    run: async (t, { issuer }) => {
      const { get } = await startPlugin(t, {
        issuer,
        options: { issuer: issuer.name, audience: AUDIENCE },
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
      const token = issuer.token({ claims: { custom: { deep: [] } } })
      for (let i = 0; i < 2; i++) t.strictSame(JSON.parse((await get('/change', token)).body), Array(5).fill('refused'))
    }
  },
  {
    number: 0,
    title: 'A request that is refused leaves no claims behind',
    run: async (t, { issuer }) => {
      const seen: unknown[] = []
      const { send, get } = await startPlugin(t, {
        issuer,
        options: { issuer: issuer.name, audience: AUDIENCE, publicUrl: PUBLIC_URL, directory: { token: 'x', cooldownMs: 0 } },
        routes: app => {
          app.addHook('onSend', async request => { seen.push(request.claims, request.oktaUser) })
          app.get('/me', { onRequest: app.okta.authenticate }, async () => 'in')
        }
      })
      issuer.users.set(ADA, { id: ADA, status: 'SUSPENDED' })
      await get('/me', issuer.token({ sign: rsa(stranger) }))
      await get('/me', issuer.token({ claims: { exp: 1 } }))
      await get('/me', issuer.token())
      t.ok(seen.every(value => value === null), 'after a bad token or user')
      seen.length = 0
      await send({ headers: dpop(bound(issuer)) })
      await get('/me', bound(issuer))
      t.ok(seen.every(value => value === null), 'after a stolen token without its proof')
      seen.length = 0
      issuer.faults.set(USER, json(500, {}))
      issuer.users.delete('00uother')
      issuer.faults.set('/api/v1/users/00uother', json(500, {}))
      await get('/me', issuer.token({ claims: { uid: '00uother' } }))
      t.ok(seen.every(value => value === null), 'after an outage of the directory')
      issuer.faults.clear()
      issuer.users.set(ADA, { id: ADA })
    }
  }
]

const ISSUER_KEYS: readonly Attack[] = [
  {
    number: 0,
    title: 'A key set with prototypes in it does no harm',
    target: { prepare: issuer => { issuer.keySet = `{"__proto__":{"keys":[]},"keys":[{"__proto__":{"kty":"RSA"},"kid":"x"},${JSON.stringify(published(main)).replace('{', '{"__proto__":{"d":"x"},"constructor":1,')}]}` } },
    expected: 'OK',
    tokens: issuer => ({ 'a good token': issuer.token() })
  },
  {
    number: 0,
    title: 'Ten thousand keys, or ten megabytes of them, are no key set',
    run: async t => {
      const key = published(stranger)
      for (const keySet of [{ keys: Array.from({ length: 10_000 }, (_, i) => ({ ...key, kid: `k${i}` })) }, { keys: [published(main)], filler: 'x'.repeat(10_000_000) }]) {
        const target = await startTarget(t, { prepare: issuer => { issuer.keySet = keySet }, plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: 1, keysTimeoutMs: 1500 } })
        expectAnswer(t, 'a token', await target.get('/me', target.issuer.token()), { outcomes: ['U'] })
      }
    }
  },
  {
    number: 0,
    title: 'A key set that drips in is not waited for',
    target: {},
    run: async (t, { get, issuer }) => {
      let drips = 0
      const timers = new Set<NodeJS.Timeout>()
      issuer.failKeys((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const timer = setInterval(() => {
          drips++
          response.write(' ')
        }, 20)
        timers.add(timer)
        response.on('close', () => { clearInterval(timer) })
      })
      const [unknown, known] = await Promise.all([get('/me', issuer.token({ header: { kid: 'nobody' } })), get('/me', issuer.token())])
      expectAnswer(t, 'an unknown key', unknown, { outcomes: ['U'] })
      expectAnswer(t, 'a known key', known, { outcomes: ['OK'] })
      issuer.faults.clear()
      const atTheEnd = drips
      await sleep(100)
      t.ok(drips - atTheEnd <= 2, 'the connection is given up')
      for (const timer of timers) clearInterval(timer)
    }
  },
  {
    number: 0,
    title: 'A compressed bomb of a key set is cut off',
    run: async t => {
      const { gzipSync } = await import('node:zlib')
      const bomb = gzipSync(Buffer.alloc(50_000_000, ' '))
      const target = await startTarget(t, { prepare: issuer => { issuer.failKeys(json(200, bomb, { 'content-encoding': 'gzip' })) } })
      expectAnswer(t, 'a token', await target.get('/me', target.issuer.token()), { outcomes: ['U'] })
    }
  },
  {
    number: 0,
    title: 'A key that is exchanged under its kid takes its tokens with it',
    target: { plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: 1, keysTtlMs: 20 } },
    run: async (t, { get, issuer }) => {
      const token = issuer.token()
      t.equal((await get('/me', token)).status, 200)
      issuer.keySet = { keys: [published(stranger)] }
      await sleep(40)
      expectAnswer(t, 'a token that was remembered', await get('/me', token), { outcomes: ['T'] })
      expectAnswer(t, 'a token by the new key', await get('/me', issuer.token({ sign: rsa(stranger) })), { outcomes: ['OK'] })
      issuer.keySet = { keys: [published(main)] }
      await sleep(40)
    }
  },
  {
    number: 0,
    title: 'A key that is retired takes its tokens with it',
    target: { plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: 1, keysTtlMs: 20 } },
    run: async (t, { get, issuer }) => {
      const token = issuer.tokenBy(other)
      t.equal((await get('/me', token)).status, 200)
      issuer.keySet = { keys: [published(main)] }
      await sleep(40)
      expectAnswer(t, 'a token that was remembered', await get('/me', token), { outcomes: ['T'] })
      expectAnswer(t, 'another', await get('/me', issuer.tokenBy(other)), { outcomes: ['T'] })
    }
  },
  {
    number: 0,
    title: 'An issuer that is away for too long is believed no more',
    target: { plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: 1, keysTtlMs: 20, keysCeilingMs: 800 } },
    run: async (t, { get, issuer }) => {
      const token = issuer.token()
      t.equal((await get('/me', token)).status, 200)
      issuer.failKeys(json(503, {}))
      await sleep(60)
      t.equal((await get('/me', token)).status, 200, 'before the ceiling')
      await sleep(800)
      expectAnswer(t, 'a token that was remembered', await get('/me', token), { outcomes: ['U'] })
      issuer.faults.clear()
      await sleep(5)
    }
  },
  {
    number: 0,
    title: 'An issuer that forbids caching is not asked for each token',
    target: { plugin: { publicUrl: PUBLIC_URL, keysCooldownMs: 600_000 }, prepare: issuer => { issuer.failKeys((request, response) => { json(200, issuer.keySet, { 'cache-control': 'no-store, max-age=0' })(request, response) }) } },
    run: async (t, { get, issuer }) => {
      const before = issuer.keyFetches
      for (let i = 0; i < 30; i++) await get('/me', issuer.token())
      t.ok(issuer.keyFetches - before <= 1)
    }
  },
  {
    number: 0,
    title: 'One kid for an RSA, an EC and a symmetric key is the RSA key\'s',
    target: withKeySet(keys => ({ keys: [{ kty: 'oct', kid: main.kid, k: 'AAAA' }, published(ecPair(main.kid), { alg: 'ES256' }), ...keys] })),
    expected: 'OK',
    tokens: issuer => ({ 'by the RSA key': issuer.token() })
  }
]

const asked: TargetOptions = { okta: () => ({ introspection: { clientId: '0oaservice', clientSecret: 'a-secret-of-this-test', cacheTtlMs: 0, timeoutMs: 1000 } as IntrospectionOptions }) }

const LIES: readonly Attack[] = [
  {
    number: 0,
    title: 'An answer about another kind of token is not about an access token',
    target: asked,
    isLasting: true,
    run: async (t, { issuer, get }) => {
      for (const type of ['refresh_token', 'N_A', 'id_token', 'urn:ietf:params:oauth:token-type:refresh_token', 1]) {
        const { cid, scp, ...claims } = issuer.claims()
        issuer.faults.set('/oauth2/default/v1/introspect', json(200, { active: true, client_id: cid, scope: 'openid', ...claims, token_type: type }))
        expectAnswer(t, `token_type ${type}`, await get('/me', 'an-opaque-token'), { outcomes: ['T'] })
      }
    }
  },
  {
    number: 0,
    title: 'An answer with a prototype, a thousand levels or a megabyte in it does no harm',
    target: asked,
    isLasting: true,
    run: async (t, { issuer, get }) => {
      const { cid, ...claims } = issuer.claims()
      const text = JSON.stringify({ active: true, client_id: cid, ...claims }).slice(0, -1)
      for (const [i, more] of ['"__proto__":{"polluted":1}', `"deep":${'['.repeat(20_000)}${']'.repeat(20_000)}`, `"filler":"${'x'.repeat(1_000_000)}"`, '"constructor":{"prototype":{"polluted":1}}', '"active":false'].entries()) {
        issuer.faults.set('/oauth2/default/v1/introspect', json(200, `${text},${more}}`))
        const { status } = await get('/me', `opaque-${i}`)
        t.ok([200, 401, 503].includes(status), `${more.slice(0, 20)}: ${status}`)
        t.notOk('polluted' in {})
      }
    }
  },
  {
    number: 0,
    title: 'A bound token stays bound when the authorization server says so',
    target: asked,
    isLasting: true,
    run: async (t, { issuer, get, send }) => {
      const { cid, ...claims } = issuer.claims({ cnf: { jkt: CLIENT.thumbprint } })
      issuer.faults.set('/oauth2/default/v1/introspect', json(200, { active: true, token_type: 'DPoP', client_id: cid, ...claims }))
      expectAnswer(t, 'as a bearer token', await get('/me', 'an-opaque-token'), { outcomes: ['T'] })
      expectAnswer(t, 'with its proof', await send({ headers: dpop('an-opaque-token', CLIENT.proof('an-opaque-token')) }), { outcomes: ['OK'] })
    }
  },
  {
    number: 0,
    title: 'A revoked token is refused at once where each is asked about',
    target: asked,
    isLasting: true,
    run: async (t, { issuer, get }) => {
      const { cid, ...claims } = issuer.claims()
      issuer.faults.set('/oauth2/default/v1/introspect', json(200, { active: true, client_id: cid, ...claims }))
      expectAnswer(t, 'before', await get('/me', 'an-opaque-token'), { outcomes: ['OK'] })
      issuer.faults.set('/oauth2/default/v1/introspect', json(200, { active: false }))
      expectAnswer(t, 'after', await get('/me', 'an-opaque-token'), { outcomes: ['T'] })
    }
  }
]

const PEOPLE: readonly Attack[] = [
  {
    number: 0,
    title: 'Somebody who is suspended is out when the memory of them ends',
    target: { directory: { userCacheTtlMs: 60, cooldownMs: 1 } },
    run: async (t, { get, issuer }) => {
      const token = issuer.token()
      t.equal((await get('/greet', token)).status, 200)
      issuer.users.set(ADA, { id: ADA, status: 'SUSPENDED' })
      await sleep(80)
      expectAnswer(t, 'afterwards', await get('/greet', token), { outcomes: ['F'] })
      issuer.users.set(ADA, { id: ADA })
      await sleep(80)
    }
  },
  {
    number: 0,
    title: 'An invalidation holds against a lookup that is under way',
    target: { directory: { userCacheTtlMs: 60_000, timeoutMs: 2000 } },
    run: async (t, { get, issuer, app }) => {
      let release = (): void => {}
      const late = toUser({ id: ADA })
      issuer.faults.set(USER, (request, response) => { release = () => { json(200, late)(request, response) } })
      const asking = get('/greet', issuer.token())
      await until(() => issuer.count(USER) >= 2)
      issuer.users.set(ADA, { id: ADA, status: 'SUSPENDED' })
      issuer.faults.clear()
      app.okta.directory?.invalidate(ADA)
      release()
      expectAnswer(t, 'the request under way', await asking, { outcomes: ['F'] })
      expectAnswer(t, 'the next one', await get('/greet', issuer.token()), { outcomes: ['F'] })
      issuer.users.set(ADA, { id: ADA })
      app.okta.directory?.invalidate(ADA)
    }
  },
  {
    number: 0,
    title: 'A token that expires while the directory is slow does no harm',
    target: { directory: { ...AFRESH, timeoutMs: 2000 } },
    run: async (t, { get, issuer }) => {
      issuer.faults.set(USER, (request, response) => { setTimeout(() => { json(200, toUser({ id: ADA }))(request, response) }, 450) })
      const token = issuer.token({ claims: { exp: Date.now() / 1000 + 0.3 } })
      expectAnswer(t, 'while it is being looked at', await get('/me', token), { outcomes: ['OK', 'T'] })
      issuer.faults.clear()
      expectAnswer(t, 'afterwards', await get('/me', token), { outcomes: ['T'] })
    }
  },
  {
    number: 0,
    title: 'A group that came from elsewhere does not open the door by its name',
    target: { directory: AFRESH },
    run: async (t, { get, issuer }) => {
      for (const type of ['APP_GROUP', 'BUILT_IN', 'okta_group', '']) {
        issuer.users.set(ADA, { id: ADA, groups: [{ id: '00gimported000000000', name: GROUP, type }] })
        expectAnswer(t, type, await get('/greet', issuer.token()), { outcomes: ['F'] })
      }
      for (const name of ['Fаstify Okta', 'FASTIFY OKTA', 'Fastify Okta ', 'Fastify\u00a0Okta']) {
        issuer.users.set(ADA, { id: ADA, groups: [name] })
        expectAnswer(t, name, await get('/greet', issuer.token()), { outcomes: ['F'] })
      }
      issuer.users.set(ADA, { id: ADA })
    }
  },
  {
    number: 0,
    title: 'A group that is named as another\'s id is not that one',
    target: { directory: AFRESH, routes: app => { app.get('/by-id', { onRequest: app.okta.requireGroup('00gfastifyokta000001') }, async () => 'in') } },
    run: async (t, { get, issuer }) => {
      issuer.users.set(ADA, { id: ADA, groups: ['00gfastifyokta000001'] })
      expectAnswer(t, 'by name', await get('/by-id', issuer.token()), { outcomes: ['F'] })
      issuer.users.set(ADA, { id: ADA, groups: [{ id: '00gfastifyokta000001', name: 'x', type: 'APP_GROUP' }] })
      expectAnswer(t, 'by id', await get('/by-id', issuer.token()), { outcomes: ['OK'] })
      issuer.users.set(ADA, { id: ADA })
    }
  },
  {
    number: 0,
    title: 'A user whom Okta does not show to this service does not shut it for the others',
    target: { directory: { userCacheTtlMs: 60_000, cooldownMs: 60_000 } },
    run: async (t, { get, issuer }) => {
      issuer.faults.set('/api/v1/users/00uadministrator0001', json(403, { errorCode: 'E0000006', errorSummary: 'You do not have permission to perform the requested action' }))
      expectAnswer(t, 'who is not shown', await get('/me', issuer.token({ claims: { uid: '00uadministrator0001' } })), { outcomes: ['F', 'U'] })
      expectAnswer(t, 'somebody else', await get('/me', issuer.token()), { outcomes: ['OK'] })
    },
    isLasting: true
  },
  {
    number: 0,
    title: 'A profile of strange values is greeted or refused, and breaks nothing',
    target: { directory: AFRESH },
    run: async (t, { get, issuer }) => {
      for (const profile of [{ firstName: { x: 1 } }, { firstName: 1, lastName: [] }, { displayName: '\ud800' }, { timezone: '__proto__' }, { timezone: '../../etc/passwd' }, { timezone: 'x'.repeat(100_000) }, { timezone: ['UTC'] }, { displayName: 'a\r\nSet-Cookie: x=1' }, { displayName: '<script>' }]) {
        issuer.users.set(ADA, { id: ADA, profile })
        const { status, headers } = await get('/greet', issuer.token())
        t.equal(status, 200, JSON.stringify(profile).slice(0, 40))
        t.notOk(headers.has('set-cookie'))
      }
      issuer.users.set(ADA, { id: ADA })
    }
  },
  {
    number: 0,
    title: 'A directory answer of another shape is an outage or nobody',
    target: { directory: AFRESH },
    run: async (t, { get, issuer }) => {
      for (const answer of ['null', '[]', '"x"', '1', '{}', '{"id":null}', `{"id":"${ADA}"}`, `{"id":"${ADA}","status":["ACTIVE"]}`, `{"id":"${ADA}","status":{"ACTIVE":1}}`]) {
        issuer.faults.set(USER, json(200, answer))
        expectAnswer(t, answer, await get('/greet', issuer.token()), { outcomes: ['F', 'U'] })
      }
      issuer.faults.clear()
      for (const answer of ['null', '{}', '"x"', '[null]', '[1]', `["${GROUP}"]`, `[{"profile":{"name":"${GROUP}"}}]`, `{"0":{"type":"OKTA_GROUP","profile":{"name":"${GROUP}"}}}`]) {
        issuer.faults.set(`${USER}/groups`, json(200, answer))
        expectAnswer(t, `groups ${answer}`, await get('/greet', issuer.token()), { outcomes: ['F', 'U'] })
      }
      issuer.faults.clear()
    }
  }
]

const required: SharedOptions = { publicUrl: PUBLIC_URL }

const PROOFS: readonly Attack[] = [
  {
    number: 0,
    title: 'Of two requests with one proof exactly one passes',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      for (let i = 0; i < 5; i++) {
        const headers = dpop(token, CLIENT.proof(token))
        const answers = await Promise.all(Array.from({ length: 6 }, async () => await send({ headers })))
        t.equal(answers.filter(({ status }) => status === 200).length, 1)
      }
    }
  },
  {
    number: 0,
    title: 'The twin of an ECDSA proof is the same proof',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const proof = CLIENT.proof(token)
      expectAnswer(t, 'the proof', await send({ headers: dpop(token, proof) }), { outcomes: ['OK'] })
      expectAnswer(t, 'its twin', await send({ headers: dpop(token, twinOf(proof)) }), { outcomes: ['P'] })
    }
  },
  {
    number: 0,
    title: 'HEAD and GET are two methods',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const ask = async (method: string, proven: string) => await send({ method, headers: dpop(token, CLIENT.proof(token, { method: proven })) })
      expectAnswer(t, 'GET for HEAD', await ask('HEAD', 'GET'), { outcomes: ['P'], isHead: true })
      expectAnswer(t, 'HEAD for GET', await ask('GET', 'HEAD'), { outcomes: ['P'] })
      t.equal((await ask('HEAD', 'HEAD')).status, 200)
    }
  },
  {
    number: 0,
    title: 'A proof for our place may be spelled in ways that mean the same',
    expected: ['OK', 'P'],
    requests: proven(Object.fromEntries(['https://greeting.example:443/me', 'HTTPS://GREETING.EXAMPLE/me', 'https://greeting.example/x/../me', 'https://greeting.example/me?x=1', 'https://greeting.example/me#x', 'https://greeting.example/%6de', 'https://greeting.example/./me'].map(url => [url, { url }])))
  },
  {
    number: 0,
    title: 'The default port, the letters of the host, query and fragment make no difference',
    expected: 'OK',
    requests: proven(Object.fromEntries(['https://greeting.example:443/me', 'HTTPS://GREETING.EXAMPLE/me', 'https://greeting.example/me?x=1', 'https://greeting.example/me#x'].map(url => [url, { url }])))
  },
  {
    number: 0,
    title: 'A request target with a host in it does not move our place',
    expected: ['P', 400, 404],
    requests: ({ issuer }) => {
      const token = bound(issuer)
      return Object.fromEntries([
        ['http://evil.example/me', 'https://greeting.examplehttp//evil.example/me'], ['http://evil.example/me', 'http://evil.example/me'], ['https://evil.example/me', 'https://greeting.examplehttps//evil.example/me'], ['https://evil.example/me', 'https://evil.example/me']
      ].map(([target = '', url = '']) => [`${target} with ${url}`, { target, headers: dpop(token, CLIENT.proof(token, { url })) }]))
    }
  },
  {
    number: 0,
    title: 'A jti is not cut, folded or joined',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const ask = async (jti: string) => await send({ headers: dpop(token, CLIENT.proof(token, { claims: { jti } })) })
      for (const jti of ['a', 'A', 'a ', 'a\0', 'á', 'a\u0301', 'j'.repeat(255), 'j'.repeat(256), '__proto__', 'constructor']) expectAnswer(t, JSON.stringify(jti).slice(0, 20), await ask(jti), { outcomes: ['OK'] })
      for (const jti of ['a', '__proto__', 'j'.repeat(256)]) expectAnswer(t, 'again', await ask(jti), { outcomes: ['P'] })
    }
  },
  {
    number: 0,
    title: 'A proof that is refused is not used up, nor are others by it',
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const jti = 'the-victims-next-jti'
      const thief = new DpopClient(ecPair('thief'))
      expectAnswer(t, 'the thief is first', await send({ headers: dpop(token, thief.proof(token, { claims: { jti } })) }), { outcomes: ['T'] })
      expectAnswer(t, 'the owner with another method', await send({ headers: dpop(token, CLIENT.proof(token, { claims: { jti }, method: 'PUT' })) }), { outcomes: ['P'] })
      expectAnswer(t, 'the owner', await send({ headers: dpop(token, CLIENT.proof(token, { claims: { jti } })) }), { outcomes: ['OK'] })
    }
  },
  {
    number: 0,
    title: 'An access token is no proof, and a proof is no access token',
    run: async (t, { send, get, issuer }) => {
      const token = bound(issuer)
      expectAnswer(t, 'the token as proof', await send({ headers: dpop(token, token) }), { outcomes: ['P'] })
      const proof = CLIENT.proof(token)
      expectAnswer(t, 'the proof as token', await get('/me', proof), { outcomes: ['T'] })
      expectAnswer(t, 'the proof as both', await send({ headers: dpop(proof, proof) }), { outcomes: ['T'] })
    }
  },
  {
    number: 0,
    title: 'A large proof is refused unread',
    expected: ['P', 431],
    requests: proven({ 'of 9 kB': { claims: { filler: 'x'.repeat(7000) } }, 'of 12 kB': { header: { filler: 'x'.repeat(9000) } }, deep: { claims: { deep: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown } } })
  },
  {
    number: 0,
    title: 'A proof that is written twice over, or in two ways, is refused',
    expected: 'P',
    requests: ({ issuer }) => {
      const token = bound(issuer)
      const proof = CLIENT.proof(token)
      return Object.fromEntries(Object.entries({ padded: `${proof}=`, quoted: `"${proof}"`, 'with a scheme': `DPoP ${proof}`, 'with a fourth segment': `${proof}.`, 'with a space': proof.replace('.', ' .') }).map(([title, text]) => [title, { headers: dpop(token, text) }]))
    }
  },
  {
    number: 0,
    title: 'A good proof does not save a bad token',
    expected: 'T',
    requests: ({ issuer }) => {
      const cnf = { jkt: CLIENT.thumbprint }
      return Object.fromEntries(Object.entries({ expired: issuer.token({ claims: { cnf, exp: 1 } }), forged: issuer.token({ claims: { cnf }, sign: rsa(stranger) }), 'of another audience': issuer.token({ claims: { cnf, aud: 'x' } }) })
        .map(([title, token]) => [title, { headers: dpop(token, CLIENT.proof(token)) }]))
    }
  },
  {
    number: 0,
    title: 'A proof beside a bearer token that is bound to nothing changes nothing',
    expected: 'OK',
    requests: ({ issuer }) => {
      const token = issuer.token()
      return { 'a bad proof': { headers: [bearer(token), ['DPoP', 'x']] }, 'a good one': { headers: [bearer(token), ['DPoP', CLIENT.proof(token)]] } }
    }
  },
  {
    number: 0,
    title: 'Who may not pass is challenged in the scheme that was used',
    target: { plugin: required },
    run: async (t, { send, issuer }) => {
      const token = bound(issuer)
      const answer = await send({ method: 'PATCH', headers: [...dpop(token, CLIENT.proof(token, { method: 'PATCH' })), JSON_BODY], body: '{}' })
      expectAnswer(t, 'no scope', answer, { outcomes: ['S'] })
      t.strictSame(parseChallenges(answer).map(({ scheme }) => scheme), ['DPoP'])
    }
  }
]

const slowly = (answer: Answering, ms: number): Answering => (request, response) => { setTimeout(() => { answer(request, response) }, ms) }

const LOAD: readonly Attack[] = [
  {
    number: 0,
    title: 'A hundred callers of one token ask the directory once',
    target: { directory: { timeoutMs: 2000 } },
    run: async (t, { get, issuer }) => {
      issuer.faults.set(USER, slowly(json(200, toUser({ id: ADA })), 40))
      const token = issuer.token()
      const answers = await Promise.all(Array.from({ length: 100 }, async () => (await get('/greet', token)).status))
      t.ok(answers.every(status => status === 200))
      t.equal(issuer.requests.filter(request => request === `GET ${USER}`).length, 1)
      issuer.faults.clear()
    }
  },
  {
    number: 0,
    title: 'Ten thousand groups in a token do not get in',
    expected: ['T', 431],
    tokens: issuer => ({ 'ten thousand': issuer.token({ claims: { groups: Array.from({ length: 10_000 }, (_, i) => `g${i}`) } }) })
  },
  {
    number: 0,
    title: 'A thousand texts that are no tokens ask nobody anything',
    run: async (t, { get, issuer }) => {
      const before = issuer.requests.length
      for (let i = 0; i < 20; i++) {
        const statuses = await Promise.all(Array.from({ length: 25 }, async (_, j) => (await get('/me', `${base64url(`{"alg":"RS256","kid":"k${i}${j}"}`)}.e30.AAAA`)).status))
        if (!statuses.every(status => status === 401)) t.fail('each is refused', { statuses })
      }
      t.equal(issuer.requests.length, before)
    }
  }
]

export const BEYOND: readonly Attack[] = [...HTTP, ...TOKENS, ...ISSUER_KEYS, ...LIES, ...PEOPLE, ...PROOFS, ...LOAD]
