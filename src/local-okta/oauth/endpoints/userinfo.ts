import type { FastifyRequest } from 'fastify'
import type { AuthorizationServer } from '../authorization-server.js'
import type { OAuthContext } from '../context.js'
import { verifyDpopProof } from '../dpop-proof.js'
import { urlOf } from '../endpoint.js'
import { OAuthError } from '../errors.js'
import { findLiveToken } from '../presented-token.js'
import { Users } from '../../resources/users/store.js'
import { scopedUserClaims } from '../../tokens/claims.js'
import type { ClaimSet } from '../../tokens/claims.js'
import type { IssuedToken } from '../../tokens/issued-tokens.js'

/**
 * The claims of the user whose access token calls, as its scopes allow.
 *
 * @throws {OAuthError} 401 `invalid_token`; 403 `insufficient_scope` without `openid`
 */
export async function readUserinfo (
  context: OAuthContext, server: AuthorizationServer, request: FastifyRequest
): Promise<ClaimSet> {
  const token = await authenticate(context, server, request)
  const scopes = Array.isArray(token.claims['scp']) ? token.claims['scp'].map(String) : []
  if (!scopes.includes('openid')) {
    throw refuse(server, 403, 'insufficient_scope', 'The access token must provide access to at least one of these scopes - openid')
  }
  const user = token.userId === undefined ? undefined : context.kernel.store(Users).find(token.userId)
  if (!user) throw invalidToken(server)
  return { ...server.idTokenClaims(user, { client: { id: token.clientId }, scopes }), ...scopedUserClaims(user, scopes) }
}

async function authenticate (
  context: OAuthContext, server: AuthorizationServer, request: FastifyRequest
): Promise<IssuedToken> {
  const [, scheme = '', accessToken = ''] = /^(Bearer|DPoP) +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const token = await findLiveToken(context, server, accessToken)
  if (!token) throw invalidToken(server)
  const { jkt } = token.claims['cnf'] as { jkt?: string } | undefined ?? {}
  if (scheme.toLowerCase() === 'dpop') await checkProof(context, { server, request, accessToken, jkt })
  else if (jkt !== undefined) throw invalidToken(server)
  return token
}

interface PresentedByProof {
  readonly server: AuthorizationServer
  readonly request: FastifyRequest
  readonly accessToken: string
  /** The thumbprint of the key that the token is bound to. */
  readonly jkt: string | undefined
}

async function checkProof ({ usedIds }: OAuthContext, { server, request, accessToken, jkt }: PresentedByProof): Promise<void> {
  const proof = request.headers['dpop']
  if (jkt === undefined) throw invalidToken(server, 'The presented access_token is not DPoP bound.')
  if (typeof proof !== 'string') throw new OAuthError(400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.')
  const thumbprint = await verifyDpopProof({ proof, method: request.method, url: urlOf(request), accessToken }, usedIds)
  if (thumbprint !== jkt) throw invalidToken(server)
}

function invalidToken (server: AuthorizationServer, description = 'The access token is invalid.'): OAuthError {
  return refuse(server, 401, 'invalid_token', description)
}

function refuse ({ issuer, baseUrl }: AuthorizationServer, status: number, error: string, description: string): OAuthError {
  return new OAuthError(status, error, description, {
    'www-authenticate': `Bearer authorization_uri="${baseUrl}/v1/authorize", realm="${issuer}", scope="openid", ` +
      `error="${error}", error_description="${description}"`
  })
}
