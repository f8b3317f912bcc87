import Fastify, { type FastifyRequest } from 'fastify'
import fastifyOkta, { assertAuthenticated } from 'fastify-okta'

const options = { issuer: 'https://dev-1.okta.com/oauth2/default', audience: 'api://default' }

// Guards know no server in particular.
const clear = Fastify({ http2: true })
await clear.register(fastifyOkta, options)
clear.get('/', { onRequest: clear.okta.authenticate }, async (request) => request.id)
clear.get('/', { onRequest: [clear.okta.requireScope('a'), clear.okta.identify] }, async (request) => {
  assertAuthenticated(request)
  return request.claims.sub
})
clear.route({ method: 'GET', url: '/', onRequest: clear.okta.authenticate, handler: async (request) => request.oktaUser?.id })
clear.addHook('onRequest', clear.okta.authenticate)
clear.addHook('onRequest', async (request, reply) => { await clear.okta.authenticate(request, reply) })

const secure = Fastify({ http2: true, https: { allowHTTP1: true } })
await secure.register(fastifyOkta, options)
secure.get('/', { onRequest: secure.okta.requireGroup('a') }, async (request) => request.claims?.sub)

const https = Fastify({ https: {} })
await https.register(fastifyOkta, options)
https.get('/', { onRequest: https.okta.authenticate }, async (request) => request.claims?.sub)
https.get<{ Headers: { 'x-tenant': string } }>('/', { onRequest: https.okta.authenticate }, async (request: FastifyRequest<{ Headers: { 'x-tenant': string } }>) => request.headers['x-tenant'])
