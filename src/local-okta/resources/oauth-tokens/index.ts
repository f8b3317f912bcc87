import type { Resource } from '../resource.js'
import { RefreshTokens } from './refresh-tokens.js'
import { oauthTokenRoutes } from './routes.js'

/** The refresh tokens of users, apps and authorization servers. Nobody is asked for consent here, so there are no grants of users. */
export const oauthTokens: Resource = {
  stores: [RefreshTokens],
  routes: oauthTokenRoutes,
  eventTypes: { 'app.oauth2.token.revoke.implicit.user': 'OAuth2 tokens are revoked by an administrator' }
}
