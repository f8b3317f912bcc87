import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import { DEVICE_CODE, GRANT_TYPES } from '../capabilities.js'
import { verifyDpopProof } from '../dpop-proof.js'
import { urlOf } from '../endpoint.js'
import { invalidRequest, OAuthError } from '../errors.js'
import { requireParameter } from '../form.js'
import type { Form } from '../form.js'
import type { Application } from '../../resources/apps/application.js'
import { authenticateCaller } from './caller.js'
import { forwardToProvider } from '../provider/forward.js'
import { approveByPassword } from '../grants/password.js'

/** `implicit` is a grant of `/v1/authorize`. */
const TOKEN_GRANT_TYPES = GRANT_TYPES.filter((grantType) => grantType !== 'implicit')

/**
 * `/v1/token`: checks the client, the grant type and the DPoP proof here, in Okta's words, and lets oidc-provider
 * do the rest. It is oidc-provider that requires a nonce in the proof and binds the tokens to its key.
 */
export async function answerToken (context: LocalOktaContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const form = request.body as Form
  const client = await authenticateCaller(context, request)
  const grantType = requireParameter(form, 'grant_type')
  requireGrantType(client, grantType)
  await checkProof(context, request)
  if (grantType === 'password') {
    const deviceCode = await approveByPassword(context, client, form)
    forwardToProvider(context, request, reply, client, { grant_type: DEVICE_CODE, device_code: deviceCode })
  } else {
    forwardToProvider(context, request, reply, client)
  }
  return reply
}

/** `/v1/device/authorize`, for clients that may sign devices in. */
export async function answerDeviceAuthorization (
  context: LocalOktaContext, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const client = await authenticateCaller(context, request)
  requireGrantType(client, DEVICE_CODE)
  forwardToProvider(context, request, reply, client)
  return reply
}

/** `/v1/par`: keeps the parameters of an authorization request (RFC 9126). A DPoP proof binds the code to its key. */
export async function answerPushedAuthorization (
  context: LocalOktaContext, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const client = await authenticateCaller(context, request)
  if ((request.body as Form).has('request_uri')) throw invalidRequest("The 'request_uri' parameter must not be pushed.")
  await checkProof(context, request)
  forwardToProvider(context, request, reply, client)
  return reply
}

function requireGrantType ({ grantTypes }: Application, grantType: string): void {
  if (!TOKEN_GRANT_TYPES.includes(grantType)) {
    throw new OAuthError(400, 'unsupported_grant_type', 'The authorization grant type is not supported by the authorization server. ' +
      `Configured grant types: [${TOKEN_GRANT_TYPES.join(', ')}].`)
  }
  if (!grantTypes.includes(grantType)) {
    throw new OAuthError(400, 'unauthorized_client', 'The client is not authorized to use the provided grant type. ' +
      `Configured grant types: [${grantTypes.join(', ')}].`)
  }
}

async function checkProof ({ usedIds }: LocalOktaContext, request: FastifyRequest): Promise<void> {
  const proof = request.headers['dpop']
  if (typeof proof === 'string') await verifyDpopProof({ proof, method: 'POST', url: urlOf(request) }, usedIds)
}
