import t from 'tap'
import { AppClient } from '../app-client.js'
import { share } from '../start.js'

async function authenticate (orgUrl: string, password: string, username = 'ada@example.com'): Promise<[number, { sessionToken?: string }]> {
  const response = await fetch(`${orgUrl}/api/v1/authn`, {
    method: 'POST', headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1:3000' }, body: JSON.stringify({ username, password })
  })
  t.equal(response.headers.get('access-control-allow-origin'), 'http://127.0.0.1:3000')
  return [response.status, await response.json() as { sessionToken?: string }]
}

t.test('a session token of /authn signs in once, without a page', async t => {
  const localOkta = await share()
  const [status, body] = await authenticate(localOkta.orgUrl, 'local-okta-1')
  t.match([status, body], [200, { status: 'SUCCESS', sessionToken: String, _embedded: { user: { profile: { login: 'ada@example.com' } } } }])
  const app = await AppClient.discover(localOkta)
  const { sessionToken = '' } = body
  const callback = await app.authorize({ sessionToken, prompt: 'none' })
  t.match(callback.url, /^http:\/\/127\.0\.0\.1:3000\/callback\?code=/)
  t.ok((await app.exchange(callback)).access_token)
  t.match(JSON.parse((await app.browser.visit(`${localOkta.orgUrl}/api/v1/sessions/me`)).html), { status: 'ACTIVE', login: 'ada@example.com' })
  const other = await AppClient.discover(localOkta)
  t.match((await other.authorize({ sessionToken, prompt: 'none' })).url, /error=login_required/, 'used up')
})

t.test('a wrong password, an unknown login and a suspended user get one answer', async t => {
  const { orgUrl, users } = await share()
  users.setStatus('grace@example.com', 'SUSPENDED')
  for (const [username, password] of [['ada@example.com', 'wrong'], ['nobody@example.com', 'x'], ['grace@example.com', 'local-okta-1']] as const) {
    t.match(await authenticate(orgUrl, password, username), [401, { errorCode: 'E0000004' }], username)
  }
})

t.test('there is no session without the cookie', async t => {
  const { orgUrl } = await share()
  for (const method of ['GET', 'DELETE']) {
    const response = await fetch(`${orgUrl}/api/v1/sessions/me`, { method })
    t.match([response.status, await response.json()], [404, { errorCode: 'E0000007' }], method)
  }
})
