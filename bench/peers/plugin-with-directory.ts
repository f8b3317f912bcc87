import fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { listen } from '../servers/listen.js'
import { addResource } from '../servers/resource.js'
import type { StartServer } from '../servers/server.js'

/** The plugin alone, with users from the directory. */
export const start: StartServer = async ({ issuer, audience, directory }) => {
  const app = fastify()
  await app.register(fastifyOkta, { issuer, audience, ...(directory === undefined ? {} : { directory }) })
  addResource(app, app.okta.authenticate, request => request.oktaUser?.profile.login ?? '')
  return await listen(app)
}
