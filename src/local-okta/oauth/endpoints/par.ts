import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AuthorizationServer } from '../authorization-server.js'
import type { OAuthContext } from '../context.js'
import { invalidRequest } from '../errors.js'
import type { Form } from '../form.js'
import { forwardToProvider } from '../provider/forward.js'
import { authenticateCaller } from './caller.js'
import { checkProof } from './token.js'

/** `/v1/par`: keeps the parameters of an authorization request (RFC 9126). A DPoP proof binds the code to its key. */
export async function answerPushedAuthorization (
  context: OAuthContext, server: AuthorizationServer, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const client = await authenticateCaller(context, server, request)
  if ((request.body as Form).has('request_uri')) throw invalidRequest("The 'request_uri' parameter must not be pushed.")
  await checkProof(context, request)
  await forwardToProvider(context, { server, client, request, reply })
  return reply
}
