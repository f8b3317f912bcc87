import type okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import type { Json } from '../description.js'
import { listOf, refused, shareSdk } from './sdk.js'

/** The kinds that a new org has, and the classes that the SDK makes of them. */
const BUILT_IN: Readonly<Record<string, keyof typeof okta>> = {
  okta_email: 'AuthenticatorKeyEmail',
  okta_password: 'AuthenticatorKeyPassword',
  okta_verify: 'AuthenticatorKeyOktaVerify',
  phone_number: 'AuthenticatorKeyPhone',
  security_question: 'AuthenticatorKeySecurityQuestion',
  webauthn: 'AuthenticatorKeyWebauthn',
  google_otp: 'AuthenticatorKeyGoogleOtp'
}

/** The kinds that are added. */
const ADDED: ReadonlyArray<readonly [made: keyof typeof okta, body: Json]> = [
  ['AuthenticatorKeyDuo', { key: 'duo', name: 'Duo', provider: { type: 'DUO', configuration: { userNameTemplate: { template: 'oktauser.login' }, integrationKey: 'key', secretKey: 'secret-of-duo', host: 'https://api.duo.example' } } }],
  ['AuthenticatorKeyCustomOtp', { key: 'custom_otp', name: 'Hardware OTP' }],
  ['AuthenticatorKeyCustomApp', { key: 'custom_app', name: 'Acme Verify', agreeToTerms: true, settings: { userVerification: 'PREFERRED', appInstanceId: '0oa1' }, provider: { type: 'PUSH', configuration: { fcm: { id: 'ppc1' } } } }],
  ['AuthenticatorKeyYubikey', { key: 'yubikey_token', name: 'YubiKey' }],
  ['AuthenticatorKeySmartCard', { key: 'smart_card_idp', name: 'Smart card' }]
]

t.test('a new org has its authenticators, with their methods', async t => {
  const { sdk: { authenticatorApi } } = await shareSdk()
  const found = await listOf(authenticatorApi.listAuthenticators())
  t.strictSame(Object.fromEntries(found.map(one => [one['key'], one.constructor.name])), BUILT_IN)
  for (const { id: authenticatorId, status, type, _links } of found) {
    t.match({ status, type, _links }, { status: 'ACTIVE', type: String, _links: { methods: { href: String } } })
    const methods = await listOf(authenticatorApi.listAuthenticatorMethods({ authenticatorId }))
    t.ok(methods.length > 0 && methods.every(method => method['status'] === 'ACTIVE' && method.constructor.name !== 'AuthenticatorMethodBase'))
  }
})

for (const [made, body] of ADDED) {
  t.test(`an authenticator ${body['key']} is added, renamed, deactivated and activated`, async t => {
    const { sdk: { authenticatorApi } } = await shareSdk()
    const authenticator = await authenticatorApi.createAuthenticator({ authenticator: body, activate: false })
    const authenticatorId = authenticator.id
    t.equal(authenticator.constructor.name, made)
    t.match(authenticator, { key: body['key'], name: body['name'], status: 'INACTIVE', type: String })
    t.notMatch(JSON.stringify(authenticator), /secret-of-duo/)
    t.match(await authenticatorApi.activateAuthenticator({ authenticatorId }), { status: 'ACTIVE' })
    t.match(await authenticatorApi.replaceAuthenticator({ authenticatorId, authenticator: { ...authenticator, name: 'Renamed' } }), { name: 'Renamed', type: authenticator.type })
    t.match(await authenticatorApi.deactivateAuthenticator({ authenticatorId }), { status: 'INACTIVE' })
    t.match(await authenticatorApi.getAuthenticator({ authenticatorId }), { id: authenticatorId, name: 'Renamed', status: 'INACTIVE' })
  })
}

t.test('the methods of an authenticator are changed one by one, and one stays active', async t => {
  const { sdk: { authenticatorApi } } = await shareSdk()
  const phone = (await listOf(authenticatorApi.listAuthenticators())).find(({ key }) => key === 'phone_number') ?? {}
  const voice = { authenticatorId: phone['id'], methodType: 'voice' }
  t.match(await authenticatorApi.deactivateAuthenticatorMethod(voice), { type: 'voice', status: 'INACTIVE' })
  await refused(t, authenticatorApi.deactivateAuthenticatorMethod({ ...voice, methodType: 'sms' }), 403, 'E0000006')
  t.match(await authenticatorApi.activateAuthenticatorMethod(voice), { status: 'ACTIVE' })
  const webauthn = (await listOf(authenticatorApi.listAuthenticators())).find(({ key }) => key === 'webauthn') ?? {}
  const method = { authenticatorId: webauthn['id'], methodType: 'webauthn' }
  const read = await authenticatorApi.getAuthenticatorMethod(method)
  t.match(await authenticatorApi.replaceAuthenticatorMethod({ ...method, authenticatorMethodBase: { ...read, settings: { userVerification: 'REQUIRED' } } }), { settings: { userVerification: 'REQUIRED' } })
})

t.test('models of security keys are added to their authenticator, and deleted', async t => {
  const { sdk: { authenticatorApi } } = await shareSdk()
  const { id: authenticatorId } = (await listOf(authenticatorApi.listAuthenticators())).find(({ key }) => key === 'webauthn') ?? {}
  const aaguid = 'cb69481e-8ff7-4039-93ec-0a2729a154a8'
  t.match(await authenticatorApi.createCustomAAGUID({ authenticatorId, customAAGUIDCreateRequestObject: { aaguid, authenticatorCharacteristics: { platformAttached: false, fipsCompliant: true, hardwareProtected: true } } }), { aaguid })
  t.match(await authenticatorApi.updateCustomAAGUID({ authenticatorId, aaguid, customAAGUIDUpdateRequestObject: { name: 'Key' } }), { aaguid, name: 'Key' })
  t.match(await authenticatorApi.replaceCustomAAGUID({ authenticatorId, aaguid, customAAGUIDUpdateRequestObject: { name: 'Other key' } }), { aaguid, name: 'Other key' })
  t.match(await authenticatorApi.listAllCustomAAGUIDs({ authenticatorId }), [{ aaguid, name: 'Other key' }])
  await authenticatorApi.deleteCustomAAGUID({ authenticatorId, aaguid })
  await refused(t, authenticatorApi.getCustomAAGUID({ authenticatorId, aaguid }), 404, 'E0000007')
})

t.test('an authenticator is refused without a known key, twice, or if the org cannot be without it', async t => {
  const { sdk: { authenticatorApi } } = await shareSdk()
  for (const body of [{ name: 'None' }, { key: 'nonsense', name: 'None' }, { key: 'google_otp', name: 'Again' }]) await refused(t, authenticatorApi.createAuthenticator({ authenticator: body }), 400, 'E0000001', JSON.stringify(body))
  const email = (await listOf(authenticatorApi.listAuthenticators())).find(({ key }) => key === 'okta_email') ?? {}
  await refused(t, authenticatorApi.deactivateAuthenticator({ authenticatorId: email['id'] }), 403, 'E0000006')
  await refused(t, authenticatorApi.getAuthenticator({ authenticatorId: 'aut0' }), 404, 'E0000007')
})
