import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { callsTo } from '../management-api.js'
import { share } from '../start.js'

const okta = { errorCode: /^E\d{7}$/, errorSummary: String, errorLink: /^E\d{7}$/, errorId: /^oae/, errorCauses: Array }

t.test('every error has Okta\'s body, whatever finds it', async t => {
  const { orgUrl, apiToken } = await share()
  const deep = (open: string, close: string): string => `{"profile":{"name":"x","a":${open.repeat(200_000)}1${close.repeat(200_000)}}}`
  const requests: Array<[title: string, path: string, init: RequestInit, status: number]> = [
    ['a path that cannot be decoded', '/api/v1/users/%zz', {}, 400],
    ['the same outside the API', '/%zz', {}, 400],
    ['an id too long for a route', `/api/v1/users/${'x'.repeat(400)}`, {}, 404],
    ['a body that is not JSON', '/api/v1/groups', { method: 'POST', body: '{' }, 400],
    ['a body with a prototype', '/api/v1/groups', { method: 'POST', body: '{"__proto__":{"a":1}}' }, 400],
    ['a body of two million bytes', '/api/v1/groups', { method: 'POST', body: JSON.stringify({ profile: { name: 'x'.repeat(2_000_000) } }) }, 400],
    ['arrays in arrays', '/api/v1/groups', { method: 'POST', body: deep('[', ']') }, 400],
    ['objects in objects', '/api/v1/groups', { method: 'POST', body: deep('{"a":', '}') }, 400],
    ['a content type that nobody knows', '/api/v1/groups', { method: 'POST', body: 'a', headers: { 'content-type': 'text/csv' } }, 415],
    ['a content type that is not one', '/api/v1/groups', { method: 'POST', body: 'a', headers: { 'content-type': 'nonsense' } }, 415],
    ['an unknown path', '/nonsense', {}, 404],
    ['another method', '/api/v1/groups', { method: 'PATCH' }, 405],
    ['no credentials', '/api/v1/groups', { headers: { authorization: '' } }, 401]
  ]
  for (const [title, path, init, status] of requests) {
    const response = await fetch(`${orgUrl}${path}`, { ...init, headers: { authorization: `SSWS ${apiToken}`, ...(init.body ? { 'content-type': 'application/json' } : {}), ...init.headers as object } })
    t.equal(response.status, status, title)
    t.match(response.headers.get('content-type'), /^application\/json/, title)
    t.match(await response.json(), okta, title)
  }
})

t.test('what is hardly HTTP is answered so, too', async t => {
  const { orgUrl } = await share()
  const { port } = new URL(orgUrl)
  for (const [request, status] of [['NONSENSE\r\n\r\n', 400], [`GET /api/v1/users HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431]] as const) {
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(request)
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    t.match(head, new RegExp(`^HTTP/1.1 ${status} `))
    t.match(JSON.parse(body), okta)
  }
})

t.test('an expression nested too deeply is refused as one that cannot be read', async t => {
  const call = callsTo(await share())
  for (const path of ['users?search=', 'users?filter=', 'groups?search=', 'groups?filter=', 'apps?filter=']) {
    t.match(await call('GET', path + '('.repeat(3000)), { status: 400, body: { errorCode: 'E0000031' } }, path)
    t.match(await call('GET', `${path}${'('.repeat(3000)}id eq "x"${')'.repeat(3000)}`.replaceAll('"', '%22').replaceAll(' ', '%20')), { status: 400 })
  }
  const nested = `${'('.repeat(20)}id eq "x"${')'.repeat(20)}`
  t.equal((await call('GET', `users?search=${encodeURIComponent(nested)}`)).status, 200, 'twenty parentheses are fine')
})

t.test('a deactivated user\'s, a service app\'s and a foreign token\'s errors are Okta\'s as well', async t => {
  const localOkta = await share()
  const token = await localOkta.mintOrgAccessToken({ client: 'management', scopes: ['okta.users.read'] })
  const call = callsTo({ orgUrl: localOkta.orgUrl, apiToken: localOkta.apiToken })
  t.match(await call('POST', 'users', { profile: {} }, { authorization: `Bearer ${token}` }), { status: 403, body: { ...okta, errorCode: 'E0000006' } }, 'the scope is asked before the body')
  t.match(await call('GET', 'groups', undefined, { authorization: `Bearer ${token}` }), { status: 403, body: { errorCode: 'E0000006' } })
  t.match(await call('GET', 'users/me', undefined, { authorization: `Bearer ${token}` }), { status: 404, body: { errorCode: 'E0000007' } }, 'an app is no user')
})
