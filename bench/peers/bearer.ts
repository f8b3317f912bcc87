import type { FastifyReply, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom the token is about, for the peers that have no place of their own for it. */
    subject: string
  }
}

/** For the peers that verify a token and leave it to their user to find it. */
export function readBearerToken ({ headers: { authorization = '' } }: FastifyRequest): string {
  if (!authorization.startsWith('Bearer ')) throw new Error('no bearer token')
  return authorization.slice(7)
}

export async function refuse (reply: FastifyReply): Promise<FastifyReply> {
  return await reply.code(401).header('www-authenticate', 'Bearer error="invalid_token"').send({ error: 'Unauthorized', statusCode: 401 })
}
