import { createPublicKey, verify } from 'node:crypto'
import fastify from 'fastify'
import { listen } from '../servers/listen.js'
import { addResource, ANONYMOUS_RESOURCE } from '../servers/resource.js'
import type { StartServer } from '../servers/server.js'

const BEARER = 'Bearer '.length

/** The floor of the cold path: the signature is verified, and nothing else is. The token is not even read. */
export const start: StartServer = async ({ publicKeyPem }) => {
  const key = createPublicKey(publicKeyPem)
  const app = fastify()
  addResource(app, ({ headers: { authorization = '' } }, reply, done) => {
    const end = authorization.lastIndexOf('.')
    const signed = Buffer.from(authorization.slice(BEARER, end), 'latin1')
    if (verify('RSA-SHA256', signed, key, Buffer.from(authorization.slice(end + 1), 'base64url'))) return done()
    reply.code(401).send({ statusCode: 401, error: 'Unauthorized', message: 'the signature is wrong' })
  }, () => ANONYMOUS_RESOURCE.sub)
  return await listen(app)
}
