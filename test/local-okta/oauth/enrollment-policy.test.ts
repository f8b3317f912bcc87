import { OktaAuth } from '@okta/okta-auth-js'
import type { AuthnTransaction } from '@okta/okta-auth-js'
import t from 'tap'
import type { Test } from 'tap'
import type { LocalOkta } from 'local-okta'
import { AppClient, refusalOf } from '../app-client.js'
import { callsTo } from '../management-api.js'
import type { Call } from '../management-api.js'
import { addSignOnRule, ANSWER, enrollQuestion, sentCode } from '../sign-on.js'
import { start } from '../start.js'

const ADA = 'ada@example.com'
const PASSWORD = 'local-okta-1'

interface Org {
  readonly localOkta: LocalOkta
  readonly call: Call
  readonly signIn: () => Promise<AuthnTransaction>
}

interface Enrollment {
  readonly settings: object
  readonly when: string
  /** True if the sign-on policy takes a second factor of everybody. */
  readonly requiresFactor?: boolean
}

/** An org with an enrollment policy for everyone. */
async function startOrg (t: Test, { settings, when, requiresFactor = false }: Enrollment): Promise<Org> {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { body: policy } = await call('POST', 'policies', { type: 'MFA_ENROLL', name: 'Enrollment', description: 'For a test', settings })
  await call('POST', `policies/${policy.id}/rules`, { type: 'MFA_ENROLL', name: 'Rule', conditions: { network: { connection: 'ANYWHERE' } }, actions: { enroll: { self: when } } })
  if (requiresFactor) await addSignOnRule(call, { actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  const auth = new OktaAuth({ issuer: localOkta.issuer, clientId: localOkta.clients.browser.clientId, redirectUri: 'http://127.0.0.1:3000/callback' })
  return { localOkta, call, signIn: async () => auth.signInWithCredentials({ username: ADA, password: PASSWORD }) }
}

function authenticators (statuses: Record<string, string>): object {
  return { type: 'AUTHENTICATORS', authenticators: Object.entries(statuses).map(([key, self]) => ({ key, enroll: { self } })) }
}

type Factor = Record<string, (body?: object) => Promise<AuthnTransaction>> & { readonly factorType: string, readonly provider: string, readonly enrollment: string }

function factorsOf (transaction: AuthnTransaction): Factor[] {
  return (transaction.factors ?? []) as unknown as Factor[]
}

async function enroll (transaction: AuthnTransaction, factorType: string, body: object = {}): Promise<AuthnTransaction> {
  const enrollFactor = factorsOf(transaction).find((factor) => factor.factorType === factorType)?.['enroll']
  if (!enrollFactor) throw new Error(`${factorType} cannot be enrolled`)
  return enrollFactor(body)
}

async function activate (transaction: AuthnTransaction, passCode: string): Promise<AuthnTransaction> {
  return (transaction as unknown as { activate: (body: object) => Promise<AuthnTransaction> }).activate({ passCode })
}

t.test('only the factors of the policy can be enrolled, and it says which must be', async (t) => {
  const org = await startOrg(t, { settings: authenticators({ okta_email: 'OPTIONAL', phone_number: 'REQUIRED', security_question: 'NOT_ALLOWED' }), when: 'CHALLENGE', requiresFactor: true })
  const transaction = await org.signIn()
  t.equal(transaction.status, 'MFA_ENROLL')
  t.strictSame(factorsOf(transaction).map(({ factorType, enrollment }) => [factorType, enrollment]), [['email', 'OPTIONAL'], ['sms', 'REQUIRED'], ['call', 'REQUIRED']])
  const { stateToken } = (transaction as unknown as { data: { stateToken: string } }).data
  const question = { stateToken, factorType: 'question', provider: 'OKTA', profile: { question: 'disliked_food', answer: ANSWER } }
  t.match((await org.call('POST', 'authn/factors', question)), { status: 400, body: { errorCode: 'E0000001' } })
})

t.test('a sign-in goes on until each required authenticator has a factor; of SMS and call one is enough', async (t) => {
  const org = await startOrg(t, { settings: authenticators({ security_question: 'REQUIRED', phone_number: 'REQUIRED', okta_email: 'OPTIONAL' }), when: 'CHALLENGE', requiresFactor: true })
  const second = await enroll(await org.signIn(), 'question', { profile: { question: 'disliked_food', answer: ANSWER } })
  t.equal(second.status, 'MFA_ENROLL')
  t.notOk((second as unknown as Record<string, unknown>)['skip'], 'it cannot be left out')
  const sms = await enroll(second, 'sms', { profile: { phoneNumber: '+15550100' } })
  t.equal((await activate(sms, sentCode(org.localOkta))).status, 'SUCCESS')
  t.equal((await org.signIn()).status, 'MFA_REQUIRED', 'the next time there is nothing to enroll')
})

t.test('with LOGIN required factors are enrolled at any sign-in, with CHALLENGE at those that take a second factor', async (t) => {
  const settings = authenticators({ security_question: 'REQUIRED' })
  const atLogin = await startOrg(t, { settings, when: 'LOGIN' })
  const transaction = await atLogin.signIn()
  t.equal(transaction.status, 'MFA_ENROLL')
  t.equal((await enroll(transaction, 'question', { profile: { question: 'disliked_food', answer: ANSWER } })).status, 'SUCCESS')
  t.equal((await atLogin.signIn()).status, 'SUCCESS')
  t.equal((await (await startOrg(t, { settings, when: 'CHALLENGE' })).signIn()).status, 'SUCCESS')
  t.equal((await (await startOrg(t, { settings, when: 'NEVER' })).signIn()).status, 'SUCCESS')
})

t.test('a user without a factor is refused if one is required and none may be enrolled', async (t) => {
  const never = await startOrg(t, { settings: authenticators({ security_question: 'REQUIRED' }), when: 'NEVER', requiresFactor: true })
  t.match(await refusalOf(never.signIn()), { errorCode: 'E0000004' })
  const nothing = await startOrg(t, { settings: authenticators({ okta_password: 'REQUIRED' }), when: 'CHALLENGE', requiresFactor: true })
  t.match(await refusalOf(nothing.signIn()), { errorCode: 'E0000004' })
  t.match((await (await AppClient.discover(nothing.localOkta)).signIn(ADA)).html, /role="alert">Unable to sign in/)
})

t.test('a session that cannot step up gets the sign-in page with an error', async (t) => {
  const { localOkta, call } = await startOrg(t, { settings: authenticators({ okta_password: 'REQUIRED' }), when: 'CHALLENGE' })
  const app = await AppClient.discover(localOkta)
  t.match((await app.signIn(ADA)).url, /\?code=/)
  await addSignOnRule(call, { actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  t.match(await app.authorize(), { status: 401, html: /role="alert">Unable to sign in/ })
})

t.test('a policy in the words of the Classic Engine decides as well', async (t) => {
  const settings = { factors: { okta_question: { enroll: { self: 'OPTIONAL' }, consent: { type: 'NONE' } }, google_otp: { enroll: { self: 'REQUIRED' } }, okta_sms: { enroll: { self: 'NOT_ALLOWED' } } } }
  const transaction = await (await startOrg(t, { settings, when: 'CHALLENGE', requiresFactor: true })).signIn()
  t.strictSame(factorsOf(transaction).map(({ factorType, provider, enrollment }) => [factorType, provider, enrollment]), [['question', 'OKTA', 'OPTIONAL'], ['token:software:totp', 'GOOGLE', 'REQUIRED']])
})

t.test('the sign-in page offers what the policy allows, one after another, and phones by their number', async (t) => {
  const org = await startOrg(t, { settings: authenticators({ security_question: 'REQUIRED', phone_number: 'REQUIRED' }), when: 'LOGIN' })
  await enrollQuestion(org.call, ADA)
  const app = await AppClient.discover(org.localOkta)
  const page = await app.signIn(ADA)
  t.match(page.html, /<h1>Set up a second factor<\/h1>[^]*Your organization requires another factor\./)
  t.notMatch(page.html, /Security question|authenticator app|e-mail/, 'neither what she has nor what is not allowed')
  const refused = await app.browser.submit(page, { enroll: 'email' })
  t.match(refused.html, /role="alert">The enrollment policy does not allow this factor/)
  const wrong = await app.browser.submit(refused, { enroll: 'call', phoneNumber: 'nonsense' })
  t.match(wrong.html, /role="alert">Invalid Phone Number/)
  const code = await app.browser.submit(wrong, { enroll: 'call', phoneNumber: '+1 555 0100' })
  t.match(code.html, /A code was sent to \+15550100/)
  t.match((await app.browser.submit(code, { code: sentCode(org.localOkta) })).url, /\?code=/)
})
