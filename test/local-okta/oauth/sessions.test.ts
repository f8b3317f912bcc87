import OktaSdk from '@okta/okta-sdk-nodejs'
import t from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient, refusalOf } from '../app-client.js'
import { Browser } from '../browser.js'
import { callsTo } from '../management-api.js'
import { share, start } from '../start.js'

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

async function post (url: string, body: unknown): Promise<[number, any]> { // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into it with t.match
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return [response.status, await response.json()]
}

async function sessionTokenOf ({ orgUrl }: LocalOkta, username = 'ada@example.com'): Promise<string> {
  const [, { sessionToken = '' }] = await authenticate(orgUrl, 'local-okta-1', username)
  return sessionToken
}

t.test('an expired password is changed at /authn, which then signs in', async t => {
  const localOkta = await start(t)
  const { orgUrl, users } = localOkta
  users.setStatus('grace@example.com', 'PASSWORD_EXPIRED')
  const credentials = { username: 'grace@example.com', password: 'local-okta-1' }
  const [status, transaction] = await post(`${orgUrl}/api/v1/authn`, credentials)
  t.match([status, transaction], [200, { status: 'PASSWORD_EXPIRED', stateToken: String, _links: { next: { name: 'changePassword' } } }])
  t.notOk(transaction.sessionToken)
  const { stateToken, _links: { next: { href } } } = transaction
  t.match(await post(`${orgUrl}/api/v1/authn`, { stateToken }), [200, { status: 'PASSWORD_EXPIRED', stateToken }], 'the state of it')
  t.match(await post(href, { stateToken, oldPassword: 'wrong', newPassword: 'local-okta-2' }), [403, { errorCode: 'E0000014' }])
  t.match(await post(href, { stateToken, oldPassword: 'local-okta-1', newPassword: 'local-okta-1' }), [400, { errorCode: 'E0000001' }])
  t.match(await post(href, { stateToken, oldPassword: 'local-okta-1', newPassword: 'local-okta-2' }), [200, { status: 'SUCCESS', sessionToken: String }])
  t.match(await post(href, { stateToken, oldPassword: 'local-okta-2', newPassword: 'local-okta-3' }), [401, { errorCode: 'E0000011' }], 'once')
  t.match(await post(`${orgUrl}/api/v1/authn`, credentials), [401, { errorCode: 'E0000004' }], 'the old password is not good any more')
  t.match(await post(`${orgUrl}/api/v1/authn`, { ...credentials, password: 'local-okta-2' }), [200, { status: 'SUCCESS' }])
})

t.test('a sign-in at /authn can be given up, and ends after five minutes', async t => {
  const localOkta = await start(t)
  const { orgUrl, users } = localOkta
  users.setStatus('grace@example.com', 'PASSWORD_EXPIRED')
  const begin = async (): Promise<string> => (await post(`${orgUrl}/api/v1/authn`, { username: 'grace@example.com', password: 'local-okta-1' }))[1].stateToken
  const stateToken = await begin()
  t.match(await post(`${orgUrl}/api/v1/authn/cancel`, { stateToken }), [200, {}])
  t.match(await post(`${orgUrl}/api/v1/authn`, { stateToken }), [401, { errorCode: 'E0000011' }])
  const late = await begin()
  localOkta.clock.advance(301_000)
  t.match(await post(`${orgUrl}/api/v1/authn`, { stateToken: late }), [401, { errorCode: 'E0000011' }])
})

t.test('Okta\'s SDK creates a session for a session token, reads it, refreshes and ends it', async t => {
  const localOkta = await start(t)
  const { sessionApi } = new OktaSdk.Client({ orgUrl: localOkta.orgUrl, token: localOkta.apiToken })
  const sessionToken = await sessionTokenOf(localOkta)
  const created = await sessionApi.createSession({ createSessionRequest: { sessionToken } })
  t.match(created, { id: /^102/, login: 'ada@example.com', status: 'ACTIVE', userId: '00uadalovelace000001' })
  t.match(await refusalOf(sessionApi.createSession({ createSessionRequest: { sessionToken } })), { status: 401 }, 'once')
  const sessionId = created.id as string
  localOkta.clock.advance(3_600_000)
  const refreshed = await sessionApi.refreshSession({ sessionId })
  t.equal(Date.parse(String(refreshed.expiresAt)) - Date.parse(String(refreshed.createdAt)) > 2 * 3_600_000, true)
  t.match(await sessionApi.getSession({ sessionId }), { id: sessionId })
  await sessionApi.revokeSession({ sessionId })
  for (const gone of [sessionId, '102unknown', 'unknown']) {
    t.match(await refusalOf(sessionApi.getSession({ sessionId: gone })), { status: 404 })
    t.match(await refusalOf(sessionApi.refreshSession({ sessionId: gone })), { status: 404 })
    t.match(await refusalOf(sessionApi.revokeSession({ sessionId: gone })), { status: 404 })
  }
})

t.test('sessions end with their user\'s, by the API and by the clock', async t => {
  const localOkta = await start(t)
  const { sessionApi, userApi } = new OktaSdk.Client({ orgUrl: localOkta.orgUrl, token: localOkta.apiToken })
  const create = async (): Promise<string> => {
    const { id = '' } = await sessionApi.createSession({ createSessionRequest: { sessionToken: await sessionTokenOf(localOkta) } })
    return id
  }
  const [first, second] = [await create(), await create()]
  await userApi.revokeUserSessions({ userId: 'ada@example.com' })
  t.match(await refusalOf(sessionApi.getSession({ sessionId: first })), { status: 404 })
  t.match(await refusalOf(sessionApi.getSession({ sessionId: second })), { status: 404 })
  const third = await create()
  localOkta.clock.advance(2 * 3_600_000 + 1000)
  t.match(await refusalOf(sessionApi.getSession({ sessionId: third })), { status: 404 })
})

t.test('a browser gets a session for a session token, refreshes it, and goes on to a page that is known', async t => {
  const localOkta = await share()
  const { orgUrl } = localOkta
  const browser = new Browser(orgUrl)
  const goOn = async (redirectUrl: string): ReturnType<Browser['visit']> =>
    browser.visit(`${orgUrl}/login/sessionCookieRedirect?${new URLSearchParams({ token: await sessionTokenOf(localOkta), redirectUrl })}`)
  t.equal((await goOn('https://evil.example/')).status, 400)
  t.equal((await goOn('javascript:alert(1)')).status, 400)
  t.equal((await browser.visit(`${orgUrl}/api/v1/sessions/me`)).status, 404)
  t.equal((await goOn('http://127.0.0.1:3000/welcome')).url, 'http://127.0.0.1:3000/welcome')
  t.match(JSON.parse((await browser.visit(`${orgUrl}/api/v1/sessions/me`)).html), { login: 'ada@example.com', status: 'ACTIVE' })
  t.match(JSON.parse((await browser.visit(`${orgUrl}/api/v1/sessions/me/lifecycle/refresh`, {})).html), { errorCode: 'E0000021' }, 'not by a form')
  const app = await AppClient.discover(localOkta, browser)
  t.match((await app.authorize({ prompt: 'none' })).url, /callback\?code=/, 'and is signed in')
})

/** An org whose sign-on policy requires a second factor, and Ada's factors: a question and her e-mail address. */
async function startWithFactors (t: Parameters<typeof start>[0]): Promise<{ localOkta: LocalOkta, questionId: string, emailId: string }> {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const [policy] = (await call('GET', 'policies?type=OKTA_SIGN_ON')).body as Array<{ id: string }>
  await call('POST', `policies/${policy?.id}/rules`, { type: 'SIGN_ON', name: 'Second factor', actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  const enroll = async (factor: object): Promise<string> => (await call('POST', 'users/ada@example.com/factors?activate=true', factor)).body.id
  const questionId = await enroll({ factorType: 'question', provider: 'OKTA', profile: { question: 'disliked_food', answer: 'mayonnaise' } })
  const emailId = await enroll({ factorType: 'email', provider: 'OKTA', profile: { email: 'ada@example.com' } })
  return { localOkta, questionId, emailId }
}

t.test('a sign-on policy asks for a second factor at /authn: the answer of a question', async t => {
  const { localOkta, questionId, emailId } = await startWithFactors(t)
  const { orgUrl } = localOkta
  const begin = async (username: string): Promise<[number, any]> => post(`${orgUrl}/api/v1/authn`, { username, password: 'local-okta-1' }) // eslint-disable-line @typescript-eslint/no-explicit-any -- as post()
  t.match(await begin('grace@example.com'), [200, { status: 'MFA_ENROLL' }], 'a user who has none must enroll one')
  const [status, transaction] = await begin('ada@example.com')
  t.match([status, transaction], [200, { status: 'MFA_REQUIRED', _embedded: { factors: [{ id: questionId, factorType: 'question' }, { id: emailId, factorType: 'email' }] } }])
  t.notOk(transaction.sessionToken)
  const { stateToken } = transaction
  const verify = `${orgUrl}/api/v1/authn/factors/${questionId}/verify`
  t.match(await post(verify, { stateToken, answer: 'mustard' }), [403, { errorCode: 'E0000068' }])
  t.match(await post(`${orgUrl}/api/v1/authn/credentials/change_password`, { stateToken, oldPassword: 'local-okta-1', newPassword: 'x' }), [403, { errorCode: 'E0000079' }])
  const [, done] = await post(verify, { stateToken, answer: 'mayonnaise' })
  t.match(done, { status: 'SUCCESS', sessionToken: String })
  t.match(await post(`${orgUrl}/api/v1/sessions`, { sessionToken: done.sessionToken }), [200, { amr: ['kba', 'mfa', 'pwd'], mfaActive: true }])
})

t.test('a code that is sent by e-mail is in the console, and is the second factor', async t => {
  const { localOkta, emailId } = await startWithFactors(t)
  const { orgUrl } = localOkta
  const [, { stateToken }] = await post(`${orgUrl}/api/v1/authn`, { username: 'ada@example.com', password: 'local-okta-1' })
  const verify = `${orgUrl}/api/v1/authn/factors/${emailId}/verify`
  const [, challenge] = await post(verify, { stateToken })
  t.match(challenge, { status: 'MFA_CHALLENGE', _embedded: { factor: { id: emailId } }, _links: { next: { href: verify } } })
  const readCode = async (): Promise<string> => {
    const page = await (await fetch(`${orgUrl}/console/sent-codes`, { headers: { accept: 'text/html' } })).text()
    return /<code>(\d{6})<\/code>/.exec(page)?.[1] ?? ''
  }
  const first = await readCode()
  await post(challenge._links.resend[0].href, { stateToken })
  t.not(await readCode(), first)
  t.match(await post(verify, { stateToken, passCode: first }), [403, { errorCode: 'E0000068' }], 'only the last code counts')
  t.match(await post(verify, { stateToken, passCode: await readCode() }), [200, { status: 'SUCCESS' }])
})
