import type { FastifyRequest } from 'fastify'
import type { OAuthContext } from './oauth/context.js'
import type { Authenticate } from './kernel/api.js'
import { OktaApiError } from './kernel/errors.js'
import type { Principal } from './kernel/principal.js'
import { eventClientOf } from './kernel/request-context.js'
import type { EventActor } from './kernel/system-log.js'
import { verifyDpopProof } from './oauth/dpop-proof.js'
import { findLiveToken } from './oauth/presented-token.js'
import { ApiTokens } from './resources/api-tokens/store.js'
import type { ApiToken } from './resources/api-tokens/store.js'
import { Applications } from './resources/apps/store.js'
import { clientAddressOf, matchesNetwork } from './resources/policies/zones.js'
import { userActor } from './resources/users/events.js'
import { Users } from './resources/users/store.js'

/**
 * Makes what finds out who calls the Management API: an API token (`SSWS`), or an access token of the org server
 * (`Bearer`, or `DPoP` with its proof). It throws 401 E0000011 for a token that is not good here, 403 E0000005 for none.
 */
export function createAuthenticate (context: OAuthContext): Authenticate {
  return async function authenticate (request) {
    const { authorization } = request.headers
    if (authorization === undefined) throw new OktaApiError('E0000005')
    const [, scheme = '', token = ''] = /^(SSWS|Bearer|DPoP) +(\S+)$/i.exec(authorization) ?? []
    if (scheme.toUpperCase() !== 'SSWS') return authenticateServiceApp(context, request, scheme, token)
    const { id: apiTokenId, userId } = useApiToken(context, request, token)
    return { userId, apiTokenId, ...actorOf(context, userId), scopes: 'all' }
  }
}

// a request from outside of the networks of a token is refused (how Okta answers it is unconfirmed), and does not prolong its life
function useApiToken (context: OAuthContext, request: FastifyRequest, token: string): ApiToken {
  const { kernel } = context
  const apiTokens = kernel.store(ApiTokens)
  const apiToken = apiTokens.findByValue(token)
  if (!apiToken) throw new OktaApiError('E0000011')
  const ipAddress = clientAddressOf(kernel, request.raw)
  if (matchesNetwork(kernel, apiToken.network, { ipAddress })) return apiTokens.use(apiToken)
  const client = { ...eventClientOf(request), ipAddress }
  kernel.log.within({ ...actorOf(context, apiToken.userId), client, transactionId: request.id }, () => { apiTokens.recordRequestFromOutside(apiToken) })
  throw new OktaApiError('E0000006')
}

async function authenticateServiceApp (
  context: OAuthContext, request: FastifyRequest, scheme: string, token: string
): Promise<Principal> {
  const live = await findLiveToken(context, await context.servers.org(), token)
  if (!live) throw invalidToken('The access token provided is not intended for Okta.')
  const cnf = live.claims['cnf'] as { jkt?: string } | undefined
  if ((cnf !== undefined) !== (scheme.toLowerCase() === 'dpop')) throw invalidToken('The access token is invalid.')
  if (cnf !== undefined && await proofThumbprint(context, request, token) !== cnf.jkt) {
    throw invalidToken('The access token is invalid.')
  }
  const { scp, cid } = live.claims
  const clientId = typeof cid === 'string' ? { clientId: cid } : {}
  return { userId: live.userId, ...clientId, ...actorOf(context, live.userId, cid), scopes: Array.isArray(scp) ? scp.map(String) : [] }
}

// the user, or a service app without one; the administrator if it is neither
function actorOf ({ kernel }: OAuthContext, userId: string | undefined, clientId?: unknown): { actor?: EventActor } {
  const user = kernel.store(Users).findById(userId ?? '')
  if (user) return { actor: userActor(user) }
  if (userId !== undefined || typeof clientId !== 'string') return {}
  const { label = clientId } = kernel.store(Applications).findById(clientId) ?? {}
  return { actor: { id: clientId, type: 'PublicClientApp', alternateId: clientId, displayName: label } }
}

async function proofThumbprint ({ kernel, usedIds }: OAuthContext, request: FastifyRequest, accessToken: string): Promise<string> {
  const proof = request.headers['dpop']
  if (typeof proof !== 'string') throw invalidToken('The DPoP proof JWT header is missing.')
  const proven = { proof, method: request.method, url: `${kernel.orgUrl}${request.url}`, accessToken }
  return verifyDpopProof(proven, usedIds)
    .catch((error: unknown): never => { throw invalidToken(error instanceof Error ? error.message : String(error)) })
}

function invalidToken (description: string): OktaApiError {
  return new OktaApiError('E0000011', undefined, [], {
    'www-authenticate': `Bearer error="invalid_token", error_description="${description}"`
  })
}
