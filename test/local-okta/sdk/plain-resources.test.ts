import t from 'tap'
import type { Json } from '../description.js'
import { isGone, listOf, refused, shareSdk } from './sdk.js'
import type { Sdk } from './sdk.js'

/** An API whose operations are named alike: what they are called, and what they take. */
interface Plain {
  readonly api: keyof Sdk
  /** As in `createNetworkZone`. */
  readonly noun: string
  /** Of the list, as in `listNetworkZones`. Default: the noun with an s. */
  readonly plural?: string
  /** The parameter that names one of them. */
  readonly id: string
  /** The parameter with the body, for creation and for replacement. */
  readonly body: string
  readonly changedBody?: string
  /** The class that the SDK makes of the answer. */
  readonly made?: string
  readonly sent: Json
  /** What is in the answer that was not sent. */
  readonly added?: Json
  /** What is sent to replace it. Default: the answer, with another name. */
  readonly changed?: Json
  /** How many of them an org has from the start. Default 0. */
  readonly builtIn?: number
  /** Of the list: finds this one and no other. */
  readonly query?: Json
  readonly hasLifecycle?: true
  /** True if it cannot be deleted while it is active. */
  readonly isDeletedInactive?: true
}

const CORS = [{ type: 'CORS' }, { type: 'REDIRECT' }]
const HOOK = { type: 'HTTP', version: '1.0.0', config: { uri: 'https://hooks.example/token', method: 'POST', headers: [{ key: 'X-Other', value: 'v' }], authScheme: { type: 'HEADER', key: 'Authorization', value: 'secret' } } }
const zone = (made: string, sent: Json): Plain => ({
  api: 'networkZoneApi', noun: 'NetworkZone', id: 'zoneId', body: 'zone', made, sent, added: { status: 'ACTIVE', usage: 'POLICY', system: false }, builtIn: 2, query: { filter: `name eq "${sent['name']}"` }, hasLifecycle: true, isDeletedInactive: true
})
const assurance = (made: string, platform: string, sent: Json): Plain => ({
  api: 'deviceAssuranceApi', noun: 'DeviceAssurancePolicy', plural: 'DeviceAssurancePolicies', id: 'deviceAssuranceId', body: 'deviceAssurance', made, sent: { name: platform, platform, ...sent }, added: { createdBy: String, createdDate: String }
})
const behavior = (made: string, type: string, settings: Json): Plain => ({
  api: 'behaviorApi', noun: 'BehaviorDetectionRule', id: 'behaviorId', body: 'rule', made, sent: { name: `Behavior ${type}`, type, settings }, added: { status: 'ACTIVE' }, builtIn: 4, hasLifecycle: true
})

const PLAIN: readonly Plain[] = [
  zone('IPNetworkZone', { type: 'IP', name: 'Office', gateways: [{ type: 'CIDR', value: '192.0.2.0/24' }, { type: 'RANGE', value: '198.51.100.5-198.51.100.15' }], proxies: [{ type: 'CIDR', value: '203.0.113.0/24' }] }),
  zone('DynamicNetworkZone', { type: 'DYNAMIC', name: 'Abroad', proxyType: 'Any', locations: { include: [{ country: 'AF', region: 'AF-BGL' }], exclude: [] } }),
  zone('EnhancedDynamicNetworkZone', { type: 'DYNAMIC_V2', name: 'Proxies', ipServiceCategories: { include: ['ALL_PROXIES_VPNS'], exclude: [] } }),
  behavior('BehaviorRuleVelocity', 'VELOCITY', { velocityKph: 805 }),
  behavior('BehaviorRuleAnomalousLocation', 'ANOMALOUS_LOCATION', { granularity: 'LAT_LONG', radiusKilometers: 20, maxEventsUsedForEvaluation: 20, minEventsNeededForEvaluation: 0 }),
  behavior('BehaviorRuleAnomalousIP', 'ANOMALOUS_IP', { maxEventsUsedForEvaluation: 50 }),
  behavior('BehaviorRuleAnomalousDevice', 'ANOMALOUS_DEVICE', { maxEventsUsedForEvaluation: 20 }),
  { api: 'trustedOriginApi', noun: 'TrustedOrigin', id: 'trustedOriginId', body: 'trustedOrigin', made: 'TrustedOrigin', sent: { name: 'Site', origin: 'https://site.example', scopes: CORS }, added: { status: 'ACTIVE', createdBy: String }, query: { q: 'Site' }, hasLifecycle: true },
  {
    api: 'inlineHookApi',
    noun: 'InlineHook',
    id: 'inlineHookId',
    body: 'inlineHook',
    made: 'InlineHookCreateResponse',
    sent: { name: 'Tokens', type: 'com.okta.oauth2.tokens.transform', version: '1.0.0', channel: HOOK },
    added: { status: 'ACTIVE', created: Date },
    query: { type: 'com.okta.oauth2.tokens.transform' },
    hasLifecycle: true,
    isDeletedInactive: true
  },
  { api: 'hookKeyApi', noun: 'HookKey', id: 'hookKeyId', body: 'keyRequest', sent: { name: 'Key' }, added: { keyId: String, _embedded: { kty: 'RSA' } }, changed: { name: 'Other' } },
  { api: 'templateApi', noun: 'SmsTemplate', id: 'templateId', body: 'smsTemplate', made: 'SmsTemplate', sent: { name: 'Verify', type: 'SMS_VERIFY_CODE', template: 'Your code', translations: { fr: 'Votre code' } }, query: { templateType: 'SMS_VERIFY_CODE' } },
  { api: 'realmApi', noun: 'Realm', id: 'realmId', body: 'body', made: 'Realm', sent: { profile: { name: 'Partners' } }, added: { isDefault: false }, changed: { profile: { name: 'Others' } }, builtIn: 1, query: { search: 'profile.name eq "partners"' } },
  { api: 'uiSchemaApi', noun: 'UISchema', id: 'id', body: 'uischemabody', changedBody: 'updateUISchemaBody', sent: { uiSchema: { type: 'Group', label: 'Sign in', buttonLabel: 'Go', elements: [] } }, changed: { uiSchema: { type: 'Group', label: 'Sign up', buttonLabel: 'Go', elements: [] } } },
  ...Object.entries({ APNS: { keyId: 'KEY', teamId: 'TEAM', tokenSigningKey: 'secret', fileName: 'key.p8' }, FCM: { serviceAccountJson: { type: 'service_account', project_id: 'PROJECT' } } }).map(([providerType, configuration]): Plain => ({
    api: 'pushProviderApi', noun: 'PushProvider', id: 'pushProviderId', body: 'pushProvider', made: `${providerType}PushProvider`, sent: { name: `Push ${providerType}`, providerType, configuration }, query: { type: providerType }
  })),
  ...Object.entries({ LogStreamAws: { type: 'aws_eventbridge', name: 'EventBridge', settings: { accountId: '123456789012', eventSourceName: 'local-okta', region: 'us-east-2' } }, LogStreamSplunk: { type: 'splunk_cloud_logstreaming', name: 'Splunk', settings: { edition: 'gcp', host: 'acme.splunkcloud.com' } } }).map(([made, sent]): Plain => ({
    api: 'logStreamApi', noun: 'LogStream', id: 'logStreamId', body: 'instance', made, sent, added: { status: 'ACTIVE' }, query: { filter: `type eq "${sent.type}"` }, hasLifecycle: true
  })),
  assurance('DeviceAssuranceAndroidPlatform', 'ANDROID', { osVersion: { minimum: '12.4.5' }, jailbreak: false, diskEncryptionType: { include: ['USER', 'FULL'] }, secureHardwarePresent: true, screenLockType: { include: ['BIOMETRIC'] } }),
  assurance('DeviceAssuranceIOSPlatform', 'IOS', { osVersion: { minimum: '12.4.5' }, jailbreak: false, screenLockType: { include: ['BIOMETRIC'] } }),
  assurance('DeviceAssuranceMacOSPlatform', 'MACOS', { osVersion: { minimum: '12.4.5' }, diskEncryptionType: { include: ['ALL_INTERNAL_VOLUMES'] }, secureHardwarePresent: true }),
  assurance('DeviceAssuranceWindowsPlatform', 'WINDOWS', { osVersion: { minimum: '12.4.5.9' }, diskEncryptionType: { include: ['ALL_INTERNAL_VOLUMES'] }, secureHardwarePresent: true })
]

for (const { api, noun, plural = `${noun}s`, id, body, changedBody = body, made, sent, added = {}, changed, builtIn = 0, query, hasLifecycle, isDeletedInactive } of PLAIN) {
  t.test(`${noun}, ${sent['name'] ?? ''}: created, read, listed, replaced, ${hasLifecycle ? 'deactivated, activated, ' : ''}deleted`, async t => {
    const operations = (await shareSdk()).sdk[api] as Record<string, (parameters?: Json) => Promise<any>> // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into it with t.match
    const call = async (name: string, parameters?: Json) => await operations[name]?.(parameters)
    const created = await call(`create${noun}`, { [body]: sent })
    const one = { [id]: created.id }
    if (made !== undefined) t.equal(created.constructor.name, made)
    const { channel, configuration, ...shown } = sent
    t.match(created, { ...shown, ...added })
    t.match(await call(`get${noun}`, one), { id: created.id })
    t.equal((await listOf(call(`list${plural}`))).length, builtIn + 1)
    if (query) t.match(await listOf(call(`list${plural}`, query)), [{ id: created.id }])
    const other = changed ?? { ...created, name: 'Other' }
    const replaced = await call(`replace${noun}${operations[`replace${noun}`] ? '' : 's'}`, { ...one, [changedBody]: other })
    t.match(replaced, changed ?? { id: created.id, name: 'Other' })
    if (hasLifecycle) {
      await call(`deactivate${noun}`, one)
      t.match(await call(`get${noun}`, one), { status: 'INACTIVE' })
      await call(`activate${noun}`, one)
      t.match(await call(`get${noun}`, one), { status: 'ACTIVE' })
    }
    if (isDeletedInactive) {
      await refused(t, call(`delete${noun}`, one), 403, 'E0000006', 'it is active')
      await call(`deactivate${noun}`, one)
    }
    await call(`delete${noun}${operations[`delete${noun}`] ? '' : 's'}`, one)
    await isGone(t, call(`get${noun}`, one))
  })
}

t.test('a name that is taken, an origin with a path, an IP zone without addresses and a hook without a channel are refused', async t => {
  const { sdk } = await shareSdk()
  const template = { name: 'Twice', type: 'SMS_VERIFY_CODE', template: 'Your code' }
  const { id: templateId } = await sdk.templateApi.createSmsTemplate({ smsTemplate: template })
  const { id: trustedOriginId } = await sdk.trustedOriginApi.createTrustedOrigin({ trustedOrigin: { name: 'Other', origin: 'https://other.example', scopes: CORS } })
  const attempts: Record<string, Promise<unknown>> = {
    'a template of a name that is taken': sdk.templateApi.createSmsTemplate({ smsTemplate: template }),
    'an IP zone without addresses': sdk.networkZoneApi.createNetworkZone({ zone: { type: 'IP', name: 'Nowhere' } }),
    'an origin with a path': sdk.trustedOriginApi.createTrustedOrigin({ trustedOrigin: { name: 'Path', origin: 'https://site.example/path', scopes: CORS } }),
    'a hook without a channel': sdk.inlineHookApi.createInlineHook({ inlineHook: { name: 'Nothing' } }),
    'an origin that becomes one with a path': sdk.trustedOriginApi.replaceTrustedOrigin({ trustedOriginId, trustedOrigin: { name: 'Path', origin: 'https://site.example/path', scopes: CORS } }),
    'a behavior without a type': sdk.behaviorApi.createBehaviorDetectionRule({ rule: { name: 'None' } })
  }
  for (const [title, attempt] of Object.entries(attempts)) await refused(t, attempt, 400, 'E0000001', title)
  await sdk.templateApi.deleteSmsTemplate({ templateId })
})

t.test('trusted origins are found by the types of their scopes, realms by a part of their name, apps by their id', async t => {
  const { sdk: { trustedOriginApi, realmApi, applicationApi }, org } = await shareSdk()
  const { id: trustedOriginId } = await trustedOriginApi.createTrustedOrigin({ trustedOrigin: { name: 'Found', origin: 'https://found.example', scopes: [{ type: 'CORS' }, { type: 'REDIRECT' }] } })
  const originsOf = async (filter: string): Promise<unknown[]> => (await listOf(trustedOriginApi.listTrustedOrigins({ filter }))).map(({ id }) => id)
  t.strictSame(await originsOf('origin eq "https://found.example" and type eq "REDIRECT"'), [trustedOriginId])
  t.strictSame(await originsOf('origin eq "https://found.example" and type eq "IFRAME_EMBED"'), [])
  const { id: realmId } = await realmApi.createRealm({ body: { profile: { name: 'Car dealers' } } })
  t.match(await listOf(realmApi.listRealms({ search: 'profile.name co "DEAL"' })), [{ id: realmId }])
  const { clientId } = org.clients.browser
  t.match(await listOf(applicationApi.listApplications({ filter: `id eq "${clientId}" and settings.slo.enabled eq false` })), [{ id: clientId }])
  t.strictSame(await listOf(applicationApi.listApplications({ filter: `id eq "${clientId}" and settings.slo.enabled eq true` })), [])
  await trustedOriginApi.deleteTrustedOrigin({ trustedOriginId })
  await realmApi.deleteRealm({ realmId })
})

t.test('a translation is added by a partial update, and left out of a full one', async t => {
  const { sdk: { templateApi } } = await shareSdk()
  const { id: templateId } = await templateApi.createSmsTemplate({ smsTemplate: { name: 'Verify', type: 'SMS_VERIFY_CODE', template: 'Code', translations: { fr: 'Code' } } })
  t.match(await templateApi.updateSmsTemplate({ templateId, smsTemplate: { translations: { de: 'Code' } } }), { translations: { fr: 'Code', de: 'Code' } })
  t.notMatch((await templateApi.replaceSmsTemplate({ templateId, smsTemplate: { name: 'Verify', type: 'SMS_VERIFY_CODE', template: 'Code', translations: { de: 'Code' } } })).translations, { fr: 'Code' })
  await templateApi.deleteSmsTemplate({ templateId })
})
