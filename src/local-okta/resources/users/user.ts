import type { Entity } from '../../kernel/store.js'

/** The status words of Okta's user lifecycle. */
export type UserStatus =
  'STAGED' | 'PROVISIONED' | 'ACTIVE' | 'RECOVERY' | 'PASSWORD_EXPIRED' | 'LOCKED_OUT' | 'SUSPENDED' | 'DEPROVISIONED'

/** An Okta user profile: four standard attributes and any others beside them. */
export interface UserProfile {
  login: string
  email: string
  firstName: string | null
  lastName: string | null
  [attribute: string]: unknown
}

/** Who vouches for a user's identity. `IMPORT`: the password came as a hash, or is checked by a hook. */
export interface AuthenticationProvider {
  readonly type: 'OKTA' | 'IMPORT' | 'FEDERATION' | 'SOCIAL' | 'ACTIVE_DIRECTORY' | 'LDAP'
  readonly name: string
}

/** What a user recovers an account with. No endpoint shows the answer. */
export interface RecoveryQuestion {
  readonly question: string
  readonly answer: string
}

/** A user as the org keeps it. No endpoint shows the password. */
export interface User extends Entity {
  readonly status: UserStatus
  readonly profile: Readonly<UserProfile>
  /** Null without one, and for a password imported as a hash, with which one cannot sign in here. */
  readonly password: string | null
  readonly recoveryQuestion: RecoveryQuestion | null
  readonly provider: AuthenticationProvider
  /** The id of the user's type. */
  readonly typeId: string
  readonly realmId: string | null
  readonly activated: string | null
  readonly statusChanged: string | null
  readonly lastLogin: string | null
  readonly passwordChanged: string | null
  /** Before the present one, the latest last. */
  readonly formerPasswords?: readonly string[]
  /** How many wrong passwords in a row have been sent. */
  readonly wrongPasswords?: number
  /** When a locked account is unlocked by itself, in milliseconds since the epoch. Undefined: it is not. */
  readonly unlocksAt?: number | undefined
}

/** What a new user may bring along. Default status: `ACTIVE` with a password, `PROVISIONED` without. */
export interface NewUser {
  id?: string
  profile: UserProfile
  password?: string | null
  status?: UserStatus
  recoveryQuestion?: RecoveryQuestion | null
  /** Default: Okta itself. */
  provider?: AuthenticationProvider
  /** Default: the id of the default user type. */
  typeId?: string
  realmId?: string | null
}

/** The id of the user type that always exists. */
export const DEFAULT_TYPE_ID = 'oty00000000000000001'

/** The provider of users whose passwords Okta keeps. */
export const OKTA_PROVIDER: AuthenticationProvider = { type: 'OKTA', name: 'OKTA' }

/** True if the user may sign in and hold live tokens. */
export function isActive (user: User | undefined): user is User {
  return user?.status === 'ACTIVE'
}

/** True if the user has a password, here or where it was imported from. */
export function hasAnyPassword ({ password, provider }: User): boolean {
  return password !== null || provider.type === 'IMPORT'
}
