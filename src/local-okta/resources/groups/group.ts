import type { Entity } from '../../kernel/store.js'

/** `APP_GROUP`: imported from elsewhere; `BUILT_IN`: `Everyone`, which Okta itself keeps. */
export type GroupType = 'OKTA_GROUP' | 'APP_GROUP' | 'BUILT_IN'

/** A group's profile: two standard attributes and any others beside them. */
export interface GroupProfile {
  name: string
  description: string | null
  [attribute: string]: unknown
}

/** A group as the org keeps it, without its members. */
export interface Group extends Entity {
  readonly type: GroupType
  readonly profile: Readonly<GroupProfile>
  readonly lastMembershipUpdated: string
}

/** What a new group may bring along. Default type: `OKTA_GROUP`. */
export interface NewGroup {
  id?: string
  name: string
  description?: string | null
  type?: GroupType
}

/** The name of the group that always exists and holds every user. */
export const EVERYONE = 'Everyone'
