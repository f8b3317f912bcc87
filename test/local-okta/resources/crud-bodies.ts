import type { Json } from '../description.js'
import type { Call } from '../management-api.js'

/** The parameters of paths, by name, or by the first part of the path and the name if it is another one there. */
export type Parameters = Readonly<Record<string, string | undefined>>

const HREF = 'https://org.example/api/v1/groups/00gexample0000000001'
const SIGN_ON_RULE = { type: 'SIGN_ON', name: 'Staff', actions: { signon: { access: 'ALLOW' } } }
const ZONE = { type: 'IP', name: 'Office', gateways: [{ type: 'CIDR', value: '192.0.2.0/24' }] }
const INLINE_HOOK = {
  name: 'Token',
  type: 'com.okta.oauth2.tokens.transform',
  version: '1.0.0',
  channel: { type: 'HTTP', version: '1.0.0', config: { uri: 'https://a.example/hook', method: 'POST', authScheme: { type: 'HEADER', key: 'authorization', value: 'secret-of-the-hook' } } }
}
const EMAIL_SERVER = { alias: 'smtp', host: 'smtp.example', port: 25, username: 'a', password: 'b', authType: 'BASIC_SMTP_AUTH', enabled: true }
const CUSTOMIZATION = { language: 'en', isDefault: false, subject: 'Hello', body: '<p>${activationLink}</p>' } // eslint-disable-line no-template-curly-in-string -- Okta's template language
const USER_ROLE = { type: 'USER_ADMIN' }
const THEME = {
  primaryColorHex: '#112233',
  secondaryColorHex: '#445566',
  signInPageTouchPointVariant: 'OKTA_DEFAULT',
  endUserDashboardTouchPointVariant: 'OKTA_DEFAULT',
  errorPageTouchPointVariant: 'OKTA_DEFAULT',
  emailTemplateTouchPointVariant: 'OKTA_DEFAULT',
  loadingPageTouchPointVariant: 'NONE'
}
const SERVICE_ACCOUNT = { name: 'Robot', username: 'robot', password: 'secret-of-the-robot', containerOrn: 'orn:okta:idp:00o:apps:salesforce:0oa' }

/** The bodies of the requests, by path, and by method and path if that makes a difference. */
export const BODIES: Readonly<Record<string, Json>> = {
  '/policies': { type: 'OKTA_SIGN_ON', name: 'Staff', status: 'ACTIVE', description: 'For staff' },
  '/policies/{policyId}/rules': SIGN_ON_RULE,
  '/zones': ZONE,
  '/behaviors': { type: 'VELOCITY', name: 'Fast', settings: { velocityKph: 900 } },
  '/trustedOrigins': { name: 'Site', origin: 'https://site.example', scopes: [{ type: 'CORS' }, { type: 'REDIRECT' }] },
  '/inlineHooks': INLINE_HOOK,
  '/inlineHooks/{inlineHookId}/execute': { eventType: 'com.okta.oauth2.tokens.transform', source: 'https://org.example/oauth2/default/v1/authorize', data: {} },
  '/hook-keys': { name: 'Key' },
  '/idps': {
    type: 'GOOGLE',
    name: 'Google',
    protocol: { type: 'OIDC', scopes: ['openid'], credentials: { client: { client_id: 'a', client_secret: 'b' } } },
    policy: { accountLink: { action: 'AUTO' }, provisioning: { action: 'AUTO' }, subject: { matchType: 'USERNAME', userNameTemplate: { template: 'idpuser.email' } } }
  },
  '/idps/{idpId}/users': { externalId: 'elsewhere' },
  '/authenticators': { key: 'yubikey_token', name: 'YubiKey' },
  '/authenticators/{authenticatorId}/methods': { type: 'sms', status: 'ACTIVE' },
  '/authenticators/{authenticatorId}/aaguids': { aaguid: 'cb69481e-8ff7-4039-93ec-0a2729a154a8' },
  'PUT /authenticators/{authenticatorId}/aaguids/{aaguid}': { name: 'Key' },
  '/meta/types/user': { name: 'contractor', displayName: 'Contractor', description: 'From elsewhere' },
  '/meta/schemas/user/linkedObjects': { primary: { name: 'manager', title: 'Manager', type: 'USER' }, associated: { name: 'subordinate', title: 'Subordinate', type: 'USER' } },
  '/meta/uischemas': { uiSchema: { type: 'Group', label: 'Sign in', buttonLabel: 'Go', elements: [] } },
  '/templates/sms': { name: 'Verify', type: 'SMS_VERIFY_CODE', template: 'Your code is' },
  '/brands': { name: 'Other', agreeToCustomPrivacyPolicy: true },
  '/brands/{brandId}/themes': THEME,
  '/brands/{brandId}/templates/email/{templateName}/test': { language: 'en' },
  '/brands/{brandId}/templates/email/{templateName}/customizations': CUSTOMIZATION,
  '/brands/{brandId}/templates/email/{templateName}/settings': { recipients: 'NO_USERS' },
  '/brands/{brandId}/well-known-uris/{path}/customized': { representation: { applinks: {} } },
  '/brands/{brandId}/pages/sign-out/customized': { type: 'EXTERNALLY_HOSTED', url: 'https://a.example' },
  '/captchas': { name: 'Robots', type: 'RECAPTCHA_V2', siteKey: 'a', secretKey: 'b' },
  '/device-assurances': { name: 'Phones', platform: 'ANDROID' },
  '/device-posture-checks': { name: 'Disk', platform: 'MACOS', mappingType: 'CHECKBOX', type: 'CUSTOM', query: 'SELECT 1', variableName: 'disk' },
  '/email-domains': { brandId: 'bnd', domain: 'mail.example', displayName: 'Mail', userName: 'noreply' },
  '/email-servers': EMAIL_SERVER,
  '/email-servers/{emailServerId}/test': { fromAddress: 'a@a.example', toAddress: 'b@a.example' },
  '/telephony-providers': { providerName: 'TWILIO', providerCapability: 'ALL', providerSid: 'AC1', providerAuthToken: 'secret' },
  '/telephony-providers/{customTelephonyProviderId}/test': { factor: 'SMS', phoneNumber: '5550100', countryCodeIso2: 'US' },
  '/domains': { domain: 'login.example', certificateSourceType: 'MANUAL' },
  'PUT /domains/{domainId}': { brandId: 'bnd' },
  '/domains/{domainId}/certificate': { type: 'PEM', certificate: 'a', certificateChain: 'b', privateKey: 'c' },
  '/logStreams': { type: 'splunk_cloud_logstreaming', name: 'Splunk', settings: { edition: 'aws', host: 'acme.splunkcloud.com', token: '58A7C8D6-4E2F-4C3B-8F5B-D4E2F3A4B5C6' } },
  '/principal-rate-limits': { principalId: '0oa', principalType: 'OAUTH_CLIENT', defaultPercentage: 50, defaultConcurrencyPercentage: 75 },
  '/push-providers': { name: 'Apple', providerType: 'APNS', configuration: { keyId: 'A', teamId: 'B', tokenSigningKey: 'C' } },
  '/realms': { profile: { name: 'Partners' } },
  '/realm-assignments': { name: 'Partners', priority: 10, conditions: { profileSourceId: 'a', expression: { value: 'user.profile.role==="Manager"' } }, actions: { assignUserToRealm: { realmId: 'guo' } } },
  '/realm-assignments/operations': { assignmentId: 'rul' },
  '/security-events-providers': { name: 'Signals', type: 'okta', settings: { well_known_url: 'https://a.example/.well-known/ssf-configuration' } },
  '/iam/roles': { label: 'Help desk', description: 'Resets passwords', permissions: ['okta.users.manage'] },
  '/iam/roles/{roleIdOrLabel}/permissions': { conditions: null },
  '/iam/resource-sets': { label: 'Staff', description: 'All of it', resources: ['https://org.example/api/v1/users'] },
  '/iam/resource-sets/{resourceSetIdOrLabel}/resources': { resourceOrnOrUrl: HREF, conditions: {} },
  'PATCH /iam/resource-sets/{resourceSetIdOrLabel}/resources': { additions: ['orn:okta:directory:00o:groups'] },
  '/iam/resource-sets/{resourceSetIdOrLabel}/bindings': { role: 'Auditors', members: [HREF] },
  'PATCH /iam/resource-sets/{resourceSetIdOrLabel}/bindings/{roleIdOrLabel}/members': { additions: [HREF] },
  '/iam/governance/bundles': { name: 'Bundle', description: 'Of roles', entitlements: [] },
  '/users/{userId}/roles': USER_ROLE,
  '/groups/{groupId}/roles': USER_ROLE,
  '/oauth2/v1/clients/{clientId}/roles': USER_ROLE,
  '/users/{userId}/classification': { type: 'LITE' },
  '/users/{userId}/risk': { riskLevel: 'HIGH' },
  '/groups/{groupId}/owners': { type: 'USER', id: '00uadalovelace000001' },
  '/apps/{appId}/features': { create: { lifecycleCreate: { status: 'ENABLED' } } },
  '/apps/{appId}/connections/default': { profile: { authScheme: 'TOKEN', token: 'secret' } },
  '/apps/{appId}/interclient-allowed-apps': { id: '0oalocalbrowser00001' },
  '/apps/{appId}/cwo/connections': { requestingAppInstanceId: '0oa', resourceAppInstanceId: '0ob', status: 'ACTIVE' },
  '/apps/{appId}/group-push/mappings': { sourceGroupId: '00geveryone000000001', targetGroupName: 'Everyone', status: 'ACTIVE' },
  'PATCH /apps/{appId}/group-push/mappings/{mappingId}': { status: 'INACTIVE' },
  '/apps/{appId}/federated-claims': { name: 'role', expression: 'appuser.role' },
  '/mappings': { properties: { nickName: { expression: 'appuser.name', pushStatus: 'PUSH' } } },
  '/integrations/api/v1/api-services': { type: 'my_app_cie', grantedScopes: ['okta.logs.read'] },
  '/privileged-access/api/v1/okta-service-accounts': { name: 'Robot', oktaUserId: '00uadalovelace000001' },
  '/privileged-access/api/v1/service-accounts': SERVICE_ACCOUNT,
  '/org': { companyName: 'Acme' },
  '/org/captcha': { captchaId: 'cap', enabledPages: ['SSR'] },
  '/org/contacts/{contactType}': { userId: '00uadalovelace000001' },
  '/org/factors/yubikey_token/tokens': { serialNumber: '1', publicId: 'a', privateId: 'b', aesKey: 'c' },
  '/org/email/bounces/remove-list': { emailAddresses: ['nobody@a.example'] },
  '/org/privacy/aerial/grant': { accountId: '0200bs' },
  '/org/privacy/aerial/revoke': { accountId: '0200bs' },
  '/org/settings/autoAssignAdminAppSetting': { autoAssignAdminAppSetting: true },
  '/org/settings/clientPrivilegesSetting': { clientPrivilegesSetting: true },
  '/org/orgSettings/thirdPartyAdminSetting': { thirdPartyAdmin: true },
  '/threats/configuration': { action: 'audit' },
  '/bot-protection/configuration': { level: 'LOW', mode: 'ENFORCED' },
  '/rate-limit-settings/admin-notifications': { notificationsEnabled: false },
  '/rate-limit-settings/per-client': { defaultMode: 'ENFORCE' },
  '/rate-limit-settings/warning-threshold': { warningThreshold: 80 },
  '/first-party-app-settings/{appName}': { sessionIdleTimeoutMinutes: 20 },
  '/attack-protection/api/v1/authenticator-settings': { verifyKnowledgeSecondWhen2faRequired: true },
  '/attack-protection/api/v1/user-lockout-settings': { preventBruteForceLockoutFromUnknownDevices: true },
  '/okta-personal-settings/api/v1/edit-feature': { enableExportApps: true },
  '/okta-personal-settings/api/v1/export-blocklists': { domains: ['a.example'] },
  '/meta/schemas/user/{schemaId}': { definitions: { custom: { id: '#custom', type: 'object', properties: { age: { title: 'Age', type: 'number' } } } } },
  '/meta/schemas/group/default': { definitions: { custom: { id: '#custom', type: 'object', properties: { site: { title: 'Site', type: 'string' } } } } },
  '/meta/schemas/apps/{appId}/default': { definitions: { custom: { id: '#custom', type: 'object', properties: { role: { title: 'Role', type: 'string' } } } } },
  ...Object.fromEntries(['error', 'sign-in'].flatMap(page => ['customized', 'preview'].map(kind => [`/brands/{brandId}/pages/${page}/${kind}`, { pageContent: '<html></html>' }])))
}

/** What names one of a collection, if it is not its id. */
export const ITEM_IDS: Readonly<Record<string, (one: Json) => unknown>> = {
  '/meta/schemas/user/linkedObjects': ({ primary }) => primary.name,
  '/authenticators/{authenticatorId}/methods': ({ type }) => type,
  '/authenticators/{authenticatorId}/aaguids': ({ aaguid }) => aaguid,
  '/brands/{brandId}/templates/email': ({ name }) => name,
  '/apps/{appId}/features': ({ name }) => name,
  '/users/{userId}/subscriptions': ({ notificationType }) => notificationType,
  '/roles/{roleRef}/subscriptions': ({ notificationType }) => notificationType,
  '/iam/resource-sets/{resourceSetIdOrLabel}/bindings': () => 'Auditors'
}

/** Makes one of everything that paths name, and gives the parameters. */
export async function createParameters (call: Call, receiverUrl: string): Promise<Parameters> {
  const create = async (path: string, body: unknown): Promise<string> => (await call('POST', path, body)).body.id
  const userId = '00uadalovelace000001'
  const groupId = await create('groups', { profile: { name: 'Parameters' } })
  const clientId = await create('apps', { name: 'oidc_client', label: 'Parameters', signOnMode: 'OPENID_CONNECT', settings: { oauthClient: { application_type: 'web', redirect_uris: ['https://a.example/cb'] } } })
  for (const label of ['Operators', 'Auditors']) await create('iam/roles', { label, description: 'For bindings', permissions: [] })
  await create('iam/resource-sets', { label: 'Everything', description: 'For bindings', resources: [] })
  const idpId = await create('idps', { ...BODIES['/idps'], name: 'Parameters' })
  await call('POST', `idps/${idpId}/users/${userId}`, { externalId: 'elsewhere' })
  await call('POST', 'iam/resource-sets/Everything/bindings', { role: 'Operators', members: [] })
  return {
    userId,
    id: userId,
    groupId,
    clientId,
    appId: clientId,
    appName: 'admin-console',
    targetGroupId: groupId,
    permissionType: 'okta.users.read',
    roleIdOrLabel: 'Operators',
    resourceSetIdOrLabel: 'Everything',
    roleRef: 'SUPER_ADMIN',
    lifecycle: 'ENABLE',
    inlineHookId: await create('inlineHooks', { ...INLINE_HOOK, channel: { ...INLINE_HOOK.channel, config: { ...INLINE_HOOK.channel.config, uri: receiverUrl } } }),
    schemaId: 'default',
    contactType: 'BILLING',
    templateName: 'UserActivation',
    path: 'assetlinks.json',
    logStreamType: 'aws_eventbridge',
    webAuthnMethodType: 'webauthn',
    policyId: (await call('GET', 'policies?type=OKTA_SIGN_ON')).body[0].id,
    brandId: (await call('GET', 'brands')).body[0].id,
    authenticatorId: (await call('GET', 'authenticators')).body.find(({ key }: Json) => key === 'phone_number').id,
    featureId: (await call('GET', 'features')).body[0].id,
    idpId,
    bundleId: await create('iam/governance/bundles', { name: 'Parameters', entitlements: [] }),
    apiServiceId: await create('/integrations/api/v1/api-services', BODIES['/integrations/api/v1/api-services']),
    keyId: (await call('POST', 'hook-keys', { name: 'Parameters' })).body.keyId,
    roleAssignmentId: await create(`users/${userId}/roles`, { type: 'APP_ADMIN' }),
    '/groups roleAssignmentId': await create(`groups/${groupId}/roles`, { type: 'APP_ADMIN' }),
    '/oauth2 roleAssignmentId': await create(`/oauth2/v1/clients/${clientId}/roles`, { type: 'APP_ADMIN' }),
    roleIdOrEncodedRoleId: 'APP_ADMIN',
    customizationId: await create(`brands/${(await call('GET', 'brands')).body[0].id}/templates/email/UserActivation/customizations`, { ...CUSTOMIZATION, language: 'fr' })
  }
}
