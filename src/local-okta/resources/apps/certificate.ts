import { createHash, createPublicKey, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { createKeyPair } from '../../tokens/signing-keys.js'

/** ASN.1 tags (X.690) of what a certificate is made of. */
const TAG = { integer: 0x02, bitString: 0x03, null: 0x05, oid: 0x06, utf8: 0x0c, utcTime: 0x17, sequence: 0x30, set: 0x31, version: 0xa0 } as const
/** sha256WithRSAEncryption and commonName, as they are encoded. */
const OID = { sha256WithRsa: '2a864886f70d01010b', commonName: '550403' } as const

/** An RSA key pair and its certificate, which is signed by the key itself. */
export interface CertifiedKey {
  readonly publicJwk: JWK & { kid: string }
  /** DER. */
  readonly certificate: Buffer
}

/** Makes an RSA-2048 key pair with a certificate for these years from `now` on, in milliseconds since the epoch. */
export async function createCertifiedKey (commonName: string, years: number, now: number): Promise<CertifiedKey> {
  const { kid, privateKey, publicJwk } = await createKeyPair()
  const until = new Date(now)
  until.setUTCFullYear(until.getUTCFullYear() + years)
  return { publicJwk: { ...publicJwk, kid }, certificate: selfSign(privateKey, commonName, new Date(now), until) }
}

/** A certified key as a JSON Web Key, with its certificate. */
export function toCertifiedJwk ({ publicJwk, certificate }: CertifiedKey): JWK & { kid: string } {
  const { alg, ...jwk } = publicJwk
  return { ...jwk, kid: publicJwk.kid, x5c: [certificate.toString('base64')], 'x5t#S256': createHash('sha256').update(certificate).digest('base64url') }
}

// RFC 5280 section 4.1
function selfSign (privateKey: KeyObject, commonName: string, from: Date, until: Date): Buffer {
  const algorithm = der(TAG.sequence, der(TAG.oid, Buffer.from(OID.sha256WithRsa, 'hex')), der(TAG.null))
  const name = der(TAG.sequence, der(TAG.set, der(TAG.sequence, der(TAG.oid, Buffer.from(OID.commonName, 'hex')), der(TAG.utf8, Buffer.from(commonName)))))
  const signed = der(TAG.sequence,
    der(TAG.version, der(TAG.integer, Buffer.from([2]))),
    // positive, and without a leading zero
    der(TAG.integer, Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithm,
    name,
    der(TAG.sequence, der(TAG.utcTime, timeOf(from)), der(TAG.utcTime, timeOf(until))),
    name,
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }))
  const signature = sign('sha256', signed, privateKey)
  return der(TAG.sequence, signed, algorithm, der(TAG.bitString, Buffer.concat([Buffer.from([0]), signature])))
}

function der (tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const length = content.length < 0x80 ? Buffer.from([content.length]) : longLength(content.length)
  return Buffer.concat([Buffer.from([tag]), length, content])
}

function longLength (length: number): Buffer {
  const hex = length.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes])
}

// RFC 5280 section 4.1.2.5.1: the year in two digits, until 2049
function timeOf (date: Date): Buffer {
  return Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`)
}
