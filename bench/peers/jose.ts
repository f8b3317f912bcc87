import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { calculateJwkThumbprint, createRemoteJWKSet, EmbeddedJWK, jwtVerify, type JWK, type JWTPayload } from 'jose'
import { PROOF_ALGORITHMS, PUBLIC_URL } from '../load/proof-key.js'
import type { StartServer } from '../servers/server.js'
import { listenWith } from './verifier-in-a-hook.js'

/** As in its documentation: `jwtVerify()` with a remote key set, and of a DPoP proof with the key that it carries. */
export const start: StartServer = async ({ issuer, audience, jwksUri, isDpop = false }) => {
  const keys = createRemoteJWKSet(new URL(jwksUri))
  return await listenWith(async (accessToken, request) => {
    const { payload } = await jwtVerify(accessToken, keys, { issuer, audience, algorithms: ['RS256'] })
    if (isDpop) await verifyProof(request, accessToken, payload)
    return payload.sub
  })
}

/** What RFC 9449 section 4.3 asks for, but for used proofs, which it does not remember. */
async function verifyProof ({ method, url, headers }: FastifyRequest, accessToken: string, { cnf }: JWTPayload): Promise<void> {
  const { payload: { htm, htu, ath }, protectedHeader } = await jwtVerify(String(headers['dpop']), EmbeddedJWK, {
    typ: 'dpop+jwt', algorithms: [...PROOF_ALGORITHMS], maxTokenAge: 60, requiredClaims: ['jti']
  })
  const isForRequest = htm === method && htu === PUBLIC_URL + url && ath === createHash('sha256').update(accessToken).digest('base64url')
  const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk as JWK)
  if (!isForRequest || thumbprint !== (cnf as { jkt?: string } | undefined)?.jkt) throw new Error('the proof is not for this request')
}
