import type { EventTarget } from '../../kernel/system-log.js'
import type { Group } from './group.js'

/** The event types that concern groups, with their display messages. */
export const GROUP_EVENT_TYPES = {
  'group.lifecycle.create': 'Create Okta group',
  'group.lifecycle.delete': 'Delete Okta group',
  'group.profile.update': 'Update Okta group',
  'group.user_membership.add': 'Add user to group membership',
  'group.user_membership.remove': 'Remove user from group membership'
} as const

/** A group as the target of an event. */
export function groupTarget ({ id, profile }: Group): EventTarget {
  return { id, type: 'UserGroup', alternateId: 'unknown', displayName: profile.name }
}
