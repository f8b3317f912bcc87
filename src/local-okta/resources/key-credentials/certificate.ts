import { createHash, createPublicKey, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { createKeyPair } from '../../tokens/signing-keys.js'
import { commonName, der, SHA256_WITH_RSA, sequence, TAG } from './der.js'

/** An RSA key pair and its certificate, which is signed by the key itself. */
interface CertifiedKey {
  readonly publicJwk: JWK & { kid: string }
  /** DER. */
  readonly certificate: Buffer
}

/** Makes an RSA-2048 key pair with a certificate for these years from `now` on, in milliseconds since the epoch. */
export async function createCertifiedKey (subject: string, years: number, now: number): Promise<CertifiedKey> {
  const { kid, privateKey, publicJwk } = await createKeyPair()
  const until = new Date(now)
  until.setUTCFullYear(until.getUTCFullYear() + years)
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const facts = { commonName: subject, publicKey, from: new Date(now), until }
  return { publicJwk: { ...publicJwk, kid }, certificate: createCertificate(facts, privateKey) }
}

/** A certified key as a JSON Web Key, with its certificate. */
export function toCertifiedJwk ({ publicJwk, certificate }: CertifiedKey): JWK & { kid: string } {
  const { alg, ...jwk } = publicJwk
  return { ...jwk, kid: publicJwk.kid, x5c: [certificate.toString('base64')], 'x5t#S256': createHash('sha256').update(certificate).digest('base64url') }
}

/** What a certificate says. */
interface CertificateFacts {
  /** Both subject and issuer. */
  readonly commonName: string
  /** The key that is certified, as SubjectPublicKeyInfo in DER. */
  readonly publicKey: Buffer
  readonly from: Date
  readonly until: Date
}

/** Makes a certificate (RFC 5280 section 4.1), in DER. It is signed by its own key or by another one. */
export function createCertificate ({ commonName: subject, publicKey, from, until }: CertificateFacts, signer: KeyObject): Buffer {
  const name = sequence(commonName(subject))
  const signed = sequence(
    der(TAG.context0, der(TAG.integer, Buffer.from([2]))),
    // positive, and without a leading zero
    der(TAG.integer, Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    SHA256_WITH_RSA,
    name,
    sequence(der(TAG.utcTime, timeOf(from)), der(TAG.utcTime, timeOf(until))),
    name,
    publicKey)
  return sequence(signed, SHA256_WITH_RSA, der(TAG.bitString, Buffer.from([0]), sign('sha256', signed, signer)))
}

// RFC 5280 section 4.1.2.5.1: the year in two digits, until 2049
function timeOf (date: Date): Buffer {
  return Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`)
}
