// An application that tests can build: options come in, nothing listens.
import Fastify from 'fastify'
import fastifyOkta from 'fastify-okta'

export async function buildApp (okta) {
  const app = Fastify()
  await app.register(fastifyOkta, okta)
  app.get('/reports', { onRequest: app.okta.requireGroup('Auditors') }, async (request) => {
    return { for: request.oktaUser.profile.firstName }
  })
  return app
}
