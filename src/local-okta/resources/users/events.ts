import type { EventActor, EventOutcome, EventTarget } from '../../kernel/system-log.js'
import type { User, UserStatus } from './user.js'

/** The event types that concern users, with their display messages. */
export const USER_EVENT_TYPES = {
  'user.account.lock': 'Max sign in attempts exceeded',
  'user.account.reset_password': 'User reset password for Okta',
  'user.account.unlock': 'User unlock Okta account',
  'user.account.unlock_by_admin': 'Admin unlock user account',
  'user.account.update_password': 'User update password for Okta',
  'user.account.update_profile': 'Update user profile for Okta',
  'user.lifecycle.activate': 'Activate Okta user',
  'user.lifecycle.create': 'Create Okta user',
  'user.lifecycle.deactivate': 'Deactivate Okta user',
  'user.lifecycle.delete.initiated': 'Initiate delete of Okta user',
  'user.lifecycle.suspend': 'Suspend Okta user',
  'user.lifecycle.unsuspend': 'Unsuspend Okta user',
  'user.session.clear': 'Clear user session',
  'user.session.end': 'User logout from Okta',
  'user.session.start': 'User login to Okta'
} as const

type UserEventType = keyof typeof USER_EVENT_TYPES

/** A user as the target of an event. */
export function userTarget ({ id, profile }: User): EventTarget {
  const displayName = [profile.firstName, profile.lastName].filter(Boolean).join(' ')
  return { id, type: 'User', alternateId: profile.login, displayName }
}

/** A user who acts. */
export function userActor (user: User): EventActor {
  return { ...userTarget(user), type: 'User' }
}

/** How a change of status ends in the System Log: Okta counts a locked account among the failed sign-ins. */
export function outcomeOf (eventType: UserEventType): EventOutcome {
  return eventType === 'user.account.lock' ? { result: 'FAILURE', reason: 'LOCKED_OUT' } : { result: 'SUCCESS', reason: null }
}

/** The event type for a change of status, or undefined if Okta has none. */
export function statusEventType (from: UserStatus, to: UserStatus, isByAdministrator: boolean): UserEventType | undefined {
  switch (to) {
    case 'ACTIVE':
      if (from === 'SUSPENDED') return 'user.lifecycle.unsuspend'
      if (from !== 'LOCKED_OUT') return 'user.lifecycle.activate'
      return isByAdministrator ? 'user.account.unlock_by_admin' : 'user.account.unlock'
    case 'PROVISIONED': return 'user.lifecycle.activate'
    case 'DEPROVISIONED': return 'user.lifecycle.deactivate'
    case 'SUSPENDED': return 'user.lifecycle.suspend'
    case 'LOCKED_OUT': return 'user.account.lock'
    case 'RECOVERY': return 'user.account.reset_password'
    case 'STAGED':
    case 'PASSWORD_EXPIRED': return undefined
  }
}
