import type { Org } from '../org/org.js'
import type { User, UserStatus } from '../org/users.js'

const TYPE_ID = 'oty00000000000000001'
const SCHEMA_ID = 'osc00000000000000001'

type Link = { href: string, method?: 'POST' }

// what an administrator may do next, by status
const OPERATIONS: Readonly<Record<UserStatus, readonly string[]>> = {
  STAGED: ['activate', 'deactivate'],
  PROVISIONED: ['reactivate', 'deactivate'],
  ACTIVE: ['suspend', 'expire_password', 'reset_password', 'deactivate'],
  RECOVERY: ['reactivate', 'deactivate'],
  PASSWORD_EXPIRED: ['reset_password', 'deactivate'],
  LOCKED_OUT: ['unlock', 'deactivate'],
  SUSPENDED: ['unsuspend', 'deactivate'],
  DEPROVISIONED: ['activate']
}

/** A user as `GET /users/{id}` shows it. */
export function representUser (org: Org, user: User): Record<string, unknown> {
  const lifecycle = OPERATIONS[user.status].map((operation): [string, Link] =>
    [toCamelCase(operation), { href: `${hrefOf(org, user)}/lifecycle/${operation}`, method: 'POST' }])
  return {
    ...representation(user),
    _links: {
      self: { href: hrefOf(org, user) },
      type: { href: `${org.orgUrl}/api/v1/meta/types/user/${TYPE_ID}` },
      schema: { href: `${org.orgUrl}/api/v1/meta/schemas/user/${SCHEMA_ID}` },
      ...Object.fromEntries(lifecycle)
    }
  }
}

/** A user as lists show it: with no link but its own. */
export function representListedUser (org: Org, user: User): Record<string, unknown> {
  return { ...representation(user), _links: { self: { href: hrefOf(org, user) } } }
}

/** Reads a property by its path in a filter, such as `profile.login`. */
export function readUserProperty (user: User, path: string): unknown {
  if (path.startsWith('profile.')) return user.profile[path.slice('profile.'.length)]
  const { id, status, created, activated, statusChanged, lastUpdated } = user
  const properties: Record<string, unknown> = { id, status, created, activated, statusChanged, lastUpdated, 'type.id': TYPE_ID }
  return properties[path]
}

function representation (user: User): Record<string, unknown> {
  const { password, profile, ...rest } = user
  return {
    ...rest,
    type: { id: TYPE_ID },
    profile: { secondEmail: null, mobilePhone: null, ...profile },
    credentials: {
      ...(password === null ? {} : { password: {} }),
      emails: [{ value: profile.email, status: 'VERIFIED', type: 'PRIMARY' }],
      provider: { type: 'OKTA', name: 'OKTA' }
    }
  }
}

function hrefOf ({ orgUrl }: Org, { id }: User): string {
  return `${orgUrl}/api/v1/users/${id}`
}

function toCamelCase (operation: string): string {
  return operation.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase())
}
