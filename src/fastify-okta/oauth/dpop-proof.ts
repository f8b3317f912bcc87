import { createHash, timingSafeEqual } from 'node:crypto'
import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose'
import { DpopReplayStoreUnavailableError, InvalidDpopProofError, InvalidTokenError, UseDpopNonceError } from '../errors.js'
import { parseCompactToken, type CompactToken } from './compact-token.js'
import type { DpopNonces } from './dpop-nonces.js'
import type { DpopReplayStore, UsedProof } from './dpop-replay-store.js'
import { isStrongRsaKey } from './rsa-key.js'

/** The algorithms that proofs may be signed with: asymmetric ones only (RFC 9449 section 4.2). */
export const DPOP_ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'] as const

export interface DpopProofOptions {
  /** The origin (and path, if any) that callers use; `htu` is compared with it, and never with a header of the client's. */
  readonly publicUrl: string
  /** How old a proof may be, in seconds. */
  readonly proofLifetimeSeconds: number
  /** How far a proof's `iat` may be ahead of this machine's clock, in seconds. */
  readonly clockToleranceSeconds: number
  readonly replays: DpopReplayStore
  /** If given, proofs must carry a nonce of these. */
  readonly nonces: DpopNonces | null
}

/** The request that a proof is for. */
export interface ProvenRequest {
  readonly method: string
  /** The request target as it came: path and query. */
  readonly target: string
  /** The `DPoP` header's values, each header line one. */
  readonly proofs: readonly string[]
  readonly accessToken: string
  /** The thumbprint that the access token is bound to (`cnf.jkt`). */
  readonly thumbprint: string
  /** See {@link UsedProof.caller}. */
  readonly caller: string
}

/** Proves that whoever sent the request holds the key that the token is bound to. */
export type VerifyDpopProof = (request: ProvenRequest) => Promise<void>

const MAX_PROOF_BYTES = 8192
const MAX_JTI_LENGTH = 256
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
/** Header parameters that change what a proof means. */
const REFUSED_PARAMETERS = ['crit', 'b64', 'zip', 'enc', 'cty']

/**
 * Makes the check of RFC 9449 section 4.3, all twelve points of it, and of section 11.1 (replay).
 *
 * @throws {InvalidDpopProofError} the proof fails (as a rejection, all of these)
 * @throws {UseDpopNonceError} the proof carries no nonce, or one that is too old
 * @throws {DpopReplayStoreUnavailableError} whether the proof was used before cannot be told now
 * @throws {InvalidTokenError} `confirmation`: the proof is good, but the token is bound to another key
 */
export function createVerifyDpopProof (options: DpopProofOptions): VerifyDpopProof {
  return async function verifyDpopProof (request) {
    const [proof, ...more] = request.proofs
    if (proof === undefined || more.length > 0) throw new InvalidDpopProofError('missing')
    const parsed = parseProof(proof)
    const jwk = readKey(parsed.header)
    await verifySignature(proof, jwk, parsed.header.alg as string)

    const { jti, iat } = checkClaims(parsed.unverifiedClaims, request, options)
    const thumbprint = await calculateJwkThumbprint(jwk, 'sha256')
    if (!isSameText(thumbprint, request.thumbprint)) throw new InvalidTokenError('confirmation')
    if (options.nonces?.isCurrent(parsed.unverifiedClaims.nonce) === false) throw new UseDpopNonceError()

    const key = createHash('sha256').update(`${thumbprint} ${jti}`).digest('base64url')
    const expiresAtMs = (iat + options.proofLifetimeSeconds) * 1000
    if (!await remember(options.replays, { key, caller: request.caller, issuedAtMs: iat * 1000, expiresAtMs })) throw new InvalidDpopProofError('replayed')
  }
}

/** A store that fails in whatever way cannot tell, and a proof of which nobody can tell is not taken. */
async function remember (replays: DpopReplayStore, proof: UsedProof): Promise<boolean> {
  try {
    return await replays.remember(proof)
  } catch (cause) {
    throw cause instanceof DpopReplayStoreUnavailableError ? cause : new DpopReplayStoreUnavailableError(1, { cause })
  }
}

function parseProof (proof: string): CompactToken {
  try {
    return parseCompactToken(proof, MAX_PROOF_BYTES)
  } catch {
    throw new InvalidDpopProofError('malformed')
  }
}

function readKey ({ typ, alg, jwk, ...rest }: CompactToken['header']): JWK {
  if (typeof typ !== 'string' || typ.toLowerCase() !== 'dpop+jwt') throw new InvalidDpopProofError('type')
  if (!(DPOP_ALGORITHMS as readonly unknown[]).includes(alg)) throw new InvalidDpopProofError('algorithm')
  if (REFUSED_PARAMETERS.some(parameter => Object.hasOwn(rest, parameter))) throw new InvalidDpopProofError('malformed')
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) throw new InvalidDpopProofError('key')
  if (PRIVATE_MEMBERS.some(member => Object.hasOwn(jwk, member))) throw new InvalidDpopProofError('key')
  const { kty, n, e } = jwk as JWK
  if (kty === 'RSA' && !isStrongRsaKey(n, e)) throw new InvalidDpopProofError('key')
  return jwk as JWK
}

async function verifySignature (proof: string, jwk: JWK, alg: string): Promise<void> {
  try {
    await compactVerify(proof, await importJWK(jwk, alg), { algorithms: [alg] })
  } catch (cause) {
    throw new InvalidDpopProofError('signature', { cause })
  }
}

function checkClaims (claims: CompactToken['unverifiedClaims'], request: ProvenRequest, options: DpopProofOptions): { jti: string, iat: number } {
  const { jti, iat, htm, htu, ath } = claims
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH) throw new InvalidDpopProofError('jti')
  if (htm !== request.method) throw new InvalidDpopProofError('htm')
  if (!isSameUri(htu, options.publicUrl, request.target)) throw new InvalidDpopProofError('htu')
  if (typeof iat !== 'number' || !Number.isFinite(iat)) throw new InvalidDpopProofError('iat')
  const age = Date.now() / 1000 - iat
  if (age > options.proofLifetimeSeconds || age < -options.clockToleranceSeconds) throw new InvalidDpopProofError('iat')
  if (typeof ath !== 'string' || !isSameText(ath, createHash('sha256').update(request.accessToken).digest('base64url'))) {
    throw new InvalidDpopProofError('ath')
  }
  return { jti, iat }
}

/** RFC 9449 section 4.3 point 9: without query and fragment, after syntax- and scheme-based normalization (RFC 3986 section 6.2). */
function isSameUri (htu: unknown, publicUrl: string, target: string): boolean {
  // A target with a host in it (RFC 9112 section 3.2.2) says nothing of where this service is.
  if (typeof htu !== 'string' || !URL.canParse(htu) || !target.startsWith('/')) return false
  const [path] = target.split('?', 1)
  const ours = `${publicUrl}${path}`
  if (!URL.canParse(ours)) return false
  return withoutQuery(new URL(htu)) === withoutQuery(new URL(ours))
}

function withoutQuery ({ origin, username, password, pathname }: URL): string {
  return `${username}:${password}@${origin}${pathname}`
}

function isSameText (one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
