import type { FastifyRequest } from 'fastify'
import type { OAuthContext } from './oauth/context.js'
import type { Authenticate } from './kernel/api.js'
import { OktaApiError } from './kernel/errors.js'
import type { Principal } from './kernel/principal.js'
import { isSameText } from './kernel/same-text.js'
import { verifyDpopProof } from './oauth/dpop-proof.js'
import { findLiveToken } from './oauth/presented-token.js'
import { ADMINISTRATOR_ID } from './seed.js'

/**
 * Makes what finds out who calls the Management API: the org's API token (`SSWS`), or an access token of the org server
 * (`Bearer`, or `DPoP` with its proof). It throws 401 E0000011 for a token that is not good here, 403 E0000005 for none.
 */
export function createAuthenticate (context: OAuthContext, apiToken: string): Authenticate {
  return async function authenticate (request) {
    const { authorization } = request.headers
    if (authorization === undefined) throw new OktaApiError('E0000005')
    const [, scheme = '', token = ''] = /^(SSWS|Bearer|DPoP) +(\S+)$/i.exec(authorization) ?? []
    if (scheme.toUpperCase() !== 'SSWS') return authenticateServiceApp(context, request, scheme, token)
    if (!isSameText(apiToken, token)) throw new OktaApiError('E0000011')
    return { userId: ADMINISTRATOR_ID, scopes: 'all' }
  }
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
  return { userId: live.userId, ...(typeof cid === 'string' ? { clientId: cid } : {}), scopes: Array.isArray(scp) ? scp.map(String) : [] }
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
