import type { EventTarget } from '../../kernel/system-log.js'
import type { Application, AppUser } from './application.js'

/** The event types that concern apps and assignments, with their display messages. */
export const APP_EVENT_TYPES = {
  'app.oauth2.as.consent.grant': 'User granted consent to app',
  'app.oauth2.as.consent.revoke': 'User revoked consent from app',
  'application.lifecycle.activate': 'Activate application',
  'application.lifecycle.create': 'Create application',
  'application.lifecycle.deactivate': 'Deactivate application',
  'application.lifecycle.delete': 'Delete application',
  'application.lifecycle.update': 'Update application',
  'application.user_membership.add': 'Add user to application membership',
  'application.user_membership.remove': "Remove user's application membership",
  'application.user_membership.update': 'Update user application membership',
  'group.application_assignment.add': 'Add assigned application to group',
  'group.application_assignment.remove': 'Remove assigned application from group',
  'group.application_assignment.update': 'Update application assignment of group'
} as const

/** An app as the target of an event. */
export function appTarget ({ id, label }: Application): EventTarget {
  return { id, type: 'AppInstance', alternateId: label, displayName: label }
}

/** A user's assignment as the target of an event. */
export function appUserTarget ({ id, userName }: AppUser): EventTarget {
  return { id, type: 'AppUser', alternateId: userName, displayName: userName }
}
