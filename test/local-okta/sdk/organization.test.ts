import t from 'tap'
import type { Json } from '../description.js'
import { isGone, listOf, refused, shareSdk } from './sdk.js'
import type { Sdk } from './sdk.js'

const ADA = '00uadalovelace000001'

/** Settings: how they are read and written, what is written, and under which parameter. */
const SETTINGS: ReadonlyArray<readonly [api: keyof Sdk, read: string, write: string, parameter: string, value: Json]> = [
  ['orgSettingApi', 'getOrgSettings', 'updateOrgSettings', 'OrgSetting', { website: 'https://acme.example' }],
  ['orgSettingApi', 'getClientPrivilegesSetting', 'assignClientPrivilegesSetting', 'clientPrivilegesSetting', { clientPrivilegesSetting: true }],
  ['orgSettingApi', 'getAutoAssignAdminAppSetting', 'updateAutoAssignAdminAppSetting', 'autoAssignAdminAppSetting', { autoAssignAdminAppSetting: true }],
  ['orgSettingApi', 'getThirdPartyAdminSetting', 'updateThirdPartyAdminSetting', 'thirdPartyAdminSetting', { thirdPartyAdmin: true }],
  ['threatInsightApi', 'getCurrentConfiguration', 'updateConfiguration', 'threatInsightConfiguration', { action: 'audit', excludeZones: [] }],
  ['rateLimitSettingsApi', 'getRateLimitSettingsAdminNotifications', 'replaceRateLimitSettingsAdminNotifications', 'RateLimitAdminNotifications', { notificationsEnabled: false }],
  ['rateLimitSettingsApi', 'getRateLimitSettingsPerClient', 'replaceRateLimitSettingsPerClient', 'perClientRateLimitSettings', { defaultMode: 'ENFORCE', useCaseModeOverrides: { LOGIN_PAGE: 'DISABLE' } }],
  ['rateLimitSettingsApi', 'getRateLimitSettingsWarningThreshold', 'replaceRateLimitSettingsWarningThreshold', 'rateLimitWarningThreshold', { warningThreshold: 66 }],
  ['attackProtectionApi', 'getUserLockoutSettings', 'replaceUserLockoutSettings', 'lockoutSettings', { preventBruteForceLockoutFromUnknownDevices: true }],
  ['attackProtectionApi', 'getAuthenticatorSettings', 'replaceAuthenticatorSettings', 'authenticatorSettings', { verifyKnowledgeSecondWhen2faRequired: true }]
]

t.test('settings of the org are read as they were written', async t => {
  const { sdk } = await shareSdk()
  for (const [name, read, write, parameter, value] of SETTINGS) {
    const api = sdk[name] as Record<string, (parameters?: Json) => Promise<Json>>
    t.notMatch(await api[read]?.(), value, read)
    t.match(await api[write]?.({ [parameter]: value }), value, write)
    t.match(await api[read]?.(), value, read)
  }
})

t.test('contacts, preferences, and consents of the org are read and changed', async t => {
  const { sdk: { orgSettingApi: api } } = await shareSdk()
  t.match(await listOf(api.getOrgContactTypes()), [{ contactType: 'BILLING' }, { contactType: 'TECHNICAL' }])
  await api.replaceOrgContactUser({ contactType: 'BILLING', orgContactUser: { userId: ADA } })
  t.match(await api.getOrgContactUser({ contactType: 'BILLING' }), { userId: ADA })
  t.match(await api.updateOrgHideOktaUIFooter(), { showEndUserFooter: false })
  t.match(await api.updateOrgShowOktaUIFooter(), { showEndUserFooter: true })
  t.match(await api.optOutUsersFromOktaCommunicationEmails(), { optOutEmailUsers: true })
  t.match(await api.optInUsersToOktaCommunicationEmails(), { optOutEmailUsers: false })
  for (const [operation, support] of [['grantOktaSupport', 'ENABLED'], ['extendOktaSupport', 'ENABLED'], ['revokeOktaSupport', 'DISABLED']] as const) {
    await api[operation]()
    t.match(await api.getOrgOktaSupportSettings(), { support }, operation)
  }
  await isGone(t, api.getAerialConsent())
  await api.grantAerialConsent({ orgAerialConsent: { accountId: '0200bs' } })
  t.match(await api.getAerialConsent(), { accountId: '0200bs' })
})

t.test('features and subscriptions are turned on and off', async t => {
  const { sdk: { featureApi, subscriptionApi } } = await shareSdk()
  const [feature] = await listOf(featureApi.listFeatures())
  const featureId = feature?.['id']
  t.match(await featureApi.updateFeatureLifecycle({ featureId, lifecycle: 'enable' }), { status: 'ENABLED' })
  t.match(await featureApi.updateFeatureLifecycle({ featureId, lifecycle: 'disable', mode: 'force' }), { status: 'DISABLED' })
  t.match(await featureApi.getFeature({ featureId }), { id: featureId, stage: { value: 'EA' } })
  for (const kind of ['listFeatureDependencies', 'listFeatureDependents'] as const) t.strictSame(await listOf(featureApi[kind]({ featureId })), [])
  const user = { userId: ADA, notificationType: 'OKTA_ANNOUNCEMENT' }
  await subscriptionApi.subscribeUserSubscriptionByNotificationType(user)
  t.match(await subscriptionApi.listUserSubscriptionsByNotificationType(user), { status: 'subscribed', channels: ['email'] })
  await subscriptionApi.unsubscribeUserSubscriptionByNotificationType(user)
  t.ok((await listOf(subscriptionApi.listUserSubscriptions({ userId: ADA }))).every(({ status }) => status === 'unsubscribed'))
  const role = { roleTypeOrRoleId: 'SUPER_ADMIN', notificationType: 'APP_IMPORT' }
  await subscriptionApi.subscribeRoleSubscriptionByNotificationType(role)
  t.match(await subscriptionApi.listRoleSubscriptionsByNotificationType(role), { status: 'subscribed' })
  await isGone(t, subscriptionApi.listUserSubscriptionsByNotificationType({ ...user, notificationType: 'NONSENSE' }))
})

t.test('realm assignments are activated and run, and mappings are changed', async t => {
  const { sdk: { realmApi, realmAssignmentApi: assignments, profileMappingApi } } = await shareSdk()
  const { id: realmId } = await realmApi.createRealm({ body: { profile: { name: 'Assigned' } } })
  const { id: assignmentId, status } = await assignments.createRealmAssignment({ body: { name: 'All', priority: 10, conditions: { profileSourceId: '0oa1', expression: { value: 'user.profile.role == "Manager"' } }, actions: { assignUserToRealm: { realmId } } } })
  t.equal(status, 'INACTIVE')
  await assignments.activateRealmAssignment({ assignmentId })
  t.match(await assignments.getRealmAssignment({ assignmentId }), { status: 'ACTIVE' })
  t.match(await assignments.executeRealmAssignment({ body: { assignmentId } }), { id: String, status: 'COMPLETED' })
  await assignments.deactivateRealmAssignment({ assignmentId })
  await assignments.deleteRealmAssignment({ assignmentId })
  await isGone(t, assignments.getRealmAssignment({ assignmentId }))
  await realmApi.deleteRealm({ realmId })
  const [mapping] = await listOf(profileMappingApi.listProfileMappings())
  const mappingId = mapping?.['id']
  t.match(await profileMappingApi.updateProfileMapping({ mappingId, profileMapping: { properties: { nickName: { expression: 'user.nickName', pushStatus: 'PUSH' } } } }), { properties: { nickName: { pushStatus: 'PUSH' } } })
  t.ok((await listOf(profileMappingApi.listProfileMappings({ sourceId: mapping?.['source'].id }))).some(({ id }) => id === mappingId))
})

t.test('limits of a client are made once; API tokens and the System Log are listed', async t => {
  const { sdk: { principalRateLimitApi: limits, apiTokenApi, systemLogApi } } = await shareSdk()
  const entity = { principalId: '0oa1', principalType: 'OAUTH_CLIENT', defaultPercentage: 50, defaultConcurrencyPercentage: 75 }
  const { id: principalRateLimitId, ...made } = await limits.createPrincipalRateLimitEntity({ entity })
  t.match(made, { orgId: /^00o/, createdBy: String, createdDate: Date, lastUpdate: Date })
  await refused(t, limits.createPrincipalRateLimitEntity({ entity }), 400, 'E0000001')
  t.match(await limits.replacePrincipalRateLimitEntity({ principalRateLimitId, entity: { ...entity, defaultPercentage: 60 } }), { defaultPercentage: 60 })
  t.match(await listOf(limits.listPrincipalRateLimitEntities({ filter: 'principalType eq "OAUTH_CLIENT"' })), [{ id: principalRateLimitId }])
  const [token] = await listOf(apiTokenApi.listApiTokens())
  t.match(await apiTokenApi.getApiToken({ apiTokenId: token?.['id'] }), { id: token?.['id'], name: String, created: Date })
  const events = await listOf(systemLogApi.listLogEvents({ limit: 2, until: new Date(Date.now() + 60_000).toISOString(), filter: 'eventType sw "system."' }))
  t.ok(events.length > 2 && events.every(event => event.constructor.name === 'LogEvent'), 'more than one page')
})

t.test('the settings of the org have its id, dates and links, which a request does not change', async t => {
  const { sdk: { orgSettingApi, customizationApi } } = await shareSdk()
  const org = await orgSettingApi.getOrgSettings()
  t.match(org, { id: /^00o/, status: 'ACTIVE', subdomain: String, companyName: String, created: Date, lastUpdated: Date, _links: { preferences: { href: /preferences$/ }, contacts: { href: String } } })
  t.match(await orgSettingApi.replaceOrgSettings({ OrgSetting: { ...org, id: '00oother', subdomain: 'other', companyName: 'Acme' } }), { id: org.id, subdomain: org.subdomain, companyName: 'Acme' })
  await refused(t, customizationApi.createBrand({}), 400, 'E0000001', 'a brand has a name')
})
