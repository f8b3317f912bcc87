import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

/** Tokens name their issuer with its port, so the port is fixed; nothing but the bench's own issuer listens there. */
export const ISSUER_PORT = 47_311
export const ISSUER = `http://127.0.0.1:${ISSUER_PORT}/oauth2/default`
export const AUDIENCE = 'api://default'
export const KEY_ID = 'U5R8cHbGw445Qbq8zVO1PcCpXL8yG6IcovVa3laCoxM'
const LIFETIME_SECONDS = 86_400

/** The claims of the n-th token as Okta would write them: one user for each, all of one length. */
export function claimsOf (n: number, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000)
  return {
    ver: 1,
    jti: `AT.${createHash('sha256').update(`token ${n}`).digest('base64url')}`,
    iss: ISSUER,
    aud: AUDIENCE,
    iat: now,
    exp: now + LIFETIME_SECONDS,
    cid: '0oabench0browser00d7',
    uid: `00u${String(n).padStart(17, '0')}`,
    scp: ['openid', 'profile', 'email', 'offline_access'],
    auth_time: now,
    sub: loginOf(n),
    ...changes
  }
}

export function loginOf (n: number): string {
  return `user-${String(n).padStart(8, '0')}@example.com`
}

/** Signs with RS256 or, if the key is an EC key, with ES256. Does not block: OpenSSL works in Node's pool of threads. */
export async function signJwt (header: object, claims: object, key: KeyObject): Promise<string> {
  const signingInput = `${encode(header)}.${encode(claims)}`
  const signature = await new Promise<Buffer>((resolve, reject) => {
    sign('sha256', Buffer.from(signingInput), { key, dsaEncoding: 'ieee-p1363' }, (error, bytes) => { if (error === null) resolve(bytes); else reject(error) })
  })
  // From a buffer: flat, as a string from a socket is.
  return Buffer.from(`${signingInput}.${signature.toString('base64url')}`).toString('latin1')
}

export async function signToken (claims: object, key: KeyObject, kid = KEY_ID): Promise<string> {
  return await signJwt({ kid, alg: 'RS256' }, claims, key)
}

/** The key of a client that proves possession, and the tokens that are bound to it. */
export interface ProofKey {
  readonly alg: 'ES256' | 'RS256'
  readonly privateKey: KeyObject
  readonly publicKeyPem: string
  readonly jwk: object
  readonly thumbprint: string
}

export function createProofKey (alg: ProofKey['alg']): ProofKey {
  const { privateKey, publicKey } = alg === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty, ...members } = publicKey.export({ format: 'jwk' })
  const jwk = alg === 'RS256' ? { e: members.e, kty, n: members.n } : { crv: members.crv, kty, x: members.x, y: members.y }
  return {
    alg,
    privateKey,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    jwk,
    thumbprint: createHash('sha256').update(JSON.stringify(jwk)).digest('base64url')
  }
}

/** A proof for one GET request (RFC 9449 section 4.2). */
export async function signProof ({ alg, privateKey, jwk }: ProofKey, url: string, accessToken: string, jti: string): Promise<string> {
  const ath = createHash('sha256').update(accessToken).digest('base64url')
  return await signJwt({ typ: 'dpop+jwt', alg, jwk }, { jti, htm: 'GET', htu: url, iat: Math.floor(Date.now() / 1000), ath }, privateKey)
}

function encode (members: object): string {
  return Buffer.from(JSON.stringify(members)).toString('base64url')
}
