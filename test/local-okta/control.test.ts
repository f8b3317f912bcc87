import { decodeProtectedHeader } from 'jose'
import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { callsTo } from './management-api.js'
import { start } from './start.js'

interface ControlAnswer {
  readonly status: number
  readonly body: any // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into it with t.match
}

async function control ({ orgUrl }: LocalOkta, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ControlAnswer> {
  const response = await fetch(`${orgUrl}/local/${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

async function change (localOkta: LocalOkta): Promise<string> {
  const call = callsTo(localOkta)
  localOkta.groups.create('Support')
  localOkta.groups.addUser('Support', 'ada@example.com')
  const profile = { login: 'alan@example.com', email: 'alan@example.com', firstName: 'Alan', lastName: 'Turing' }
  await call('POST', 'users', { profile, credentials: { password: { value: 'local-okta-2' } } })
  await call('POST', 'zones', { type: 'IP', name: 'Office' })
  const key = { kty: 'EC', crv: 'P-256', kid: 'one', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }
  await call('POST', `apps/${localOkta.clients.service.clientId}/credentials/jwks`, key)
  return key.kid
}

/** What a caller sees of the org. */
async function view (localOkta: LocalOkta): Promise<unknown> {
  const call = callsTo(localOkta)
  const paths = ['users?limit=200', 'groups?expand=stats', 'apps?limit=200', 'zones', 'policies?type=OKTA_SIGN_ON', 'authorizationServers', `apps/${localOkta.clients.service.clientId}/credentials/jwks`]
  return await Promise.all(paths.map(async path => (await call('GET', path)).body))
}

t.test('a reset puts back the seed, and leaves the API token and the keys', async t => {
  const localOkta = await start(t)
  const { keys } = localOkta
  const token = await localOkta.mintAccessToken()
  for (const reset of [() => { localOkta.reset() }, () => control(localOkta, 'POST', 'reset')]) {
    await change(localOkta)
    localOkta.clock.advance(3_600_000)
    localOkta.faults.add({ path: /zones/, status: 500 })
    await reset()
    t.equal(localOkta.users.find('alan@example.com'), undefined)
    t.equal(localOkta.groups.find('Support'), undefined)
    t.ok(localOkta.users.find('ada@example.com'))
    t.equal(localOkta.requests.length, 0)
    t.strictSame(localOkta.keys, keys)
    const call = callsTo(localOkta)
    t.match((await call('GET', 'zones')).body.map(({ name }: { name: string }) => name), ['LegacyIpZone', 'BlockedIpZone'], 'and no fault')
    t.equal((await call('GET', 'users/me')).status, 200, 'the API token is good')
    t.equal((await call('GET', 'groups?limit=1')).body.length, 1)
  }
  const introspected = await fetch(`${localOkta.issuer}/v1/introspect`, { method: 'POST', body: new URLSearchParams({ token, client_id: localOkta.clients.browser.clientId }) })
  t.match(await introspected.json(), { active: false }, 'tokens of users have ended')
})

t.test('a snapshot can be restored, also in another org of the same seed, and as JSON', async t => {
  const localOkta = await start(t)
  await change(localOkta)
  const before = await view(localOkta)
  const snapshot = localOkta.snapshot()
  t.strictSame(JSON.parse(JSON.stringify(snapshot)), (await control(localOkta, 'GET', 'snapshot')).body)

  localOkta.users.setStatus('alan@example.com', 'SUSPENDED')
  localOkta.groups.create('Sales')
  localOkta.restore(snapshot)
  t.strictSame(await view(localOkta), before)
  t.ok(localOkta.groups.find('Support'))

  localOkta.reset()
  t.equal((await control(localOkta, 'PUT', 'snapshot', snapshot)).status, 204)
  t.strictSame(await view(localOkta), before)
  localOkta.groups.addUser('Support', 'alan@example.com')
  t.throws(() => { localOkta.restore({} as never) }, { message: /^snapshot must be/ })
  const damaged = { ...snapshot, stores: { ...snapshot.stores, Users: [{ id: 'someone' }] } }
  const intact = await view(localOkta)
  t.match(await control(localOkta, 'PUT', 'snapshot', damaged), { status: 400, body: { errorCauses: [{ errorSummary: 'snapshot: snapshot is damaged: the org is as it was' }] } })
  t.strictSame(await view(localOkta), intact)
  t.match(await control(localOkta, 'PUT', 'snapshot', { format: 'else' }), { status: 400, body: { errorCode: 'E0000001' } })
  t.strictSame((await control(localOkta, 'GET', 'snapshot')).status, 200)
})

t.test('the clock can be moved, and what happens then is dated so', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const created = async (): Promise<string> => (await call('POST', 'groups', { profile: { name: `G${Math.random()}` } })).body.created
  localOkta.clock.set('2031-05-06T07:08:09.000Z')
  t.match(await created(), /^2031-05-06T07:08/)
  localOkta.clock.advance(86_400_000)
  t.match(await created(), /^2031-05-07T07:08/)
  t.match(await control(localOkta, 'POST', 'clock', { set: '2040-01-01T00:00:00Z' }), { status: 200, body: { now: /^2040-01-01T00:00/ } })
  t.match(await control(localOkta, 'POST', 'clock', { advance: 3_600_000 }), { status: 200, body: { now: /^2040-01-01T01:00/ } })
  t.match(await control(localOkta, 'GET', 'clock'), { status: 200, body: { now: /^2040-01-01T01:00/ } })
  t.equal((await control(localOkta, 'DELETE', 'clock')).status, 204)
  t.notMatch(await created(), /^20[34]/)
  for (const wrong of [{}, { advance: '1' }, { set: 'tomorrow' }, { set: 5 }, { advance: 1, set: '2040-01-01' }, { advance: 1e300 }, { forward: 1 }]) {
    t.equal((await control(localOkta, 'POST', 'clock', wrong)).status, 400, JSON.stringify(wrong))
  }
  t.throws(() => { localOkta.clock.advance(NaN) }, TypeError)
  t.throws(() => { localOkta.clock.set('tomorrow') }, TypeError)
})

t.test('faults are added and ended, and never keep the control from answering', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  t.equal((await control(localOkta, 'POST', 'faults', { path: '/api/v1/users', status: 429, times: 1 })).status, 204)
  t.equal((await call('GET', 'users')).status, 429)
  t.equal((await call('GET', 'users')).status, 200)
  await control(localOkta, 'POST', 'faults', { pattern: '.', status: 503 })
  t.equal((await call('GET', 'groups')).status, 503)
  t.equal((await control(localOkta, 'DELETE', 'faults')).status, 204)
  t.equal((await call('GET', 'groups')).status, 200)
  await control(localOkta, 'POST', 'faults', { path: '/api/v1/groups', method: 'get', status: 503 })
  t.equal((await call('GET', 'groups')).status, 503, 'a method in any letter case')
})

t.test('the faults in force are listed as they were added', async t => {
  const localOkta = await start(t)
  const added = [{ pattern: '^.api', status: 503 }, { path: '/oauth2/v1/keys', method: 'GET', delayMs: 5 }, { delivery: 'all', lost: true }]
  for (const fault of added) await control(localOkta, 'POST', 'faults', fault)
  t.strictSame((await control(localOkta, 'GET', 'faults')).body, added)
  await control(localOkta, 'DELETE', 'faults')
  t.strictSame((await control(localOkta, 'GET', 'faults')).body, [])
})

t.test('a fault that is wrong or would do nothing is refused, and the message names the member', async t => {
  const localOkta = await start(t)
  const path = '/api/v1/users'
  const wrong: Array<[fault: unknown, message: RegExp]> = [
    [{}, /^path: is required/],
    [{ status: 500 }, /^path: is required/],
    [{ path: '', status: 500 }, /^path: must be a path that begins with \//],
    [{ path: 'api/v1/users', status: 500 }, /^path: must be a path that begins with \//],
    [{ path, pattern: 'b', status: 500 }, /^pattern: cannot be combined with path/],
    [{ pattern: '(', status: 500 }, /^pattern: must be a regular expression/],
    [{ pattern: '', status: 500 }, /^pattern: must be a regular expression/],
    [{ path, status: 99 }, /^status: must be an HTTP status/],
    [{ path, status: '500' }, /^status: must be an HTTP status/],
    [{ path, colour: 'red' }, /^colour: is not a member: there are path, method, /],
    [{ path, status: 500, method: 'FETCH' }, /^method: must be an HTTP method/],
    [{ path, status: 500, times: 0 }, /^times: must be an integer of 1 or more/],
    [{ path, status: 500, times: 1.5 }, /^times: must be an integer of 1 or more/],
    [{ path, delayMs: -1 }, /^delayMs: must be an integer of 0 or more/],
    [{ path, status: 500, headers: { 'a b': 'c' } }, /^headers: must be an object of HTTP headers/],
    [{ path, status: 500, headers: { a: 1 } }, /^headers: must be an object of HTTP headers/],
    [{ path, delayMs: 5, headers: { a: 'b' } }, /^headers: needs status/],
    [{ path, hang: true, body: 'b' }, /^body: needs status/],
    [{ path, status: 500, drop: true }, /^drop: cannot be combined with status/],
    [{ path }, /^status: is required, or delayMs, hang or drop/],
    [{ path, hang: false }, /^status: is required/],
    [{ delivery: 'all' }, /^delivery: needs one of delayMs, copies/],
    [{ delivery: 'all', copies: 0 }, /^copies: must be an integer of 1 or more/]
  ]
  for (const [fault, message] of wrong) {
    t.match(await control(localOkta, 'POST', 'faults', fault), { status: 400, body: { errorCauses: [{ errorSummary: message }] } }, JSON.stringify(fault))
  }
  t.equal((await control(localOkta, 'POST', 'faults', [])).status, 400)
  t.throws(() => { localOkta.faults.add({ path, status: 500, times: 0 }) }, { name: 'TypeError', message: 'fault.times must be an integer of 1 or more' })
  t.throws(() => { localOkta.faults.add({ path }) }, { name: 'TypeError', message: /^fault\.status is required/ })
  t.strictSame(localOkta.faults.list(), [])
})

t.test('requests are listed and dropped, without those that control', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  await call('GET', 'users?limit=1')
  t.match((await control(localOkta, 'GET', 'requests')).body, [{ method: 'GET', path: '/api/v1/users', query: 'limit=1' }])
  t.equal((await control(localOkta, 'DELETE', 'requests')).status, 204)
  t.strictSame((await control(localOkta, 'GET', 'requests')).body, [])
  const { requests } = localOkta
  await call('GET', 'users?limit=2')
  t.equal(requests.length, 1, 'the list goes on')
  const kept = requests.all()
  requests.clear()
  t.equal(kept.length, 1)
  t.strictSame(requests.all(), [])
})

t.test('keys are rotated, and an old one is withdrawn once it signs no more', async t => {
  const localOkta = await start(t)
  const [active, next] = localOkta.keys
  const { body: { kid } } = await control(localOkta, 'POST', 'keys/rotate')
  t.equal(kid, next?.kid)
  t.match(decodeProtectedHeader(await localOkta.mintAccessToken()), { kid })
  t.match((await control(localOkta, 'GET', 'keys')).body, [{ kid: active?.kid, status: 'EXPIRED' }, { kid, status: 'ACTIVE' }, { status: 'NEXT' }])
  t.match(await control(localOkta, 'DELETE', `keys/${kid}`), { status: 400, body: { errorCode: 'E0000001' } }, 'the active key stays')
  t.equal((await control(localOkta, 'DELETE', `keys/${active?.kid}`)).status, 204)
  t.notOk(localOkta.keys.some((key) => key.kid === active?.kid))
})

t.test('a request with a foreign or null Origin is refused, whatever else it carries', async t => {
  const localOkta = await start(t)
  const authorization = `SSWS ${localOkta.apiToken}`
  const routes: Array<[string, string]> = [
    ['POST', 'reset'], ['GET', 'snapshot'], ['PUT', 'snapshot'], ['GET', 'clock'], ['POST', 'clock'], ['DELETE', 'clock'],
    ['GET', 'faults'], ['POST', 'faults'], ['DELETE', 'faults'], ['GET', 'requests'], ['DELETE', 'requests'],
    ['GET', 'keys'], ['POST', 'keys/rotate'], ['DELETE', 'keys/one']
  ]
  for (const [method, path] of routes) {
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', localOkta.orgUrl.replace('http', 'https')]) {
      const { status } = await control(localOkta, method, path, undefined, { origin, authorization })
      t.equal(status, 403, `${method} ${path} from ${origin}`)
    }
  }
  t.equal((await control(localOkta, 'DELETE', 'clock', undefined, { origin: localOkta.orgUrl })).status, 204, 'its own pages may')
  t.equal((await control(localOkta, 'GET', 'nonsense')).status, 404)
})
