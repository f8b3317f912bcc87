import { createHash, randomUUID, sign, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { createEcPair } from '../kit/key-pair.js'
import { encode } from './issuer.js'

/** A key pair of a client's, for proofs of possession (RFC 9449). */
export interface ProofKey {
  readonly privateKey: KeyObject
  readonly jwk: JWK
  readonly thumbprint: string
}

/** How a proof differs from a good one for `GET https://greetings.example/claims`. */
export interface ProofDifference {
  key?: ProofKey
  /** Go over `typ`, `alg` and `jwk`; an undefined value takes a member away. */
  header?: Record<string, unknown>
  /** Go over the claims; an undefined value takes a claim away. */
  claims?: Record<string, unknown>
  /** The signature itself, in base64url, of the signing input. */
  sign?: (input: string) => string
}

export async function createProofKey (): Promise<ProofKey> {
  const { privateKey, publicKey } = createEcPair()
  const jwk = publicKey.export({ format: 'jwk' }) as JWK
  return { privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk) }
}

export const clientsKey = await createProofKey()

/** Proves that whoever sends the token holds the key. */
export function prove (accessToken: string, { key = clientsKey, header, claims, sign: signed }: ProofDifference = {}): string {
  const input = [
    { typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk, ...header },
    {
      jti: randomUUID(),
      htm: 'GET',
      htu: 'https://greetings.example/claims',
      iat: Math.floor(Date.now() / 1000),
      ath: createHash('sha256').update(accessToken).digest('base64url'),
      ...claims
    }
  ].map(part => encode(JSON.stringify(part))).join('.')
  return `${input}.${signed?.(input) ?? sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
