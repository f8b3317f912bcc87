import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { InvalidTokenError } from '../errors.js'
import type { DpopMode } from '../oauth/challenge.js'
import { checkToken68, type Credentials, type Scheme } from '../oauth/credentials.js'
import { hashAccessToken, type VerifyDpopProof } from '../oauth/dpop-proof.js'
import { readFieldLines } from '../oauth/field-lines.js'
import type { AccessTokenClaims } from '../okta/access-token/claim-profile.js'
import type { VerifiedAccessToken } from '../okta/access-token/access-token-verifier.js'

/** What the guards need of DPoP (RFC 9449). */
export interface ProofOfPossession {
  readonly isAccepted: boolean
  /**
   * @throws {InvalidTokenError} credentials of this scheme are not accepted, whatever the token
   * @throws {InvalidRequestError} nor are they well-formed
   */
  checkScheme (credentials: Credentials): void
  /**
   * Whether there is a proof to check, or to miss: not for a bearer token that is bound to no key. If not, there is
   * nothing to wait for, and {@link check} is not needed.
   */
  isDue (scheme: Scheme, verified: VerifiedAccessToken): boolean
  /**
   * A bound token needs a proof, and must not come as a bearer token (section 7.2); a bearer token must not come
   * under the DPoP scheme.
   *
   * @throws {InvalidTokenError} `confirmation`
   * @throws {InvalidDpopProofError}
   * @throws {UseDpopNonceError}
   * @throws {DpopReplayStoreUnavailableError}
   */
  check (request: FastifyRequest, credentials: Credentials, verified: VerifiedAccessToken): Promise<void>
}

/** What proofs of a token are checked and counted by. */
interface TokenDigests {
  readonly caller: string
  readonly accessTokenHash: string
}

const DPOP_REQUIRED = { claim: 'cnf', expected: 'DPoP' } as const

export function createProofOfPossession (mode: DpopMode, verifyDpopProof: VerifyDpopProof | null): ProofOfPossession {
  /** By the claims of a token that is kept: the same object at each of its requests, and of no other token. */
  const known = new WeakMap<AccessTokenClaims, TokenDigests>()

  function digestsOf (accessToken: string, claims: AccessTokenClaims): TokenDigests {
    let digests = known.get(claims)
    if (digests === undefined) known.set(claims, digests = { caller: digestCaller(claims), accessTokenHash: hashAccessToken(accessToken) })
    return digests
  }

  return {
    isAccepted: mode !== 'off',
    checkScheme (credentials) {
      if (mode !== 'required' || credentials.scheme !== 'Bearer') return
      checkToken68(credentials)
      throw new InvalidTokenError('confirmation', DPOP_REQUIRED)
    },
    isDue: (scheme, { thumbprint }) => scheme === 'DPoP' || thumbprint !== null,
    async check (request, { scheme, accessToken }, { thumbprint, claims }) {
      if (scheme === 'Bearer' && thumbprint === null) return
      if (scheme === 'Bearer') throw new InvalidTokenError('confirmation', DPOP_REQUIRED)
      if (thumbprint === null || verifyDpopProof === null) throw new InvalidTokenError('confirmation', { claim: 'cnf', expected: mode === 'required' ? 'DPoP' : 'Bearer' })
      await verifyDpopProof({
        method: request.method,
        target: request.originalUrl,
        proofs: readFieldLines(request.raw.rawHeaders, request.headers, 'dpop'),
        thumbprint,
        ...digestsOf(accessToken, claims)
      })
    }
  }
}

/** The user, or the client that acts for itself, however many keys and tokens it has. */
function digestCaller ({ iss, uid, cid }: AccessTokenClaims): string {
  return hash('sha256', uid === undefined ? `${iss} client ${cid}` : `${iss} user ${uid}`, 'base64url')
}
