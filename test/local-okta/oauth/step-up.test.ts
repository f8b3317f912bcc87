import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import t from 'tap'
import type { Test } from 'tap'
import { totpAt } from '#local-okta/resources/factors/totp.js'
import type { LocalOkta } from 'local-okta'
import { AppClient, refusalOf } from '../app-client.js'
import type { Visited } from '../browser.js'
import { callsTo } from '../management-api.js'
import type { Call } from '../management-api.js'
import { addSignOnRule, ANSWER, enrollQuestion, sentCode, setAccessPolicy } from '../sign-on.js'
import { start } from '../start.js'

const ANY_TWO = 'urn:okta:loa:2fa:any'
const UNMET = { error: 'unmet_authentication_requirements', error_description: "Unable to meet the authentication requirements imposed by 'acr_values' parameter." }
const TWO_FACTORS = { actions: { appSignOn: { access: 'ALLOW', verificationMethod: { type: 'ASSURANCE', factorMode: '2FA', reauthenticateIn: 'PT2H' } } } }
const ADA = 'ada@example.com'

async function startOrg (t: Test): Promise<{ localOkta: LocalOkta, call: Call, app: AppClient }> {
  const localOkta = await start(t)
  return { localOkta, call: callsTo(localOkta), app: await AppClient.discover(localOkta) }
}

function parametersOf ({ url }: Visited): Record<string, string> {
  return Object.fromEntries(new URL(url).searchParams)
}

t.test('an app that requests two factors gets tokens that say so, after the page has asked for the second one', async (t) => {
  const { call, app } = await startOrg(t)
  await enrollQuestion(call, ADA)
  const page = await app.signIn(ADA, undefined, { acr_values: ANY_TWO })
  t.match(page.html, /What is the food you least liked as a child\?/)
  const again = await app.browser.submit(page, { code: 'ketchup' })
  t.equal(again.status, 401)
  t.match(again.html, /role="alert">This does not match/)
  const tokens = await app.exchange(await app.browser.submit(again, { code: ANSWER }))
  t.match(decodeJwt(tokens.access_token), { acr: ANY_TWO })
  t.strictSame(oauth.getValidatedIdTokenClaims(tokens)?.amr, ['kba', 'mfa', 'pwd'])
  t.equal(oauth.getValidatedIdTokenClaims(tokens)?.acr, ANY_TWO)
  const refreshed = await app.refresh(tokens.refresh_token ?? '')
  t.match(decodeJwt(refreshed.access_token), { acr: ANY_TWO }, 'a refresh keeps the level')
})

t.test('a session by password steps up by the second factor alone, and stays stepped up', async (t) => {
  const { call, app } = await startOrg(t)
  await enrollQuestion(call, ADA)
  const first = await app.exchange(await app.signIn(ADA))
  t.strictSame(oauth.getValidatedIdTokenClaims(first)?.amr, ['pwd'])
  t.notHas(decodeJwt(first.access_token), 'acr')
  t.match(parametersOf(await app.authorize({ acr_values: ANY_TWO, prompt: 'none' })), {
    error: 'login_required', error_description: 'The client specified not to prompt, but the client app requires re-authentication or MFA.'
  })
  const page = await app.authorize({ acr_values: ANY_TWO })
  t.notMatch(page.html, /type="password"/, 'not the password again')
  const second = await app.exchange(await app.browser.submit(page, { code: ANSWER }))
  t.match(decodeJwt(second.access_token), { acr: ANY_TWO, sub: ADA })
  t.match(decodeJwt((await app.exchange(await app.authorize({ acr_values: ANY_TWO, prompt: 'none' }))).access_token), { acr: ANY_TWO })
  t.notHas(decodeJwt((await app.exchange(await app.authorize({ prompt: 'none' }))).access_token), 'acr', 'it is there only if it was requested')
  t.match((await app.authorize({ acr_values: ANY_TWO, prompt: 'login' })).html, /type="password"/, 'prompt=login begins anew')
})

t.test('a level that a user cannot reach comes back as an error; one that exists nowhere does before anybody signs in', async (t) => {
  const { call, app } = await startOrg(t)
  await enrollQuestion(call, 'grace@example.com')
  t.match(parametersOf(await app.signIn(ADA, undefined, { acr_values: ANY_TWO })), UNMET, 'Ada has no second factor')
  t.match(parametersOf(await app.authorize({ acr_values: 'phr' })), UNMET, 'there are no passkeys')
  t.match(parametersOf(await app.authorize({ acr_values: 'phrh unknown' })), UNMET)
  const either = await app.exchange(await app.authorize({ acr_values: `phr ${ANY_TWO} urn:okta:loa:1fa:any` }))
  t.match(decodeJwt(either.access_token), { acr: 'urn:okta:loa:1fa:any' }, 'the first that she reaches')
})

t.test('two factors if possible are two of a user who has them, and one of another', async (t) => {
  const { localOkta, call, app } = await startOrg(t)
  const ifPossible = { acr_values: 'urn:okta:loa:2fa:any:ifpossible' }
  await enrollQuestion(call, 'grace@example.com')
  t.match(decodeJwt((await app.exchange(await app.signIn(ADA, undefined, ifPossible))).access_token), { acr: ifPossible.acr_values })
  const grace = await AppClient.discover(localOkta)
  const page = await grace.signIn('grace@example.com', undefined, ifPossible)
  const tokens = await grace.exchange(await grace.browser.submit(page, { code: ANSWER }))
  t.match(oauth.getValidatedIdTokenClaims(tokens), { amr: ['kba', 'mfa', 'pwd'], acr: ifPossible.acr_values })
})

t.test('the access policy of an app takes a second factor, and a sign-in anew after its time; other apps do not', async (t) => {
  const { localOkta, call, app } = await startOrg(t)
  await enrollQuestion(call, ADA)
  await app.exchange(await app.signIn(ADA))
  await setAccessPolicy(call, localOkta.clients.browser.clientId, TWO_FACTORS)
  const page = await app.authorize()
  t.match(page.html, /least liked/)
  t.match((await app.browser.submit(page, { code: ANSWER })).url, /\?code=/)
  t.match((await app.authorize({ prompt: 'none' })).url, /\?code=/)

  await setAccessPolicy(call, localOkta.clients.browser.clientId, {
    actions: { appSignOn: { access: 'ALLOW', verificationMethod: { type: 'ASSURANCE', factorMode: '1FA', reauthenticateIn: 'PT1M' } } }
  })
  t.match((await app.authorize({ prompt: 'none' })).url, /\?code=/)
  localOkta.clock.advance(61_000)
  t.match(parametersOf(await app.authorize({ prompt: 'none' })), { error: 'login_required' })
  t.match((await app.signIn(ADA)).url, /\?code=/, 'by the password again')
})

t.test('an access policy that denies, or that takes a passkey, sends the user back with access_denied', async (t) => {
  const { localOkta, call, app } = await startOrg(t)
  const rules = {
    'it denies': { access: 'DENY' },
    'it takes a passkey': { access: 'ALLOW', verificationMethod: { type: 'ASSURANCE', factorMode: '2FA', constraints: [{ possession: { phishingResistant: 'REQUIRED' } }] } }
  }
  for (const [title, appSignOn] of Object.entries(rules)) {
    await setAccessPolicy(call, localOkta.clients.browser.clientId, { conditions: { people: { users: { include: ['00uadalovelace000001'] } } }, actions: { appSignOn } })
    t.match(parametersOf(await (await AppClient.discover(localOkta)).signIn(ADA)), { error: 'access_denied' }, title)
  }
  t.match((await app.signIn('grace@example.com')).url, /\?code=/, 'the rule is not for her')
})

t.test('a policy that requires a second factor has one set up on the page by a user who has none', async (t) => {
  const kinds: Record<string, (page: Visited, app: AppClient, localOkta: LocalOkta) => Promise<Visited>> = {
    'a security question': async (page, app) => app.browser.submit(page, { enroll: 'question', question: 'disliked_food', answer: 'mustard' }),
    'codes by e-mail': async (page, app, localOkta) => app.browser.submit(await app.browser.submit(page, { enroll: 'email' }), { code: sentCode(localOkta) }),
    'an authenticator app': async (page, app) => {
      const activation = await app.browser.submit(page, { enroll: 'token:software:totp' })
      const [, secret = ''] = /<code>([A-Z2-7]{16})<\/code>/.exec(activation.html) ?? []
      return app.browser.submit(activation, { code: totpAt(secret, Math.floor(Date.now() / 30_000)) })
    }
  }
  for (const [title, enroll] of Object.entries(kinds)) {
    t.test(title, async (t) => {
      const { localOkta, call, app } = await startOrg(t)
      await addSignOnRule(call, { actions: { signon: { access: 'ALLOW', requireFactor: true } } })
      const page = await app.signIn(ADA)
      t.match(page.html, /Set up a second factor/)
      const refused = await app.browser.submit(page, { enroll: 'question', question: 'disliked_food', answer: 'abc' })
      t.match([refused.status, refused.html], [400, /role="alert">The answer must have at least 4 characters/])
      const callback = await enroll(page, app, localOkta)
      t.match(oauth.getValidatedIdTokenClaims(await app.exchange(callback))?.amr, /mfa/)
      t.match((await call('GET', `users/${ADA}/factors`)).body[0], { status: 'ACTIVE' })
    })
  }
})

t.test('a user with several factors chooses one, may change the mind, and have the code sent again', async (t) => {
  const { localOkta, call, app } = await startOrg(t)
  const questionId = await enrollQuestion(call, ADA)
  const { body: { id: emailId } } = await call('POST', `users/${ADA}/factors?activate=true`, { factorType: 'email', provider: 'OKTA' })
  await addSignOnRule(call, { actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  const choice = await app.signIn(ADA)
  t.match(choice.html, /Choose a second factor/)
  const question = await app.browser.submit(choice, { factor: questionId })
  t.match(question.html, /least liked/)
  const mail = await app.browser.submit(await app.browser.submit(question, { back: 'true' }), { factor: emailId })
  t.match(mail.html, /A code was sent to ada@example\.com/)
  const first = sentCode(localOkta)
  const resent = await app.browser.submit(mail, { resend: 'true' })
  t.equal((await app.browser.submit(resent, { code: first })).status, 401, 'only the last code counts')
  const tokens = await app.exchange(await app.browser.submit(resent, { code: sentCode(localOkta) }))
  t.strictSame(oauth.getValidatedIdTokenClaims(tokens)?.amr, ['mfa', 'otp', 'pwd'])
})

t.test('an expired password is changed on the page', async (t) => {
  const { localOkta, app } = await startOrg(t)
  localOkta.users.setStatus(ADA, 'PASSWORD_EXPIRED')
  const page = await app.signIn(ADA)
  t.match(page.html, /Your password has expired/)
  const attempts: Array<[Record<string, string>, number, RegExp]> = [
    [{ oldPassword: 'wrong', newPassword: 'local-okta-2', repeatedPassword: 'local-okta-2' }, 401, /The current password is not correct/],
    [{ oldPassword: 'local-okta-1', newPassword: 'local-okta-2', repeatedPassword: 'local-okta-3' }, 400, /The two new passwords differ/],
    [{ oldPassword: 'local-okta-1', newPassword: 'local-okta-1', repeatedPassword: 'local-okta-1' }, 400, /Password cannot be your current password/],
    [{ oldPassword: 'local-okta-1' }, 400, /The field cannot be left blank/]
  ]
  for (const [fields, status, message] of attempts) {
    const refused = await app.browser.submit(page, fields)
    t.match([refused.status, refused.html], [status, message])
  }
  t.match((await app.browser.submit(page, { oldPassword: 'local-okta-1', newPassword: 'local-okta-2', repeatedPassword: 'local-okta-2' })).url, /\?code=/)
  const late = await app.browser.submit(page, { oldPassword: 'local-okta-2', newPassword: 'local-okta-3', repeatedPassword: 'local-okta-3' })
  t.equal(late.status, 400, 'the sign-in is over')
})

t.test('a step that has taken longer than five minutes begins with the password again', async (t) => {
  const { localOkta, call, app } = await startOrg(t)
  await enrollQuestion(call, ADA)
  await addSignOnRule(call, { actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  const page = await app.signIn(ADA)
  localOkta.clock.advance(301_000)
  const late = await app.browser.submit(page, { code: ANSWER })
  t.match([late.status, late.html], [401, /This took too long.*<label for="password">/s])
})

t.test('a factor that is removed, and a user who is suspended, between two steps leads back to the first page', async (t) => {
  const { localOkta, call, app } = await startOrg(t)
  await addSignOnRule(call, { actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  const questionId = await enrollQuestion(call, ADA)
  const page = await app.signIn(ADA)
  await call('DELETE', `users/${ADA}/factors/${questionId}`)
  const removed = await app.browser.submit(page, { code: ANSWER })
  t.match([removed.status, removed.html], [401, /has been removed.*<label for="password">/s])

  await enrollQuestion(call, ADA)
  const again = await app.signIn(ADA, undefined, { prompt: 'login' })
  localOkta.users.setStatus(ADA, 'SUSPENDED')
  const suspended = await app.browser.submit(again, { code: ANSWER })
  t.match([suspended.status, suspended.html], [401, /<label for="password">/])
  const begun = await app.browser.submit(suspended, { stateToken: 'unknown', code: ANSWER })
  t.match([begun.status, begun.html], [401, /<label for="password">/], 'a state token that is unknown, too')
})

t.test('max_age takes a new sign-in once the last one is older', async (t) => {
  const { localOkta, app } = await startOrg(t)
  const first = await app.exchange(await app.signIn(ADA))
  t.match((await app.authorize({ max_age: '60' })).url, /\?code=/)
  localOkta.clock.advance(61_000)
  t.match(parametersOf(await app.authorize({ max_age: '60', prompt: 'none' })), { error: 'login_required' })
  const second = await app.exchange(await app.signIn(ADA, undefined, { max_age: '60' }))
  t.ok(Number(decodeJwt(second.access_token)['auth_time']) > Number(decodeJwt(first.access_token)['auth_time']))
  t.match((await app.authorize({ max_age: '0' })).html, /type="password"/, 'zero always does')
})

t.test('the password grant is refused where the sign-on policy requires a second factor', async (t) => {
  const { localOkta, call } = await startOrg(t)
  await addSignOnRule(call, { actions: { signon: { access: 'ALLOW', requireFactor: true } } })
  const client = { client_id: localOkta.clients.native.clientId }
  const server = (await AppClient.discover(localOkta)).server
  const grant = async (): Promise<unknown> => {
    const parameters = new URLSearchParams({ username: ADA, password: 'local-okta-1', scope: 'openid' })
    return oauth.processGenericTokenEndpointResponse(server, client,
      await oauth.genericTokenEndpointRequest(server, client, oauth.None(), 'password', parameters, { [oauth.allowInsecureRequests]: true }))
  }
  t.match(await refusalOf(grant()), { error: 'invalid_grant', error_description: 'Resource owner password credentials authentication denied by sign on policy.' })
})
