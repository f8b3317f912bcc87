import fastify from 'fastify'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { listen } from '../servers/server.js'
import { addResource } from '../servers/server.js'
import type { StartServer } from '../servers/server.js'
import { readBearerToken, refuse } from './bearer.js'

/** As in its documentation: `jwtVerify()` with a remote key set, in a hook. */
export const start: StartServer = async ({ issuer, audience, jwksUri }) => {
  const keys = createRemoteJWKSet(new URL(jwksUri))
  const app = fastify()
  app.decorateRequest('subject', '')
  addResource(app, async (request, reply) => {
    try {
      const { payload } = await jwtVerify(readBearerToken(request), keys, { issuer, audience, algorithms: ['RS256'] })
      request.subject = payload.sub ?? ''
    } catch {
      return await refuse(reply)
    }
  }, request => request.subject)
  return await listen(app)
}
