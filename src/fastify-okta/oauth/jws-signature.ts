import { constants, verify, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto'
import type { SignedData } from './compact-token.js'

/** How node:crypto checks an algorithm of RFC 7518 section 3.1 or RFC 8037 section 3.1, and which keys it may be used with. */
interface Verification {
  readonly keyType: 'rsa' | 'ec' | 'ed25519'
  readonly namedCurve?: string
  readonly digest: string | null
  readonly options: Omit<VerifyKeyObjectInput, 'key'>
}

const rsa = (digest: string): Verification => ({ keyType: 'rsa', digest, options: { padding: constants.RSA_PKCS1_PADDING } })
const pss = (digest: string): Verification =>
  ({ keyType: 'rsa', digest, options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } })
const ecdsa = (digest: string, namedCurve: string): Verification => ({ keyType: 'ec', namedCurve, digest, options: { dsaEncoding: 'ieee-p1363' } })

const VERIFICATIONS = {
  RS256: rsa('sha256'),
  RS384: rsa('sha384'),
  RS512: rsa('sha512'),
  PS256: pss('sha256'),
  PS384: pss('sha384'),
  PS512: pss('sha512'),
  ES256: ecdsa('sha256', 'prime256v1'),
  ES384: ecdsa('sha384', 'secp384r1'),
  ES512: ecdsa('sha512', 'secp521r1'),
  EdDSA: { keyType: 'ed25519', digest: null, options: {} }
} as const satisfies Record<string, Verification>

/** The asymmetric signature algorithms that can be verified here. */
export type JwsAlgorithm = keyof typeof VERIFICATIONS

/** Whether a key is of the type, and on the curve, that an algorithm is defined for. */
export function isKeyFor (alg: JwsAlgorithm, key: KeyObject): boolean {
  const { keyType, namedCurve }: Verification = VERIFICATIONS[alg]
  return key.type === 'public' && key.asymmetricKeyType === keyType && key.asymmetricKeyDetails?.namedCurve === namedCurve
}

/**
 * Whether the signature of a token in JWS compact serialization was made with the private half of this key
 * (RFC 7515 section 5.2). Synchronous: it costs little more than the cryptography itself.
 *
 * Does NOT look at the header: the caller says which algorithm it is, and has checked the key with {@link isKeyFor}.
 */
export function isSignedWith (key: KeyObject, alg: JwsAlgorithm, { signingInput, signature }: SignedData): boolean {
  const { digest, options } = VERIFICATIONS[alg]
  return verify(digest, Buffer.from(signingInput, 'latin1'), { key, ...options }, signature)
}
