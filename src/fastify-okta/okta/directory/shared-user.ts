import { deepFreezeWithoutPrototypes } from '../../oauth/frozen.js'
import { isJsonObject, parseJsonObject, type JsonObject } from '../../oauth/json-object.js'
import { PROFILE_ATTRIBUTES, type OktaUser } from './user.js'

/** A user as one process shares it with others, and when its lookup began, in milliseconds since the epoch by two clocks. */
export interface SharedUser {
  /** `null` if the directory has no such user. */
  readonly user: OktaUser | null
  /** By the clock of the shared cache. */
  readonly readAtMs: number
  /** By the clock of the process that read the user. */
  readonly localReadAtMs: number
}

const MEMBERS = ['id', 'status', 'created', 'lastLogin', 'lastUpdated', 'profile', 'groups']
const STATUSES = ['STAGED', 'PROVISIONED', 'ACTIVE', 'RECOVERY', 'PASSWORD_EXPIRED', 'LOCKED_OUT', 'SUSPENDED', 'DEPROVISIONED']
const GROUP_MEMBERS = ['id', 'name', 'type']
const GROUP_TYPES = ['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN']

export function writeSharedUser ({ user, readAtMs, localReadAtMs }: SharedUser): string {
  return JSON.stringify({ readAtMs, localReadAtMs, user })
}

/**
 * Reads what another process has written, or anyone else who can write there: strict JSON, every member valid and no
 * other, of the requested user, and with the profile attributes that this process keeps. Frozen like any user.
 *
 * @returns `undefined` for anything else
 */
export function readSharedUser (text: string, userId: string, moreAttributes: readonly string[]): SharedUser | undefined {
  const shared = parseJsonObject(Buffer.from(text))
  if (shared === undefined || !hasExactly(shared, ['readAtMs', 'localReadAtMs', 'user'])) return undefined
  const { readAtMs, localReadAtMs, user } = shared
  if (!isInteger(readAtMs) || !isInteger(localReadAtMs)) return undefined
  if (user !== null && !(isUser(user, moreAttributes) && user.id === userId)) return undefined
  return { user: deepFreezeWithoutPrototypes(user), readAtMs, localReadAtMs }
}

function isUser (value: unknown, moreAttributes: readonly string[]): value is OktaUser {
  if (!isJsonObject(value) || !hasExactly(value, MEMBERS)) return false
  const { id, status, created, lastLogin, lastUpdated, profile, groups } = value
  return typeof id === 'string' && STATUSES.includes(status as string) &&
    [created, lastLogin, lastUpdated].every(isStringOrNull) &&
    isProfile(profile, moreAttributes) &&
    Array.isArray(groups) && groups.every(isGroup)
}

function isProfile (value: unknown, moreAttributes: readonly string[]): boolean {
  if (!isJsonObject(value) || !hasExactly(value, [...new Set([...PROFILE_ATTRIBUTES, ...moreAttributes])])) return false
  return typeof value['login'] === 'string' && PROFILE_ATTRIBUTES.every(name => isStringOrNull(value[name]))
}

function isGroup (value: unknown): boolean {
  if (!isJsonObject(value) || !hasExactly(value, GROUP_MEMBERS)) return false
  const { id, name, type } = value
  return typeof id === 'string' && typeof name === 'string' && GROUP_TYPES.includes(type as string)
}

function hasExactly (value: JsonObject, names: readonly string[]): boolean {
  return Object.keys(value).length === names.length && names.every(name => Object.hasOwn(value, name))
}

function isStringOrNull (value: unknown): boolean {
  return value === null || typeof value === 'string'
}

function isInteger (value: unknown): value is number {
  return Number.isSafeInteger(value)
}
