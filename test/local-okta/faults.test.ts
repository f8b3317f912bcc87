import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import { refusalOf } from './app-client.js'
import { share, start } from './start.js'

t.test('a rate limit looks to the SDK as Okta\'s does', async t => {
  const localOkta = await share()
  localOkta.faults.add({ path: /^\/api\/v1\/users/, status: 429, times: 1 })
  const response = await fetch(`${localOkta.orgUrl}/api/v1/users/me`)
  t.equal(response.status, 429)
  t.match(Object.fromEntries(response.headers), {
    'x-rate-limit-limit': '50', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': /^\d{10}$/, 'content-type': 'application/json'
  })
  t.notOk(response.headers.has('retry-after'))

  const reset = String(Math.floor(Date.now() / 1000) - 1)
  localOkta.faults.add({ path: '/api/v1/users/me', status: 429, times: 2, headers: { 'x-rate-limit-reset': reset } })
  const { userApi } = new okta.Client({ orgUrl: localOkta.orgUrl, token: localOkta.apiToken })
  t.match(await userApi.getUser({ userId: 'me' }), { status: 'ACTIVE' }, 'it waits for the reset and asks again')
  localOkta.faults.add({ path: '/api/v1/users/grace@example.com', status: 429 })
  const impatient = new okta.Client({
    orgUrl: localOkta.orgUrl, token: localOkta.apiToken, requestExecutor: new okta.DefaultRequestExecutor({ maxRetries: 0, requestTimeout: 0 })
  })
  t.match(await refusalOf(impatient.userApi.getUser({ userId: 'grace@example.com' })), { status: 429, errorCode: 'E0000047' })
})

t.test('an answer can be late, wrong, redirected, missing or cut off', async t => {
  const localOkta = await share()
  const keys = `${localOkta.issuer}/v1/keys`
  const path = '/oauth2/default/v1/keys'
  const ask = async (init: RequestInit = {}): Promise<Response> => fetch(keys, { redirect: 'manual', ...init })

  localOkta.faults.add({ path, status: 503, times: 1 })
  t.match(await (await ask()).json(), { errorCode: 'E0000009' })
  localOkta.faults.add({ path, status: 200, body: { keys: [] }, times: 1 })
  t.strictSame(await (await ask()).json(), { keys: [] })
  localOkta.faults.add({ path, status: 200, body: '<html>', times: 1 })
  t.equal(await (await ask()).text(), '<html>')
  localOkta.faults.add({ path, status: 302, headers: { location: 'http://127.0.0.1:1/' }, times: 1 })
  t.equal((await ask()).headers.get('location'), 'http://127.0.0.1:1/')
  localOkta.faults.add({ path, delayMs: 100, times: 1 })
  const before = Date.now()
  t.equal((await ask()).status, 200, 'late but right')
  t.ok(Date.now() - before >= 95)
  localOkta.faults.add({ path, drop: true, times: 1 })
  await t.rejects(ask(), { message: 'fetch failed' })
  localOkta.faults.add({ path, hang: true })
  await t.rejects(ask({ signal: AbortSignal.timeout(300) }), { name: 'TimeoutError' })
  localOkta.faults.clear()
  t.equal((await ask()).status, 200)
})

t.test('a fault is for its own path and method', async t => {
  const localOkta = await share()
  localOkta.faults.add({ path: '/oauth2/default/v1', status: 500 })
  localOkta.faults.add({ path: '/oauth2/default/v1/keys', method: 'POST', status: 500 })
  t.equal((await fetch(`${localOkta.issuer}/v1/keys?x=1`)).status, 200)
})

t.test('the requests are recorded until they are cleared', async t => {
  const localOkta = await share()
  await fetch(`${localOkta.issuer}/v1/keys?client_id=x`)
  t.match([...localOkta.requests], [{ method: 'GET', path: '/oauth2/default/v1/keys', query: 'client_id=x', at: Number }])
  localOkta.requests.clear()
  t.equal(localOkta.requests.length, 0)
})

t.test('stopping ends requests that hang', async t => {
  const localOkta = await start(t)
  localOkta.faults.add({ path: /./, hang: true })
  const hanging = refusalOf(fetch(`${localOkta.issuer}/v1/keys`))
  while (localOkta.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await localOkta.stop()
  t.match(await hanging, { message: 'fetch failed' })
  await localOkta.stop()
})
