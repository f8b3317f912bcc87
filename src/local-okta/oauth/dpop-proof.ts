import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import type { JWK, JWTPayload } from 'jose'
import { SIGNING_ALGORITHMS } from './capabilities.js'
import { OAuthError } from './errors.js'
import type { UsedIds } from './used-ids.js'

const MAX_AGE_SECONDS = 300

/** A DPoP proof and the request it must be for. */
interface DpopProof {
  proof: string
  method: string
  /** The URL of the request; its query does not count. */
  url: string
  /** The access token sent with it, if there is one. */
  accessToken?: string
  /** The nonce it must carry. Default: none is required. */
  nonce?: string
}

/**
 * Verifies a DPoP proof (RFC 9449 section 4.3) and gives the thumbprint of its key.
 *
 * @throws {OAuthError} 400 `invalid_dpop_proof` in Okta's words; 400 `use_dpop_nonce`
 */
export async function verifyDpopProof (request: DpopProof, usedIds: UsedIds): Promise<string> {
  const { payload, thumbprint } = await verifySignature(request.proof)
  checkClaims(payload, request)
  if (request.nonce !== undefined && payload['nonce'] !== request.nonce) throw useNonce(request.nonce)
  const jti = String(payload.jti)
  if (!usedIds.consume(`dpop ${jti}`, Date.now() / 1000 + 2 * MAX_AGE_SECONDS)) {
    throw invalidProof('The DPoP proof JWT has already been used.')
  }
  return thumbprint
}

async function verifySignature (proof: string): Promise<{ payload: JWTPayload, thumbprint: string }> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { algorithms: [...SIGNING_ALGORITHMS], typ: 'dpop+jwt' })
    return { payload, thumbprint: await calculateJwkThumbprint(protectedHeader['jwk'] as JWK) }
  } catch {
    throw invalidProof('The DPoP proof JWT is invalid.')
  }
}

function checkClaims ({ htm, htu, iat, jti, ath }: JWTPayload, { method, url, accessToken }: DpopProof): void {
  if (htm !== method) throw invalidProof("'htm' claim in the DPoP proof JWT is invalid.")
  if (typeof htu !== 'string' || withoutQuery(htu) !== withoutQuery(url)) {
    throw invalidProof("'htu' claim in the DPoP proof JWT is invalid.")
  }
  if (typeof jti !== 'string' || jti === '') throw invalidProof("'jti' claim in the DPoP proof JWT is invalid.")
  // clients sign by their own clocks, which are the machine's, wherever the org's is moved
  const age = Date.now() / 1000 - (typeof iat === 'number' ? iat : NaN)
  if (!(age > -MAX_AGE_SECONDS)) throw invalidProof("'iat' claim in the DPoP proof JWT is invalid.")
  if (age > MAX_AGE_SECONDS) throw invalidProof('The DPoP proof JWT is issued more than five minutes in the past.')
  if (accessToken !== undefined && ath !== createHash('sha256').update(accessToken).digest('base64url')) {
    throw invalidProof("'ath' claim in the DPoP proof does not match the presented access_token.")
  }
}

function withoutQuery (url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}

function invalidProof (description: string): OAuthError {
  return new OAuthError(400, 'invalid_dpop_proof', description)
}

function useNonce (nonce: string): OAuthError {
  return new OAuthError(400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.', { 'dpop-nonce': nonce })
}
