import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'

export const PROOF_ALGORITHMS = ['ES256', 'RS256'] as const
export type ProofAlgorithm = typeof PROOF_ALGORITHMS[number]
/** What callers use, and what proofs are for. */
export const PUBLIC_URL = 'https://api.example.com'

/** The key of a client that proves possession. */
export interface ProofKey {
  readonly alg: ProofAlgorithm
  readonly privateKey: CryptoKey
  readonly jwk: JWK
  readonly pem: string
  readonly thumbprint: string
}

export async function createProofKey (alg: ProofAlgorithm): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const jwk = await exportJWK(publicKey)
  return { alg, privateKey, jwk, pem: await exportSPKI(publicKey), thumbprint: await calculateJwkThumbprint(jwk) }
}

/** A proof for one GET request (RFC 9449 section 4.2). */
export async function signProof ({ alg, privateKey, jwk }: ProofKey, path: string, accessToken: string, jti: string): Promise<string> {
  const ath = createHash('sha256').update(accessToken).digest('base64url')
  return await new SignJWT({ jti, htm: 'GET', htu: PUBLIC_URL + path, ath }).setIssuedAt().setProtectedHeader({ typ: 'dpop+jwt', alg, jwk }).sign(privateKey)
}
