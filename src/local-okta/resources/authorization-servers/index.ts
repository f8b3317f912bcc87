import type { Kernel } from '../../kernel/kernel.js'
import type { LocalOktaSeed } from '../../seed.js'
import type { Resource } from '../resource.js'
import type { ServerClaim } from './authorization-server.js'
import { AUTHORIZATION_SERVER_EVENT_TYPES } from './events.js'
import { AssociatedServers, associatedServerRoutes } from './associated-servers.js'
import { serverKeyRoutes } from './key-routes.js'
import { ServerClaims, ServerPolicies, ServerRules, ServerScopes } from './parts.js'
import { policyRoutes } from './policy-routes.js'
import { ResourceServerKeys, resourceServerKeyRoutes } from './resource-server-keys.js'
import { serverRoutes } from './routes.js'
import { AuthorizationServers, DEFAULT_SERVER_ID } from './store.js'

const EVERY_GRANT = [
  'authorization_code', 'implicit', 'password', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange', 'urn:ietf:params:oauth:grant-type:jwt-bearer'
]

/** The custom authorization servers, and their scopes, claims, policies and rules. */
export const authorizationServers: Resource = {
  stores: [AuthorizationServers, ServerScopes, ServerClaims, ServerPolicies, ServerRules, AssociatedServers, ResourceServerKeys],
  routes: [...serverRoutes, ...policyRoutes, ...serverKeyRoutes, ...associatedServerRoutes, ...resourceServerKeyRoutes],
  eventTypes: AUTHORIZATION_SERVER_EVENT_TYPES,
  seed: seedDefaultServer
}

/** `default` starts with one policy for all clients and one rule that allows every grant. */
function seedDefaultServer (kernel: Kernel, { scopes, groupsClaim }: LocalOktaSeed): void {
  const serverId = DEFAULT_SERVER_ID
  kernel.store(AuthorizationServers).create({
    id: serverId, name: 'default', description: 'Default Authorization Server for your Applications', audiences: ['api://default']
  })
  kernel.store(ServerScopes).addSystemScopes(serverId)
  for (const name of scopes) kernel.store(ServerScopes).add(serverId, name)
  if (groupsClaim !== null) seedGroupsClaim(kernel.store(ServerClaims), groupsClaim)
  const policy = kernel.store(ServerPolicies).create({
    serverId,
    name: 'Default Policy',
    description: 'Default policy for all clients',
    priority: 1,
    status: 'ACTIVE',
    system: false,
    conditions: { clients: { include: ['ALL_CLIENTS'] } }
  })
  kernel.store(ServerRules).create({
    policyId: policy.id,
    name: 'Default Policy Rule',
    priority: 1,
    status: 'ACTIVE',
    system: false,
    conditions: {
      people: { users: { include: [], exclude: [] }, groups: { include: ['EVERYONE'], exclude: [] } },
      grantTypes: { include: EVERY_GRANT },
      scopes: { include: ['*'] }
    },
    actions: { token: { accessTokenLifetimeMinutes: 60, refreshTokenLifetimeMinutes: 0, refreshTokenWindowMinutes: 7 * 24 * 60 } }
  })
}

function seedGroupsClaim (claims: ServerClaims, { name, filter }: NonNullable<LocalOktaSeed['groupsClaim']>): void {
  const claim: Omit<ServerClaim, 'id' | 'created' | 'lastUpdated' | 'claimType'> = {
    serverId: DEFAULT_SERVER_ID,
    name,
    status: 'ACTIVE',
    valueType: 'GROUPS',
    value: filter,
    group_filter_type: 'REGEX',
    conditions: { scopes: [] },
    alwaysIncludeInToken: true,
    system: false
  }
  claims.create({ ...claim, claimType: 'RESOURCE' })
  claims.create({ ...claim, claimType: 'IDENTITY' })
}
