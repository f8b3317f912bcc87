import { KeyObject } from 'node:crypto'
import { createLocalJWKSet, type JWK } from 'jose'
import { isStrongRsaKey } from './rsa-key.js'
import { KEY_ID, SIGNATURE_ALGORITHM } from './token-header.js'

/** A key that may verify access tokens: checked, imported, public. */
export interface IssuerKey {
  readonly kid: string
  readonly publicKey: KeyObject
  /** The key as a JWK of the members that RS256 needs and of no others. */
  readonly jwk: Readonly<{ kty: 'RSA', use: 'sig', alg: 'RS256', kid: string, n: string, e: string }>
}

/** Why a key of the issuer's is not used. For the log; holds no key material. */
export type RejectedKeyReason = 'not_rsa' | 'private' | 'use' | 'key_ops' | 'algorithm' | 'kid' | 'weak' | 'ambiguous'

export interface KeySet {
  readonly keys: ReadonlyMap<string, IssuerKey>
  /** Keys that were left out: the `kid` where it is short and printable, and why. */
  readonly refused: ReadonlyArray<{ kid: string | undefined, fault: RejectedKeyReason }>
}

const MAX_KEYS = 100
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * Makes the keys that may verify access tokens out of a JWK Set document (RFC 7517 section 5), by jose.
 *
 * A key that is weak, private, of another use or not for RS256 is left out, and so is a `kid` that two different such
 * keys share; good keys beside them stay. jose alone would import an RSA key with the exponent 1, for which anybody forges.
 *
 * @param known keys of an earlier set: one that is unchanged is kept as the same object
 * @throws {TypeError} if the document is not a JWK Set
 */
export async function readKeySet (document: unknown, known: ReadonlyMap<string, IssuerKey>): Promise<KeySet> {
  const listed = (document as { keys?: unknown } | null)?.keys
  if (!Array.isArray(listed) || listed.length > MAX_KEYS) throw new TypeError('the document is not a JWK Set')

  const refused: Array<{ kid: string | undefined, fault: RejectedKeyReason }> = []
  const usable: Array<IssuerKey['jwk']> = []
  for (const jwk of listed as unknown[]) {
    const fault = findFault(jwk)
    if (fault !== undefined) refused.push({ kid: printableKeyId(jwk), fault })
    else addOnce(usable, pickVerificationMembers(jwk as IssuerKey['jwk']))
  }

  const select = createLocalJWKSet({ keys: usable as JWK[] })
  const keys = new Map<string, IssuerKey>()
  for (const jwk of usable) {
    const { kid, n, e } = jwk
    const same = known.get(kid)
    if (usable.some(other => other !== jwk && other.kid === kid)) {
      refused.push({ kid, fault: 'ambiguous' })
    } else if (same?.jwk.n === n && same.jwk.e === e) {
      keys.set(kid, same)
    } else {
      keys.set(kid, { kid, jwk, publicKey: KeyObject.from(await select({ alg: SIGNATURE_ALGORITHM, kid })) })
    }
  }
  return { keys, refused }
}

/** The same key listed twice is one key. */
function addOnce (keys: Array<IssuerKey['jwk']>, jwk: IssuerKey['jwk']): void {
  if (!keys.some(({ kid, n, e }) => kid === jwk.kid && n === jwk.n && e === jwk.e)) keys.push(jwk)
}

function pickVerificationMembers ({ kid, n, e }: IssuerKey['jwk']): IssuerKey['jwk'] {
  return { kty: 'RSA', use: 'sig', alg: SIGNATURE_ALGORITHM, kid, n, e }
}

/** RFC 8725 section 3.5, RFC 7518 section 3.3: what must hold before a key is so much as imported. */
function findFault (jwk: unknown): RejectedKeyReason | undefined {
  if (typeof jwk !== 'object' || jwk === null) return 'not_rsa'
  const { kty, use, key_ops: operations, alg, kid, n, e } = jwk as Record<string, unknown>
  if (kty !== 'RSA') return 'not_rsa'
  if (PRIVATE_MEMBERS.some(member => Object.hasOwn(jwk, member))) return 'private'
  if (use !== undefined && use !== 'sig') return 'use'
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return 'key_ops'
  if (alg !== undefined && alg !== SIGNATURE_ALGORITHM) return 'algorithm'
  if (typeof kid !== 'string' || !KEY_ID.test(kid)) return 'kid'
  if (!isStrongRsaKey(n, e)) return 'weak'
  return undefined
}

function printableKeyId (jwk: unknown): string | undefined {
  const kid = (jwk as { kid?: unknown } | null)?.kid
  return typeof kid === 'string' && KEY_ID.test(kid) ? kid : undefined
}
