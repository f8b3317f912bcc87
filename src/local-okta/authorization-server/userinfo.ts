import type { FastifyRequest } from 'fastify'
import type { LocalOktaContext } from '../context.js'
import { verifyDpopProof } from '../oauth/dpop-proof.js'
import { urlOf } from '../oauth/endpoint.js'
import { OAuthError } from '../oauth/errors.js'
import { findLiveToken } from '../oauth/presented-token.js'
import { CLAIMS_BY_SCOPE, userinfoClaims } from '../tokens/claims.js'
import type { ClaimSet } from '../tokens/claims.js'
import type { IssuedToken } from '../tokens/issued-tokens.js'

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
  const shown = new Set(scopes.flatMap((scope) => CLAIMS_BY_SCOPE[scope] ?? []))
  return Object.fromEntries(Object.entries(userinfoClaims(user)).filter(([name]) => shown.has(name)))
}

async function authenticate (context: LocalOktaContext, request: FastifyRequest): Promise<IssuedToken> {
  const { issuer } = context.org
  const [, scheme = '', accessToken = ''] = /^(Bearer|DPoP) +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const token = await findLiveToken(context, accessToken, 'default')
  if (!token) throw invalidToken(issuer)
  const cnf = token.claims['cnf'] as { jkt?: string } | undefined
  if (cnf === undefined) {
    if (scheme.toLowerCase() === 'dpop') throw invalidToken(issuer)
    return token
  }
  const proof = request.headers['dpop']
  if (scheme.toLowerCase() !== 'dpop' || typeof proof !== 'string') throw invalidToken(issuer)
  const thumbprint = await verifyDpopProof({ proof, method: request.method, url: urlOf(request), accessToken }, context.usedIds)
  if (thumbprint !== cnf.jkt) throw invalidToken(issuer)
  return token
}

function invalidToken (issuer: string): OAuthError {
  return refuse(issuer, 401, 'invalid_token', 'The access token is invalid.')
}

function refuse (issuer: string, status: number, error: string, description: string): OAuthError {
  return new OAuthError(status, error, description, {
    'www-authenticate': `Bearer authorization_uri="${issuer}/v1/authorize", realm="${issuer}", scope="openid", ` +
      `error="${error}", error_description="${description}"`
  })
}
