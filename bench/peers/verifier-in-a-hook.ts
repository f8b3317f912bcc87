import fastify, { type FastifyRequest } from 'fastify'
import { addResource, listen } from '../servers/server.js'

declare module 'fastify' {
  interface FastifyRequest {
    subject: string
  }
}

/** For the libraries that verify a token and leave it to their user to find it: `verify` returns its subject. */
export async function listenWith (verify: (accessToken: string, request: FastifyRequest) => Promise<unknown>): Promise<number> {
  const app = fastify()
  app.decorateRequest('subject', '')
  addResource(app, async (request, reply) => {
    try {
      const [, accessToken = ''] = /^(?:Bearer|DPoP) (.+)$/.exec(request.headers.authorization ?? '') ?? []
      request.subject = String(await verify(accessToken, request))
    } catch {
      return await reply.code(401).header('www-authenticate', 'Bearer error="invalid_token"').send({ error: 'Unauthorized', statusCode: 401 })
    }
  }, (request) => request.subject)
  return await listen(app)
}
