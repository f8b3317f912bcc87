import type { Resource } from '../resource.js'
import { UNIVERSAL_LOGOUT_EVENT_TYPES } from './events.js'
import { UniversalLogout } from './universal-logout.js'

/** Universal Logout. Its endpoint is outside of the Management API: see `routes.ts`. */
export const universalLogout: Resource = {
  stores: [UniversalLogout],
  routes: [],
  eventTypes: UNIVERSAL_LOGOUT_EVENT_TYPES
}
