import type { Kernel } from '../kernel/kernel.js'
import type { ServerClaim } from '../resources/authorization-servers/authorization-server.js'
import { ServerClaims } from '../resources/authorization-servers/parts.js'
import { Groups } from '../resources/groups/store.js'
import type { User } from '../resources/users/user.js'
import type { ClaimSet } from '../tokens/claims.js'
import { evaluateClaimExpression } from './claim-expression.js'

const MAX_GROUPS_IN_A_CLAIM = 100

/** Thrown when more than 100 groups match: Okta then refuses to issue the token. */
export class TooManyGroupsError extends Error {
  constructor () {
    super('The groups claim matched too many groups and must be configured to match fewer groups.')
  }
}

/** For which token claims are evaluated. */
interface ClaimRequest {
  readonly serverId: string
  readonly claimType: ServerClaim['claimType']
  readonly clientId: string
  /** Undefined for a client that acts for itself: claims about a user are left out. */
  readonly user: User | undefined
  readonly scopes: readonly string[]
  /** True for an ID token beside an access token: `/userinfo` has the claims that are not always included. */
  readonly alwaysIncludedOnly?: boolean
}

/** The claims that a server adds to a token. @throws {TooManyGroupsError} */
export function evaluateClaims (kernel: Kernel, request: ClaimRequest): ClaimSet {
  const claims: ClaimSet = {}
  for (const claim of kernel.store(ServerClaims).ofServer(request.serverId)) {
    if (!applies(claim, request)) continue
    const value = claim.valueType === 'GROUPS'
      ? groupNames(kernel, claim, request.user)
      : evaluateClaimExpression(claim.value, { clientId: request.clientId, user: request.user, groups: namesOfGroups(kernel, request.user) })
    if (value !== undefined) claims[claim.name] = value
  }
  return claims
}

/** The names of the claims that a server may add to ID tokens. */
export function idTokenClaimNames (kernel: Kernel, serverId: string): string[] {
  return kernel.store(ServerClaims).ofServer(serverId).filter(({ claimType }) => claimType === 'IDENTITY').map(({ name }) => name)
}

function applies (claim: ServerClaim, { claimType, scopes, alwaysIncludedOnly = false }: ClaimRequest): boolean {
  const required = claim.conditions.scopes
  return claim.status === 'ACTIVE' && claim.claimType === claimType && claim.valueType !== 'SYSTEM' &&
    (!alwaysIncludedOnly || claim.alwaysIncludeInToken) && (required.length === 0 || required.some((scope) => scopes.includes(scope)))
}

function groupNames (kernel: Kernel, { group_filter_type: filterType, value }: ServerClaim, user: User | undefined): string[] | undefined {
  if (!user) return undefined
  const names = namesOfGroups(kernel, user).filter(groupFilter(filterType, value))
  if (names.length > MAX_GROUPS_IN_A_CLAIM) throw new TooManyGroupsError()
  return names
}

function groupFilter (filterType: ServerClaim['group_filter_type'], value: string): (name: string) => boolean {
  switch (filterType) {
    case 'STARTS_WITH': return (name) => name.startsWith(value)
    case 'CONTAINS': return (name) => name.includes(value)
    case 'REGEX': {
      const pattern = new RegExp(value)
      return (name) => pattern.test(name)
    }
    default: return (name) => name === value
  }
}

function namesOfGroups (kernel: Kernel, user: User | undefined): string[] {
  return user ? kernel.store(Groups).ofUser(user.id).map(({ profile }) => profile.name) : []
}
