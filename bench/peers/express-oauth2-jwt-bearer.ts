import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import { PATH, resourceOf, type StartServer } from '../servers/server.js'

/** As in its README: the middleware of one issuer on an Express application. It does not remember used DPoP proofs. */
export const start: StartServer = async ({ issuer, audience, jwksUri, isDpop = false }) => {
  const app = express()
  // The public URL, which proofs are for, comes from headers of the proxy.
  app.set('trust proxy', isDpop)
  // Express would write the stack of each refusal to the standard error.
  app.set('env', 'test')
  app.get(PATH, auth({ issuer, jwksUri, audience, tokenSigningAlg: 'RS256', dpop: { enabled: isDpop, required: isDpop } }), (request, response) => {
    response.json(resourceOf(request.auth?.payload.sub ?? ''))
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
