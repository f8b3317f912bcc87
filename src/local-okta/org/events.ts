import { randomUUID } from 'node:crypto'
import type { Group } from './groups.js'
import type { User, UserStatus } from './users.js'

/** The event types that this org announces, by what its System Log would say of them. */
const DISPLAY_MESSAGES = {
  'group.lifecycle.create': 'Create Okta group',
  'group.lifecycle.delete': 'Delete Okta group',
  'group.profile.update': 'Update Okta group',
  'group.user_membership.add': 'Add user to group membership',
  'group.user_membership.remove': 'Remove user from group membership',
  'user.account.lock': 'Max sign in attempts exceeded',
  'user.account.reset_password': 'User reset password for Okta',
  'user.account.unlock': 'User unlock Okta account',
  'user.account.update_profile': 'Update user profile for Okta',
  'user.lifecycle.activate': 'Activate Okta user',
  'user.lifecycle.create': 'Create Okta user',
  'user.lifecycle.deactivate': 'Deactivate Okta user',
  'user.lifecycle.delete.initiated': 'Initiate delete of Okta user',
  'user.lifecycle.suspend': 'Suspend Okta user',
  'user.lifecycle.unsuspend': 'Unsuspend Okta user'
} as const

export type OrgEventType = keyof typeof DISPLAY_MESSAGES
export const ORG_EVENT_TYPES = Object.keys(DISPLAY_MESSAGES) as OrgEventType[]

/** What an event is about, as the System Log has it. */
export interface EventTarget {
  readonly id: string
  readonly type: 'User' | 'UserGroup'
  readonly alternateId: string
  readonly displayName: string
}

/** Something that has happened in the org. */
export interface OrgEvent {
  readonly uuid: string
  readonly published: string
  readonly eventType: OrgEventType
  readonly displayMessage: string
  readonly targets: readonly EventTarget[]
}

/** Tells whoever listens what happens in the org, at once. Keeps nothing: there is no System Log to be read later. */
export class OrgEvents {
  readonly #listeners: Array<(event: OrgEvent) => void> = []

  subscribe (listener: (event: OrgEvent) => void): void {
    this.#listeners.push(listener)
  }

  announce (eventType: OrgEventType, ...targets: EventTarget[]): void {
    const event: OrgEvent = {
      uuid: randomUUID(), published: new Date().toISOString(), eventType, displayMessage: DISPLAY_MESSAGES[eventType], targets
    }
    for (const listener of this.#listeners) listener(event)
  }
}

/** A user as the target of an event. */
export function userTarget ({ id, profile }: User): EventTarget {
  const displayName = [profile.firstName, profile.lastName].filter(Boolean).join(' ')
  return { id, type: 'User', alternateId: profile.login, displayName }
}

/** A group as the target of an event. */
export function groupTarget ({ id, profile }: Group): EventTarget {
  return { id, type: 'UserGroup', alternateId: 'unknown', displayName: profile.name }
}

/** What Okta calls this step, or undefined where it has no event for hooks. */
export function statusEventType (from: UserStatus, to: UserStatus): OrgEventType | undefined {
  if (from === to) return undefined
  switch (to) {
    case 'ACTIVE': return from === 'SUSPENDED' ? 'user.lifecycle.unsuspend' : from === 'LOCKED_OUT' ? 'user.account.unlock' : 'user.lifecycle.activate'
    case 'PROVISIONED': return 'user.lifecycle.activate'
    case 'DEPROVISIONED': return 'user.lifecycle.deactivate'
    case 'SUSPENDED': return 'user.lifecycle.suspend'
    case 'LOCKED_OUT': return 'user.account.lock'
    case 'RECOVERY': return 'user.account.reset_password'
    case 'STAGED':
    case 'PASSWORD_EXPIRED': return undefined
  }
}
