import type { Attack } from './attack.js'
import { Connection, exchangeBytes, toBytes } from './connection.js'
import { expectAnswer } from './expectation.js'
import { bearer } from './target.js'

const JSON_BODY = ['Content-Type', 'application/json'] as const

export const HTTP: readonly Attack[] = [
  {
    title: 'Two schemes in one header are a malformed request or no credentials',
    expected: ['FST_OKTA_INVALID_REQUEST', 'FST_OKTA_MISSING_CREDENTIALS'],
    requests: ({ issuer }) => {
      const token = issuer.mint()
      return Object.fromEntries([`Basic YTpi, Bearer ${token}`, `Bearer ${token} DPoP ${token}`, `DPoP Bearer ${token}`, `Bearer DPoP ${token}`, `Negotiate x Bearer ${token}`].map((value, i) => [`form ${i}`, { headers: [['Authorization', value]] }]))
    }
  },
  {
    title: 'Credentials in trailers are ignored',
    expected: 'FST_OKTA_MISSING_CREDENTIALS',
    requests: ({ issuer }) => ({
      'a trailer': {
        method: 'PATCH',
        headers: [['Transfer-Encoding', 'chunked'], ['Trailer', 'Authorization'], JSON_BODY],
        body: `2\r\n{}\r\n0\r\nAuthorization: Bearer ${issuer.mint()}\r\n\r\n`
      }
    })
  },
  {
    title: 'HTTP/1.0 is guarded as well',
    run: async (t, { port, issuer }) => {
      const [without] = await exchangeBytes(port, 'GET /me HTTP/1.0\r\n\r\n')
      if (without === undefined) t.fail('no answer')
      else expectAnswer(t, 'without a token', without, { outcomes: ['FST_OKTA_MISSING_CREDENTIALS'] })
      const [withToken] = await exchangeBytes(port, `GET /me HTTP/1.0\r\nAuthorization: Bearer ${issuer.mint()}\r\n\r\n`)
      t.equal(withToken?.status, 200)
    }
  },
  {
    title: 'Of requests in one packet each gets its own answer, in turn',
    run: async (t, { port, issuer }) => {
      const good = issuer.mint()
      const tokens = [good, undefined, issuer.mint({ claims: { exp: 1 } }), good, undefined, issuer.mint()]
      const connection = await Connection.open(port)
      connection.write(Buffer.concat(tokens.map(token => toBytes({ headers: token === undefined ? [] : [bearer(token)] }))))
      const statuses = []
      for (let i = 0; i < tokens.length; i++) statuses.push((await connection.read())?.status)
      connection.close()
      t.strictSame(statuses, [200, 401, 401, 200, 401, 200])
    }
  },
  {
    title: 'A request target with a host in it is guarded',
    expected: ['FST_OKTA_MISSING_CREDENTIALS', 400, 404],
    requests: () => Object.fromEntries(['http://evil.example/greet', 'https://greeting.example/greet', 'http://evil.example//greet', 'http://a@b/greet', 'HTTP://x/greet', 'ftp://x/greet', 'x://greet/greet', 'http:///greet'].map(target => [target, { target }]))
  },
  {
    title: 'OPTIONS * says nothing',
    expected: [404, 400],
    requests: ({ issuer }) => ({ 'without a token': { method: 'OPTIONS', target: '*' }, 'with one': { method: 'OPTIONS', target: '*', headers: [bearer(issuer.mint())] } })
  },
  {
    title: 'Without a token the body is not read',
    run: async (t, { port, log }) => {
      const connection = await Connection.open(port)
      connection.write(toBytes({ method: 'PATCH', headers: [['Expect', '100-continue'], JSON_BODY, ['Content-Length', '10000000']] }))
      const answer = await connection.read()
      if (answer === undefined) t.fail('no answer')
      else expectAnswer(t, 'before the body is sent', answer, { outcomes: ['FST_OKTA_MISSING_CREDENTIALS'] })
      connection.close()
      t.notMatch(log.join(''), /BODY_TOO_LARGE/)
    }
  },
  {
    title: 'An expectation that is not understood is refused as everything is',
    expected: 417,
    requests: ({ issuer }) => ({ 'Expect: x': { headers: [['Expect', 'x'], bearer(issuer.mint())] } })
  },
  {
    title: 'A request without a Host is refused as everything is',
    run: async (t, { port, issuer }) => {
      const [answer] = await exchangeBytes(port, `GET /me HTTP/1.1\r\nAuthorization: Bearer ${issuer.mint()}\r\n\r\n`)
      if (answer === undefined) t.fail('no answer')
      else expectAnswer(t, 'no Host', answer, { outcomes: [400] })
      t.match(JSON.parse(answer?.body ?? '{}'), { code: 'FST_GREETING_MISSING_HOST', message: 'the Host header is missing' })
    }
  },
  {
    title: 'A large chunked body without a token is answered before it ends',
    run: async (t, { port }) => {
      const connection = await Connection.open(port)
      connection.write(toBytes({ method: 'PATCH', headers: [['Transfer-Encoding', 'chunked'], JSON_BODY] }))
      const chunk = Buffer.from(`4000\r\n${'x'.repeat(0x4000)}\r\n`)
      for (let i = 0; i < 64; i++) connection.write(chunk)
      const answer = await connection.read()
      if (answer === undefined) t.fail('no answer')
      else expectAnswer(t, 'while it is being sent', answer, { outcomes: ['FST_OKTA_MISSING_CREDENTIALS'] })
      connection.close()
    }
  },
  {
    title: 'An upgrade, and the preface of HTTP/2, lead nowhere',
    run: async (t, { port, send }) => {
      for (const protocol of ['websocket', 'h2c', 'TLS/1.2']) expectAnswer(t, protocol, await send({ target: '/greet', headers: [['Connection', 'Upgrade'], ['Upgrade', protocol]] }), { outcomes: ['FST_OKTA_MISSING_CREDENTIALS', 400, 404] })
      for (const bytes of ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03']) {
        t.notOk((await exchangeBytes(port, bytes)).some(({ status }) => status === 200))
      }
    }
  },
  {
    title: 'More headers than are looked at hide nothing',
    expected: ['FST_OKTA_MISSING_CREDENTIALS', 'FST_OKTA_INVALID_REQUEST', 431],
    requests: ({ issuer }) => ({ 'the second Authorization is the last of many headers': { headers: [['Authorization', 'Bearer'], ...Array.from({ length: 2100 }, () => ['a', ''] as const), bearer(issuer.mint())] } })
  },
  {
    title: 'A query parameter is not a credential, however it is spelled',
    expected: 'FST_OKTA_MISSING_CREDENTIALS',
    requests: ({ issuer }) => Object.fromEntries(['access_token[]', 'access_token[0]', 'access_token.x', 'ACCESS_TOKEN', 'access_token%00', 'bearer_token', 'jwt', 'authorization'].map(name => [name, { target: `/greet?${name}=${issuer.mint()}` }]))
  },
  {
    title: 'A query with a prototype in it changes no other query',
    run: async (t, { send, get, issuer }) => {
      await send({ target: '/me?__proto__[access_token]=x&__proto__.access_token=x&constructor.prototype.access_token=x&__proto__=x' })
      t.equal((await get('/me', issuer.mint())).status, 200)
      t.notOk('access_token' in {})
    }
  },
  {
    title: 'A body that is not JSON as it should be changes no profile',
    target: { directory: {} },
    run: async (t, { send, issuer }) => {
      const token = issuer.mint({ claims: { scp: ['profile:write'] } })
      for (const body of ['{"__proto__":{"nickName":"x"}}', '{"constructor":{"prototype":{}}}', '{"nickName":"x","role":"admin"}', '[{"nickName":"x"}]', '{"login":"admin@example.com"}', '{"email":"x"}', '{"nickName":{"x":1}}', '{"nickName":1}', '{}', 'null', '"x"', '{"nickName":"x"', '\ufeff', '{"nickName":NaN}', '{"timezone":"../../etc/passwd"}']) {
        expectAnswer(t, body, await send({ method: 'PATCH', headers: [bearer(token), JSON_BODY], body }), { outcomes: [400] })
      }
      t.equal(issuer.requestLines.filter(request => /^(?:POST|PUT|PATCH)/.test(request)).length, 0, 'Okta is not asked to change anything')
    }
  }
]
