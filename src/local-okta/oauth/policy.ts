import type { Kernel } from '../kernel/kernel.js'
import type { ServerRule } from '../resources/authorization-servers/authorization-server.js'
import { ServerPolicies, ServerRules } from '../resources/authorization-servers/parts.js'
import { Groups } from '../resources/groups/store.js'

/** Okta's words for a request that no policy, or no rule of it, allows. */
export const POLICY_FAILED = 'Policy evaluation failed for this request, please check the policy configurations.'

/** A request for tokens, as access policies see it. */
export interface TokenRequest {
  readonly clientId: string
  /** Undefined for a client that acts for itself, and before the user has signed in: people are not compared then. */
  readonly userId: string | undefined
  /** Undefined for a refresh: it stays with the grant that it began with. */
  readonly grantType: string | undefined
  readonly scopes: readonly string[]
}

/** How long tokens live, in seconds. */
export interface TokenLifetimes {
  readonly accessToken: number
  /** `Infinity` for no end. */
  readonly refreshToken: number
  /** How long a refresh token lives unused. */
  readonly refreshTokenWindow: number
}

/**
 * Evaluates the access policies of a server: the first active policy for the client, and its first active rule that
 * matches people, grant and all scopes. Undefined if there is none. Does NOT try a later policy if the first one for
 * the client has no matching rule; whether Okta does is unconfirmed.
 */
export function evaluatePolicies (kernel: Kernel, serverId: string, request: TokenRequest): TokenLifetimes | undefined {
  const policy = kernel.store(ServerPolicies).ofServer(serverId).find(({ status, conditions }) =>
    status === 'ACTIVE' && includesAny(conditions.clients.include, ['ALL_CLIENTS', request.clientId]))
  if (!policy) return undefined
  const rule = kernel.store(ServerRules).ofPolicy(policy.id)
    .find((candidate) => candidate.status === 'ACTIVE' && matches(kernel, candidate, request))
  return rule && lifetimesOf(rule)
}

function matches (kernel: Kernel, { conditions }: ServerRule, { userId, grantType, scopes }: TokenRequest): boolean {
  const { people, grantTypes, scopes: allowed } = conditions
  if (userId !== undefined && !matchesPeople(kernel, people, userId)) return false
  if (grantType !== undefined && !grantTypes.include.includes(grantType)) return false
  return allowed.include.includes('*') || scopes.every((scope) => allowed.include.includes(scope))
}

function matchesPeople (kernel: Kernel, { users, groups }: ServerRule['conditions']['people'], userId: string): boolean {
  const groupIds = kernel.store(Groups).ofUser(userId).map(({ id }) => id)
  if (users.exclude.includes(userId) || includesAny(groups.exclude, groupIds)) return false
  return users.include.includes(userId) || includesAny(groups.include, ['EVERYONE', ...groupIds])
}

function lifetimesOf ({ actions: { token } }: ServerRule): TokenLifetimes {
  return {
    accessToken: token.accessTokenLifetimeMinutes * 60,
    refreshToken: token.refreshTokenLifetimeMinutes === 0 ? Infinity : token.refreshTokenLifetimeMinutes * 60,
    refreshTokenWindow: token.refreshTokenWindowMinutes * 60
  }
}

function includesAny (included: readonly string[], values: readonly string[]): boolean {
  return values.some((value) => included.includes(value))
}
