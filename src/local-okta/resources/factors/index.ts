import type { Resource } from '../resource.js'
import { enrollmentRoutes } from './enrollments.js'
import { factorRoutes } from './routes.js'
import { Factors } from './store.js'

/** The second factors of the users, and their authenticator enrollments, which are the same in the words of Identity Engine. */
export const factors: Resource = {
  stores: [Factors],
  routes: [...factorRoutes, ...enrollmentRoutes],
  eventTypes: {
    'user.mfa.factor.activate': 'Activate factor for user',
    'user.mfa.factor.deactivate': 'Reset factor for user',
    'user.mfa.factor.reset_all': 'Reset all factors for user',
    'user.authentication.auth_via_mfa': 'Authentication of user via MFA'
  }
}
