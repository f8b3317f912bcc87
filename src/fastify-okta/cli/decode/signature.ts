import { readFile } from 'node:fs/promises'
import { compactVerify, importJWK } from 'jose'
import { readKeySet } from '../../oauth/json-web-key-set.js'
import { SIGNATURE_ALGORITHM } from '../../oauth/token-header.js'
import { CommandFailure } from '../exit.js'
import type { Finding, TakenApart } from './findings.js'

/** What is known of a signature, and what is wrong with it. */
export interface SignatureVerdict {
  readonly signature: 'not verified' | 'good' | 'bad'
  readonly findings: readonly Finding[]
}

export const NOT_VERIFIED: SignatureVerdict = { signature: 'not verified', findings: [] }

/**
 * Verifies a signature with the keys in a file: a JWK Set, such as the issuer's `/v1/keys` answers.
 *
 * @throws {CommandFailure} the file cannot be read, or is none
 */
export async function verifySignature (token: string, { header }: TakenApart, file: string): Promise<SignatureVerdict> {
  const { keys, refused } = await readKeys(file)
  if (header['alg'] !== SIGNATURE_ALGORITHM) return { signature: 'bad', findings: [] }
  const kid = typeof header['kid'] === 'string' ? header['kid'] : ''
  const key = keys.get(kid)
  if (key === undefined) {
    const fault = refused.find(each => each.kid === kid)?.fault
    const why = fault === undefined ? '' : ` that can be used (${fault.replaceAll('_', ' ')})`
    return { signature: 'bad', findings: [{ reason: 'unknown_key', message: `The key that it says it is signed with is none of ${file}${why}.` }] }
  }
  try {
    await compactVerify(token, await importJWK({ ...key.jwk }, SIGNATURE_ALGORITHM), { algorithms: [SIGNATURE_ALGORITHM] })
    return { signature: 'good', findings: [] }
  } catch {
    return { signature: 'bad', findings: [{ reason: 'signature', message: `Its signature is not that of the key in ${file}: it was changed, or somebody else made it.` }] }
  }
}

async function readKeys (file: string) {
  try {
    return await readKeySet(JSON.parse(await readFile(file, 'utf8')) as unknown, new Map())
  } catch (cause) {
    throw new CommandFailure(`--jwks ${file} is not a JWK Set that can be read`, { code: 'jwks', cause })
  }
}
