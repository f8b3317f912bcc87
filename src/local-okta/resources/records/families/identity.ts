import { invalid } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { Groups } from '../../groups/store.js'
import { Users } from '../../users/store.js'
import { DEFAULT_TYPE_ID } from '../../users/user.js'
import { lifecycle } from '../definitions.js'
import type { RecordRequest } from '../definitions.js'
import { Records } from '../store.js'
import type { Family } from './family.js'

/** The methods of each kind of authenticator. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  okta_email: ['email'],
  okta_password: ['password'],
  okta_verify: ['push', 'totp', 'signed_nonce'],
  phone_number: ['sms', 'voice'],
  security_question: ['security_question'],
  google_otp: ['otp'],
  custom_otp: ['otp'],
  webauthn: ['webauthn'],
  security_key: ['webauthn'],
  duo: ['duo'],
  external_idp: ['idp'],
  smart_card_idp: ['cert'],
  custom_app: ['push'],
  yubikey_token: ['otp'],
  onprem_mfa: ['otp'],
  symantec_vip: ['otp'],
  tac: ['tac']
}
const NOTIFICATIONS = [
  'AD_AGENT', 'AGENT_AUTO_UPDATE_NOTIFICATION', 'APP_IMPORT', 'CONNECTOR_AGENT', 'IWA_AGENT', 'LDAP_AGENT', 'OKTA_ANNOUNCEMENT', 'OKTA_UPDATE',
  'RATELIMIT_NOTIFICATION', 'REPORT_SUSPICIOUS_ACTIVITY', 'USER_DEPROVISION', 'USER_LOCKED_OUT'
]

/** Who people are and how they prove it: identity providers, authenticators, user types, realms, owners. */
export const identity: Family = {
  collections: [
    { path: '/idps', prefix: '0oi', type: 'IdpTrust', events: lifecycle('system.idp.lifecycle'), unique: 'name' },
    {
      path: '/idps/{idpId}/users',
      prefix: '00u',
      type: 'IdpUser',
      events: lifecycle('user.account.idp'),
      of: '/users',
      createsAtItem: 'POST',
      view: toIdpUser
    },
    {
      path: '/authenticators',
      prefix: 'aut',
      type: 'Authenticator',
      events: lifecycle('security.authenticator.lifecycle'),
      unique: 'key',
      initial: () => [
        { key: 'okta_email', type: 'email', name: 'Email', settings: { allowedFor: 'any', tokenLifetimeInMinutes: 5 } },
        { key: 'okta_password', type: 'password', name: 'Password' }
      ]
    },
    {
      path: '/authenticators/{authenticatorId}/methods',
      prefix: 'aum',
      type: 'AuthenticatorMethod',
      events: lifecycle('security.authenticator.method'),
      initial: methodsOf,
      initialKey: ({ type }) => String(type),
      verbs: { 'verify-rp-id-domain': {} }
    },
    {
      path: '/authenticators/{authenticatorId}/aaguids',
      prefix: 'aag',
      type: 'CustomAAGUID',
      events: lifecycle('security.authenticator.aaguid'),
      key: ({ aaguid }) => aaguid,
      unique: 'aaguid'
    },
    { path: '/meta/types/user', prefix: 'oty', type: 'UserType', events: lifecycle('user_type'), unique: 'name', defaults: { default: false }, initial: () => [DEFAULT_TYPE], initialKey: () => DEFAULT_TYPE_ID, view: toUserType },
    { path: '/meta/schemas/user/linkedObjects', prefix: 'los', type: 'LinkedObject', events: lifecycle('linked_object'), key: primaryName },
    { path: '/meta/uischemas', prefix: 'uis', type: 'UISchema', events: lifecycle('ui_schema') },
    { path: '/realms', prefix: 'guo', type: 'Realm', events: lifecycle('realm'), initial: () => [{ profile: { name: 'Default Realm' }, isDefault: true }] },
    { path: '/realm-assignments', prefix: 'rul', type: 'RealmAssignment', events: lifecycle('realm_assignment'), initialStatus: 'INACTIVE' },
    {
      path: '/realm-assignments/operations',
      prefix: 'rre',
      type: 'RealmAssignmentOperation',
      events: lifecycle('realm_assignment.operation'),
      make: (body, { kernel }) => ({ ...body, type: 'realm:assignment', started: kernel.clock.timestamp(), completed: kernel.clock.timestamp(), numUserMoved: 0 }),
      initialStatus: 'COMPLETED'
    },
    {
      path: '/groups/{groupId}/owners',
      prefix: '00u',
      type: 'GroupOwner',
      events: lifecycle('group.owner'),
      key: ({ id }) => id,
      make: readOwner,
      view: (_kernel, { key, body, lastUpdated }) => ({ id: key, ...body, resolved: true, originType: 'OKTA_DIRECTORY', lastUpdated })
    },
    ...['/users/{userId}', '/roles/{roleRef}'].map((path) => ({
      path: `${path}/subscriptions`,
      prefix: 'sub',
      type: 'Subscription',
      events: lifecycle('user.account.subscriptions'),
      initial: () => NOTIFICATIONS.map((notificationType) => ({ notificationType, channels: ['email'] })),
      initialKey: ({ notificationType }: Json) => String(notificationType),
      initialStatus: 'unsubscribed',
      verbs: { subscribe: { status: 'subscribed' }, unsubscribe: { status: 'unsubscribed' } }
    }))
  ],
  singletons: [
    { path: '/users/{userId}/classification', event: 'user.account.classification.update', initial: () => ({ type: 'STANDARD' }) },
    { path: '/users/{userId}/risk', event: 'user.risk.change', initial: () => ({ riskLevel: 'NONE' }) }
  ],
  fixed: [
    { path: '/idps/{idpId}/users/{userId}/credentials/tokens', answer: () => [] },
    { path: '/users/{id}/idps', answer: (kernel, { params }) => idpsOf(kernel, params['id'] ?? '') },
    { path: '/users/{id}/blocks', answer: () => [] },
    { path: '/users/{userId}/devices', answer: () => [] }
  ]
}

const DEFAULT_TYPE = { name: 'user', displayName: 'User', description: 'Okta user profile template with default permission settings', default: true }

function toIdpUser (kernel: Kernel, { collection, key, body, created, lastUpdated }: { collection: string, key: string, body: Json, created: string, lastUpdated: string }): Json {
  const { firstName, lastName, email } = kernel.store(Users).findById(key)?.profile ?? {}
  const href = `${kernel.orgUrl}/api/v1`
  return {
    id: key,
    ...body,
    created,
    lastUpdated,
    profile: { firstName, lastName, email },
    _links: { self: { href: `${href}${collection}/${key}` }, idp: { href: `${href}${collection.replace(/\/users$/, '')}` }, user: { href: `${href}/users/${key}` } }
  }
}

function idpsOf (kernel: Kernel, idOrLogin: string): Json[] {
  const userId = kernel.store(Users).find(idOrLogin)?.id ?? ''
  const records = kernel.store(Records)
  return records.in('/idps').filter(({ key }) => records.find(`/idps/${key}/users`, userId) !== undefined)
    .map(({ key, status, created, lastUpdated, body }) => ({ id: key, status, created, lastUpdated, ...body, _links: { self: { href: `${kernel.orgUrl}/api/v1/idps/${key}` } } }))
}

function methodsOf ({ kernel, params }: RecordRequest): Json[] {
  const authenticator = kernel.store(Records).find('/authenticators', params['authenticatorId'] ?? '')
  return (METHODS[String(authenticator?.body['key'])] ?? []).map((type) => ({ type }))
}

function readOwner ({ type }: Json, { kernel, key: id = '' }: RecordRequest): Json {
  const user = type === 'USER' ? kernel.store(Users).findById(id) : undefined
  const group = type === 'GROUP' ? kernel.store(Groups).findById(id) : undefined
  const displayName = user ? [user.profile.firstName, user.profile.lastName].join(' ') : group?.profile.name
  if (displayName === undefined) throw invalid('id', 'The owner does not exist')
  return { type, displayName }
}

function toUserType ({ orgUrl }: Kernel, { key }: { key: string }, shown: Json): Json {
  return { ...shown, _links: { self: { href: `${orgUrl}/api/v1/meta/types/user/${key}` }, schema: { href: `${orgUrl}/api/v1/meta/schemas/user/osc${key.slice(3)}` } } }
}

function primaryName ({ primary }: Json): unknown {
  return (primary as Json | undefined)?.['name']
}
