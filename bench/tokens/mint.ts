import { createPrivateKey, sign, type KeyObject } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { claimsOf } from './claims.js'
import { KEY_ID } from './identity.js'

/** Signs claims as RS256 with a header as Okta's. Does not block: OpenSSL works in Node's pool of threads. */
export async function signToken (claims: object, key: KeyObject, header: object = { kid: KEY_ID, alg: 'RS256' }): Promise<string> {
  const signingInput = `${encode(header)}.${encode(claims)}`
  const signature = await new Promise<Buffer>((resolve, reject) => {
    sign('RSA-SHA256', Buffer.from(signingInput), key, (error, bytes) => { if (error === null) resolve(bytes); else reject(error) })
  })
  return `${signingInput}.${signature.toString('base64url')}`
}

/** Makes this many tokens, each of another user; as many at a time as there are cores. */
export async function mintTokens (count: number, privateKeyPem: string, issuedAt: number): Promise<string[]> {
  const key = createPrivateKey(privateKeyPem)
  const tokens = new Array<string>(count)
  let next = 0
  async function work (): Promise<void> {
    for (let n = next++; n < count; n = next++) tokens[n] = await signToken(claimsOf(n, issuedAt), key)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return tokens
}

function encode (members: object): string {
  return Buffer.from(JSON.stringify(members)).toString('base64url')
}
