import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AuthorizationServer } from '../authorization-server.js'
import { DEVICE_CODE } from '../capabilities.js'
import type { OAuthContext } from '../context.js'
import { requireGrantType } from '../grants/grant-type.js'
import { forwardToProvider } from '../provider/forward.js'
import { authenticateCaller } from './caller.js'

/** `/v1/device/authorize`, for clients that may sign devices in. */
export async function answerDeviceAuthorization (
  context: OAuthContext, server: AuthorizationServer, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const client = await authenticateCaller(context, server, request)
  requireGrantType(server, client, DEVICE_CODE)
  await forwardToProvider(context, { server, client, request, reply })
  return reply
}
