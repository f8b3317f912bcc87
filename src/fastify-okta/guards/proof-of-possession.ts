import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { InvalidTokenError } from '../errors.js'
import type { DpopMode } from '../oauth/challenge.js'
import type { Credentials, Scheme } from '../oauth/credentials.js'
import type { VerifyDpopProof } from '../oauth/dpop-proof.js'
import type { VerifiedAccessToken } from '../okta/access-token/access-token-verifier.js'

/** What the guards need of DPoP (RFC 9449). */
export interface ProofOfPossession {
  readonly isAccepted: boolean
  /** @throws {InvalidTokenError} credentials of this scheme are not accepted, whatever the token */
  checkScheme (scheme: Scheme): void
  /**
   * A bound token needs a proof, and must not come as a bearer token (section 7.2); a bearer token must not come
   * under the DPoP scheme. Settles at once for a bearer token.
   */
  check (request: FastifyRequest, credentials: Credentials, verified: VerifiedAccessToken): void | Promise<void>
}

export function createProofOfPossession (mode: DpopMode, verifyDpopProof: VerifyDpopProof | null): ProofOfPossession {
  return {
    isAccepted: mode !== 'off',
    checkScheme (scheme) {
      if (mode === 'required' && scheme === 'Bearer') throw new InvalidTokenError('confirmation')
    },
    check (request, { scheme, accessToken }, { thumbprint, claims }) {
      if (scheme === 'Bearer' && thumbprint === null) return
      if (scheme === 'Bearer' || thumbprint === null || verifyDpopProof === null) throw new InvalidTokenError('confirmation')
      return verifyDpopProof({
        method: request.method,
        target: request.originalUrl,
        proofs: readProofs(request.raw.rawHeaders),
        accessToken,
        thumbprint,
        caller: callerOf(claims)
      })
    }
  }
}

/** A user, or a client that acts for itself: whoever sends requests, whatever its tokens and keys. */
function callerOf ({ iss, uid, cid }: VerifiedAccessToken['claims']): string {
  return createHash('sha256').update(uid === undefined ? `${iss} client ${cid}` : `${iss} user ${uid}`).digest('base64url')
}

/** Each line of the header by itself: Node would join them. */
function readProofs (rawHeaders: readonly string[]): string[] {
  const proofs: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if ((rawHeaders[i] as string).toLowerCase() === 'dpop') proofs.push(rawHeaders[i + 1] as string)
  }
  return proofs
}
