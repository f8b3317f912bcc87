import { connect } from 'node:net'
import t from 'tap'
import { buildService } from '../service.js'
import { refusalOf } from '#greeting/http/refusals.js'
import { GroupRequiredError } from 'fastify-okta'

t.test('every refusal is JSON, is stored nowhere, and repeats nothing of the request', async t => {
  const { app, credentials } = await buildService(t)
  const headers = await credentials({ scopes: ['profile:write'] })
  const json = { ...headers, 'content-type': 'application/json' }
  const requests = {
    'a route that is not there': [404, { url: '/mallory?access_token=mallory' }],
    'a method that is not there': [404, { method: 'DELETE', url: '/greet' }],
    'a slash too many': [404, { url: '/greet/', headers }],
    'another case': [404, { url: '/GREET', headers }],
    'two slashes': [404, { url: '//greet', headers }],
    'a semicolon': [404, { url: '/greet;mallory=1', headers }],
    'an encoded NUL': [404, { url: '/greet%00', headers }],
    'a path that is no URL': [400, { url: '/%mallory', headers }],
    'no credentials': [401, { url: '/me' }],
    'bad credentials': [401, { url: '/me', headers: { authorization: 'Bearer mallory' } }],
    'malformed credentials': [400, { url: '/me', headers: { authorization: 'Bearer mallory mallory' } }],
    'a body that is no JSON': [400, { method: 'PATCH', url: '/me', headers: json, payload: '{mallory' }],
    'a body that is too large': [413, { method: 'PATCH', url: '/me', headers: json, payload: `"${'mallory'.repeat(4000)}"` }],
    'a body of another kind': [415, { method: 'PATCH', url: '/me', headers: { ...headers, 'content-type': 'mallory/x' }, payload: 'x' }]
  } as const

  for (const [title, [statusCode, request]] of Object.entries(requests)) {
    const response = await app.inject({ method: 'GET', ...request })
    t.match(response, { statusCode, headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'content-type': 'application/json; charset=utf-8' } }, title)
    t.match(response.json(), { statusCode, error: /^[A-Z]/, message: /./ })
    t.notMatch(JSON.stringify([response.body, response.headers]), /mallory/i)
  }
})

t.test('an encoded letter of the path is the same route, guarded', async t => {
  const { app } = await buildService(t, { directory: false })

  t.equal((await app.inject('/%67reet')).statusCode, 401)
})

t.test('an unexpected error is 500, and the answer says nothing else', async t => {
  const refusal = { statusCode: 500, error: 'Internal Server Error', message: 'Internal Server Error' }

  t.strictSame(refusalOf(new Error('the password is swordfish')), refusal)
  t.strictSame(refusalOf(Object.assign(new Error('swordfish'), { statusCode: 502, code: 'SWORDFISH' })), refusal)
  t.strictSame(refusalOf(Object.assign(new Error('swordfish'), { statusCode: 200 })), refusal)
  t.strictSame(refusalOf('swordfish'), refusal)
  t.strictSame(refusalOf(Object.assign(new Error('swordfish'), { statusCode: 409 })), { statusCode: 409, error: 'Conflict', message: 'Conflict' })
  t.match(refusalOf(new GroupRequiredError()), { statusCode: 403, code: 'FST_OKTA_GROUP_REQUIRED' })
})

t.test('a request that is not HTTP is refused with JSON, and its connection closed', async t => {
  const { app, log } = await buildService(t, { directory: false })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = new URL(app.listeningOrigin)
  const answerTo = async (bytes: string): Promise<string> => await new Promise((resolve, reject) => {
    let answer = ''
    connect(Number(port), '127.0.0.1').setEncoding('utf8')
      .on('data', (text: string) => { answer += text }).on('end', () => { resolve(answer) }).on('error', reject)
      .write(bytes)
  })
  const requests = {
    'a folded header': ['GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer\r\n mallory\r\n\r\n', 400],
    'a NUL in a header': ['GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer mallory\0\r\n\r\n', 400],
    'two lengths': ['GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    'headers that are too large': [`GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${'mallory'.repeat(3000)}\r\n\r\n`, 431],
    'no HTTP': ['mallory\r\n\r\n', 400]
  } as const

  for (const [title, [bytes, statusCode]] of Object.entries(requests)) {
    const answer = await answerTo(bytes)
    t.match(answer, new RegExp(`^HTTP/1.1 ${statusCode} .*\r\n`), title)
    t.match(answer, /\r\nCache-Control: no-store\r\nConnection: close\r\n/)
    t.match(JSON.parse(answer.split('\r\n\r\n')[1] as string), { statusCode, error: /./, message: /./ })
    t.notMatch(answer, /mallory/i)
  }
  t.notMatch(log.join(''), /mallory/i)
})
