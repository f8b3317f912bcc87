import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import { DEVICE_CODE, GRANT_TYPES } from '../oauth/capabilities.js'
import { verifyDpopProof } from '../oauth/dpop-proof.js'
import { urlOf } from '../oauth/endpoint.js'
import { OAuthError } from '../oauth/errors.js'
import { requireParameter } from '../oauth/form.js'
import type { Form } from '../oauth/form.js'
import type { Application } from '../org/applications.js'
import { authenticateCaller } from './caller.js'
import { forwardToProvider } from './forward.js'
import { approveByPassword } from './password-grant.js'

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
