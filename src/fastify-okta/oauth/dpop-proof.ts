import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { DpopReplayStoreUnavailableError, InvalidDpopProofError, InvalidTokenError, UseDpopNonceError } from '../errors.js'
import { decodeSegment, splitCompactToken, type CompactToken } from './compact-token.js'
import type { DpopNonces } from './dpop-nonces.js'
import type { DpopReplayStore } from './dpop-replay-store.js'
import { isSignedWith } from './jws-signature.js'
import { readProofKey, type ProofKey } from './proof-key.js'
import { normalizeUri } from './uri-normalization.js'

export { DPOP_ALGORITHMS } from './proof-key.js'

export interface DpopProofOptions {
  /** The origin (and path, if any) that callers use; `htu` is compared with it, and never with a header of the client's. */
  readonly publicUrl: string
  /** How old a proof may be, in seconds. */
  readonly proofLifetimeSeconds: number
  /** How far a proof's `iat` or `nbf` may be ahead of this machine's clock, in seconds. `exp` is exact. */
  readonly clockToleranceSeconds: number
  readonly replayStore: DpopReplayStore
  /** If given, proofs must carry a nonce of these. */
  readonly nonces: DpopNonces | null
}

/** The request that a proof is for. */
export interface ProvenRequest {
  readonly method: string
  /** The request target as it came: path and query. */
  readonly target: string
  /** The `DPoP` header's values, one for each header line. */
  readonly proofs: readonly string[]
  /** What `ath` must be: the digest of the access token, by {@link hashAccessToken}. */
  readonly accessTokenHash: string
  /** The thumbprint that the access token is bound to (`cnf.jkt`). */
  readonly thumbprint: string
  /** Whose share of the replay store the proof counts against: see {@link UsedProof}. */
  readonly caller: string
}

/** Proves that the sender of the request holds the key that the token is bound to. */
export type VerifyDpopProof = (request: ProvenRequest) => Promise<void>

interface KnownKey extends ProofKey {
  /** The header that it was read from, as it was sent. */
  readonly header: string
}

const MAX_PROOF_BYTES = 8192
const MAX_JTI_LENGTH = 256
/** Of memory, for keys that are kept. */
const MAX_KNOWN_KEY_BYTES = 32 * 1024 * 1024
/** What a key takes beside its header: an imported RSA key. */
const KEY_BYTES = 3000

/**
 * Makes the check of RFC 9449 section 4.3, all twelve points of it, and of section 11.1 (replay).
 *
 * A key that has proved its token is kept by its thumbprint, since importing it takes longer than verifying a signature.
 * It is used again only for a header that is the same to the letter.
 *
 * @throws {InvalidDpopProofError} the proof fails (as a rejection, all of these)
 * @throws {UseDpopNonceError} the proof carries no nonce, or one that is too old
 * @throws {DpopReplayStoreUnavailableError} whether the proof was used before cannot be determined now
 * @throws {InvalidTokenError} `confirmation`: the proof is good, but the token is bound to another key
 */
export function createVerifyDpopProof (options: DpopProofOptions): VerifyDpopProof {
  const knownKeys = new LRUCache<string, KnownKey>({ maxSize: MAX_KNOWN_KEY_BYTES, sizeCalculation: ({ header }) => KEY_BYTES + header.length })

  return async function verifyDpopProof (request) {
    const [proof] = request.proofs
    if (proof === undefined || request.proofs.length > 1) throw new InvalidDpopProofError('missing')
    const segments = refuseMalformed(() => splitCompactToken(proof, MAX_PROOF_BYTES))
    const known = knownKeys.get(request.thumbprint)
    const key = known?.header === segments.header ? known : readProofKey(refuseMalformed(() => decodeSegment(segments.header)))
    const claims = refuseMalformed(() => decodeSegment(segments.claims))
    if (!isSignedWith(key.publicKey, key.alg, segments)) throw new InvalidDpopProofError('signature')

    const { jti, iat } = checkClaims(claims, request, options)
    if (key.thumbprint !== request.thumbprint) throw new InvalidTokenError('confirmation', { claim: 'cnf' })
    if (key !== known) knownKeys.set(key.thumbprint, { ...key, header: detach(segments.header) })
    if (options.nonces?.isCurrent(claims.nonce) === false) throw new UseDpopNonceError()

    let isFirstUse: boolean
    try {
      isFirstUse = await options.replayStore.remember({
        key: digest(`${key.thumbprint} ${jti}`),
        caller: request.caller,
        issuedAtMs: iat * 1000,
        expiresAtMs: (iat + options.proofLifetimeSeconds) * 1000
      })
    } catch (cause) {
      // A store that fails, however it does, cannot tell whether a proof was used; such a proof is not accepted.
      throw cause instanceof DpopReplayStoreUnavailableError ? cause : new DpopReplayStoreUnavailableError(1, { cause })
    }
    if (!isFirstUse) throw new InvalidDpopProofError('replayed')
  }
}

/** The digest of an access token that its proofs carry as `ath` (RFC 9449 section 4.2). */
export function hashAccessToken (accessToken: string): string {
  return digest(accessToken)
}

/** A copy: V8 makes a part of a string point into the whole, which would be kept with it. */
function detach (text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

function refuseMalformed<T> (parse: () => T): T {
  try {
    return parse()
  } catch {
    throw new InvalidDpopProofError('malformed')
  }
}

function checkClaims (claims: CompactToken['unverifiedClaims'], request: ProvenRequest, options: DpopProofOptions): { jti: string, iat: number } {
  const { jti, htm, htu, ath } = claims
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH) throw new InvalidDpopProofError('jti')
  if (htm !== request.method) throw new InvalidDpopProofError('htm')
  if (!isSameUri(htu, options.publicUrl, request.target)) throw new InvalidDpopProofError('htu')
  const iat = checkTimes(claims, options)
  if (ath !== request.accessTokenHash) throw new InvalidDpopProofError('ath')
  return { jti, iat }
}

/** `iat` as RFC 9449 section 11.1 has it; `exp` and `nbf`, which proofs need not have, as RFC 7519 sections 4.1.4 and 4.1.5 do. */
function checkTimes ({ iat, exp, nbf }: CompactToken['unverifiedClaims'], { proofLifetimeSeconds, clockToleranceSeconds }: DpopProofOptions): number {
  const now = Date.now() / 1000
  if (!isTime(iat) || now - iat > proofLifetimeSeconds || iat - now > clockToleranceSeconds) throw new InvalidDpopProofError('iat')
  if (exp !== undefined && !(isTime(exp) && exp > now)) throw new InvalidDpopProofError('exp')
  if (nbf !== undefined && !(isTime(nbf) && nbf - now <= clockToleranceSeconds)) throw new InvalidDpopProofError('nbf')
  return iat
}

function isTime (value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** RFC 9449 section 4.3 point 9: without query and fragment, after syntax- and scheme-based normalization. */
function isSameUri (htu: unknown, publicUrl: string, target: string): boolean {
  // A target with a host in it (RFC 9112 section 3.2.2) says nothing of where this service is.
  if (typeof htu !== 'string' || !target.startsWith('/')) return false
  const query = target.indexOf('?')
  const expected = publicUrl + (query === -1 ? target : target.slice(0, query))
  // As nearly every client writes it. Normalizing both would take 1.6 µs (measured on Node 20).
  if (htu === expected) return true
  const normalized = normalizeUri(expected)
  return normalized !== undefined && normalizeUri(htu) === normalized
}

function digest (value: string): string {
  return hash('sha256', value, 'base64url')
}
