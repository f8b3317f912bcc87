/** Changes of groups: without them, a removed member is greeted until the cache entry expires. */
export const MEMBERSHIP_EVENT_TYPES = ['group.user_membership.add', 'group.user_membership.remove'] as const

/** What the service's event hook acts on, of the types that Okta delivers to hooks. */
export const EVENT_TYPES = [
  ...MEMBERSHIP_EVENT_TYPES,
  'group.profile.update',
  'group.lifecycle.delete',
  'user.account.lock',
  'user.account.unlock',
  'user.account.unlock_by_admin',
  'user.account.update_profile',
  'user.lifecycle.activate',
  'user.lifecycle.deactivate',
  'user.lifecycle.delete.initiated',
  'user.lifecycle.reactivate',
  'user.lifecycle.suspend',
  'user.lifecycle.unsuspend',
  'user.session.clear',
  'user.authentication.universal_logout'
] as const
