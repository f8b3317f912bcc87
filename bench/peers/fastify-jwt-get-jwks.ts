import fastifyJwt from '@fastify/jwt'
import fastify from 'fastify'
import buildGetJwks from 'get-jwks'
import { addResource, listen, type StartServer } from '../servers/server.js'

/** As in the README of get-jwks, with its path for Okta, and with fast-jwt's cache of verified tokens on. */
export const start: StartServer = async ({ issuer, audience }) => {
  const app = fastify()
  const getJwks = buildGetJwks({ issuersWhitelist: [issuer], jwksPath: '/v1/keys' })
  await app.register(fastifyJwt, {
    decode: { complete: true },
    secret: async (_request: unknown, decoded: unknown) => {
      const { header: { kid, alg }, payload: { iss } } = decoded as { header: { kid: string, alg: string }, payload: { iss: string } }
      return await getJwks.getPublicKey({ kid, domain: iss, alg })
    },
    verify: { algorithms: ['RS256'], allowedIss: issuer, allowedAud: audience, cache: true }
  })
  addResource(app, async (request) => { await request.jwtVerify() }, (request) => (request.user as { sub: string }).sub)
  return await listen(app)
}
