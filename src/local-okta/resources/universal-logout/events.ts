/** The event types of Universal Logout. The display messages are unconfirmed. */
export const UNIVERSAL_LOGOUT_EVENT_TYPES = {
  'user.authentication.universal_logout': 'Universal Logout of a user from an app',
  'user.authentication.universal_logout.scheduled': 'Universal Logout of a user is scheduled'
} as const
