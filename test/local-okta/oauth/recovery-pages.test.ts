import t from 'tap'
import { AppClient } from '../app-client.js'
import { callsTo } from '../management-api.js'
import { sentCode } from '../sign-on.js'
import { start } from '../start.js'

const ADA = 'ada@example.com'
const NEW = { newPassword: 'local-okta-2', repeatedPassword: 'local-okta-2' }

function linkTo (html: string, text: string): string {
  const [, href] = new RegExp(`<a href="([^"]*)">${text.replace('?', '\\?')}</a>`).exec(html) ?? []
  if (href === undefined) throw new Error(`no link ${text}`)
  return href
}

t.test('a forgotten password is reset by e-mail and the recovery question, and the sign-in goes on', async (t) => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  await call('POST', `users/${ADA}/credentials/change_recovery_question`, { password: { value: 'local-okta-1' }, recovery_question: { question: 'First pet?', answer: 'Rex' } })
  const app = await AppClient.discover(localOkta)
  const begin = await app.authorize({ login_hint: ADA })
  const forgotten = await app.browser.visit(`${localOkta.orgUrl}${linkTo(begin.html, 'Forgot password?')}`)
  t.match(forgotten.html, /value="ada@example\.com"/, 'the username that the app hinted at')
  const waiting = await app.browser.submit(forgotten, { username: ADA, factor: 'EMAIL' })
  t.match(waiting.html, /If ada@example\.com may do this, an e-mail was sent\./)
  const wrong = await app.browser.submit(waiting, { recoveryToken: 'nonsense' })
  t.match([wrong.status, wrong.html], [401, /role="alert">This code is not valid, or no longer\./])
  const question = await app.browser.submit(wrong, { recoveryToken: sentCode(localOkta) })
  t.match(question.html, /<label for="answer">First pet\?/)
  t.match((await app.browser.submit(question, { answer: 'Tom' })).html, /role="alert">The answer is not correct\./)
  const reset = await app.browser.submit(question, { answer: 'rex' })
  const differing = await app.browser.submit(reset, { newPassword: 'local-okta-2', repeatedPassword: 'x' })
  t.match([differing.status, differing.html], [400, /The two new passwords differ/])
  const done = await app.browser.submit(differing, NEW)
  t.match(done.url, /^http:\/\/127\.0\.0\.1:3000\/callback\?code=/)
  t.ok((await app.exchange(done)).access_token)
  t.equal((await call('POST', 'authn', { username: ADA, password: 'local-okta-2' })).body.status, 'SUCCESS')
})

t.test('a forgotten password is reset by SMS, and a second factor is set up after it if one is required', async (t) => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const { body: [policy] } = await call('GET', 'policies?type=OKTA_SIGN_ON')
  await call('POST', `policies/${policy.id}/rules`, { type: 'SIGN_ON', name: 'Two', actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  const app = await AppClient.discover(localOkta)
  const forgotten = await app.browser.visit(`${localOkta.orgUrl}${linkTo((await app.authorize()).html, 'Forgot password?')}`)
  const refused = await app.browser.submit(forgotten, { username: ADA, factor: 'SMS' })
  t.match([refused.status, refused.html], [401, /role="alert">This password cannot be reset this way\./], 'she has no phone')
  t.match((await app.browser.submit(forgotten, { username: 'nobody@example.com', factor: 'SMS' })).html, /This password cannot be reset this way\./, 'nobody is told who exists')
  await call('POST', `users/${ADA}`, { profile: { mobilePhone: '+15550100' } })
  const code = await app.browser.submit(forgotten, { username: ADA, factor: 'SMS' })
  t.match(code.html, /A code was sent to \+15550100\./)
  const first = sentCode(localOkta)
  const resent = await app.browser.submit(code, { resend: 'true' })
  t.equal((await app.browser.submit(resent, { code: first })).status, 401)
  const reset = await app.browser.submit(resent, { code: sentCode(localOkta) })
  const enrollment = await app.browser.submit(reset, NEW)
  t.match(enrollment.html, /<h1>Set up a second factor<\/h1>/)
  t.match((await app.browser.submit(enrollment, { enroll: 'question', question: 'disliked_food', answer: 'mayonnaise' })).url, /\?code=/)
})

t.test('what is sent for an unknown user looks as for a known one, and nothing is sent', async (t) => {
  const localOkta = await start(t)
  const app = await AppClient.discover(localOkta)
  const forgotten = await app.browser.visit(`${localOkta.orgUrl}${linkTo((await app.authorize()).html, 'Forgot password?')}`)
  const pageFor = async (username: string): Promise<string> => (await app.browser.submit(forgotten, { username, factor: 'EMAIL' })).html.replaceAll(username, 'somebody')
  const unknown = await pageFor('nobody@example.com')
  t.equal(sentCode(localOkta), '')
  t.equal(unknown, await pageFor(ADA))
})

t.test('an account that is locked can be unlocked from the sign-in page, if the policy lets it say so', async (t) => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  await call('POST', 'policies', { type: 'PASSWORD', name: 'Lock', settings: { password: { lockout: { maxAttempts: 1, showLockoutFailures: true } } } })
  const app = await AppClient.discover(localOkta)
  const locked = await app.signIn(ADA, 'wrong')
  t.match(locked.html, /Your account is locked\./)
  const unlock = await app.browser.visit(`${localOkta.orgUrl}${linkTo(locked.html, 'Unlock account?')}`)
  const waiting = await app.browser.submit(unlock, { username: ADA, factor: 'EMAIL' })
  const unlocked = await app.browser.submit(waiting, { recoveryToken: sentCode(localOkta) })
  t.match(unlocked.html, /role="status">Your account is unlocked\. You may sign in now\./)
  t.match((await app.browser.submit(unlocked, { username: ADA, password: 'local-okta-1' })).url, /\?code=/)
})

t.test('the pages of a recovery belong to the sign-in that they were opened from', async (t) => {
  const localOkta = await start(t)
  const app = await AppClient.discover(localOkta)
  const link = linkTo((await app.authorize()).html, 'Forgot password?')
  const stranger = await AppClient.discover(localOkta)
  for (const form of [undefined, { username: ADA, factor: 'EMAIL' }]) t.equal((await stranger.browser.visit(`${localOkta.orgUrl}${link}`, form)).status, 400)
  t.equal(sentCode(localOkta), '')
})
