import type { Json } from '../../kernel/json.js'
import type { Collection, RecordEvents } from './collection.js'

/** The plain collections of the Management API, one line each: what they do is in `collection.ts`, what they are in Okta's description. */
export const COLLECTIONS: readonly Collection[] = [
  { path: '/policies', prefix: '00p', type: 'Policy', events: lifecycle('policy.lifecycle'), unique: 'name' },
  { path: '/policies/{policyId}/rules', prefix: '0pr', type: 'PolicyRule', events: { ...lifecycle('policy.rule'), create: 'policy.rule.add' }, unique: 'name' },
  { path: '/zones', prefix: 'nzo', type: 'NetworkZone', events: lifecycle('zone'), unique: 'name' },
  { path: '/behaviors', prefix: 'bhv', type: 'BehaviorSettings', events: lifecycle('security.behavior.settings'), unique: 'name' },
  { path: '/trustedOrigins', prefix: 'tos', type: 'TrustedOrigin', events: lifecycle('security.trusted_origin'), unique: 'origin' },
  { path: '/inlineHooks', prefix: 'cal', type: 'InlineHook', events: past('inline_hook'), hidden: ['channel.config.authScheme.value', 'channel.config.clientSecret'] },
  { path: '/idps', prefix: '0oi', type: 'IdpTrust', events: lifecycle('system.idp.lifecycle'), unique: 'name' },
  { path: '/authenticators', prefix: 'aut', type: 'Authenticator', events: lifecycle('security.authenticator.lifecycle') },
  { path: '/meta/types/user', prefix: 'oty', type: 'UserType', events: lifecycle('user_type'), unique: 'name', defaults: { default: false } },
  { path: '/meta/schemas/user/linkedObjects', prefix: 'los', type: 'LinkedObject', events: lifecycle('linked_object'), key: primaryName },
  { path: '/meta/uischemas', prefix: 'uis', type: 'UISchema', events: lifecycle('ui_schema') },
  { path: '/templates/sms', prefix: 'cst', type: 'SmsTemplate', events: lifecycle('system.sms_template') },
  { path: '/brands', prefix: 'bnd', type: 'Brand', events: lifecycle('system.brand'), unique: 'name', defaults: { isDefault: false, removePoweredByOkta: false } },
  { path: '/captchas', prefix: 'cap', type: 'CAPTCHAInstance', events: lifecycle('system.captcha'), hidden: ['secretKey'] },
  { path: '/device-assurances', prefix: 'dae', type: 'DeviceAssurance', events: lifecycle('device.assurance.policy'), unique: 'name' },
  { path: '/device-posture-checks', prefix: 'dch', type: 'DevicePostureCheck', events: lifecycle('device.posture_check') },
  { path: '/email-domains', prefix: 'OeD', type: 'EmailDomain', events: lifecycle('system.email_domain') },
  { path: '/hook-keys', prefix: 'HKY', type: 'HookKey', events: lifecycle('hook_key'), unique: 'name' },
  { path: '/logStreams', prefix: '0oa', type: 'LogStream', events: lifecycle('system.log_stream.lifecycle'), unique: 'name', hidden: ['settings.token'] },
  { path: '/principal-rate-limits', prefix: 'prl', type: 'PrincipalRateLimit', events: lifecycle('system.rate_limit.principal') },
  { path: '/push-providers', prefix: 'ppc', type: 'PushProvider', events: lifecycle('system.push_provider'), hidden: ['configuration.tokenSigningKey', 'configuration.serviceAccountJson'] },
  { path: '/realms', prefix: 'guo', type: 'Realm', events: lifecycle('realm') },
  { path: '/realm-assignments', prefix: 'rul', type: 'RealmAssignment', events: lifecycle('realm_assignment'), initialStatus: 'INACTIVE' },
  { path: '/security-events-providers', prefix: 'sse', type: 'SecurityEventsProvider', events: lifecycle('security.events.provider'), unique: 'name' },
  { path: '/iam/roles', prefix: 'cr0', type: 'Role', events: lifecycle('iam.role'), unique: 'label', wrapper: 'roles' },
  { path: '/iam/resource-sets', prefix: 'iam', type: 'ResourceSet', events: lifecycle('iam.resourceset'), unique: 'label', wrapper: 'resource-sets' },
  { path: '/mappings', prefix: 'prm', type: 'ProfileMapping', events: lifecycle('mapping') }
]

/** Records that the org has from the start, by collection. They cannot be deleted. */
export const INITIAL_RECORDS: Readonly<Record<string, readonly Json[]>> = {
  '/policies': ['OKTA_SIGN_ON', 'PASSWORD', 'MFA_ENROLL', 'ACCESS_POLICY', 'PROFILE_ENROLLMENT', 'IDP_DISCOVERY'].map((type) => ({
    type, name: 'Default Policy', description: 'The default policy applies in all situations if no other policy applies.', priority: 1
  })),
  '/zones': [
    { type: 'IP', name: 'LegacyIpZone', usage: 'POLICY' },
    { type: 'IP', name: 'BlockedIpZone', usage: 'BLOCKLIST' }
  ],
  '/behaviors': [
    { type: 'ANOMALOUS_LOCATION', name: 'New City', settings: { granularity: 'CITY', maxEventsUsedForEvaluation: 20 } },
    { type: 'ANOMALOUS_IP', name: 'New IP', settings: { maxEventsUsedForEvaluation: 50 } },
    { type: 'ANOMALOUS_DEVICE', name: 'New Device', settings: { maxEventsUsedForEvaluation: 20 } },
    { type: 'VELOCITY', name: 'Velocity', settings: { velocityKph: 805 } }
  ],
  '/authenticators': [
    { key: 'okta_email', type: 'email', name: 'Email', settings: { allowedFor: 'any', tokenLifetimeInMinutes: 5 } },
    { key: 'okta_password', type: 'password', name: 'Password' }
  ],
  '/meta/types/user': [{ name: 'user', displayName: 'User', description: 'Okta user profile template with default permission settings', default: true }],
  '/brands': [{ name: 'local-okta', isDefault: true, agreeToCustomPrivacyPolicy: false, removePoweredByOkta: false }],
  '/realms': [{ profile: { name: 'Default Realm' }, isDefault: true }]
}

/** The event types of all collections, with their display messages. */
export const RECORD_EVENT_TYPES: Readonly<Record<string, string>> = Object.fromEntries(COLLECTIONS.flatMap(({ type, events }) =>
  Object.entries(events).map(([verb, eventType]) => [eventType, `${verb[0]?.toUpperCase()}${verb.slice(1)} ${type}`])))

function lifecycle (prefix: string): RecordEvents {
  return { create: `${prefix}.create`, update: `${prefix}.update`, delete: `${prefix}.delete`, activate: `${prefix}.activate`, deactivate: `${prefix}.deactivate` }
}

function past (prefix: string): RecordEvents {
  return { create: `${prefix}.created`, update: `${prefix}.updated`, delete: `${prefix}.deleted`, activate: `${prefix}.activated`, deactivate: `${prefix}.deactivated` }
}

function primaryName ({ primary }: Json): unknown {
  return (primary as Json | undefined)?.['name']
}
