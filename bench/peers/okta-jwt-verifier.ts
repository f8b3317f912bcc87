import OktaJwtVerifier from '@okta/jwt-verifier'
import type { StartServer } from '../servers/server.js'
import { listenWith } from './verifier-in-a-hook.js'

/** As in its README: `verifyAccessToken()`. Keeps the keys for an hour, its default. */
export const start: StartServer = async ({ issuer, audience }) => {
  const verifier = new OktaJwtVerifier({ issuer, testing: { disableHttpsCheck: true } })
  return await listenWith(async (accessToken) => (await verifier.verifyAccessToken(accessToken, audience)).claims.sub)
}
