import type { Group, User } from '@okta/okta-sdk-nodejs'
import { deepFreezeWithoutPrototypes } from '../../oauth/frozen.js'
import { PROFILE_ATTRIBUTES, type OktaGroup, type OktaGroupType, type OktaUser, type OktaUserProfile, type OktaUserStatus } from './user.js'

/** Makes a plain user of the SDK's models, which hold more than is promised. */
export function toOktaUser (user: User, groups: readonly Group[], moreAttributes: readonly string[]): OktaUser {
  const attributes = [...PROFILE_ATTRIBUTES, ...moreAttributes]
  const profile = (user.profile ?? {}) as Record<string, unknown>
  return deepFreezeWithoutPrototypes({
    id: user.id as string,
    status: user.status as OktaUserStatus,
    created: toIsoDate(user.created),
    lastLogin: toIsoDate(user.lastLogin),
    lastUpdated: toIsoDate(user.lastUpdated),
    profile: Object.fromEntries(attributes.map(name => [name, toJson(profile[name])])) as unknown as OktaUserProfile,
    groups: groups.map(toOktaGroup)
  })
}

/** Keeps what guards and routes need of a group. */
export function toOktaGroup (group: Group): OktaGroup {
  return {
    id: group.id as string,
    name: (group.profile as { name?: string } | undefined)?.name ?? '',
    type: group.type as OktaGroupType
  }
}

/** The SDK turns some strings into dates; a user is JSON again. */
function toJson (value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value)) as unknown
}

function toIsoDate (date: unknown): string | null {
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date.toISOString() : null
}
