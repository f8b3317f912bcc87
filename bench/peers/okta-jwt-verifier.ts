import OktaJwtVerifier from '@okta/jwt-verifier'
import fastify from 'fastify'
import { listen } from '../servers/server.js'
import { addResource } from '../servers/server.js'
import type { StartServer } from '../servers/server.js'
import { readBearerToken, refuse } from './bearer.js'

/** As in its README: `verifyAccessToken()` in a hook. Keeps the keys for an hour, its default. */
export const start: StartServer = async ({ issuer, audience }) => {
  const verifier = new OktaJwtVerifier({ issuer, testing: { disableHttpsCheck: true } })
  const app = fastify()
  app.decorateRequest('subject', '')
  addResource(app, async (request, reply) => {
    try {
      const { claims } = await verifier.verifyAccessToken(readBearerToken(request), audience)
      request.subject = String(claims.sub)
    } catch {
      return await refuse(reply)
    }
  }, request => request.subject)
  return await listen(app)
}
