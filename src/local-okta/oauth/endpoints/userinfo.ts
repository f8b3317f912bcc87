import type { FastifyRequest } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import { verifyDpopProof } from '../dpop-proof.js'
import { urlOf } from '../endpoint.js'
import { OAuthError } from '../errors.js'
import { findLiveToken } from '../presented-token.js'
import { scopedUserClaims } from '../../tokens/claims.js'
import type { ClaimSet } from '../../tokens/claims.js'
import type { IssuedToken } from '../../tokens/issued-tokens.js'

/**
 * The claims of the user whose access token calls, as its scopes allow.
 *
 * @throws {OAuthError} 401 `invalid_token`; 403 `insufficient_scope` without `openid`
 */
export async function readUserinfo (context: LocalOktaContext, request: FastifyRequest): Promise<ClaimSet> {
  const { org } = context
  const token = await authenticate(context, request)
  const scopes = Array.isArray(token.claims['scp']) ? token.claims['scp'].map(String) : []
  if (!scopes.includes('openid')) {
    throw refuse(org.issuer, 403, 'insufficient_scope', 'The access token must provide access to at least one of these scopes - openid')
  }
  const user = token.userId === undefined ? undefined : org.users.find(token.userId)
  if (!user) throw invalidToken(org.issuer)
  return scopedUserClaims(user, scopes)
}

async function authenticate (context: LocalOktaContext, request: FastifyRequest): Promise<IssuedToken> {
  const { issuer } = context.org
  const [, scheme = '', accessToken = ''] = /^(Bearer|DPoP) +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const token = await findLiveToken(context, accessToken, 'default')
  if (!token) throw invalidToken(issuer)
  const { jkt } = token.claims['cnf'] as { jkt?: string } | undefined ?? {}
  if (scheme.toLowerCase() === 'dpop') await checkProof(context, request, accessToken, jkt)
  else if (jkt !== undefined) throw invalidToken(issuer)
  return token
}

async function checkProof (
  { org, usedIds }: LocalOktaContext, request: FastifyRequest, accessToken: string, jkt: string | undefined
): Promise<void> {
  const proof = request.headers['dpop']
  if (jkt === undefined) throw invalidToken(org.issuer, 'The presented access_token is not DPoP bound.')
  if (typeof proof !== 'string') throw new OAuthError(400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.')
  const thumbprint = await verifyDpopProof({ proof, method: request.method, url: urlOf(request), accessToken }, usedIds)
  if (thumbprint !== jkt) throw invalidToken(org.issuer)
}

function invalidToken (issuer: string, description = 'The access token is invalid.'): OAuthError {
  return refuse(issuer, 401, 'invalid_token', description)
}

function refuse (issuer: string, status: number, error: string, description: string): OAuthError {
  return new OAuthError(status, error, description, {
    'www-authenticate': `Bearer authorization_uri="${issuer}/v1/authorize", realm="${issuer}", scope="openid", ` +
      `error="${error}", error_description="${description}"`
  })
}
