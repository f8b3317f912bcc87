import { apps } from './apps/index.js'
import { authorizationServers } from './authorization-servers/index.js'
import { eventHooks } from './event-hooks/index.js'
import { groups } from './groups/index.js'
import { logs } from './logs/index.js'
import type { Resource } from './resource.js'
import { users } from './users/index.js'

/** Every resource of the Management API, in the order in which they are seeded. */
export const RESOURCES: readonly Resource[] = [
  users,
  groups,
  apps,
  authorizationServers,
  eventHooks,
  logs
]
