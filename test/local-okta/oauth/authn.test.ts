import { OktaAuth } from '@okta/okta-auth-js'
import type { AuthnTransaction } from '@okta/okta-auth-js'
import t from 'tap'
import type { Test } from 'tap'
import { totpAt } from '#local-okta/resources/factors/totp.js'
import type { LocalOkta } from 'local-okta'
import { refusalOf } from '../app-client.js'
import { callsTo } from '../management-api.js'
import type { Call } from '../management-api.js'
import { addSignOnRule, ANSWER, enrollQuestion, sentCode } from '../sign-on.js'
import { start } from '../start.js'

const ADA = 'ada@example.com'
const PASSWORD = 'local-okta-1'

interface Org {
  readonly localOkta: LocalOkta
  readonly call: Call
  /** Okta's own SDK. */
  readonly auth: OktaAuth
  readonly signIn: (password?: string, options?: object) => Promise<AuthnTransaction>
}

async function startOrg (t: Test, { requiresFactor = false } = {}): Promise<Org> {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  if (requiresFactor) await addSignOnRule(call, { actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  const { clientId } = localOkta.clients.browser
  const auth = new OktaAuth({ issuer: localOkta.issuer, clientId, redirectUri: 'http://127.0.0.1:3000/callback' })
  return { localOkta, call, auth, signIn: async (password = PASSWORD, options = {}) => auth.signInWithCredentials({ username: ADA, password, ...options }) }
}

/** How a factor of the transaction is called by the SDK: a function for each of its links. */
type Factor = Record<string, (body?: object) => Promise<AuthnTransaction>> & { readonly factorType: string, readonly status?: string, readonly activation?: { readonly sharedSecret: string } }

/** What the org answered. */
function dataOf (transaction: AuthnTransaction): { readonly stateToken: string } {
  return (transaction as unknown as { data: { stateToken: string } }).data
}

function factorsOf (transaction: AuthnTransaction): Factor[] {
  return transaction.factors as unknown as Factor[]
}

function factorOf (transaction: AuthnTransaction, factorType: string): Factor {
  const found = factorsOf(transaction).find((factor) => factor.factorType === factorType)
  if (!found) throw new Error(`no factor ${factorType}`)
  return found
}

async function follow (transaction: AuthnTransaction, link: string, body?: unknown): Promise<AuthnTransaction> {
  const step = transaction[link as 'next'] as unknown as ((body?: unknown) => Promise<AuthnTransaction>) | undefined
  if (!step) throw new Error(`no link ${link} at ${transaction.status}`)
  return step(body)
}

async function amrOf ({ localOkta }: Org, { sessionToken }: AuthnTransaction): Promise<unknown> {
  const { body } = await callsTo(localOkta)('POST', 'sessions', { sessionToken })
  return body.amr
}

t.test('Okta\'s SDK enrolls a question when a second factor is required and the user has none', async (t) => {
  const org = await startOrg(t, { requiresFactor: true })
  const transaction = await org.signIn()
  t.equal(transaction.status, 'MFA_ENROLL')
  t.notOk(transaction.sessionToken)
  const question = factorOf(transaction, 'question')
  t.match(await question['questions']?.(), [{ question: 'disliked_food', questionText: String }])
  t.match(await refusalOf(question['enroll']?.({ profile: { question: 'disliked_food', answer: 'abc' } }) as Promise<unknown>), { errorCode: 'E0000001' })
  const done = await question['enroll']?.({ profile: { question: 'disliked_food', answer: ANSWER } }) as AuthnTransaction
  t.equal(done.status, 'SUCCESS')
  t.strictSame(await amrOf(org, done), ['kba', 'mfa', 'pwd'])
  t.equal((await org.signIn()).status, 'MFA_REQUIRED', 'the next time it is asked for')
})

t.test('Okta\'s SDK enrolls an authenticator app and activates it by a one-time password', async (t) => {
  const org = await startOrg(t, { requiresFactor: true })
  const enrolled = await factorsOf(await org.signIn()).find(({ factorType, provider }) => factorType === 'token:software:totp' && String(provider) === 'GOOGLE')?.['enroll']?.() as AuthnTransaction
  t.equal(enrolled.status, 'MFA_ENROLL_ACTIVATE')
  const { sharedSecret } = (enrolled.factor as unknown as Factor).activation ?? { sharedSecret: '' }
  t.match(await refusalOf(follow(enrolled, 'activate', { passCode: 'nonsense' })), { errorCode: 'E0000068' })
  const done = await follow(enrolled, 'activate', { passCode: totpAt(sharedSecret, Math.floor(Date.now() / 30_000)) })
  t.equal(done.status, 'SUCCESS')
  t.strictSame(await amrOf(org, done), ['mfa', 'otp', 'pwd'])
})

t.test('Okta\'s SDK goes back from an enrollment, chooses another factor, and has its code sent again', async (t) => {
  const org = await startOrg(t, { requiresFactor: true })
  const enrolling = await factorOf(await org.signIn(), 'token:software:totp')['enroll']?.() as AuthnTransaction
  const choice = await follow(enrolling, 'prev')
  t.equal(choice.status, 'MFA_ENROLL')
  t.strictSame((await org.call('GET', `users/${ADA}/factors`)).body, [], 'what was begun is dropped')
  const byEmail = await factorOf(choice, 'email')['enroll']?.() as AuthnTransaction
  const first = sentCode(org.localOkta)
  const resent = await follow(byEmail, 'resend', 'email')
  t.equal(resent.status, 'MFA_ENROLL_ACTIVATE')
  t.match(await refusalOf(follow(resent, 'activate', { passCode: first })), { errorCode: 'E0000068' })
  t.equal((await follow(resent, 'activate', { passCode: sentCode(org.localOkta) })).status, 'SUCCESS')
})

t.test('Okta\'s SDK enrolls further factors, and skips the rest', async (t) => {
  const org = await startOrg(t, { requiresFactor: true })
  const first = await org.signIn(PASSWORD, { options: { multiOptionalFactorEnroll: true } })
  t.notOk((first as unknown as Record<string, unknown>)['skip'], 'not before the first one')
  const more = await factorOf(first, 'question')['enroll']?.({ profile: { question: 'disliked_food', answer: ANSWER } }) as AuthnTransaction
  t.equal(more.status, 'MFA_ENROLL')
  t.equal(factorOf(more, 'question').status, 'ACTIVE')
  const email = await factorOf(more, 'email')['enroll']?.() as AuthnTransaction
  const rest = await follow(email, 'activate', { passCode: sentCode(org.localOkta) })
  t.equal(rest.status, 'MFA_ENROLL')
  const done = await follow(rest, 'skip')
  t.equal(done.status, 'SUCCESS')
  t.strictSame(await amrOf(org, done), ['kba', 'mfa', 'otp', 'pwd'])
  t.equal((await org.call('GET', `users/${ADA}/factors`)).body.length, 2)
})

t.test('Okta\'s SDK goes back from a challenge, cancels, and resumes by the state token', async (t) => {
  const org = await startOrg(t, { requiresFactor: true })
  await enrollQuestion(org.call, ADA)
  await org.call('POST', `users/${ADA}/factors?activate=true`, { factorType: 'email', provider: 'OKTA' })
  const transaction = await org.signIn(PASSWORD, { relayState: 'https://app.example/deep' })
  t.match(dataOf(transaction), { relayState: 'https://app.example/deep' })
  const challenge = await factorOf(transaction, 'email')['verify']?.() as AuthnTransaction
  t.equal(challenge.status, 'MFA_CHALLENGE')
  const { stateToken } = dataOf(challenge)
  t.equal((await org.auth.tx.resume({ stateToken })).status, 'MFA_CHALLENGE', 'it is where it was')
  t.equal((await org.auth.tx.introspect({ stateToken })).status, 'MFA_CHALLENGE')
  const choice = await follow(challenge, 'prev')
  t.equal(choice.status, 'MFA_REQUIRED')
  const done = await factorOf(choice, 'question')['verify']?.({ answer: ANSWER }) as AuthnTransaction
  t.match(dataOf(done), { status: 'SUCCESS', relayState: 'https://app.example/deep' })
  const given = await org.signIn()
  await given.cancel?.()
  t.match(await refusalOf(org.auth.tx.resume({ stateToken: dataOf(given).stateToken })), { errorCode: 'E0000011' })
})

t.test('Okta\'s SDK recovers a forgotten password by e-mail, with the recovery question', async (t) => {
  const org = await startOrg(t)
  await org.call('POST', `users/${ADA}/credentials/change_recovery_question`, { password: { value: PASSWORD }, recovery_question: { question: 'First pet?', answer: 'Rex' } })
  const waiting = await org.auth.forgotPassword({ username: ADA, factorType: 'EMAIL' })
  t.match(dataOf(waiting), { status: 'RECOVERY_CHALLENGE', factorResult: 'WAITING', recoveryType: 'PASSWORD' })
  const recovery = await org.auth.verifyRecoveryToken({ recoveryToken: sentCode(org.localOkta) })
  t.equal(recovery.status, 'RECOVERY')
  t.match(recovery.user, { recovery_question: { question: 'First pet?' } })
  t.match(await refusalOf(follow(recovery, 'answer', { answer: 'Tom' })), { errorCode: 'E0000087' })
  const reset = await follow(recovery, 'answer', { answer: 'rex' })
  t.equal(reset.status, 'PASSWORD_RESET')
  t.equal((await follow(reset, 'resetPassword', { newPassword: 'local-okta-2' })).status, 'SUCCESS')
  t.equal((await org.signIn('local-okta-2')).status, 'SUCCESS')
  t.match(await refusalOf(org.signIn(PASSWORD)), { errorCode: 'E0000004' })
})

t.test('Okta\'s SDK recovers by SMS, and with a second factor if the policy requires it', async (t) => {
  const org = await startOrg(t, { requiresFactor: true })
  await enrollQuestion(org.call, ADA)
  t.match(await refusalOf(org.auth.forgotPassword({ username: ADA, factorType: 'SMS' })), { errorCode: 'E0000034' }, 'she has no phone')
  await org.call('POST', `users/${ADA}`, { profile: { mobilePhone: '+15550100' } })
  const challenge = await org.auth.forgotPassword({ username: ADA, factorType: 'SMS' })
  t.equal(challenge.status, 'RECOVERY_CHALLENGE')
  const first = sentCode(org.localOkta)
  const resent = await follow(challenge, 'resend')
  t.match(await refusalOf(follow(resent, 'verify', { passCode: first })), { errorCode: 'E0000068' })
  const reset = await follow(resent, 'verify', { passCode: sentCode(org.localOkta) })
  t.equal(reset.status, 'PASSWORD_RESET')
  const required = await follow(reset, 'resetPassword', { newPassword: 'local-okta-2' })
  t.equal(required.status, 'MFA_REQUIRED')
  t.equal((await factorOf(required, 'question')['verify']?.({ answer: ANSWER }))?.status, 'SUCCESS')
})

t.test('Okta\'s SDK unlocks an account, which signs nobody in', async (t) => {
  const org = await startOrg(t)
  org.localOkta.users.setStatus(ADA, 'LOCKED_OUT')
  t.match(await refusalOf(org.signIn()), { errorCode: 'E0000004' })
  await org.auth.unlockAccount({ username: ADA, factorType: 'EMAIL' })
  const done = await org.auth.verifyRecoveryToken({ recoveryToken: sentCode(org.localOkta) })
  t.match(dataOf(done), { status: 'SUCCESS', recoveryType: 'UNLOCK' })
  t.notOk(done.sessionToken)
  t.equal((await org.signIn()).status, 'SUCCESS')
})

t.test('whether there is a user is not told to those who ask for a link by e-mail', async (t) => {
  const org = await startOrg(t)
  const ask = async (username: string): Promise<unknown> => (await org.call('POST', 'authn/recovery/password', { username, factorType: 'EMAIL' })).body
  t.strictSame(await ask('nobody@example.com'), await ask(ADA))
  t.match(await refusalOf(org.auth.forgotPassword({ username: 'nobody@example.com', factorType: 'SMS' })), { errorCode: 'E0000095' })
})

t.test('a recovery token is good once, and for an hour; the link of an administrator holds one too', async (t) => {
  const org = await startOrg(t)
  const { body: { resetPasswordUrl } } = await org.call('POST', `users/${ADA}/lifecycle/reset_password?sendEmail=false`)
  const recoveryToken = String(resetPasswordUrl).split('/').at(-1) ?? ''
  const reset = await org.auth.verifyRecoveryToken({ recoveryToken })
  t.equal(reset.status, 'PASSWORD_RESET')
  t.match(await refusalOf(org.auth.verifyRecoveryToken({ recoveryToken })), { errorCode: 'E0000011' })
  await follow(reset, 'resetPassword', { newPassword: 'local-okta-2' })
  await org.auth.forgotPassword({ username: ADA, factorType: 'EMAIL' })
  org.localOkta.clock.advance(3_601_000)
  t.match(await refusalOf(org.auth.verifyRecoveryToken({ recoveryToken: sentCode(org.localOkta) })), { errorCode: 'E0000011' })
})

t.test('a user who is suspended meanwhile does not become active by a new password', async (t) => {
  const org = await startOrg(t)
  const { users } = org.localOkta
  users.setStatus(ADA, 'PASSWORD_EXPIRED')
  const expired = await org.signIn()
  users.setStatus(ADA, 'SUSPENDED')
  t.match(await refusalOf(follow(expired, 'changePassword', { oldPassword: PASSWORD, newPassword: 'local-okta-2' })), { errorCode: 'E0000011' })
  users.setStatus(ADA, 'ACTIVE')
  await org.auth.forgotPassword({ username: ADA, factorType: 'EMAIL' })
  users.setStatus(ADA, 'SUSPENDED')
  t.match(await refusalOf(org.auth.verifyRecoveryToken({ recoveryToken: sentCode(org.localOkta) })), { errorCode: 'E0000011' })
  t.equal(users.find(ADA)?.status, 'SUSPENDED')
})

t.test('a policy that denies lets nobody in, and no step can be left out', async (t) => {
  const org = await startOrg(t, { requiresFactor: true })
  await enrollQuestion(org.call, ADA)
  const { stateToken } = dataOf(await org.signIn())
  const post = async (path: string, body: object): Promise<number> => (await org.call('POST', `authn/${path}`, { stateToken, ...body })).status
  const early = { skip: {}, previous: {}, factors: { factorType: 'email', provider: 'OKTA' }, 'credentials/reset_password': { newPassword: 'x' }, 'recovery/answer': { answer: 'x' } }
  for (const [path, body] of Object.entries(early)) t.equal(await post(path, body), 403, path)
  await addSignOnRule(org.call, { priority: 0, conditions: { people: { users: { include: ['00uadalovelace000001'] } } }, actions: { signon: { access: 'DENY' } } })
  t.match(await refusalOf(org.signIn()), { errorCode: 'E0000004' })
})
