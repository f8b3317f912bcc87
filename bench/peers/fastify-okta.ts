import fastify from 'fastify'
import fastifyOkta from 'fastify-okta'
import { addResource, listen, type StartServer } from '../servers/server.js'

export const start: StartServer = async ({ issuer, audience, plugin }) => {
  const app = fastify()
  await app.register(fastifyOkta, { issuer, audience, ...plugin })
  addResource(app, app.okta.authenticate, (request) => request.claims?.sub ?? '')
  return await listen(app)
}
