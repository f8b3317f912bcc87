import t from 'tap'
import type { Json } from '../description.js'
import { isGone, listOf, refused, shareSdk } from './sdk.js'

const ADA = '00uadalovelace000001'
const BOOKMARK = { name: 'bookmark', label: 'Elsewhere', signOnMode: 'BOOKMARK', settings: { app: { requestIntegration: false, url: 'https://site.example' } } }

t.test('an API service integration has secrets, two at most', async t => {
  const { sdk: { apiServiceIntegrationsApi: api } } = await shareSdk()
  const { id: apiServiceId, clientSecret } = await api.createApiServiceIntegrationInstance({ postAPIServiceIntegrationInstanceRequest: { type: 'my_app_cie', grantedScopes: ['okta.logs.read'] } })
  t.match(clientSecret, /^[\w-]{64}$/)
  t.match(await listOf(api.listApiServiceIntegrationInstances()), [{ id: apiServiceId, grantedScopes: ['okta.logs.read'] }])
  const secrets = [await api.createApiServiceIntegrationInstanceSecret({ apiServiceId }), await api.createApiServiceIntegrationInstanceSecret({ apiServiceId })]
  await refused(t, api.createApiServiceIntegrationInstanceSecret({ apiServiceId }), 400, 'E0000001')
  const ids = { apiServiceId, secretId: secrets[0].id }
  await refused(t, api.deleteApiServiceIntegrationInstanceSecret(ids), 400, 'E0000001')
  t.match(await api.deactivateApiServiceIntegrationInstanceSecret(ids), { status: 'INACTIVE' })
  await api.deleteApiServiceIntegrationInstanceSecret(ids)
  t.equal((await listOf(api.listApiServiceIntegrationInstanceSecrets({ apiServiceId }))).length, 1)
  await api.deleteApiServiceIntegrationInstance({ apiServiceId })
  await isGone(t, api.getApiServiceIntegrationInstance({ apiServiceId }))
})

t.test('service accounts of the org and of apps are created, renamed and deleted, and show no password', async t => {
  const { sdk: { oktaManagedUserAccountApi: own, serviceAccountApi: ofApps } } = await shareSdk()
  const { id, ...made } = await own.createOktaManagedUserAccount({ body: { name: 'Robot', oktaUserId: ADA } })
  t.match(made, { name: 'Robot', email: 'ada@example.com' })
  t.match(await own.updateOktaManagedUserAccount({ id, body: { name: 'Machine' } }), { name: 'Machine' })
  await own.deleteOktaManagedUserAccount({ id })
  await isGone(t, own.getOktaManagedUserAccount({ id }))
  const account = await ofApps.createAppServiceAccount({ body: { name: 'Robot', username: 'robot', password: 'secret-of-the-robot', containerOrn: 'orn:okta:idp:00o:apps:salesforce:0oa' } })
  t.notMatch(JSON.stringify(account), /secret-of-the-robot/)
  t.match(await ofApps.updateAppServiceAccount({ id: account.id, body: { name: 'Machine' } }), { name: 'Machine', username: 'robot' })
  await ofApps.deleteAppServiceAccount({ id: account.id })
  await isGone(t, ofApps.getAppServiceAccount({ id: account.id }))
})

t.test('a telephony provider becomes the one that is used', async t => {
  const { sdk: { customTelephonyProviderApi: api } } = await shareSdk()
  const provider = await api.createCustomTelephonyProviderCredentials({ customTelephonyProviderCredentialCreateRequest: { providerName: 'TWILIO', providerCapability: 'ALL', providerSid: 'AC1', providerAuthToken: 'secret-of-twilio' } })
  const one = { customTelephonyProviderId: provider.id }
  t.match(provider, { enabled: false, isPrimaryProvider: false })
  t.notMatch(JSON.stringify(provider), /secret-of-twilio/)
  t.match(await api.activateCustomTelephonyCredential(one), { enabled: true })
  t.match(await api.setAsPrimaryCustomTelephonyCredential(one), { isPrimaryProvider: true })
  await api.deactivateCustomTelephonyCredential(one)
  await api.deleteCustomTelephonyProviderCredential(one)
  await isGone(t, api.getCustomTelephonyProviderCredential(one))
})

t.test('device checks, device integrations and senders of security events are created, changed and deleted', async t => {
  const { sdk: { devicePostureCheckApi: checks, deviceIntegrationsApi: integrations, deviceApi, agentPoolsApi, ssfReceiverApi: providers } } = await shareSdk()
  const check = await checks.createDevicePostureCheck({ devicePostureCheck: { name: 'Disk', platform: 'MACOS', mappingType: 'CHECKBOX', type: 'CUSTOM', query: 'SELECT 1', variableName: 'disk' } })
  t.match(await checks.replaceDevicePostureCheck({ postureCheckId: check.id, devicePostureCheck: { ...check, name: 'Disks' } }), { name: 'Disks' })
  await checks.deleteDevicePostureCheck({ postureCheckId: check.id })
  await isGone(t, checks.getDevicePostureCheck({ postureCheckId: check.id }))
  const [{ id: deviceIntegrationId } = {} as Json] = await listOf(integrations.listDeviceIntegrations())
  t.match(await integrations.activateDeviceIntegration({ deviceIntegrationId }), { status: 'ACTIVE' })
  t.match(await integrations.deactivateDeviceIntegration({ deviceIntegrationId }), { status: 'DEACTIVATED' })
  for (const list of [deviceApi.listDevices(), agentPoolsApi.listAgentPools()]) t.strictSame(await listOf(list), [])
  const instance = { name: 'Signals', type: 'okta', settings: { issuer: 'https://sp.example', jwks_url: 'https://sp.example/jwks' } }
  const { id: securityEventProviderId } = await providers.createSecurityEventsProviderInstance({ instance })
  t.match(await providers.deactivateSecurityEventsProviderInstance({ securityEventProviderId }), { status: 'INACTIVE' })
  t.match(await providers.replaceSecurityEventsProviderInstance({ securityEventProviderId, instance: { ...instance, name: 'Others' } }), { name: 'Others' })
  await providers.deleteSecurityEventsProviderInstance({ securityEventProviderId })
  await isGone(t, providers.getSecurityEventsProviderInstance({ securityEventProviderId }))
})

t.test('governance is joined and left, and has bundles', async t => {
  const { sdk: { governanceBundleApi: api } } = await shareSdk()
  await api.optIn()
  t.match(await api.getOptInStatus(), { optInStatus: 'OPTED_IN' })
  const bundle = { name: 'Bundle', description: 'A test', entitlements: [] }
  const { id: bundleId } = await api.createGovernanceBundle({ governanceBundleCreateRequest: bundle })
  t.match(await api.replaceGovernanceBundle({ bundleId, governanceBundleUpdateRequest: { ...bundle, name: 'Other' } }), { name: 'Other' })
  await api.deleteGovernanceBundle({ bundleId })
  await isGone(t, api.getGovernanceBundle({ bundleId }))
  await api.optOut()
  t.match(await api.getOptInStatus(), { optInStatus: 'OPTED_OUT' })
})

t.test('well-known files of a brand are written and read, and the org describes itself', async t => {
  const { sdk: { associatedDomainCustomizationsApi: api, customizationApi, orgSettingApi, authenticatorApi }, org } = await shareSdk()
  const [brand] = await listOf(customizationApi.listBrands())
  for (const [uriPath, representation] of [['apple-app-site-association', { applinks: {} }], ['assetlinks.json', [{ relation: [] }]], ['webauthn', { origins: [] }]] as const) {
    const uri = { brandId: brand?.['id'], uriPath }
    await api.replaceBrandWellKnownURI({ ...uri, wellKnownURIRequest: { representation } })
    t.match(await api.getBrandWellKnownURI(uri), { representation })
  }
  t.match(await orgSettingApi.getWellknownOrgMetadata(), { id: /^00o/, pipeline: 'v1' })
  const appInstanceId = org.clients.browser.clientId
  await authenticatorApi.createAuthenticator({ authenticator: { key: 'custom_app', name: 'Acme Verify', agreeToTerms: true, settings: { userVerification: 'PREFERRED', appInstanceId }, provider: { type: 'PUSH', configuration: { fcm: { id: 'ppc1' } } } }, activate: true })
  t.match(await listOf(authenticatorApi.getWellKnownAppAuthenticatorConfiguration({ oauthClientId: appInstanceId })), [{ name: 'Acme Verify', key: 'custom_app' }])
})

t.test('a policy is copied with its rules, and mapped to an app; a connection lets one app use another', async t => {
  const { sdk: { policyApi, applicationApi, applicationCrossAppAccessConnectionsApi: connections } } = await shareSdk()
  const { id: appId } = await applicationApi.createApplication({ application: BOOKMARK })
  const { id: policyId } = await policyApi.createPolicy({ policy: { type: 'ACCESS_POLICY', name: 'Original' } })
  const copy = await policyApi.clonePolicy({ policyId })
  t.equal(copy.name, '[cloned] Original')
  t.equal((await listOf(policyApi.listPolicyRules({ policyId: copy.id }))).length, 1)
  const { id: mappingId } = await policyApi.mapResourceToPolicy({ policyId, policyMappingRequest: { resourceId: appId, resourceType: 'APP' } })
  t.match(await listOf(policyApi.listPolicyMappings({ policyId })), [{ id: mappingId }])
  await policyApi.deletePolicyResourceMapping({ policyId, mappingId })
  await isGone(t, policyApi.getPolicyMapping({ policyId, mappingId }))
  const { id: connectionId } = await connections.createCrossAppAccessConnection({ appId, orgCrossAppAccessConnection: { requestingAppInstanceId: appId, resourceAppInstanceId: appId, status: 'ACTIVE' } })
  t.match(await connections.updateCrossAppAccessConnection({ appId, connectionId, orgCrossAppAccessConnectionPatchRequest: { status: 'INACTIVE' } }), { status: 'INACTIVE' })
  await connections.deleteCrossAppAccessConnection({ appId, connectionId })
  await isGone(t, connections.getCrossAppAccessConnection({ appId, connectionId }))
})
