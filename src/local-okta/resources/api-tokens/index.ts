import type { Resource } from '../resource.js'
import { apiTokenRoutes } from './routes.js'
import { ApiTokens } from './store.js'

/** The API tokens of the org. Okta's API makes none: that is for the console. */
export const apiTokens: Resource = {
  stores: [ApiTokens],
  routes: apiTokenRoutes,
  eventTypes: {
    'system.api_token.create': 'Create API token',
    'system.api_token.update': 'Update API token',
    'system.api_token.revoke': 'Revoke API token',
    'system.api_token.request_outside_allowed_range': 'API token used from outside of its allowed networks'
  }
}
