import t from 'tap'
import type { Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient } from '../app-client.js'
import { callsTo, listing } from '../management-api.js'
import type { Call } from '../management-api.js'
import { addSignOnRule, ANSWER, enrollQuestion, setAccessPolicy } from '../sign-on.js'
import { start } from '../start.js'

const ADA = 'ada@example.com'
const ADA_ID = '00uadalovelace000001'
const PASSWORD = 'local-okta-1'

interface Org {
  readonly localOkta: LocalOkta
  readonly call: Call
  readonly authn: (username: string, password: string) => Promise<number>
  readonly eventsOf: (eventType: string) => Promise<unknown>
}

async function startOrg (t: Test): Promise<Org> {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  return {
    localOkta,
    call,
    authn: async (username, password) => (await call('POST', 'authn', { username, password }, { 'user-agent': 'tests/1.0' })).status,
    eventsOf: async (eventType) => (await call('GET', listing('logs', { filter: `eventType eq "${eventType}"`, limit: '1000' }))).body
  }
}

function byAda (outcome: object): object {
  return { outcome, actor: { id: ADA_ID, type: 'User', alternateId: ADA, displayName: 'Ada Lovelace' } }
}

t.test('a wrong password is a failed sign-in in the System Log: of the user, from where it came', async (t) => {
  const { localOkta, authn, eventsOf } = await startOrg(t)
  t.equal(await authn(ADA, 'wrong'), 401)
  await (await AppClient.discover(localOkta)).signIn(ADA, 'wrong')
  const failed = { ...byAda({ result: 'FAILURE', reason: 'INVALID_CREDENTIALS' }), severity: 'WARN', target: [{ id: ADA_ID, type: 'User' }] }
  t.match(await eventsOf('user.session.start'), [
    { ...failed, client: { ipAddress: '127.0.0.1', userAgent: { rawUserAgent: 'tests/1.0' } } }, failed
  ], 'at /authn and on the page')
})

t.test('a sign-in with an unknown username is in the System Log, with the username cut to 255 characters', async (t) => {
  const { authn, eventsOf } = await startOrg(t)
  t.equal(await authn('nobody@example.com', 'wrong'), 401)
  t.equal(await authn('n'.repeat(1000), 'wrong'), 401)
  const failed = (alternateId: string): object => ({
    outcome: { result: 'FAILURE', reason: 'VERIFICATION_ERROR' }, actor: { id: 'unknown', type: 'User', alternateId, displayName: 'unknown' }, target: []
  })
  t.match(await eventsOf('user.session.start'), [failed('nobody@example.com'), failed('n'.repeat(255))])
})

t.test('a locked account is a failure in the System Log, and so is each sign-in to it', async (t) => {
  const { call, authn, eventsOf } = await startOrg(t)
  await call('POST', 'policies', { type: 'PASSWORD', name: 'Strict', description: 'For a test', settings: { password: { lockout: { maxAttempts: 1 } } } })
  await authn(ADA, 'wrong')
  await authn(ADA, PASSWORD)
  t.match(await eventsOf('user.account.lock'), [{ ...byAda({ result: 'FAILURE', reason: 'LOCKED_OUT' }), displayMessage: 'Max sign in attempts exceeded', target: [{ id: ADA_ID }] }])
  t.match(await eventsOf('user.session.start'), [
    byAda({ result: 'FAILURE', reason: 'INVALID_CREDENTIALS' }), byAda({ result: 'FAILURE', reason: 'LOCKED_OUT' })
  ])
})

t.test('the right password of a suspended user is a failed sign-in in the System Log', async (t) => {
  const { localOkta, authn, eventsOf } = await startOrg(t)
  localOkta.users.setStatus(ADA, 'SUSPENDED')
  t.equal(await authn(ADA, PASSWORD), 401)
  t.match(await eventsOf('user.session.start'), [byAda({ result: 'FAILURE', reason: 'VERIFICATION_ERROR' })])
})

t.test('a sign-in that succeeds is in the System Log once, of the user, and sets the time of the last one', async (t) => {
  const { localOkta, call, eventsOf } = await startOrg(t)
  const { body: { sessionToken } } = await call('POST', 'authn', { username: ADA, password: PASSWORD })
  t.strictSame(await eventsOf('user.session.start'), [], 'not before the session begins')
  t.equal((await call('POST', 'sessions', { sessionToken }, { 'user-agent': 'tests/1.0' })).status, 200)
  t.match(await eventsOf('user.session.start'), [{ ...byAda({ result: 'SUCCESS' }), client: { userAgent: { rawUserAgent: 'tests/1.0' } } }])
  t.type((await call('GET', `users/${ADA}`)).body.lastLogin, 'string')
  await (await AppClient.discover(localOkta)).signIn('grace@example.com')
  t.match(await eventsOf('user.session.start'), [{}, { outcome: { result: 'SUCCESS' }, actor: { alternateId: 'grace@example.com' } }])
})

t.test('a wrong second factor at a sign-in is a failure of the user', async (t) => {
  const { localOkta, call, eventsOf } = await startOrg(t)
  await enrollQuestion(call, ADA)
  await addSignOnRule(call, { actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  const app = await AppClient.discover(localOkta)
  const again = await app.browser.submit(await app.signIn(ADA), { code: 'ketchup' })
  t.equal(again.status, 401)
  t.match(await eventsOf('user.authentication.auth_via_mfa'), [byAda({ result: 'FAILURE', reason: 'INVALID_CREDENTIALS' })])
  t.match((await app.browser.submit(again, { code: ANSWER })).url, /\?code=/)
  t.match(await eventsOf('user.authentication.auth_via_mfa'), [{}, byAda({ result: 'SUCCESS' })])
})

t.test('a sign-in that a policy of the org denies is in the System Log, with the policy and its rule', async (t) => {
  const { localOkta, call, authn, eventsOf } = await startOrg(t)
  await addSignOnRule(call, { name: 'Nobody', actions: { signon: { access: 'DENY' } } })
  t.equal(await authn(ADA, PASSWORD), 401)
  const denied = {
    ...byAda({ result: 'DENY', reason: 'Sign-on policy evaluation resulted in DENY' }),
    displayMessage: 'Evaluation of sign-on policy',
    severity: 'WARN',
    target: [{ type: 'PolicyEntity', id: /^00p/, displayName: 'Default Policy' }, { type: 'PolicyRule', id: /^0pr/, displayName: 'Nobody' }]
  }
  t.match(await eventsOf('policy.evaluate_sign_on'), [denied])
  t.match((await (await AppClient.discover(localOkta)).signIn(ADA)).url, /error=access_denied/)
  t.match(await eventsOf('policy.evaluate_sign_on'), [denied, { ...denied, target: [...denied.target, { type: 'AppInstance', id: localOkta.clients.browser.clientId }] }])
  t.match(await eventsOf('app.oauth2.as.authorize'), [{ outcome: { result: 'FAILURE' } }], 'the app is refused, too')
})

t.test('a sign-in that the policy of an app denies is in the System Log, with the app', async (t) => {
  const { localOkta, call, eventsOf } = await startOrg(t)
  const { clientId } = localOkta.clients.browser
  await setAccessPolicy(call, clientId, { actions: { appSignOn: { access: 'DENY' } } })
  t.match((await (await AppClient.discover(localOkta)).signIn(ADA)).url, /error=access_denied/)
  t.match(await eventsOf('policy.evaluate_sign_on'), [{
    ...byAda({ result: 'DENY' }), target: [{ type: 'PolicyEntity' }, { type: 'PolicyRule', displayName: 'The rule' }, { type: 'AppInstance', id: clientId }]
  }])
})
