import fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { listen } from '../servers/listen.js'
import { addResource } from '../servers/resource.js'
import type { StartServer } from '../servers/server.js'

/** The plugin alone, without the cross-check. */
export const start: StartServer = async ({ issuer, audience }) => {
  const app = fastify()
  await app.register(fastifyOkta, { issuer, audience, secondOpinion: false })
  addResource(app, app.okta.authenticate, request => request.claims?.sub ?? '')
  return await listen(app)
}
