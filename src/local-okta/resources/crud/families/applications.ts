import { createHash, randomBytes } from 'node:crypto'
import { invalid } from '../../../kernel/errors.js'
import { createId } from '../../../kernel/identifiers.js'
import { isObject } from '../../../kernel/json.js'
import type { Json } from '../../../kernel/json.js'
import type { Kernel } from '../../../kernel/kernel.js'
import { ORG_ID } from '../../../tokens/claims.js'
import { Applications } from '../../apps/store.js'
import { Groups } from '../../groups/store.js'
import { Users } from '../../users/store.js'
import { DEFAULT_TYPE_ID } from '../../users/user.js'
import { lifecycle } from '../definitions.js'
import type { RecordRequest } from '../definitions.js'
import { Records } from '../store.js'
import type { Family } from './family.js'

const MAX_SECRETS = 2
const FEATURES = [{ name: 'USER_PROVISIONING' }, { name: 'INBOUND_PROVISIONING', importSettings: {}, importRules: {} }]

/** What hangs on an app, and accounts elsewhere. Nothing is provisioned here. */
export const applications: Family = {
  collections: [
    {
      path: '/apps/{appId}/features',
      prefix: 'ftr',
      type: 'ApplicationFeature',
      events: lifecycle('application.provisioning.feature'),
      initial: () => FEATURES,
      initialKey: ({ name }) => String(name),
      // sent back as they were shown, they have these beside the capabilities
      makeChange: ({ description: _, capabilities = {}, ...body }) => ({ ...body, ...(capabilities as Json) }),
      view: ({ orgUrl }, { collection, key, body: { name, ...capabilities } }) => ({
        name, status: 'DISABLED', description: 'Settings for provisioning', capabilities, _links: { self: { href: `${orgUrl}/api/v1${collection}/${key}` } }
      })
    },
    {
      path: '/apps/{appId}/cwo/connections',
      prefix: 'cwo',
      type: 'CrossAppAccessConnection',
      events: lifecycle('application.cross_app_access.connection')
    },
    {
      path: '/apps/{appId}/interclient-allowed-apps',
      prefix: 'itm',
      type: 'InterclientTrustMapping',
      events: lifecycle('application.interclient_trust_mapping'),
      of: '/apps',
      key: ({ id }) => id,
      make: readTrustedApp,
      listsIds: true,
      view: ({ administrator }, { collection, key, created, lastUpdated }) => ({
        id: key, appInstanceId: collection.split('/')[2], trustedAppInstanceId: key, orgId: ORG_ID, created, lastUpdated, lastUpdatedBy: administrator.id
      })
    },
    {
      path: '/apps/{appId}/group-push/mappings',
      prefix: 'gPm',
      type: 'GroupPushMapping',
      events: lifecycle('application.provisioning.group_push.mapping'),
      isDeletedInactive: true,
      make: readPushMapping
    },
    { path: '/apps/{appId}/federated-claims', prefix: 'ofc', type: 'FederatedClaim', events: lifecycle('application.federated_claim'), unique: 'name' },
    {
      path: '/integrations/api/v1/api-services',
      prefix: '0oa',
      type: 'ApiServiceIntegration',
      events: lifecycle('integration.api_service'),
      make: (body, { kernel }) => ({ ...body, name: String(body['type']), createdAt: kernel.clock.timestamp(), createdBy: kernel.administrator.id, configGuideUrl: kernel.orgUrl, clientSecret: newSecret() }),
      view: (_kernel, { key }, shown) => ({ ...shown, id: key })
    },
    {
      path: '/integrations/api/v1/api-services/{apiServiceId}/credentials/secrets',
      prefix: 'ocs',
      type: 'ApiServiceIntegrationSecret',
      events: lifecycle('integration.api_service.secret'),
      make: addSecret,
      checkRemoval: (_kernel, { status }, verb) => {
        if (verb === 'delete' && status === 'ACTIVE') throw invalid('status', 'An active client secret cannot be deleted. Deactivate it first.')
      }
    },
    {
      path: '/privileged-access/api/v1/okta-service-accounts',
      prefix: 'osa',
      type: 'OktaServiceAccount',
      events: lifecycle('pam.okta_service_account'),
      make: withUser,
      view: (_kernel, _record, shown) => ({ ...shown, status: 'UNSECURED', statusDetail: 'ROTATED' })
    },
    {
      path: '/privileged-access/api/v1/service-accounts',
      prefix: 'asa',
      type: 'AppServiceAccount',
      events: lifecycle('pam.app_service_account'),
      view: (_kernel, _record, { password, ...shown }) => ({ ...shown, ...(password === undefined ? {} : { password: '********' }), status: 'UNSECURED', statusDetail: 'ROTATED' })
    },
    { path: '/mappings', prefix: 'prm', type: 'ProfileMapping', events: lifecycle('mapping'), initial: mappingsOfApps, initialKey: idOfMapping, view: toMappingView }
  ],
  singletons: [
    {
      path: '/apps/{appId}/connections/default',
      event: 'application.provisioning.update',
      initial: () => ({ status: 'DISABLED', profile: { authScheme: 'UNKNOWN' } }),
      actions: { 'lifecycle/activate': { status: 'ENABLED' }, 'lifecycle/deactivate': { status: 'DISABLED' } },
      view: ({ profile, ...shown }) => ({ ...shown, profile: isObject(profile) ? { authScheme: profile['authScheme'] } : profile })
    },
    { path: '/apps/{appId}/logo', event: 'application.lifecycle.update', initial: () => ({}) }
  ],
  fixed: [
    { path: '/apps/{appId}/connections/default/jwks', answer: () => ({ jwks: { keys: [] } }) },
    { path: '/apps/{appId}/interclient-target-apps', answer: (kernel, { params }) => appsThatTrust(kernel, params['appId'] ?? '') }
  ]
}

function readTrustedApp (_body: Json, { kernel, path, key = '' }: RecordRequest): Json {
  if (!kernel.store(Applications).findById(key)) throw invalid('id', 'The app does not exist')
  if (path.split('/')[2] === key) throw invalid('id', 'An app cannot trust itself')
  return {}
}

function appsThatTrust (kernel: Kernel, appId: string): string[] {
  const apps = kernel.store(Applications)
  const { id: trustedId } = apps.get(appId)
  return apps.all().map(({ id }) => id).filter((id) => kernel.store(Records).find(`/apps/${id}/interclient-allowed-apps`, trustedId) !== undefined)
}

function readPushMapping ({ targetGroupName, ...body }: Json, { kernel, path }: RecordRequest): Json {
  const { sourceGroupId } = body
  if (!kernel.store(Groups).findById(String(sourceGroupId))) throw invalid('sourceGroupId', 'The group does not exist')
  if (kernel.store(Records).in(path).some((other) => other.body['sourceGroupId'] === sourceGroupId)) throw invalid('sourceGroupId', 'The group is pushed already')
  return { targetGroupId: createId('00g'), ...body, lastPush: kernel.clock.timestamp() }
}

function addSecret (_body: Json, { kernel, path }: RecordRequest): Json {
  if (kernel.store(Records).in(path).length >= MAX_SECRETS) throw invalid('client_secret', 'You have reached the maximum number of client secrets per client.')
  return { client_secret: newSecret(), secret_hash: randomBytes(16).toString('base64url') }
}

function newSecret (): string {
  return randomBytes(48).toString('base64url')
}

function withUser (body: Json, { kernel }: RecordRequest): Json {
  const user = kernel.store(Users).findById(String(body['oktaUserId']))
  if (!user) throw invalid('oktaUserId', 'The user does not exist')
  return { ...body, email: user.profile.email, username: user.profile.login }
}

// each app has a mapping in both directions
function mappingsOfApps ({ kernel }: RecordRequest): Json[] {
  const user = { id: DEFAULT_TYPE_ID, name: 'user', type: 'user' }
  return kernel.store(Applications).all().flatMap(({ id, name }) => {
    const app = { id, name, type: 'appuser' }
    return [[user, app], [app, user]].map(([source, target]) => ({ source, target, properties: {} }))
  })
}

// the same one whenever it is computed
function idOfMapping ({ source, target }: Json): string {
  return `prm${createHash('sha256').update(JSON.stringify([source, target])).digest('hex').slice(0, 17)}`
}

function toMappingView ({ orgUrl }: RecordRequest['kernel'], { key, body }: { key: string, body: Json }): Json {
  return { ...body, id: key, _links: { self: { href: `${orgUrl}/api/v1/mappings/${key}` } } }
}
