import { OktaAuth } from '@okta/okta-auth-js'
import type { AuthnTransaction } from '@okta/okta-auth-js'
import t from 'tap'
import type { Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient, refusalOf } from '../app-client.js'
import { callsTo } from '../management-api.js'
import type { Call } from '../management-api.js'
import { sentCode } from '../sign-on.js'
import { start } from '../start.js'

const ADA = 'ada@example.com'
const PASSWORD = 'local-okta-1'
const DAY_MS = 86_400_000

interface Org {
  readonly localOkta: LocalOkta
  readonly call: Call
  /** A sign-in by Okta's own SDK. */
  readonly signIn: (password?: string, options?: object) => Promise<AuthnTransaction>
  readonly auth: OktaAuth
}

/** An org with a password policy for everyone, with these settings and this rule. */
async function startOrg (t: Test, password: object, rule?: object): Promise<Org> {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { body: policy, status } = await call('POST', 'policies', { type: 'PASSWORD', name: 'Strict', description: 'For a test', settings: { password } })
  t.equal(status, 200)
  if (rule) await call('POST', `policies/${policy.id}/rules`, { type: 'PASSWORD', name: 'Rule', conditions: { network: { connection: 'ANYWHERE' } }, actions: rule })
  const auth = new OktaAuth({ issuer: localOkta.issuer, clientId: localOkta.clients.browser.clientId, redirectUri: 'http://127.0.0.1:3000/callback' })
  return { localOkta, call, auth, signIn: async (password = PASSWORD, options = {}) => auth.signInWithCredentials({ username: ADA, password, ...options }) }
}

/** The policy that the other tests are not about. */
const EASY = { minLength: 1, minLowerCase: 0, minUpperCase: 0, minNumber: 0, minSymbol: 0, excludeUsername: false }

async function follow (transaction: AuthnTransaction, link: string, body?: unknown): Promise<AuthnTransaction> {
  const step = transaction[link as 'next'] as unknown as ((body?: unknown) => Promise<AuthnTransaction>) | undefined
  if (!step) throw new Error(`no link ${link} at ${transaction.status}`)
  return step(body)
}

function eventsOf ({ localOkta }: Org, prefix: string): Array<{ eventType: string, actor: { type: string, alternateId: string } }> {
  const { events } = localOkta.snapshot() as unknown as { events: Array<{ eventType: string, actor: { type: string, alternateId: string } }> }
  return events.filter(({ eventType }) => eventType.startsWith(prefix))
}

async function statusOf ({ call }: Org): Promise<string> {
  return (await call('GET', `users/${ADA}`)).body.status
}

t.test('without a policy of the administrator\'s own, any password is accepted and no account is locked', async (t) => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  for (let attempt = 0; attempt < 12; attempt += 1) t.equal((await call('POST', 'authn', { username: ADA, password: 'wrong' })).status, 401)
  t.equal((await call('POST', 'authn', { username: ADA, password: PASSWORD })).body.status, 'SUCCESS')
  t.equal((await call('POST', `users/${ADA}`, { credentials: { password: { value: 'x' } } })).status, 200)
  const { body: [policy] } = await call('GET', 'policies?type=PASSWORD')
  t.match(policy, { settings: { password: { complexity: { minLength: 1 }, lockout: { maxAttempts: 0 } } } }, 'as the Default Policy says')
})

t.test('passwords that do not meet the policy are refused by the users API, with the requirements', async (t) => {
  const { call } = await startOrg(t, { complexity: { minLength: 10, minSymbol: 1, excludeAttributes: ['firstName', 'lastName'] } })
  const refused: Record<string, string> = {
    'too short': 'Ab1#xyzw',
    'without a lowercase letter': 'ABCDEFG1#Z',
    'without an uppercase letter': 'abcdefg1#z',
    'without a number': 'abcdefgZ#z',
    'without a symbol': 'abcdefg1Zz',
    'with a part of the username': 'Xexample1#z',
    'with the first name': 'xxADAxxx1#z',
    'with the last name': 'xLovelacex1#'
  }
  for (const [title, value] of Object.entries(refused)) {
    const { status, body } = await call('POST', `users/${ADA}`, { credentials: { password: { value } } })
    t.equal(status, 400, title)
    t.match(body, { errorCode: 'E0000001', errorCauses: [{ errorSummary: 'password: Password requirements were not met. Password requirements: at least 10 characters, a lowercase letter, an uppercase letter, a number, a symbol, no parts of your username, does not include your first name, does not include your last name.' }] }, title)
  }
  t.equal((await call('POST', `users/${ADA}`, { credentials: { password: { value: 'Analytical1#' } } })).status, 200)
  const profile = { login: 'mary@example.com', email: 'mary@example.com', firstName: 'Mary', lastName: 'Somerville' }
  t.equal((await call('POST', 'users', { profile, credentials: { password: { value: 'short' } } })).status, 400)
  t.equal((await call('GET', 'users/mary@example.com')).status, 404, 'she is not created')
  t.equal((await call('POST', 'users', { profile, credentials: { password: { value: 'Analytical1#' } } })).status, 200)
})

t.test('a policy is for the people of its groups', async (t) => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { body: group } = await call('POST', 'groups', { profile: { name: 'Logicians' } })
  await call('POST', 'policies', { type: 'PASSWORD', name: 'For logicians', conditions: { people: { groups: { include: [group.id] } } }, settings: { password: { complexity: { minLength: 20 } } } })
  const user = (login: string, groupIds: string[]): object => ({ profile: { login, email: login, firstName: 'A', lastName: 'B' }, groupIds, credentials: { password: { value: 'Another1#' } } })
  t.equal((await call('POST', 'users', user('george@example.com', [group.id]))).status, 400, 'in the group from the start')
  t.equal((await call('POST', 'users', user('mary@example.com', []))).status, 200)
  t.equal((await call('POST', `users/${ADA}`, { credentials: { password: { value: 'Another1#' } } })).status, 200)
  await call('PUT', `groups/${group.id}/users/00uadalovelace000001`)
  t.equal((await call('POST', `users/${ADA}`, { credentials: { password: { value: 'Another2#' } } })).status, 400)
})

t.test('Okta\'s SDK learns the requirements of a new password, and that it has been used before', async (t) => {
  const org = await startOrg(t, { complexity: { ...EASY, minLength: 9 }, age: { historyCount: 2 } })
  org.localOkta.users.setStatus(ADA, 'PASSWORD_EXPIRED')
  const expired = await org.signIn()
  t.match((expired as unknown as { data: unknown }).data, { _embedded: { policy: { complexity: { minLength: 9 }, age: { historyCount: 2 } } } })
  t.match(await refusalOf(follow(expired, 'changePassword', { oldPassword: PASSWORD, newPassword: 'short' })), { errorCode: 'E0000080', errorCauses: [{ errorSummary: /at least 9 characters/ }] })
  t.equal((await follow(expired, 'changePassword', { oldPassword: PASSWORD, newPassword: 'local-okta-2' })).status, 'SUCCESS')
  const change = async (oldPassword: string, newPassword: string, query = ''): Promise<{ status: number, body: unknown }> =>
    org.call('POST', `users/${ADA}/credentials/change_password${query}`, { oldPassword: { value: oldPassword }, newPassword: { value: newPassword } })
  t.match(await change('local-okta-2', PASSWORD, '?strict=true'), { status: 403, body: { errorCode: 'E0000014', errorCauses: [{ errorSummary: 'Password has been used too recently' }] } })
  t.match(await change('local-okta-2', PASSWORD), { status: 200 }, 'an administrator may, unless it is strict')
})

t.test('Okta\'s SDK is told of a password that expires, which may be kept until then', async (t) => {
  const org = await startOrg(t, { complexity: EASY, age: { maxAgeDays: 90, expireWarnDays: 5 } })
  const warned = { options: { warnBeforePasswordExpired: true } }
  t.equal((await org.signIn(PASSWORD, warned)).status, 'SUCCESS')
  org.localOkta.clock.advance(86 * DAY_MS)
  t.equal((await org.signIn()).status, 'SUCCESS', 'only if the client shows it')
  const warning = await org.signIn(PASSWORD, warned)
  t.equal(warning.status, 'PASSWORD_WARN')
  t.match((warning as unknown as { data: unknown }).data, { _embedded: { policy: { expiration: { passwordExpireDays: 4 } } } })
  t.equal((await follow(warning, 'skip')).status, 'SUCCESS')
  const changing = await org.signIn(PASSWORD, warned)
  t.equal((await follow(changing, 'changePassword', { oldPassword: PASSWORD, newPassword: 'local-okta-2' })).status, 'SUCCESS')
  t.equal((await org.signIn('local-okta-2', warned)).status, 'SUCCESS', 'for another 90 days')
  org.localOkta.clock.advance(90 * DAY_MS)
  t.equal((await org.signIn('local-okta-2', warned)).status, 'PASSWORD_EXPIRED')
  t.equal(await statusOf(org), 'PASSWORD_EXPIRED')
})

t.test('the sign-in page warns of a password that expires, and has it changed when it has', async (t) => {
  const org = await startOrg(t, { complexity: { ...EASY, minUpperCase: 1 }, age: { maxAgeDays: 90, expireWarnDays: 5 } })
  org.localOkta.clock.advance(89 * DAY_MS)
  const app = await AppClient.discover(org.localOkta)
  const warning = await app.signIn(ADA)
  t.match(warning.html, /<h1>Your password expires tomorrow<\/h1>/)
  t.match((await app.browser.submit(warning, { skip: 'true' })).url, /\?code=/)
  org.localOkta.clock.advance(DAY_MS)
  const other = await AppClient.discover(org.localOkta)
  const expired = await other.browser.submit(await other.authorize(), { person: '00uadalovelace000001' })
  t.match(expired.html, /<h1>Your password has expired<\/h1>/, 'a click on a name goes no other way')
  const refused = await other.browser.submit(expired, { oldPassword: PASSWORD, newPassword: 'local-okta-2', repeatedPassword: 'local-okta-2' })
  t.match(refused.html, /role="alert">Password requirements were not met\. Password requirements: at least 1 characters, an uppercase letter\./)
  t.match((await other.browser.submit(refused, { oldPassword: PASSWORD, newPassword: 'Local-okta-2', repeatedPassword: 'Local-okta-2' })).url, /\?code=/)
})

t.test('wrong passwords in a row lock an account, at every door, and an administrator unlocks it', async (t) => {
  const org = await startOrg(t, { complexity: EASY, lockout: { maxAttempts: 3 } })
  for (const password of ['wrong', 'wrong', PASSWORD, 'wrong', 'wrong']) await org.signIn(password).catch(() => undefined)
  t.equal(await statusOf(org), 'ACTIVE', 'a right one begins the count anew')
  const app = await AppClient.discover(org.localOkta)
  t.match((await app.signIn(ADA, 'wrong')).html, /Unable to sign in/)
  t.equal(await statusOf(org), 'LOCKED_OUT')
  t.match(await refusalOf(org.signIn()), { errorCode: 'E0000004' }, 'a sign-in does not say so')
  t.match(eventsOf(org, 'user.account.'), [{ eventType: 'user.account.lock', actor: { type: 'User', alternateId: ADA } }])
  t.equal((await org.call('POST', `users/${ADA}/lifecycle/unlock`)).status, 200)
  t.strictSame(eventsOf(org, 'user.account.unlock').map(({ eventType }) => eventType), ['user.account.unlock_by_admin'])
  t.equal((await org.signIn()).status, 'SUCCESS')
})

t.test('a policy may let sign-ins say that the account is locked, and let the user unlock it', async (t) => {
  const org = await startOrg(t, { complexity: EASY, lockout: { maxAttempts: 1, showLockoutFailures: true } })
  t.equal((await org.signIn('wrong')).status, 'LOCKED_OUT')
  const locked = await org.signIn()
  t.equal(locked.status, 'LOCKED_OUT')
  const app = await AppClient.discover(org.localOkta)
  t.match((await app.signIn(ADA)).html, /role="alert">Your account is locked\./)
  await org.auth.unlockAccount({ username: ADA, factorType: 'EMAIL' })
  t.match((await org.auth.verifyRecoveryToken({ recoveryToken: sentCode(org.localOkta) }) as unknown as { data: unknown }).data, { status: 'SUCCESS', recoveryType: 'UNLOCK' })
  t.strictSame(eventsOf(org, 'user.account.unlock').map(({ eventType }) => eventType), ['user.account.unlock'])
  t.equal((await org.signIn()).status, 'SUCCESS')
})

t.test('a locked account is unlocked by itself when its time is over, by the clock of the org, also after a snapshot', async (t) => {
  const org = await startOrg(t, { complexity: EASY, lockout: { maxAttempts: 1, autoUnlockMinutes: 15 } })
  await org.signIn('wrong').catch(() => undefined)
  org.localOkta.clock.advance(14 * 60_000)
  t.equal(await statusOf(org), 'LOCKED_OUT')
  org.localOkta.restore(org.localOkta.snapshot())
  org.localOkta.clock.advance(60_000)
  t.strictSame((await org.call('GET', 'users?filter=status eq "LOCKED_OUT"')).body, [])
  t.equal(await statusOf(org), 'ACTIVE')
  t.match(eventsOf(org, 'user.account.unlock'), [{ eventType: 'user.account.unlock', actor: { type: 'SystemPrincipal' } }])
  t.equal((await org.signIn()).status, 'SUCCESS')
})

t.test('the password grant takes no password that has expired, and locks accounts as well', async (t) => {
  const org = await startOrg(t, { complexity: EASY, age: { maxAgeDays: 90 }, lockout: { maxAttempts: 2, showLockoutFailures: true } })
  const { body: app } = await org.call('POST', 'apps', {
    name: 'oidc_client',
    label: 'Legacy',
    signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { client_id: 'legacy', client_secret: 'a-secret-for-a-test', token_endpoint_auth_method: 'client_secret_basic' } },
    settings: { oauthClient: { application_type: 'web', grant_types: ['password'], redirect_uris: [] } }
  })
  t.equal((await org.call('POST', `apps/${app.id}/users`, { id: '00uadalovelace000001' })).status, 200)
  const grant = async (password: string): Promise<unknown> => {
    const response = await fetch(`${org.localOkta.issuer}/v1/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('legacy:a-secret-for-a-test')}` },
      body: new URLSearchParams({ grant_type: 'password', username: ADA, password, scope: 'openid' })
    })
    return { status: response.status, ...await response.json() as object }
  }
  t.match(await grant(PASSWORD), { status: 200 })
  org.localOkta.clock.advance(90 * DAY_MS)
  t.match(await grant(PASSWORD), { status: 400, error: 'invalid_grant' })
  await org.call('POST', `users/${ADA}`, { credentials: { password: { value: PASSWORD } } })
  t.match(await grant(PASSWORD), { status: 200 }, 'a new one')
  for (const password of ['wrong', 'wrong', PASSWORD]) t.match(await grant(password), { status: 400, error: 'invalid_grant' })
  t.equal(await statusOf(org), 'LOCKED_OUT')
})

t.test('a policy may forbid that people recover passwords and unlock accounts, or some ways to do it', async (t) => {
  const org = await startOrg(t, { complexity: EASY }, { passwordChange: { access: 'ALLOW' }, selfServicePasswordReset: { access: 'DENY' }, selfServiceUnlock: { access: 'DENY' } })
  await org.call('POST', `users/${ADA}`, { profile: { mobilePhone: '+15550100' } })
  await org.auth.forgotPassword({ username: ADA, factorType: 'EMAIL' })
  t.equal(sentCode(org.localOkta), '', 'no e-mail is sent, which the answer does not tell')
  t.match(await refusalOf(org.auth.forgotPassword({ username: ADA, factorType: 'SMS' })), { errorCode: 'E0000034' })
  org.localOkta.users.setStatus(ADA, 'LOCKED_OUT')
  t.match(await refusalOf(org.auth.unlockAccount({ username: ADA, factorType: 'SMS' })), { errorCode: 'E0000032' })

  const byEmail = await startOrg(t, { complexity: EASY })
  await byEmail.call('POST', `users/${ADA}`, { profile: { mobilePhone: '+15550100' } })
  t.match(await refusalOf(byEmail.auth.forgotPassword({ username: ADA, factorType: 'SMS' })), { errorCode: 'E0000034' }, 'SMS is not active in a new policy')
  await byEmail.auth.forgotPassword({ username: ADA, factorType: 'EMAIL' })
  t.not(sentCode(byEmail.localOkta), '')
})

t.test('a policy may refuse common passwords, in any letter case', async (t) => {
  const { call } = await startOrg(t, { complexity: { ...EASY, dictionary: { common: { exclude: true } } } })
  const change = async (value: string): Promise<unknown> => call('POST', `users/${ADA}`, { credentials: { password: { value } } })
  for (const common of ['password1', 'Password1', '123456', 'Welcome123']) {
    t.match(await change(common), {
      status: 400,
      body: { errorCode: 'E0000001', errorCauses: [{ errorSummary: 'password: This password was found in a list of commonly used passwords. Please try another password.' }] }
    }, common)
  }
  t.match(await change('password1 and more'), { status: 200 })
  const without = await startOrg(t, { complexity: EASY })
  t.match(await without.call('POST', `users/${ADA}`, { credentials: { password: { value: 'password1' } } }), { status: 200 }, 'only if the policy says so')
})

t.test('a password must be of some age before its user changes it, unless it must be changed', async (t) => {
  const org = await startOrg(t, { complexity: EASY, age: { minAgeMinutes: 120, maxAgeDays: 1, expireWarnDays: 1, historyCount: 0 } })
  const change = async (oldPassword: string, newPassword: string, strict: boolean): Promise<unknown> =>
    org.call('POST', `users/${ADA}/credentials/change_password?strict=${strict}`, { oldPassword: { value: oldPassword }, newPassword: { value: newPassword } })
  const tooYoung = [{ errorSummary: 'At least 2 hour(s) must have elapsed since you last changed your password.' }]
  t.match(await change(PASSWORD, 'local-okta-2', true), { status: 403, body: { errorCode: 'E0000014', errorCauses: tooYoung } })
  const warning = await org.signIn(PASSWORD, { options: { warnBeforePasswordExpired: true } })
  t.equal(warning.status, 'PASSWORD_WARN')
  t.match(await refusalOf(follow(warning, 'changePassword', { oldPassword: PASSWORD, newPassword: 'local-okta-2' })), { errorCode: 'E0000080', errorCauses: tooYoung })
  t.match(await change(PASSWORD, 'local-okta-2', false), { status: 200 }, 'an administrator may at once')
  org.localOkta.users.setStatus(ADA, 'PASSWORD_EXPIRED')
  t.equal((await follow(await org.signIn('local-okta-2'), 'changePassword', { oldPassword: 'local-okta-2', newPassword: 'local-okta-3' })).status, 'SUCCESS')
  org.localOkta.clock.advance(120 * 60_000)
  t.match(await change('local-okta-3', 'local-okta-4', true), { status: 200 })
})

t.test('a policy may forbid that people change a password that is still good', async (t) => {
  const org = await startOrg(t, { complexity: EASY, age: { maxAgeDays: 1, expireWarnDays: 1 } }, { passwordChange: { access: 'DENY' } })
  const warning = await org.signIn(PASSWORD, { options: { warnBeforePasswordExpired: true } })
  t.match(await refusalOf(follow(warning, 'changePassword', { oldPassword: PASSWORD, newPassword: 'local-okta-2' })), { errorCode: 'E0000014', errorCauses: [{ errorSummary: 'The password policy does not allow it' }] })
  t.equal((await follow(warning, 'skip')).status, 'SUCCESS', 'the old one is kept')
  org.localOkta.clock.advance(DAY_MS)
  t.equal((await follow(await org.signIn(), 'changePassword', { oldPassword: PASSWORD, newPassword: 'local-okta-2' })).status, 'SUCCESS', 'one that has expired must be changed')
})
