import type { Attack } from './attack.js'
import { Connection, exchangeBytes, toBytes, type Message } from './connection.js'
import { expectAnswer } from './expectation.js'
import { ADA, GROUP } from '../kit/access-token.js'
import type { Issuer } from '../kit/issuer.js'
import { bearer, startPlugin } from './target.js'

const authorization = (...values: readonly string[]): Message => ({ headers: values.map(value => ['Authorization', value] as const) })

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const
const KEEP_ALIVE = ['Connection', 'keep-alive'] as const

const grace = (issuer: Issuer): string => issuer.mint({ claims: { sub: 'grace@example.com', uid: '00ugracehopper000001', groups: [] } })

export const PRESENTING: readonly Attack[] = [
  {
    number: 86,
    title: 'Without credentials there is a bare challenge',
    expected: 'FST_OKTA_MISSING_CREDENTIALS',
    requests: () => ({
      'no header': {},
      'an empty header': authorization(''),
      'another scheme': authorization('Basic YWRhOmFkYQ=='),
      'a scheme that begins alike': authorization('Bearertoken x'),
      'a token without a scheme': authorization('eyJhbGciOiJSUzI1NiJ9.e30.AAAA'),
      'the scheme of Okta\'s API': authorization('SSWS 00abcdefghijkl')
    })
  },
  {
    number: 87,
    title: 'The scheme is written in any letters',
    expected: 'OK',
    requests: ({ issuer }) => Object.fromEntries(['Bearer', 'bearer', 'BEARER', 'BeArEr'].map(scheme => [scheme, authorization(`${scheme} ${issuer.mint()}`)]))
  },
  {
    number: 88,
    title: 'A scheme without a token is a malformed request',
    expected: 'FST_OKTA_INVALID_REQUEST',
    requests: () => Object.fromEntries(['Bearer', 'Bearer ', 'Bearer    ', 'bearer\t', 'DPoP', 'DPoP '].map(value => [JSON.stringify(value), authorization(value)]))
  },
  {
    number: 89,
    title: 'Spaces may part scheme and token',
    expected: 'OK',
    requests: ({ issuer }) => {
      const token = issuer.mint()
      return { 'two spaces': authorization(`Bearer  ${token}`), 'blanks around': { headers: [['Authorization', `  Bearer ${token}  \t`]] } }
    }
  },
  {
    number: 89,
    title: 'Nothing else does',
    expected: ['FST_OKTA_INVALID_REQUEST', 'FST_OKTA_MISSING_CREDENTIALS', 400],
    requests: ({ issuer }) => {
      const token = issuer.mint()
      return Object.fromEntries(['\t', ' \t', '\u00a0', '\v', '\f'].map(blank => [JSON.stringify(blank), authorization(`Bearer${blank}${token}`)]).concat([['a no-break space behind', authorization(`Bearer ${token}\u00a0`)]]))
    }
  },
  {
    number: 89,
    title: 'A no-break space makes another scheme',
    expected: ['FST_OKTA_MISSING_CREDENTIALS', 'FST_OKTA_INVALID_REQUEST'],
    requests: ({ issuer }) => ({ 'no-break space before': authorization(`\u00a0Bearer ${issuer.mint()}`) })
  },
  {
    number: 90,
    title: 'What follows the scheme is one token and nothing else',
    expected: 'FST_OKTA_INVALID_REQUEST',
    requests: ({ issuer }) => {
      const token = issuer.mint()
      return Object.fromEntries([`${token} extra`, `${token},${token}`, `"${token}"`, `token=${token}`, `${token};`, `<${token}>`, `${token}, realm="x"`, `access_token="${token}"`, `Bearer ${token}`, `${token} ${token}`].map((value, i) => [`form ${i}`, authorization(`Bearer ${value}`)]))
    }
  },
  {
    number: 91,
    title: 'Credentials twice are a malformed request',
    expected: 'FST_OKTA_INVALID_REQUEST',
    requests: ({ issuer }) => {
      const token = issuer.mint()
      return {
        'joined by a comma': authorization(`Bearer ${token}, Bearer ${token}`),
        'joined with another scheme': authorization(`Bearer ${token}, Basic YTpi`),
        'two headers': authorization(`Bearer ${token}`, `Bearer ${grace(issuer)}`),
        'two equal headers': authorization(`Bearer ${token}`, `Bearer ${token}`),
        'in other letters': { headers: [['authorization', `Bearer ${token}`], ['AUTHORIZATION', 'Basic YTpi']] },
        'a bad one first': authorization('Bearer x', `Bearer ${token}`)
      }
    }
  },
  {
    number: 91,
    title: 'An empty header does not hide the other',
    expected: ['FST_OKTA_INVALID_REQUEST', 'FST_OKTA_MISSING_CREDENTIALS'],
    requests: ({ issuer }) => ({
      'an empty one first': authorization('', `Bearer ${issuer.mint()}`),
      'where credentials are optional': { ...authorization('', `Bearer ${issuer.mint()}`), target: '/' }
    })
  },
  {
    number: 92,
    title: 'A token in the query is not a credential',
    expected: 'FST_OKTA_MISSING_CREDENTIALS',
    requests: ({ issuer }) => Object.fromEntries(['access_token', 'access_token[]', 'token', 'access%5Ftoken', 'Access_Token', 'id_token'].map(name => [name, { target: `/me?${name}=${issuer.mint()}` }]))
  },
  {
    number: 92,
    title: 'A token in the query beside the header is a malformed request',
    expected: 'FST_OKTA_INVALID_REQUEST',
    requests: ({ issuer }) => {
      const token = issuer.mint()
      return Object.fromEntries(['access_token=x', `access_token=${token}`, 'access_token', 'a=1&access%5Ftoken=x', 'access_token=&access_token='].map(query => [query.slice(0, 20), { ...authorization(`Bearer ${token}`), target: `/me?${query}` }]))
    }
  },
  {
    number: 92,
    title: 'A token in the query is not logged',
    run: async (t, { send, issuer, log }) => {
      const token = issuer.mint()
      for (const target of [`/me?access_token=${token}`, `/nothing?access_token=${token}`, `/%zz?access_token=${token}`]) await send({ target })
      t.notOk(log.join('').includes(token.slice(60, 120)))
    }
  },
  {
    number: 93,
    title: 'A token in a form is not a credential',
    expected: 'FST_OKTA_MISSING_CREDENTIALS',
    requests: ({ issuer }) => ({ 'PATCH with a form': { method: 'PATCH', headers: [FORM], body: `access_token=${issuer.mint()}` } })
  },
  {
    number: 93,
    title: 'A form beside the header is not read',
    expected: 415,
    requests: ({ issuer }) => ({ 'PATCH with a form': { method: 'PATCH', headers: [bearer(issuer.mint({ claims: { scp: ['profile:write'] } })), FORM], body: 'access_token=x' } }),
    target: { directory: {} },
    mayFetch: true
  },
  {
    number: 94,
    title: 'A token in a cookie is not a credential',
    expected: 'FST_OKTA_MISSING_CREDENTIALS',
    requests: ({ issuer }) => Object.fromEntries(['token', 'access_token', 'Authorization', 'okta-token'].map(name => [name, { headers: [['Cookie', `${name}=${issuer.mint()}`]] }]))
  },
  {
    number: 95,
    title: 'Headers about who calls say nothing',
    run: async (t, { send, issuer }) => {
      const token = grace(issuer)
      const names = ['X-User', 'X-Groups', 'X-Forwarded-User', 'X-Forwarded-Groups', 'X-Forwarded-Email', 'X-Auth-Request-User', 'Remote-User', 'X-Forwarded-Access-Token', 'X-Okta-User', 'Claims']
      const headers = [bearer(token), ...names.map(name => [name, name.includes('Group') ? GROUP : 'ada@example.com'] as const)]
      const { claims } = JSON.parse((await send({ headers })).body) as { claims: { sub: string } }
      t.equal(claims.sub, 'grace@example.com')
      expectAnswer(t, 'the group is closed', await send({ target: '/greet', headers }), { outcomes: ['FST_OKTA_GROUP_REQUIRED'] })
      expectAnswer(t, 'without a token', await send({ target: '/greet', headers: headers.slice(1) }), { outcomes: ['FST_OKTA_MISSING_CREDENTIALS'] })
    }
  },
  {
    number: 96,
    title: 'Folded and broken headers end the connection',
    run: async (t, { port, issuer }) => {
      const token = issuer.mint()
      const head = 'GET /me HTTP/1.1\r\nHost: x\r\n'
      const broken = {
        folded: `${head}Authorization: Bearer\r\n ${token}\r\n\r\n`,
        'with NUL': `${head}Authorization: Bearer ${token}\0\r\n\r\n`,
        'with NUL in the name': `${head}Author\0ization: Bearer ${token}\r\n\r\n`,
        'with a bare CR': `${head}Authorization: Bearer x\rAuthorization: Bearer ${token}\r\n\r\n`,
        'with a space before the colon': `${head}Authorization : Bearer ${token}\r\n\r\n`,
        'without a colon': `${head}Authorization Bearer ${token}\r\n\r\n`,
        'with a name of nothing': `${head}: Bearer ${token}\r\n\r\n`
      }
      for (const [title, bytes] of Object.entries(broken)) {
        const answers = await exchangeBytes(port, bytes)
        t.equal(answers.length, 1, `${title}: one answer, and the connection is closed`)
        if (answers[0] !== undefined) expectAnswer(t, title, answers[0], { outcomes: [400] })
      }
    }
  },
  {
    number: 97,
    title: 'No request is smuggled in another\'s body',
    run: async (t, { port, issuer }) => {
      const inner = toBytes({ target: '/greet', headers: [bearer(issuer.mint())] }).toString('latin1')
      const start = 'PATCH /me HTTP/1.1\r\nHost: x\r\n'
      const smuggled = {
        'CL.TE': `${start}Content-Length: ${5 + inner.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
        'TE.CL': `${start}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${inner}`,
        'two lengths': `${start}Content-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
        'two lengths in one': `${start}Content-Length: 0, ${inner.length}\r\n\r\n${inner}`,
        'a length with a sign': `${start}Content-Length: +${inner.length}\r\n\r\n${inner}`,
        'a negative length': `${start}Content-Length: -1\r\n\r\n${inner}`,
        'an unknown coding last': `${start}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${inner}`,
        'a coding in two lines': `${start}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${inner}`,
        'an unknown coding': `${start}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`,
        'a space before the colon': `${start}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
        'a chunk size that is none': `${start}Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n${inner}`
      }
      for (const [title, bytes] of Object.entries(smuggled)) {
        const answers = await exchangeBytes(port, bytes)
        t.notOk(answers.some(({ status }) => status === 200), `${title}: the inner request is not served`)
        t.ok(answers.length <= 2 && answers.at(-1)?.status === 400, `${title}: it ends with 400`)
      }
    }
  },
  {
    number: 98,
    title: 'If a proxy has removed the header, there are no credentials',
    why: 'the proxy is somebody else\'s; what arrives here is a request without the header',
    expected: 'FST_OKTA_MISSING_CREDENTIALS',
    requests: () => ({ 'Connection: Authorization': { headers: [['Connection', 'close, Authorization']] } })
  },
  {
    number: 99,
    title: 'A connection keeps no authentication',
    run: async (t, { port, issuer }) => {
      const connection = await Connection.open(port)
      const ask = async (headers: Message['headers'] = []) => {
        connection.write(toBytes({ headers: [KEEP_ALIVE, ...headers] }))
        return await connection.read()
      }
      t.equal((await ask([bearer(issuer.mint())]))?.status, 200)
      const after = await ask()
      if (after === undefined) t.fail('the connection is closed')
      else expectAnswer(t, 'the next request', after, { outcomes: ['FST_OKTA_MISSING_CREDENTIALS'] })
      t.equal((await ask([bearer(issuer.mint())]))?.status, 200)
      connection.close()
    }
  },
  {
    number: 100,
    title: 'No request sees another\'s caller',
    run: async (t, { issuer }) => {
      const { send } = await startPlugin(t, {
        issuer,
        options: { issuer: issuer.url, audience: 'api://default' },
        routes: app => {
          app.get('/who', { onRequest: app.okta.identify }, async request => ({ before: request.claims?.sub ?? null, user: request.oktaUser }))
          app.get('/open', async request => ({ before: request.claims, user: request.oktaUser }))
        }
      })
      const names = Array.from({ length: 60 }, (_, i) => i % 3 === 0 ? null : `user${i}@example.com`)
      await Promise.all(names.map(async sub => {
        const headers = sub === null ? [] : [bearer(issuer.mint({ claims: { sub } }))]
        const { body } = await send({ target: '/who', headers })
        if ((JSON.parse(body) as { before: unknown }).before !== sub) t.fail(`${sub ?? 'nobody'} was taken for another`, { body })
      }))
      t.strictSame(JSON.parse((await send({ target: '/open', headers: [bearer(issuer.mint())] })).body), { before: null, user: null }, 'a route without a hook knows nobody')
      t.strictSame(JSON.parse((await send({ target: '/who' })).body), { before: null, user: null })
    }
  },
  {
    number: 100,
    title: 'A user of the directory does not change between requests',
    target: { directory: {} },
    run: async (t, { get, issuer }) => {
      issuer.users.set('00ugracehopper000001', { id: '00ugracehopper000001', profile: { login: 'grace@example.com' }, groups: [] })
      const [ada, other] = [issuer.mint(), grace(issuer)]
      const answers = await Promise.all(Array.from({ length: 20 }, async (_, i) => await get('/me', i % 2 === 0 ? ada : other)))
      for (const [i, { body }] of answers.entries()) {
        const { user } = JSON.parse(body) as { user: { id: string } }
        t.equal(user.id, i % 2 === 0 ? ADA : '00ugracehopper000001')
      }
    }
  }
]
