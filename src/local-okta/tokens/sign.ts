import { createSign } from 'node:crypto'
import type { ClaimSet } from './claims.js'
import type { KeyPair } from './signing-keys.js'

/**
 * Signs a claim set as RS256, with a header of `kid` and `alg` only, as Okta does.
 * Members of `header` go over those two; one that is undefined takes its member
 * away. Does NOT sign otherwise when `header` names another algorithm: such a
 * token lies about itself, which is what a test of a verifier may want.
 */
export function signJwt (claims: ClaimSet, key: KeyPair, header: Record<string, unknown> = {}): string {
  const signingInput = `${encode({ kid: key.kid, alg: 'RS256', ...header })}.${encode(claims)}`
  const signature = createSign('RSA-SHA256').update(signingInput).sign(key.privateKey, 'base64url')
  return `${signingInput}.${signature}`
}

function encode (members: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(members)).toString('base64url')
}
