import { constants, createHash, createHmac, sign as signWith, type JsonWebKey } from 'node:crypto'
import { createEcPair, createEdPair, createRsaPair, type KeyPair } from '../kit/key-pair.js'
import { encode } from '../kit/access-token.js'
import type { Issuer } from '../kit/issuer.js'
import { usualKey } from '../kit/signing-key.js'

/** JSON as it stands (a text or bytes), or a value to make JSON of. */
export type Json = string | Buffer | object | number | boolean | null

/** Makes the third segment from the first two. */
export type Sign = (input: string) => Buffer

/** A key pair under a name. Whoever has it signs anything. */
export interface Pair extends KeyPair {
  readonly kid: string
  readonly jwk: Readonly<JsonWebKey>
}

export function rsaPair (kid: string, modulusLength = 2048): Pair {
  return pairOf(kid, createRsaPair(modulusLength))
}

export function ecPair (kid: string, namedCurve = 'P-256'): Pair {
  return pairOf(kid, createEcPair(namedCurve))
}

export function edPair (kid: string): Pair {
  return pairOf(kid, createEdPair())
}

function pairOf (kid: string, { publicKey, privateKey }: KeyPair): Pair {
  return { kid, publicKey, privateKey, jwk: publicKey.export({ format: 'jwk' }) }
}

/** A public key without `kid`, `use` and `alg`. */
export function bareJwk ({ publicKey }: KeyPair): JsonWebKey {
  return publicKey.export({ format: 'jwk' })
}

/** A key as the issuer publishes it. */
export function published ({ kid, jwk }: Pair, more: object = {}): Record<string, unknown> {
  return { alg: 'RS256', use: 'sig', ...jwk, kid, ...more }
}

export const rsa = ({ privateKey }: Pair, hash = 'sha256'): Sign => input => signWith(hash, Buffer.from(input), privateKey)

export const pss = ({ privateKey }: Pair, hash = 'sha256'): Sign => input =>
  signWith(hash, Buffer.from(input), { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })

export const ecdsa = ({ privateKey }: Pair, hash = 'sha256'): Sign => input =>
  signWith(hash, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })

export const eddsa = ({ privateKey }: Pair): Sign => input => signWith(null, Buffer.from(input), privateKey)

export const hmac = (secret: string | Buffer, hash = 'sha256'): Sign => input => createHmac(hash, secret).update(input).digest()

/** The same signature whatever is signed. */
export const constant = (signature: Buffer): Sign => () => signature

/**
 * What an RSA key with the exponent 1 takes for a signature: the padded digest itself (RFC 8017 section 9.2), which
 * anybody can write.
 */
export function exponentOne (modulusBytes: number): Sign {
  const prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex')
  return input => {
    const digest = Buffer.concat([prefix, createHash('sha256').update(input).digest()])
    const padding = Buffer.alloc(modulusBytes - digest.length - 3, 0xff)
    return Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), digest])
  }
}

const P256_ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')

/** The other signature over the same message with the same P-256 key: s becomes n - s. */
export function twinOf (token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  const s = P256_ORDER - BigInt(`0x${bytes.toString('hex', 32)}`)
  const twin = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])
  return [header, payload, encode(twin)].join('.')
}

/** A token in compact serialization of any header, any payload and any signature. */
export function compact (header: Json, payload: Json, sign: Sign): string {
  const input = `${encode(toJson(header))}.${encode(toJson(payload))}`
  return `${input}.${encode(sign(input))}`
}

function toJson (value: Json): string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)
}

/** The claims as JSON, with more members at its end, for what an object cannot say: a member twice, a number in another notation. */
export function appendMembers (claims: object, members: string): string {
  return `${JSON.stringify(claims).slice(0, -1)},${members}}`
}

export function athOf (accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('base64url')
}

/** A token with these header members, signed by the issuer unless otherwise. */
export function headed (issuer: Issuer, header: Record<string, unknown>, sign?: Sign): string {
  return issuer.mint({ header, ...(sign === undefined ? {} : { sign }) })
}

/** The issuer publishes these keys beside its good one. */
export function publishing (...keys: object[]): { prepare: (issuer: Issuer) => void } {
  return { prepare: issuer => { issuer.keySet = { keys: [...keys, published(usualKey)] } } }
}
