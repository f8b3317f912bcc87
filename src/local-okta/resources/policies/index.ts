import type { Resource } from '../resource.js'
import { PolicyMappings } from './policy-mappings.js'
import { policyRoutes } from './routes.js'

/** What is done with policies beside create, read, update and delete, which is in the records. */
export const policies: Resource = {
  stores: [PolicyMappings],
  routes: policyRoutes,
  eventTypes: { 'policy.evaluate_sign_on': 'Evaluation of sign-on policy' }
}
