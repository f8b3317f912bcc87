import type okta from '@okta/okta-sdk-nodejs'
import t from 'tap'
import type { Test } from 'tap'
import type { Json } from '../description.js'
import { isGone, listOf, refused, shareSdk } from './sdk.js'
import type { Sdk } from './sdk.js'

const ADA = '00uadalovelace000001'
const EVERYONE = '00geveryone000000001'
const URL_OF_APP = 'https://app.example/login.html'
const BOOKMARK = { name: 'bookmark', label: 'Bookmark', signOnMode: 'BOOKMARK', settings: { app: { requestIntegration: false, url: URL_OF_APP } } }
const SAML = {
  label: 'SAML',
  signOnMode: 'SAML_2_0',
  visibility: { autoSubmitToolbar: false, hide: { iOS: false, web: false } },
  settings: {
    signOn: {
      defaultRelayState: '',
      ssoAcsUrl: 'https://sp.example',
      idpIssuer: 'https://www.okta.com/${org.externalKey}', // eslint-disable-line no-template-curly-in-string -- Okta's template language
      audience: 'https://sp.example/audience',
      recipient: 'https://sp.example',
      destination: 'https://sp.example',
      subjectNameIdTemplate: '${user.userName}', // eslint-disable-line no-template-curly-in-string -- Okta's template language
      subjectNameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
      responseSigned: true,
      assertionSigned: true,
      signatureAlgorithm: 'RSA_SHA256',
      digestAlgorithm: 'SHA256',
      honorForceAuthn: true,
      authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
    }
  }
}
const WEB = {
  name: 'oidc_client',
  label: 'Web',
  signOnMode: 'OPENID_CONNECT',
  credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_post' } },
  settings: { oauthClient: { client_uri: 'https://app.example', redirect_uris: ['https://app.example/callback', 'myapp://callback'], response_types: ['token', 'id_token', 'code'], grant_types: ['implicit', 'authorization_code'], application_type: 'native' } }
}
const SERVICE = { name: 'oidc_client', label: 'Service', signOnMode: 'OPENID_CONNECT', credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_basic' } }, settings: { oauthClient: { response_types: ['token'], grant_types: ['client_credentials'], application_type: 'service' } } }

const APPS: ReadonlyArray<readonly [made: keyof typeof okta, app: Json]> = [
  ['BookmarkApplication', BOOKMARK],
  ['BasicAuthApplication', { name: 'template_basic_auth', label: 'Basic', signOnMode: 'BASIC_AUTH', settings: { app: { url: URL_OF_APP, authURL: 'https://app.example/auth.html' } } }],
  ['BrowserPluginApplication', { name: 'template_swa', label: 'SWA', signOnMode: 'BROWSER_PLUGIN', settings: { app: { buttonField: 'btn-login', passwordField: 'txtbox-password', usernameField: 'txtbox-username', url: URL_OF_APP } } }],
  ['BrowserPluginApplication', { name: 'template_swa3field', label: 'SWA with three fields', signOnMode: 'BROWSER_PLUGIN', settings: { app: { buttonSelector: '#btn', passwordSelector: '#pw', userNameSelector: '#user', targetURL: URL_OF_APP, extraFieldSelector: '.login', extraFieldValue: 'SOME' } } }],
  ['SecurePasswordStoreApplication', { name: 'template_sps', label: 'Password store', signOnMode: 'SECURE_PASSWORD_STORE', settings: { app: { url: URL_OF_APP, passwordField: '#pw', usernameField: '#user' } } }],
  ['AutoLoginApplication', { label: 'Auto', signOnMode: 'AUTO_LOGIN', settings: { signOn: { redirectUrl: 'https://app.example/second', loginUrl: URL_OF_APP } } }],
  ['SamlApplication', SAML],
  ['WsFederationApplication', { name: 'template_wsfed', label: 'WS-Fed', signOnMode: 'WS_FEDERATION', settings: { app: { audienceRestriction: 'urn:example:app', realm: 'urn:example:app', wReplyURL: 'https://app.example/', siteURL: 'https://app.example' } } }],
  ['OpenIdConnectApplication', WEB],
  ['OpenIdConnectApplication', SERVICE]
]

/** An app that is deleted when the test ends. */
async function createApp (t: Test, api: Sdk['applicationApi'], application: Json): Promise<string> {
  const { id: appId } = await api.createApplication({ application })
  t.teardown(async () => {
    await api.deactivateApplication({ appId })
    await api.deleteApplication({ appId })
  })
  return appId
}

for (const [made, application] of APPS) {
  t.test(`an app, ${application['label']}: created, read, found, replaced, deactivated, activated, deleted`, async t => {
    const { sdk: { applicationApi: api } } = await shareSdk()
    const created = await api.createApplication({ application })
    const appId = created.id
    t.equal(created.constructor.name, made)
    t.match(created, { label: application['label'], status: 'ACTIVE', name: application['name'] ?? String, _links: { users: { href: String }, groups: { href: String }, deactivate: { href: String }, logo: [{ type: 'image/png' }] } })
    const { settings } = await api.getApplication({ appId })
    t.match(settings, application['settings'])
    t.match(await listOf(api.listApplications({ q: application['label'] })), [{ id: appId }])
    t.match(await api.replaceApplication({ appId, application: { ...created, label: 'Renamed' } }), { id: appId, label: 'Renamed' })
    await refused(t, api.deleteApplication({ appId }), 403, 'E0000056')
    await api.deactivateApplication({ appId })
    t.match(await api.getApplication({ appId }), { status: 'INACTIVE' })
    await api.activateApplication({ appId })
    await api.deactivateApplication({ appId })
    await api.deleteApplication({ appId })
    await isGone(t, api.getApplication({ appId }))
  })
}

t.test('an app that sends passwords says whose they are, by default the user\'s own, and shows none', async t => {
  const { sdk: { applicationApi: api } } = await shareSdk()
  const application = { name: 'template_basic_auth', label: 'Passwords', signOnMode: 'BASIC_AUTH', settings: { app: { url: URL_OF_APP, authURL: URL_OF_APP } } }
  const appId = await createApp(t, api, application)
  const { credentials } = await api.getApplication({ appId })
  t.match(credentials, { scheme: 'EDIT_USERNAME_AND_PASSWORD', revealPassword: false, userNameTemplate: { type: 'BUILT_IN' } })
  const shared = { scheme: 'SHARED_USERNAME_AND_PASSWORD', userName: 'everyone', password: { value: 'secret-of-everyone' } }
  const replaced = await api.replaceApplication({ appId, application: { ...application, credentials: shared } })
  t.match(replaced.credentials, { scheme: 'SHARED_USERNAME_AND_PASSWORD', userName: 'everyone' })
  t.notMatch(JSON.stringify(replaced), /secret-of-everyone/)
})

t.test('an app has a key from the start; others are generated, shared, and named as its signing key', async t => {
  const { sdk: { applicationApi: api } } = await shareSdk()
  const [appId, targetAid] = [await createApp(t, api, SAML), await createApp(t, api, { ...SAML, label: 'Target' })]
  const app = await api.getApplication({ appId })
  t.match(await listOf(api.listApplicationKeys({ appId })), [{ kid: app.credentials.signing.kid, x5c: [String] }])
  const key = await api.generateApplicationKey({ appId, validityYears: 2 })
  t.match(await api.getApplicationKey({ appId, keyId: key.kid }), { kid: key.kid, kty: 'RSA', expiresAt: Date })
  t.equal((await listOf(api.listApplicationKeys({ appId }))).length, 2)
  t.match(await api.cloneApplicationKey({ appId, keyId: key.kid, targetAid }), { kid: key.kid })
  t.match(await api.replaceApplication({ appId, application: { ...app, credentials: { ...app.credentials, signing: { kid: key.kid } } } }), { credentials: { signing: { kid: key.kid } } })
  t.match(await listOf(api.listApplications({ filter: `credentials.signing.kid eq "${key.kid}"` })), [{ id: appId }])
  t.match(await api.previewSAMLmetadataForApplication({ appId, kid: key.kid }), new RegExp(`^<\\?xml .*<ds:X509Certificate>${key.x5c[0].slice(0, 20).replaceAll('+', '\\+')}`))
  await api.generateCsrForApplication({ appId, metadata: { subject: { countryName: 'US', commonName: 'SP Issuer' }, subjectAltNames: { dnsNames: ['app.example'] } } })
  const [csr] = await listOf(api.listCsrsForApplication({ appId }))
  await api.revokeCsrFromApplication({ appId, csrId: csr?.['id'] })
  await isGone(t, api.getCsrForApplication({ appId, csrId: csr?.['id'] }))
})

t.test('users and groups are assigned to an app, found there, changed and removed', async t => {
  const { sdk: { applicationApi: api, groupApi, userApi } } = await shareSdk()
  const appId = await createApp(t, api, { ...WEB, label: 'Assigned' })
  t.match(await api.assignUserToApplication({ appId, appUser: { id: ADA, scope: 'USER', credentials: { userName: 'ada@app.example', password: { value: 'secret' } } } }), { id: ADA, scope: 'USER', status: 'ACTIVE', credentials: { userName: 'ada@app.example' } })
  t.match(await api.getApplicationUser({ appId, userId: ADA, expand: 'user' }), { _embedded: { user: { id: ADA } } })
  t.match(await api.updateApplicationUser({ appId, userId: ADA, appUser: { credentials: { userName: 'other@app.example' } } }), { credentials: { userName: 'other@app.example' } })
  t.match(await listOf(api.listApplicationUsers({ appId, q: 'other' })), [{ id: ADA }])
  t.ok((await listOf(api.listApplications({ filter: `user.id eq "${ADA}"`, expand: `user/${ADA}` }))).some(({ id, _embedded }) => id === appId && _embedded.user.id === ADA))
  t.ok((await listOf(userApi.listAppLinks({ userId: ADA }))).some(({ appInstanceId }) => appInstanceId === appId))
  await api.unassignUserFromApplication({ appId, userId: ADA })
  await isGone(t, api.getApplicationUser({ appId, userId: ADA }))
  const ids = { appId, groupId: EVERYONE }
  t.match(await api.assignGroupToApplication({ ...ids, applicationGroupAssignment: { priority: 0 } }), { id: EVERYONE, priority: 0 })
  t.match(await api.getApplicationGroupAssignment({ ...ids, expand: 'group' }), { _embedded: { group: { id: EVERYONE } } })
  t.match(await api.updateGroupAssignmentToApplication({ ...ids, jsonPatchOperation: [{ op: 'replace', path: '/priority', value: 1 }] }), { priority: 1 })
  t.ok((await listOf(groupApi.listAssignedApplicationsForGroup({ groupId: EVERYONE }))).some(({ id }) => id === appId))
  await api.unassignApplicationFromGroup(ids)
  await isGone(t, api.getApplicationGroupAssignment(ids))
})

t.test('a client has secrets, grants, tokens and claims', async t => {
  const { sdk: { applicationApi: api, applicationSSOPublicKeysApi: secrets }, org: { orgUrl } } = await shareSdk()
  const appId = await createApp(t, api, SERVICE)
  const { id: secretId, client_secret: value } = await secrets.createOAuth2ClientSecret({ appId, oAuth2ClientSecretRequestBody: {} })
  t.match(value, /^[\w-]{64}$/)
  await refused(t, secrets.createOAuth2ClientSecret({ appId, oAuth2ClientSecretRequestBody: {} }), 400, 'E0000001')
  await refused(t, secrets.deleteOAuth2ClientSecret({ appId, secretId }), 400, 'E0000001')
  t.match(await secrets.deactivateOAuth2ClientSecret({ appId, secretId }), { status: 'INACTIVE' })
  await secrets.deleteOAuth2ClientSecret({ appId, secretId })
  t.equal((await listOf(secrets.listOAuth2ClientSecrets({ appId }))).length, 1)
  const { id: grantId } = await api.grantConsentToScope({ appId, oAuth2ScopeConsentGrant: { issuer: orgUrl, scopeId: 'okta.users.read' } })
  t.match(await listOf(api.listScopeConsentGrants({ appId })), [{ id: grantId, scopeId: 'okta.users.read' }])
  await api.revokeScopeConsentGrant({ appId, grantId })
  await isGone(t, api.getScopeConsentGrant({ appId, grantId }))
  t.strictSame(await listOf(api.listOAuth2TokensForApplication({ appId })), [])
  await api.revokeOAuth2TokensForApplication({ appId })
  await isGone(t, api.getOAuth2TokenForApplication({ appId, tokenId: 'oar0' }))
  const { id: claimId } = await api.createFederatedClaim({ appId, federatedClaimRequestBody: { name: 'role', expression: 'appuser.role' } })
  t.match(await api.replaceFederatedClaim({ appId, claimId, federatedClaim: { name: 'duty', expression: 'appuser.duty' } }), { name: 'duty' })
  await api.deleteFederatedClaim({ appId, claimId })
  await isGone(t, api.getFederatedClaim({ appId, claimId }))
})

t.test('an app has features, a connection, a logo, pushed groups, and the policy that it was given last', async t => {
  const { sdk: { applicationApi: api, groupPushMappingApi: pushed, policyApi } } = await shareSdk()
  const appId = await createApp(t, api, BOOKMARK)
  const create = { lifecycleCreate: { status: 'ENABLED' } }
  t.match(await api.updateFeatureForApplication({ appId, name: 'USER_PROVISIONING', CapabilitiesObject: { create } }), { name: 'USER_PROVISIONING', capabilities: { create } })
  t.match((await listOf(api.listFeaturesForApplication({ appId }))).map(({ constructor: { name } }) => name), ['UserProvisioningApplicationFeature', 'InboundProvisioningApplicationFeature'])
  t.match(await api.updateDefaultProvisioningConnectionForApplication({ appId, ProvisioningConnectionRequest: { profile: { authScheme: 'TOKEN', token: 'secret' } }, activate: true }), { status: 'ENABLED', profile: { authScheme: 'TOKEN' } })
  await api.deactivateDefaultProvisioningConnectionForApplication({ appId })
  t.match(await api.getDefaultProvisioningConnectionForApplication({ appId }), { status: 'DISABLED' })
  await api.uploadApplicationLogo({ appId, file: { data: Buffer.from('89504e470d0a1a0a', 'hex'), name: 'logo.png' } })
  const { id: mappingId } = await pushed.createGroupPushMapping({ appId, body: { sourceGroupId: EVERYONE, targetGroupName: 'All', status: 'ACTIVE' } })
  await refused(t, pushed.deleteGroupPushMapping({ appId, mappingId, deleteTargetGroup: false }), 403, 'E0000006')
  t.match(await pushed.updateGroupPushMapping({ appId, mappingId, body: { status: 'INACTIVE' } }), { status: 'INACTIVE', sourceGroupId: EVERYONE })
  await pushed.deleteGroupPushMapping({ appId, mappingId, deleteTargetGroup: false })
  t.strictSame(await listOf(pushed.listGroupPushMappings({ appId })), [])
  const { id: policyId } = await policyApi.createPolicy({ policy: { type: 'ACCESS_POLICY', name: 'Of the app' } })
  await api.assignApplicationPolicy({ appId, policyId })
  t.match(await api.getApplication({ appId }), { _links: { accessPolicy: { href: new RegExp(`${policyId}$`) } } })
  t.match(await listOf(policyApi.listPolicyApps({ policyId })), [{ id: appId }])
  await policyApi.deletePolicy({ policyId })
  t.notMatch(await api.getApplication({ appId }), { _links: { accessPolicy: { href: String } } })
})

t.test('an app trusts another one, which is told which apps trust it, until the mapping or the app is deleted', async t => {
  const { sdk: { applicationApi, applicationInterclientTrustMappingsApi: api } } = await shareSdk()
  const create = async (label: string): Promise<string> => (await applicationApi.createApplication({ application: { ...BOOKMARK, label } })).id
  const [appId, trustedId] = [await create('Trusting'), await create('Trusted')]
  const trust = (id: string): Promise<Json> => api.createInterclientTrustMapping({ appId, interclientTrustMappingRequestBody: { id } })
  t.match(await trust(trustedId), { appInstanceId: appId, trustedAppInstanceId: trustedId, orgId: String, lastUpdatedBy: String })
  t.strictSame(await listOf(api.listInterclientAllowedApplications({ appId })), [trustedId])
  t.strictSame(await listOf(api.listInterclientTargetApplications({ appId: trustedId })), [appId])
  for (const id of [trustedId, appId, '0oanone']) await refused(t, trust(id), 400, 'E0000001', id)
  await isGone(t, listOf(api.listInterclientTargetApplications({ appId: '0oanone' })))
  await api.deleteInterclientTrustMapping({ appId, allowedAppId: trustedId })
  await isGone(t, api.deleteInterclientTrustMapping({ appId, allowedAppId: trustedId }))
  await trust(trustedId)
  await applicationApi.deactivateApplication({ appId: trustedId })
  await applicationApi.deleteApplication({ appId: trustedId })
  t.strictSame(await listOf(api.listInterclientAllowedApplications({ appId })), [])
})

t.test('an app is refused without a label or a known sign-on mode, and is shown whatever was written as its signing key', async t => {
  const { sdk: { applicationApi: api } } = await shareSdk()
  for (const application of [{ label: 'None' }, { ...BOOKMARK, label: undefined }, { ...BOOKMARK, signOnMode: 'NONSENSE' }]) await refused(t, api.createApplication({ application }), 400, 'E0000001')
  const appId = await createApp(t, api, { ...SAML, label: 'Odd', credentials: { signing: { kid: 7 } } })
  t.match(await api.getApplication({ appId }), { label: 'Odd' })
})
