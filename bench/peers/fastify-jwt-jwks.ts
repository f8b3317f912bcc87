import fastify from 'fastify'
import fastifyJwtJwks from 'fastify-jwt-jwks'
import { addResource, listen, type StartServer } from '../servers/server.js'

/** As in its README: `fastify.authenticate` of one issuer. Keeps keys for a day, its default. */
export const start: StartServer = async ({ issuer, audience, jwksUri }) => {
  const app = fastify()
  await app.register(fastifyJwtJwks.fastifyJwtJwks, { jwksUrl: jwksUri, issuer, audience })
  addResource(app, app.authenticate as never, (request) => (request.user as { sub: string }).sub)
  return await listen(app)
}
