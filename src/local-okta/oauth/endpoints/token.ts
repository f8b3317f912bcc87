import type { FastifyReply, FastifyRequest } from 'fastify'
import { readMember } from '../../kernel/json.js'
import type { Application } from '../../resources/apps/application.js'
import { clientAddressOf, matchesNetwork } from '../../resources/policies/zones.js'
import type { AuthorizationServer } from '../authorization-server.js'
import { DEVICE_CODE, JWT_BEARER, TOKEN_EXCHANGE } from '../capabilities.js'
import type { OAuthContext } from '../context.js'
import { verifyDpopProof } from '../dpop-proof.js'
import { urlOf } from '../endpoint.js'
import { OAuthError } from '../errors.js'
import { requireParameter } from '../form.js'
import type { Form } from '../form.js'
import { requireGrantType } from '../grants/grant-type.js'
import { issueIdJag } from '../grants/id-jag.js'
import { exchangeAssertion } from '../grants/jwt-bearer.js'
import { readKeyThumbprint } from '../grants/key-binding.js'
import { issueServiceToken } from '../grants/org-client-credentials.js'
import { approveByPassword } from '../grants/password.js'
import { exchangeToken } from '../grants/token-exchange.js'
import { ORG_SERVER_ID } from '../org-server.js'
import { POLICY_FAILED } from '../policy.js'
import { announceRefusal, announceSuccess } from '../oauth-events.js'
import { forwardToProvider } from '../provider/forward.js'
import type { ForwardedRequest } from '../provider/forward.js'
import { authenticateCaller, oauthRequestOf } from './caller.js'

/**
 * `/v1/token`: checks the client, the grant type and the DPoP proof here, in Okta's words. oidc-provider does the rest of
 * the grants that it knows: it requires a nonce in the proof, one of its own, and binds the tokens to its key.
 */
export async function answerToken (
  context: OAuthContext, server: AuthorizationServer, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  try {
    return await grantTokens(context, server, request, reply)
  } catch (error) {
    if (error instanceof OAuthError && error.error !== 'use_dpop_nonce') {
      const { error: code, message: description } = error
      announceRefusal(context.kernel, oauthRequestOf(server, request), 'token.grant', { error: code, description })
    }
    throw error
  }
}

async function grantTokens (
  context: OAuthContext, server: AuthorizationServer, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const form = request.body as Form
  const client = await authenticateCaller(context, server, request)
  checkNetwork(context, client, request)
  const grantType = requireParameter(form, 'grant_type')
  requireGrantType(server, client, grantType)
  if (grantType === 'client_credentials' && server.id === ORG_SERVER_ID) {
    const { body, headers } = await issueServiceToken(context, client, request)
    announceSuccess(context.kernel, oauthRequestOf(server, request, client.id), 'token.grant.access_token')
    return reply.headers(headers).send(body)
  }
  const issue = ownGrantOf(server, grantType)
  if (issue) {
    const thumbprint = await readKeyThumbprint(context, client, request)
    const body = await issue(context, { server, client, form, thumbprint })
    announceSuccess(context.kernel, oauthRequestOf(server, request, client.id), 'token.grant.access_token')
    if (thumbprint !== undefined) reply.header('dpop-nonce', context.dpopNonce)
    return reply.send(body)
  }
  await checkProof(context, request)
  if (grantType === DEVICE_CODE) checkPolling(context, server, form.get('device_code') ?? '')
  const forwarded: ForwardedRequest = { server, client, request, reply }
  if (grantType === 'password') {
    const deviceCode = await approveByPassword(context, forwarded)
    await forwardToProvider(context, forwarded, { grant_type: DEVICE_CODE, device_code: deviceCode })
  } else {
    await forwardToProvider(context, forwarded)
  }
  return reply
}

// how Okta answers a client from outside of its zones is unconfirmed
function checkNetwork ({ kernel }: OAuthContext, { record }: Application, { raw }: FastifyRequest): void {
  const network = readMember(readMember(readMember(record, 'settings'), 'oauthClient'), 'network')
  if (!matchesNetwork(kernel, network, { ipAddress: clientAddressOf(kernel, raw) })) throw new OAuthError(401, 'access_denied', POLICY_FAILED)
}

// a device that waits for approval may ask once in an interval
function checkPolling ({ kernel, store, devicePolls }: OAuthContext, server: AuthorizationServer, deviceCode: string): void {
  const pending = store.find(server.id, 'DeviceCode', deviceCode)
  if (!pending || pending.accountId !== undefined || pending.error !== undefined) return
  if (devicePolls.isTooEarly(deviceCode, kernel.clock.now())) throw new OAuthError(400, 'slow_down', 'Slow down the polling frequency. Please try again later.')
}

type OwnGrant = typeof exchangeToken

// those that oidc-provider does not have
function ownGrantOf ({ id }: AuthorizationServer, grantType: string): OwnGrant | undefined {
  if (grantType === TOKEN_EXCHANGE) return id === ORG_SERVER_ID ? issueIdJag : exchangeToken
  return grantType === JWT_BEARER ? exchangeAssertion : undefined
}

/** Checks the DPoP proof, if there is one, except for its nonce. @throws {OAuthError} 400 `invalid_dpop_proof` */
export async function checkProof ({ usedIds }: OAuthContext, request: FastifyRequest): Promise<void> {
  const proof = request.headers['dpop']
  if (typeof proof === 'string') await verifyDpopProof({ proof, method: 'POST', url: urlOf(request) }, usedIds)
}
