/* Paths of the greeting service that are registered at Okta. A test compares them with the service's. */

export const CALLBACK_PATH = '/callback'
export const DOCS_CALLBACK_PATH = '/docs/static/oauth2-redirect.html'
export const EVENT_HOOK_PATH = '/okta/events'
export const SECURITY_EVENTS_PATH = '/okta/security-events'
export const UNIVERSAL_LOGOUT_PATH = '/okta/universal-logout'
