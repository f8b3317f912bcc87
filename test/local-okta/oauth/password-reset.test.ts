import t from 'tap'
import { Browser } from '../browser.js'
import { callsTo } from '../management-api.js'
import { start } from '../start.js'

const ADA = 'ada@example.com'

t.test('the link that an administrator gets leads to the recovery question and a new password, once', async (t) => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  await call('POST', `users/${ADA}/credentials/change_recovery_question`, { password: { value: 'local-okta-1' }, recovery_question: { question: 'First <pet>?', answer: 'Rex' } })
  const { body: { resetPasswordUrl } } = await call('POST', `users/${ADA}/lifecycle/reset_password?sendEmail=false`)
  const browser = new Browser(localOkta.orgUrl)
  const question = await browser.visit(resetPasswordUrl)
  t.match([question.status, question.html], [200, /First &lt;pet&gt;\?/])
  const wrong = await browser.submit(question, { answer: 'Tom' })
  t.match([wrong.status, wrong.html], [401, /role="alert">The answer is not correct\./])
  const reset = await browser.submit(wrong, { answer: 'rex' })
  t.match([reset.status, reset.html], [200, /New password/])
  const differing = await browser.submit(reset, { newPassword: 'local-okta-2', repeatedPassword: 'local-okta-3' })
  t.match([differing.status, differing.html], [400, /The two new passwords differ/])
  const done = await browser.submit(differing, { newPassword: 'local-okta-2', repeatedPassword: 'local-okta-2' })
  t.match([done.status, done.html], [200, /Your password is changed/])
  t.equal((await call('POST', 'authn', { username: ADA, password: 'local-okta-2' })).body.status, 'SUCCESS')
  for (const visit of [async () => browser.visit(resetPasswordUrl), async () => browser.submit(differing, { newPassword: 'x', repeatedPassword: 'x' })]) {
    const late = await visit()
    t.match([late.status, late.html], [400, /This link has expired, or has been used/])
  }
})

t.test('the link for a forgotten password does as well, without a question for a user who has none', async (t) => {
  const localOkta = await start(t)
  const { body: { resetPasswordUrl } } = await callsTo(localOkta)('POST', `users/${ADA}/credentials/forgot_password?sendEmail=false`)
  const page = await new Browser(localOkta.orgUrl).visit(resetPasswordUrl)
  t.match([page.status, page.html], [200, /<h1>Reset your password<\/h1>/])
  t.notMatch(page.html, /<script/)
})

t.test('the link of a new user leads to a first password, once, and within a week', async (t) => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const profile = { login: 'alan@example.com', email: 'alan@example.com', firstName: 'Alan', lastName: 'Turing' }
  await call('POST', 'users?activate=false', { profile })
  const { body: { activationUrl } } = await call('POST', 'users/alan@example.com/lifecycle/activate?sendEmail=false')
  const browser = new Browser(localOkta.orgUrl)
  const welcome = await browser.visit(activationUrl)
  t.match([welcome.status, welcome.html], [200, /<h1>Welcome: choose a password<\/h1>\n<p>alan@example\.com<\/p>/])
  const done = await browser.submit(welcome, { newPassword: 'enigma-machine-1', repeatedPassword: 'enigma-machine-1' })
  t.match([done.status, done.html], [200, /Your password is changed/])
  t.match((await call('GET', 'users/alan@example.com')).body, { status: 'ACTIVE' })
  t.equal((await call('POST', 'authn', { username: 'alan@example.com', password: 'enigma-machine-1' })).body.status, 'SUCCESS')
  t.equal((await browser.visit(activationUrl)).status, 400)

  await call('POST', 'users?activate=false', { profile: { ...profile, login: 'grace.h@example.com' } })
  const { body: late } = await call('POST', 'users/grace.h@example.com/lifecycle/activate?sendEmail=false')
  const { body: again } = await call('POST', 'users/grace.h@example.com/lifecycle/reactivate?sendEmail=false')
  localOkta.clock.advance(6 * 86_400_000)
  t.equal((await browser.visit(again.activationUrl)).status, 200)
  localOkta.clock.advance(86_400_001)
  t.equal((await browser.visit(late.activationUrl)).status, 400)
})
