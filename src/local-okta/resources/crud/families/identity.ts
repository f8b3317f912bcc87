import { forbidden, invalid } from '../../../kernel/errors.js'
import { isObject } from '../../../kernel/json.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { Groups } from '../../groups/store.js'
import { Users } from '../../users/store.js'
import { DEFAULT_TYPE_ID } from '../../users/user.js'
import { lifecycle } from '../definitions.js'
import type { RecordRequest } from '../definitions.js'
import type { Family } from './family.js'

const NOTIFICATIONS = [
  'AD_AGENT', 'AGENT_AUTO_UPDATE_NOTIFICATION', 'APP_IMPORT', 'CONNECTOR_AGENT', 'IWA_AGENT', 'LDAP_AGENT', 'OKTA_ANNOUNCEMENT', 'OKTA_UPDATE',
  'RATELIMIT_NOTIFICATION', 'REPORT_SUSPICIOUS_ACTIVITY', 'USER_DEPROVISION', 'USER_LOCKED_OUT'
]

/** Who people are: user types, linked objects, realms, owners of groups, what they are told of. */
export const identity: Family = {
  collections: [
    {
      path: '/meta/types/user',
      prefix: 'oty',
      type: 'UserType',
      events: lifecycle('user_type'),
      unique: 'name',
      alias: ({ default: isDefault }) => isDefault === true ? 'default' : undefined,
      immutable: ['name'],
      defaults: { default: false },
      initial: () => [DEFAULT_TYPE],
      initialKey: () => DEFAULT_TYPE_ID,
      checkRemoval: (kernel, { key }) => {
        if (kernel.store(Users).all().some(({ typeId }) => typeId === key)) throw forbidden('This user type is assigned to users.')
      },
      view: toUserType
    },
    {
      path: '/meta/schemas/user/linkedObjects',
      prefix: 'los',
      type: 'LinkedObject',
      events: lifecycle('linked_object'),
      key: ({ primary }) => nameIn(primary),
      conflict: 'E0000127',
      alias: ({ associated }) => nameIn(associated),
      view: (kernel, { collection, key }, shown) => ({ ...shown, _links: { self: { href: `${kernel.orgUrl}/api/v1${collection}/${key}` } } })
    },
    { path: '/meta/uischemas', prefix: 'uis', type: 'UISchema', events: lifecycle('ui_schema') },
    {
      path: '/realms',
      prefix: 'guo',
      type: 'Realm',
      events: lifecycle('realm'),
      defaults: { isDefault: false },
      initial: () => [{ profile: { name: 'Default Realm' }, isDefault: true }],
      checkRemoval: (kernel, { key }) => {
        if (kernel.store(Users).all().some(({ realmId }) => realmId === key)) throw invalid('realmId', 'The realm has users')
      }
    },
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
      goesWith: ({ type }) => type === 'GROUP' ? '/groups' : '/users',
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
    { path: '/users/{id}/blocks', answer: () => [] },
    { path: '/users/{userId}/devices', answer: () => [] },
    ...['/devices', '/agentPools'].map((path) => ({ path, answer: () => [] }))
  ]
}

const DEFAULT_TYPE = { name: 'user', displayName: 'User', description: 'Okta user profile template with default permission settings', default: true }

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

function nameIn (end: unknown): string | undefined {
  return isObject(end) && typeof end['name'] === 'string' ? end['name'] : undefined
}
