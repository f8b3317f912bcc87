import { createHmac } from 'node:crypto'
import okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import { totpAt } from '#local-okta/resources/factors/totp.js'
import type { LocalOkta } from 'local-okta'
import { refusalOf } from '../app-client.js'
import type { Json } from '../description.js'
import { callsTo, listing } from '../management-api.js'
import { share, start } from '../start.js'

const GRACE = '00ugracehopper000001'

/** The code of the newest message. */
function sentCode (localOkta: LocalOkta): string {
  const { stores } = localOkta.snapshot() as unknown as { stores: { Messages: Array<{ code: string }> } }
  return stores.Messages.at(-1)?.code ?? ''
}

t.test('the SDK enrolls a question, and verifies its answer', async t => {
  const { orgUrl, apiToken } = await start(t)
  const { userFactorApi } = new okta.Client({ orgUrl, token: apiToken })
  const body = { factorType: 'question', provider: 'OKTA', profile: { question: 'disliked_food', answer: 'mayonnaise' } } as unknown as okta.UserFactor
  const factor = await userFactorApi.enrollFactor({ userId: GRACE, body })

  t.match(factor, { factorType: 'question', status: 'ACTIVE' })
  t.notMatch(JSON.stringify(factor), /mayonnaise/, 'the answer is not shown')
  t.match(await userFactorApi.verifyFactor({ userId: GRACE, factorId: factor.id ?? '', body: { answer: 'Mayonnaise' } as never }), { factorResult: 'SUCCESS' })
  t.match(await refusalOf(userFactorApi.verifyFactor({ userId: GRACE, factorId: factor.id ?? '', body: { answer: 'ketchup' } as never })), { status: 403, errorCode: 'E0000068' })
  t.match(await refusalOf(userFactorApi.enrollFactor({ userId: GRACE, body })), { status: 400, errorCode: 'E0000001' }, 'once only')
  await userFactorApi.unenrollFactor({ userId: GRACE, factorId: factor.id ?? '' })
  t.match(await refusalOf(userFactorApi.getFactor({ userId: GRACE, factorId: factor.id ?? '' })), { status: 404 })
})

t.test('a factor by e-mail is activated by the code that was sent, which is good once and for five minutes', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const factors = `users/${GRACE}/factors`
  const { body: { id, status } } = await call('POST', factors, { factorType: 'email', provider: 'OKTA' })
  t.equal(status, 'PENDING_ACTIVATION')
  t.equal((await call('POST', `${factors}/${id}/lifecycle/activate`, { passCode: 'nonsense' })).status, 403)
  t.match(await call('POST', `${factors}/${id}/lifecycle/activate`, { passCode: sentCode(localOkta) }), { status: 200, body: { status: 'ACTIVE' } })

  t.match(await call('POST', `${factors}/${id}/verify`), { status: 200, body: { factorResult: 'CHALLENGE' } })
  const passCode = sentCode(localOkta)
  t.match((await call('POST', `${factors}/${id}/verify`, { passCode })).body, { factorResult: 'SUCCESS' })
  t.equal((await call('POST', `${factors}/${id}/verify`, { passCode })).status, 403, 'a code is used up')
  await call('POST', `${factors}/${id}/verify`)
  localOkta.clock.advance(300_000)
  t.equal((await call('POST', `${factors}/${id}/verify`, { passCode: sentCode(localOkta) })).status, 403, 'a code expires')
})

t.test('a one-time password by time is activated by the secret that was shown, and none is accepted twice', async t => {
  const localOkta = await start(t)
  const call = callsTo(localOkta)
  const factors = `users/${GRACE}/factors`
  const { body: { id, _embedded: { activation } } } = await call('POST', factors, { factorType: 'token:software:totp', provider: 'GOOGLE' })
  const passCode = () => totpAt(activation.sharedSecret, Math.floor((Date.now() + moved) / 30_000))
  let moved = 0
  t.match(await call('POST', `${factors}/${id}/lifecycle/activate`, { passCode: passCode() }), { status: 200, body: { status: 'ACTIVE' } })
  t.notMatch((await call('GET', `${factors}/${id}`)).body, { _embedded: {} }, 'the secret is not shown again')
  t.equal((await call('POST', `${factors}/${id}/verify`, { passCode: passCode() })).status, 403, 'used for the activation')
  moved = 60_000
  localOkta.clock.advance(moved)
  t.match((await call('POST', `${factors}/${id}/verify`, { passCode: passCode() })).body, { factorResult: 'SUCCESS' })
})

t.test('one-time passwords are those of RFC 6238', async t => {
  // appendix B, the last six of its eight digits
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  for (const [seconds, password] of [[59, '287082'], [1111111109, '081804'], [20000000000, '353130']] as const) t.equal(totpAt(secret, Math.floor(seconds / 30)), password)
  t.equal(createHmac('sha1', '12345678901234567890').update(Buffer.from([0, 0, 0, 0, 0, 0, 0, 1])).digest().length, 20)
})

t.test('enrollments are the factors in the words of authenticators, and a reset removes all of them', async t => {
  const call = callsTo(await start(t))
  const { body: phone } = await call('POST', `users/${GRACE}/authenticator-enrollments/phone`, { authenticatorId: 'aut', profile: { phoneNumber: '+15550100' } })
  t.match(phone, { key: 'phone_number', status: 'ACTIVE', profile: { phoneNumber: '+15550100' } })
  t.match((await call('GET', `users/${GRACE}/authenticator-enrollments`)).body, { id: phone.id })
  await call('POST', `users/${GRACE}/lifecycle/reset_factors`)
  t.strictSame((await call('GET', `users/${GRACE}/factors`)).body, [])
})

t.test('every change of a factor is in the System Log, a failed check too', async t => {
  const call = callsTo(await start(t))
  const factors = `users/${GRACE}/factors`
  const { body: { id } } = await call('POST', factors, { factorType: 'question', provider: 'OKTA', profile: { question: 'disliked_food', answer: 'mayonnaise' } })
  await call('POST', `${factors}/${id}/verify`, { answer: 'wrong' })
  await call('DELETE', `${factors}/${id}`)
  const { body } = await call('GET', listing('logs', { filter: `target.id eq "${GRACE}"` }))
  t.strictSame(body.filter(({ eventType }: Json) => /mfa/.test(eventType)).map(({ eventType, outcome }: Json) => `${eventType} ${outcome.result}`),
    ['user.mfa.factor.activate SUCCESS', 'user.authentication.auth_via_mfa FAILURE', 'user.mfa.factor.deactivate SUCCESS'])
})

t.test('what is not a factor here, and a question without a proper answer, is refused', async t => {
  const call = callsTo(await share())
  const refused = [
    { factorType: 'signed_nonce', provider: 'OKTA' },
    { factorType: 'push', provider: 'GOOGLE' },
    { factorType: 'token:hardware', provider: 'YUBICO' },
    { factorType: 'email', provider: 'GOOGLE' },
    { factorType: 'email', provider: 'OKTA', profile: { email: 'someone@else.example' } },
    { factorType: 'sms', provider: 'OKTA', profile: { phoneNumber: 'none' } },
    { factorType: 'question', provider: 'OKTA', profile: { question: 'what', answer: 'mayonnaise' } },
    { factorType: 'question', provider: 'OKTA', profile: { question: 'disliked_food', answer: 'abc' } }
  ]
  for (const body of refused) t.match(await call('POST', `users/${GRACE}/factors`, body), { status: 400, body: { errorCode: 'E0000001' } }, JSON.stringify(body))
})
