import type { AddressInfo } from 'node:net'
import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import { PATH, resourceOf } from '../servers/server.js'
import type { StartServer } from '../servers/server.js'

/** As in its README: the middleware of one issuer on an Express application. */
export const start: StartServer = async ({ issuer, audience, jwksUri }) => {
  const app = express()
  app.get(PATH, auth({ issuer, jwksUri, audience, tokenSigningAlg: 'RS256' }), (request, response) => {
    response.json(resourceOf(request.auth?.payload.sub ?? ''))
  })
  // Express would write the stack of each refusal to the standard error.
  app.set('env', 'test')
  return await new Promise((resolve, reject) => {
    const server = app.listen(0, '127.0.0.1', () => { resolve((server.address() as AddressInfo).port) })
    server.once('error', reject)
  })
}
