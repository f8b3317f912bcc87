import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Application } from '../../resources/apps/application.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { DEVICE_CODE, TOKEN_EXCHANGE } from '../capabilities.js'
import type { OAuthContext } from '../context.js'
import { verifyDpopProof } from '../dpop-proof.js'
import { urlOf } from '../endpoint.js'
import { OAuthError } from '../errors.js'
import { requireParameter } from '../form.js'
import type { Form } from '../form.js'
import { requireGrantType } from '../grants/grant-type.js'
import { issueServiceToken } from '../grants/org-client-credentials.js'
import { approveByPassword } from '../grants/password.js'
import { exchangeToken } from '../grants/token-exchange.js'
import { ORG_SERVER_ID } from '../org-server.js'
import { forwardToProvider } from '../provider/forward.js'
import type { ForwardedRequest } from '../provider/forward.js'
import { authenticateCaller } from './caller.js'

/**
 * `/v1/token`: checks the client, the grant type and the DPoP proof here, in Okta's words. oidc-provider does the rest of
 * the grants that it knows: it requires a nonce in the proof and binds the tokens to its key.
 */
export async function answerToken (
  context: OAuthContext, server: AuthorizationServer, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const form = request.body as Form
  const client = await authenticateCaller(context, server, request)
  const grantType = requireParameter(form, 'grant_type')
  requireGrantType(server, client, grantType)
  if (grantType === 'client_credentials' && server.id === ORG_SERVER_ID) {
    const { body, headers } = await issueServiceToken(context, client, request)
    return reply.headers(headers).send(body)
  }
  await checkProof(context, request)
  if (grantType === TOKEN_EXCHANGE) {
    refuseBinding(client, request)
    return reply.send(await exchangeToken(context, server, client, form))
  }
  const forwarded: ForwardedRequest = { server, client, request, reply }
  if (grantType === 'password') {
    const deviceCode = await approveByPassword(context, server, client, form)
    forwardToProvider(context, forwarded, { grant_type: DEVICE_CODE, device_code: deviceCode })
  } else {
    forwardToProvider(context, forwarded)
  }
  return reply
}

// rather than a Bearer token to a client that wants, or needs, a bound one
function refuseBinding ({ dpopBoundAccessTokens }: Application, request: FastifyRequest): void {
  if (!dpopBoundAccessTokens && request.headers['dpop'] === undefined) return
  throw new OAuthError(400, 'invalid_dpop_proof', 'The local Okta does not bind the tokens of this grant to a DPoP key.')
}

/** Checks the DPoP proof, if there is one, except for its nonce. @throws {OAuthError} 400 `invalid_dpop_proof` */
export async function checkProof ({ usedIds }: OAuthContext, request: FastifyRequest): Promise<void> {
  const proof = request.headers['dpop']
  if (typeof proof === 'string') await verifyDpopProof({ proof, method: 'POST', url: urlOf(request) }, usedIds)
}
