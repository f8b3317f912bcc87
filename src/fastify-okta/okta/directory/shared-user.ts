import { freezeJson } from '../../oauth/frozen.js'
import { parseJsonObject } from '../../oauth/json-object.js'
import { PROFILE_ATTRIBUTES, type OktaUser } from './user.js'

/** A user as one process tells it to others, and when it was read from Okta, in milliseconds since the epoch. */
export interface SharedUser {
  /** `null` where the directory has none. */
  readonly user: OktaUser | null
  readonly readAtMs: number
}

type Json = Readonly<Record<string, unknown>>

const MEMBERS = ['id', 'status', 'created', 'lastLogin', 'lastUpdated', 'profile', 'groups']
const STATUSES = ['STAGED', 'PROVISIONED', 'ACTIVE', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'SUSPENDED', 'DEPROVISIONED']
const GROUP_MEMBERS = ['id', 'name', 'type']
const GROUP_TYPES = ['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN']

export function writeSharedUser ({ user, readAtMs }: SharedUser): string {
  return JSON.stringify({ readAtMs, user })
}

/**
 * Reads what another process has written, or whoever else can write there: strict JSON, every member as it must be and
 * no other, of the user that was asked for, and with the profile attributes that this process keeps. Frozen like any user.
 *
 * @returns `undefined` for anything else
 */
export function readSharedUser (text: string, userId: string, moreAttributes: readonly string[]): SharedUser | undefined {
  const shared = parseJsonObject(Buffer.from(text))
  if (shared === undefined || !hasExactly(shared, ['readAtMs', 'user'])) return undefined
  const { readAtMs, user } = shared
  if (typeof readAtMs !== 'number' || !Number.isSafeInteger(readAtMs)) return undefined
  if (user !== null && !(isUser(user, moreAttributes) && user.id === userId)) return undefined
  return { user: freezeJson(user), readAtMs }
}

function isUser (value: unknown, moreAttributes: readonly string[]): value is OktaUser {
  if (!isObject(value) || !hasExactly(value, MEMBERS)) return false
  const { id, status, created, lastLogin, lastUpdated, profile, groups } = value
  return typeof id === 'string' && STATUSES.includes(status as string) &&
    [created, lastLogin, lastUpdated].every(isTextOrNull) &&
    isProfile(profile, moreAttributes) &&
    Array.isArray(groups) && groups.every(isGroup)
}

function isProfile (value: unknown, moreAttributes: readonly string[]): boolean {
  if (!isObject(value) || !hasExactly(value, [...new Set([...PROFILE_ATTRIBUTES, ...moreAttributes])])) return false
  return typeof value['login'] === 'string' && PROFILE_ATTRIBUTES.every(name => isTextOrNull(value[name]))
}

function isGroup (value: unknown): boolean {
  if (!isObject(value) || !hasExactly(value, GROUP_MEMBERS)) return false
  const { id, name, type } = value
  return typeof id === 'string' && typeof name === 'string' && GROUP_TYPES.includes(type as string)
}

function hasExactly (value: Json, names: readonly string[]): boolean {
  return Object.keys(value).length === names.length && names.every(name => Object.hasOwn(value, name))
}

function isTextOrNull (value: unknown): boolean {
  return value === null || typeof value === 'string'
}

function isObject (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
