import type okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import type { Json } from '../description.js'
import { isGone, listOf, refused, shareSdk } from './sdk.js'

const USER = '00ugracehopper000001'
const PHONE = { phoneNumber: '+12532236986' }

interface Enrolled {
  readonly made: keyof typeof okta
  readonly body: Json
  readonly options?: Json
  readonly shown: Json
}

const FACTORS: readonly Enrolled[] = [
  { made: 'UserFactorSecurityQuestion', body: { factorType: 'question', provider: 'OKTA', profile: { question: 'disliked_food', answer: 'mayonnaise' } }, shown: { status: 'ACTIVE', profile: { questionText: String } } },
  { made: 'UserFactorSMS', body: { factorType: 'sms', provider: 'OKTA', profile: PHONE }, shown: { status: 'PENDING_ACTIVATION', profile: PHONE, _links: { resend: { name: 'sms' } } } },
  { made: 'UserFactorSMS', body: { factorType: 'sms', provider: 'OKTA', profile: PHONE }, options: { activate: true, updatePhone: true }, shown: { status: 'ACTIVE', _links: { verify: { href: /verify$/ } } } },
  { made: 'UserFactorCall', body: { factorType: 'call', provider: 'OKTA', profile: PHONE }, shown: { status: 'PENDING_ACTIVATION' } },
  { made: 'UserFactorEmail', body: { factorType: 'email', provider: 'OKTA', profile: { email: 'grace@example.com' } }, options: { tokenLifetimeSeconds: 600 }, shown: { status: 'PENDING_ACTIVATION' } },
  { made: 'UserFactorTokenSoftwareTOTP', body: { factorType: 'token:software:totp', provider: 'OKTA' }, shown: { status: 'PENDING_ACTIVATION', _embedded: { activation: { sharedSecret: /^[A-Z2-7]{16}$/ } } } },
  { made: 'UserFactorTokenSoftwareTOTP', body: { factorType: 'token:software:totp', provider: 'GOOGLE' }, shown: { status: 'PENDING_ACTIVATION', vendorName: 'GOOGLE' } },
  { made: 'UserFactorPush', body: { factorType: 'push', provider: 'OKTA' }, shown: { status: 'PENDING_ACTIVATION', _embedded: { activation: { factorResult: 'WAITING', _links: { qrcode: { type: 'image/png' } } } } } },
  { made: 'UserFactorWebAuthn', body: { factorType: 'webauthn', provider: 'FIDO' }, shown: { status: 'PENDING_ACTIVATION', _embedded: { activation: { challenge: String, pubKeyCredParams: [{ alg: -7 }, { alg: -257 }] } } } },
  { made: 'UserFactorU2F', body: { factorType: 'u2f', provider: 'FIDO' }, shown: { status: 'PENDING_ACTIVATION', _embedded: { activation: { nonce: String } } } },
  { made: 'UserFactorTokenHardware', body: { factorType: 'token:hardware', provider: 'YUBICO', verify: { passCode: 'cccccceukngdfgkukfctkcvfidnetljjiknckkcjulji' } }, shown: { status: 'ACTIVE', vendorName: 'YUBICO' } },
  { made: 'UserFactorToken', body: { factorType: 'token', provider: 'RSA', profile: { credentialId: 'grace' }, verify: { passCode: '5275875498' } }, shown: { status: 'ACTIVE', profile: { credentialId: 'grace' } } },
  { made: 'UserFactorToken', body: { factorType: 'token', provider: 'SYMANTEC', profile: { credentialId: 'VSMT14393584' }, verify: { passCode: '875498', nextPassCode: '678195' } }, shown: { status: 'ACTIVE' } },
  { made: 'UserFactorTokenHOTP', body: { factorType: 'token:hotp', provider: 'CUSTOM', factorProfileId: 'fpr20l2mDyaUGWGCa0g4', profile: { sharedSecret: '484f97be3213b117e3a20438e291540a' } }, options: { activate: true }, shown: { status: 'ACTIVE' } }
]

for (const { made, body, options = {}, shown } of FACTORS) {
  t.test(`a factor ${body['factorType']} of ${body['provider']} is enrolled${options['activate'] ? ' and activated at once' : ''}, listed, read and removed`, async t => {
    const { sdk: { userFactorApi: api } } = await shareSdk()
    const factor = await api.enrollFactor({ userId: USER, body, ...options })
    const ids = { userId: USER, factorId: factor.id }
    t.equal(factor.constructor.name, made)
    t.match(factor, { factorType: body['factorType'], provider: body['provider'], created: Date, ...shown })
    t.notMatch(JSON.stringify(factor), /mayonnaise|484f97be/)
    t.match(await listOf(api.listFactors({ userId: USER })), [{ id: factor.id }])
    const kinds = await listOf(api.listSupportedFactors({ userId: USER }))
    t.equal(kinds.find(({ factorType, provider }) => factorType === body['factorType'] && provider === body['provider'])?.['status'], factor.status)
    t.match(await api.getFactor(ids), { id: factor.id })
    if (factor.factorType === 'push') t.match(await api.activateFactor(ids), { status: 'PENDING_ACTIVATION', _embedded: { activation: { factorResult: 'WAITING' } } })
    else if (factor.status === 'PENDING_ACTIVATION') await refused(t, api.activateFactor({ ...ids, body: { passCode: 'wrong' } }), 403, 'E0000068')
    else await refused(t, api.verifyFactor({ ...ids, body: { passCode: 'wrong' } }), 403, 'E0000068')
    await api.unenrollFactor({ ...ids, removeRecoveryEnrollment: true })
    await isGone(t, api.getFactor(ids))
  })
}

t.test('the questions are Okta\'s, and a factor of a device cannot be enrolled without what it shows', async t => {
  const { sdk: { userFactorApi: api } } = await shareSdk()
  t.match((await listOf(api.listSupportedSecurityQuestions({ userId: USER })))[0], { question: String, questionText: String })
  for (const body of [{ factorType: 'token:hardware', provider: 'YUBICO' }, { factorType: 'token:hotp', provider: 'CUSTOM', profile: { sharedSecret: 'a' } }, { factorType: 'signed_nonce', provider: 'OKTA' }]) {
    await refused(t, api.enrollFactor({ userId: USER, body }), 400, 'E0000001', body.factorType)
  }
  await isGone(t, api.getFactor({ userId: '00u0', factorId: 'ufs0' }))
})

t.test('a phone is enrolled for a user by its authenticator', async t => {
  const { sdk: { authenticatorApi, userAuthenticatorEnrollmentsApi: api } } = await shareSdk()
  const { id: authenticatorId } = (await listOf(authenticatorApi.listAuthenticators())).find(({ key }) => key === 'phone_number') ?? {}
  const { id: enrollmentId, ...made } = await api.createAuthenticatorEnrollment({ userId: USER, authenticator: { authenticatorId, profile: PHONE } })
  t.match(made, { key: 'phone_number', type: 'phone', status: 'ACTIVE', profile: PHONE })
  t.match(await api.getAuthenticatorEnrollment({ userId: USER, enrollmentId }), { key: 'phone_number' })
  t.match(await api.listAuthenticatorEnrollments({ userId: USER }), { id: enrollmentId, key: 'phone_number', created: Date }, 'the SDK reads one of them')
  await api.deleteAuthenticatorEnrollment({ userId: USER, enrollmentId })
  await isGone(t, api.getAuthenticatorEnrollment({ userId: USER, enrollmentId }))
  t.equal((await api.listAuthenticatorEnrollments({ userId: USER })).id, undefined, 'the user has none any more')
})

t.test('a temporary access code is made for a user by its authenticator, shown once, and removed', async t => {
  const { sdk: { authenticatorApi, userAuthenticatorEnrollmentsApi: api } } = await shareSdk()
  const configuration = { minTtl: 10, maxTtl: 100, defaultTtl: 60, length: 12, complexity: { numbers: true, letters: false, specialCharacters: false }, multiUseAllowed: false }
  const { id: authenticatorId } = await authenticatorApi.createAuthenticator({ authenticator: { key: 'tac', name: 'Temporary Access Code', provider: { type: 'tac', configuration } } })
  const enroll = (profile: Json, authenticator = authenticatorId): Promise<Json> =>
    api.createTacAuthenticatorEnrollment({ userId: USER, authenticator: { authenticatorId: authenticator, profile } })
  const made = await enroll({ ttl: '20' })
  t.match(made, { key: 'tac', type: 'tac', status: 'ACTIVE', profile: { multiUse: false, expiresAt: Date, tac: /^\d{12}$/ } })
  const ids = { userId: USER, enrollmentId: made['id'] }
  t.match(await api.listAuthenticatorEnrollments({ userId: USER }), { id: made['id'] }, 'the newest one')
  const read = await api.getAuthenticatorEnrollment(ids)
  t.match(read, { id: made['id'], key: 'tac' })
  t.notMatch(JSON.stringify(read), /\d{12}"/)
  for (const profile of [{ ttl: '5' }, { ttl: '101' }, { multiUse: true }]) await refused(t, enroll(profile), 400, 'E0000001', JSON.stringify(profile))
  await refused(t, enroll({}, 'autnone'), 400, 'E0000001')
  await api.deleteAuthenticatorEnrollment(ids)
  await isGone(t, api.getAuthenticatorEnrollment(ids))
})
