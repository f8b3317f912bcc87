/* Names of what setup creates, by which it finds it again. */

export const APP_LABEL = 'Fastify Okta greeting'
export const POLICY_NAME = 'Greeting service'
export const RULE_NAME = 'Users of the greeting page'
export const HOOK_NAME = 'Greeting service'
export const PROFILE_SCOPE_TEXT = 'Change the profile of the user'
/** Of the page: `offline_access` is requested by clients that refresh. */
export const GRANT_TYPES = ['authorization_code', 'refresh_token'] as const
