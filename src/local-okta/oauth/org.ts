import type { Kernel } from '../kernel/kernel.js'
import { Applications } from '../resources/apps/store.js'
import { Groups } from '../resources/groups/store.js'
import { Users } from '../resources/users/store.js'
import type { LocalOktaSeed } from '../seed.js'

/** OpenID Connect's scopes, which every authorization server has. */
export const SYSTEM_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'] as const

/** The id of the org itself, which tokens name as `idp` of a password sign-in. */
export const ORG_ID = '00olocalokta00000001'

/** What the authorization servers know of the org. The Management API does not use it. */
export interface Org {
  readonly orgUrl: string
  readonly issuer: string
  readonly audience: string
  readonly users: Users
  readonly groups: Groups
  readonly applications: Applications
  /** The scopes of the `default` server, system scopes first. */
  readonly scopes: readonly string[]
  readonly groupsClaim: LocalOktaSeed['groupsClaim']
}

/** Makes it out of the resources, once they are seeded. */
export function createOrg (kernel: Kernel, { scopes, groupsClaim }: Pick<LocalOktaSeed, 'scopes' | 'groupsClaim'>): Org {
  return {
    orgUrl: kernel.orgUrl,
    issuer: `${kernel.orgUrl}/oauth2/default`,
    audience: 'api://default',
    users: kernel.store(Users),
    groups: kernel.store(Groups),
    applications: kernel.store(Applications),
    scopes: [...SYSTEM_SCOPES, ...scopes],
    groupsClaim
  }
}
