import { createHash } from 'node:crypto'
import { hasAnyPassword } from './user.js'
import type { User, UserStatus } from './user.js'

const SCHEMA_ID = 'osc00000000000000001'

type View = Record<string, unknown>

/** A user as it is shown. */
export interface UserView extends View {
  readonly credentials: View
  readonly _links: View
}

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

/** Okta's description lets every other standard attribute be null. */
const NEVER_NULL = new Set(['department', 'employeeNumber', 'locale'])

/** A user as `GET /users/{id}` shows it. */
export function toUserView (orgUrl: string, user: User): UserView {
  const href = hrefOf(orgUrl, user)
  const lifecycle = OPERATIONS[user.status].map((operation) =>
    [toCamelCase(operation), { href: `${href}/lifecycle/${operation}`, method: 'POST' }])
  return {
    ...toView(user),
    _links: {
      self: { href },
      type: { href: `${orgUrl}/api/v1/meta/types/user/${user.typeId}` },
      schema: { href: `${orgUrl}/api/v1/meta/schemas/user/${SCHEMA_ID}` },
      ...Object.fromEntries(lifecycle)
    }
  }
}

/** A user as lists show it: with no link but its own. */
export function toListedUserView (orgUrl: string, user: User): UserView {
  return { ...toView(user), _links: { self: { href: hrefOf(orgUrl, user) } } }
}

/** What is shown of a user's credentials: never a value. */
export function toCredentialsView (user: User): View {
  return {
    ...(hasAnyPassword(user) ? { password: {} } : {}),
    ...(user.recoveryQuestion === null ? {} : { recovery_question: { question: user.recoveryQuestion.question } }),
    provider: { ...user.provider }
  }
}

/** The weak entity tag of a user's view, which `If-Match` compares. */
export function entityTagOf (view: unknown): string {
  return `W/"${createHash('sha256').update(JSON.stringify(view)).digest('hex')}"`
}

function toView (user: User): Omit<UserView, '_links'> & { credentials: View } {
  const { id, status, created, activated, statusChanged, lastLogin, lastUpdated, passwordChanged, typeId, realmId } = user
  return {
    id,
    status,
    created,
    activated,
    statusChanged,
    lastLogin,
    lastUpdated,
    passwordChanged,
    type: { id: typeId },
    ...(realmId === null ? {} : { realmId }),
    profile: toProfileView(user),
    credentials: {
      ...toCredentialsView(user),
      emails: [{ value: user.profile.email, status: 'VERIFIED', type: 'PRIMARY' }]
    }
  }
}

function toProfileView ({ profile }: User): View {
  const view: View = { secondEmail: null, mobilePhone: null }
  for (const [name, value] of Object.entries(profile)) if (value !== null || !NEVER_NULL.has(name)) view[name] = value
  return view
}

function hrefOf (orgUrl: string, { id }: User): string {
  return `${orgUrl}/api/v1/users/${id}`
}

function toCamelCase (operation: string): string {
  return operation.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase())
}
