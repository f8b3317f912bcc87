import { readDescription } from '../description/description.js'
import { PathTree } from '../kernel/path-tree.js'
import { apiTokens } from './api-tokens/index.js'
import { apps } from './apps/index.js'
import { authorizationServers } from './authorization-servers/index.js'
import { eventHooks } from './event-hooks/index.js'
import { factors } from './factors/index.js'
import { groupRules } from './group-rules/index.js'
import { groups } from './groups/index.js'
import { keyCredentials } from './key-credentials/index.js'
import { linkedObjects } from './linked-objects/index.js'
import { logs } from './logs/index.js'
import { messages } from './messages/index.js'
import { oauthTokens } from './oauth-tokens/index.js'
import { policies } from './policies/index.js'
import { crud } from './crud/index.js'
import type { Resource } from './resource.js'
import { ssf } from './ssf/index.js'
import { universalLogout } from './universal-logout/index.js'
import { sessions } from './sessions/index.js'
import { users } from './users/index.js'

/** Every resource of the Management API, in the order in which they are seeded. */
export const RESOURCES: readonly Resource[] = [
  users,
  sessions,
  messages,
  factors,
  groups,
  groupRules,
  apps,
  authorizationServers,
  eventHooks,
  universalLogout,
  ssf,
  logs,
  crud,
  policies,
  keyCredentials,
  linkedObjects,
  apiTokens,
  oauthTokens
]

/** Paths of the description that are not served, and that a parameter of a route would match: answered as unknown. */
export function findUnserved (): string[] {
  const served = new PathTree<true>()
  for (const { routes } of RESOURCES) for (const { path } of routes) served.set(path, true)
  const paths = new Set(readDescription().operations.filter(({ isOutside }) => !isOutside).map(({ path }) => path))
  return [...paths].filter((path) => served.get(path) === undefined && served.find(path) !== undefined)
}
