import type { FastifyRequest } from 'fastify'
import type { Application } from '../../resources/apps/application.js'
import type { OAuthContext } from '../context.js'
import { verifyDpopProof } from '../dpop-proof.js'
import { urlOf } from '../endpoint.js'
import { OAuthError } from '../errors.js'

/**
 * The thumbprint of the DPoP key that the token of a request must be bound to, for the grants that oidc-provider does not
 * have. Undefined: none, for a client that sends no proof and need not.
 *
 * @throws {OAuthError} 400 `invalid_dpop_proof`; 400 `use_dpop_nonce`
 */
export async function readKeyThumbprint (
  { usedIds, dpopNonce }: OAuthContext, { dpopBoundAccessTokens }: Application, request: FastifyRequest
): Promise<string | undefined> {
  const proof = request.headers['dpop']
  if (typeof proof === 'string') return verifyDpopProof({ proof, method: 'POST', url: urlOf(request), nonce: dpopNonce }, usedIds)
  if (dpopBoundAccessTokens) throw new OAuthError(400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.')
  return undefined
}
