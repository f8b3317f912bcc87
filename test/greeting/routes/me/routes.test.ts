import t from 'tap'
import { buildService, startOkta } from '../../service.js'

const WRITE = ['openid', 'profile:write']

t.test('GET /me is the claims, the user and the names of the user\'s groups', async t => {
  const { app, credentials } = await buildService(t)
  const response = await app.inject({ url: '/me', headers: await credentials({ claims: { groups: ['from the token'], nested: { a: [1, null, 'ü'] } } }) })

  t.match(response.json(), {
    claims: { sub: 'ada@example.com', uid: '00uadalovelace000001', groups: ['from the token'], nested: { a: [1, null, 'ü'] } },
    user: { id: '00uadalovelace000001', status: 'ACTIVE', profile: { firstName: 'Ada', nickName: null } }
  })
  t.strictSame(response.json().groups.sort(), ['Everyone', 'Fastify Okta'], 'the directory\'s, not the token\'s')
  t.notOk('groups' in response.json().user)
  t.match(response.headers, { 'cache-control': 'no-store', vary: 'Authorization' })
})

t.test('without a directory there is no user, and groups are those of the claim', async t => {
  const { app, credentials } = await buildService(t, { directory: false })
  const meOf = async (groups: unknown): Promise<unknown> => (await app.inject({ url: '/me', headers: await credentials({ claims: { groups } }) })).json()

  t.match(await meOf(['a', 7, 'b']), { user: null, groups: ['a', 'b'] })
  t.match(await meOf('a'), { user: null, groups: [] })
})

t.test('a client that acts for itself has claims only', async t => {
  const { app, credentials } = await buildService(t)
  const response = await app.inject({ url: '/me', headers: await credentials({ client: 'service' }) })

  t.match(response.json(), { claims: { sub: '0oalocalservice00001' }, user: null, groups: [] })
})

t.test('PATCH /me changes the profile in Okta and returns the user', async t => {
  const { app, okta, credentials } = await buildService(t)
  const headers = await credentials({ scopes: WRITE })
  const payload = { firstName: 'Augusta', lastName: 'King', nickName: 'The Enchantress', timezone: 'Asia/Tokyo', locale: 'ja_JP', preferredLanguage: null }
  const response = await app.inject({ method: 'PATCH', url: '/me', headers, payload })

  t.match(response, { statusCode: 200, headers: { 'cache-control': 'no-store' } })
  t.match(response.json(), { id: '00uadalovelace000001', profile: payload })
  t.match(okta.users.find('ada@example.com')?.profile, { firstName: 'Augusta', timezone: 'Asia/Tokyo' })
  t.match((await app.inject({ url: '/greet', headers })).json(), { timeZone: 'Asia/Tokyo', localTime: '2026-11-24T18:30:00+09:00', greeting: 'Good Evening' })
})

t.test('PATCH /me accepts only the attributes that may be changed, and repeats nothing of the body', async t => {
  const { app, okta, credentials } = await buildService(t)
  const headers = { ...await credentials({ scopes: WRITE }), 'content-type': 'application/json' }
  const before = okta.users.find('ada@example.com')
  const bodies = {
    'an attribute for administrators': { login: 'mallory@example.com' },
    'one among others': { nickName: 'Ada', email: 'mallory@example.com' },
    'the whole profile': { profile: { nickName: 'Ada' } },
    'a status': { status: 'ACTIVE' },
    'a number': { nickName: 7 },
    'an object': { nickName: {} },
    'an array': { nickName: ['Ada'] },
    'no name': { firstName: null },
    'an empty name': { lastName: '' },
    'a name that is too long': { firstName: 'A'.repeat(51) },
    'a text that is too long': { nickName: 'A'.repeat(256) },
    'a zone that does not exist': { timezone: 'Mallory/Land' },
    nothing: {},
    'a list': [{ nickName: 'Ada' }],
    'a text': '"Mallory"',
    null: 'null'
  }

  for (const [title, payload] of Object.entries(bodies)) {
    const response = await app.inject({ method: 'PATCH', url: '/me', headers, payload })
    t.match(response.json(), { statusCode: 400, code: 'FST_OKTA_INVALID_PROFILE', error: 'Bad Request' }, title)
    t.notMatch(response.body, /mallory/i)
    t.equal(response.headers['cache-control'], 'no-store')
  }
  t.strictSame(okta.users.find('ada@example.com'), before)
})

t.test('PATCH /me refuses a body that is not JSON', async t => {
  const { app, credentials } = await buildService(t)
  const headers = await credentials({ scopes: WRITE })
  const patch = async (type: string | undefined, payload?: string) =>
    await app.inject({ method: 'PATCH', url: '/me', headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) }, ...(payload === undefined ? {} : { payload }) })

  t.match((await patch('application/json', '{"nickName":')).json(), { statusCode: 400, code: 'FST_ERR_CTP_INVALID_JSON_BODY', message: 'the body must be JSON' })
  t.match((await patch('application/json', '{"__proto__":{"nickName":"A"}}')).json(), { statusCode: 400 })
  t.match((await patch('application/json', '')).json(), { statusCode: 400 })
  t.match((await patch(undefined)).json(), { statusCode: 400, code: 'FST_OKTA_INVALID_PROFILE' })
  t.match((await patch('text/plain', 'nickName')).json(), { statusCode: 415, message: 'the body must be application/json' })
  t.match((await patch('application/x-www-form-urlencoded', 'nickName=A')).json(), { statusCode: 415 })
  t.match((await patch('application/json', JSON.stringify({ nickName: 'A'.repeat(20_000) }))).json(), { statusCode: 413, message: 'the body is too large' })
})

t.test('a caller who may not change a profile is refused before the body is read', async t => {
  const { app, credentials } = await buildService(t)
  const statusOf = async (headers: Record<string, string>): Promise<unknown> =>
    (await app.inject({ method: 'PATCH', url: '/me', headers: { ...headers, 'content-type': 'application/json' }, payload: 'no JSON' })).json()

  t.match(await statusOf({}), { statusCode: 401, code: 'FST_OKTA_MISSING_CREDENTIALS' })
  t.match(await statusOf(await credentials()), { statusCode: 403, code: 'FST_OKTA_INSUFFICIENT_SCOPE' })
  t.match(await statusOf(await credentials({ client: 'service', scopes: WRITE })), { statusCode: 403, code: 'FST_GREETING_USER_REQUIRED' })
})

t.test('without a directory profiles cannot be changed: 501', async t => {
  const { app, credentials } = await buildService(t, { directory: false })
  const response = await app.inject({ method: 'PATCH', url: '/me', headers: await credentials({ scopes: WRITE }), payload: { nickName: 'A' } })

  t.match(response.json(), { statusCode: 501, code: 'FST_GREETING_DIRECTORY_REQUIRED' })
})

t.test('a change while Okta is unavailable is 503 with `Retry-After`', async t => {
  const okta = await startOkta(t)
  const { app, credentials } = await buildService(t, { okta })
  okta.faults.add({ path: '/api/v1/users/00uadalovelace000001', method: 'POST', status: 500 })
  const response = await app.inject({ method: 'PATCH', url: '/me', headers: await credentials({ scopes: WRITE }), payload: { nickName: 'A' } })

  t.match(response.json(), { statusCode: 503, code: 'FST_OKTA_DIRECTORY_UNAVAILABLE' })
  t.match(response.headers, { 'retry-after': /^\d+$/, 'cache-control': 'no-store' })
})

t.test('with credentials that may only read, a change is 503, the log says what is missing, and all else works', async t => {
  const okta = await startOkta(t)
  const { app, log, credentials } = await buildService(t, { okta })
  const headers = await credentials({ scopes: WRITE })
  okta.faults.add({ path: /^\/api\/v1\/users\//, method: 'POST', status: 403, body: { errorCode: 'E0000006', errorSummary: 'You do not have permission to perform the requested action', errorCauses: [] } })
  const response = await app.inject({ method: 'PATCH', url: '/me', headers, payload: { nickName: 'Countess' } })

  t.match(response.json(), { statusCode: 503, code: 'FST_OKTA_DIRECTORY_UNAVAILABLE', message: 'this service is not set up correctly' })
  t.match(log.map(line => JSON.parse(line) as Record<string, unknown>).filter(({ level }) => level === 50), [{ msg: 'Okta does not let OKTA_CLIENT_TOKEN change profiles (403 E0000006): a permission or scope is missing', status: 403 }])
  t.equal((await app.inject({ url: '/greet', headers })).statusCode, 200)
  t.equal((await app.inject('/readyz')).statusCode, 200)
})
