import { readFile } from 'node:fs/promises'
import { compactVerify, importJWK } from 'jose'
import { FetchFailedError, fetchJson } from '../../oauth/fetch-json.js'
import { readKeySet, type KeySet } from '../../oauth/json-web-key-set.js'
import { SIGNATURE_ALGORITHM } from '../../oauth/token-header.js'
import { CommandFailure } from '../exit.js'
import type { Finding, ParsedToken } from './findings.js'

/** Bytes of an RS256 signature: those of an RSA key's modulus, for keys of 2048, 3072 and 4096 bits (RFC 8017 section 8.2.1). */
const SIGNATURE_BYTES = [256, 384, 512]

/** For the issuer's keys, in milliseconds. */
const TIMEOUT_MS = 10_000
const MAX_BYTES = 1024 * 1024

/** Whether a signature was verified, and why the token is refused for it. */
export interface SignatureVerdict {
  readonly signature: 'not verified' | 'good' | 'bad'
  readonly findings: readonly Finding[]
}

/** What can be said of a signature without a key: whether its length is possible. */
export function inspectSignature (parsed: ParsedToken): SignatureVerdict {
  return { signature: 'not verified', findings: checkLength(parsed, SIGNATURE_BYTES) }
}

/** Keys to verify with, and where they are from, in words. */
export interface SigningKeys {
  readonly keySet: KeySet
  readonly from: string
}

/** Verifies a signature with one of these keys. */
export async function verifySignature (token: string, parsed: ParsedToken, { keySet: { keys, refused }, from }: SigningKeys): Promise<SignatureVerdict> {
  const { header } = parsed
  if (header['alg'] !== SIGNATURE_ALGORITHM) return { signature: 'bad', findings: [] }
  const kid = typeof header['kid'] === 'string' ? header['kid'] : ''
  const key = keys.get(kid)
  if (key === undefined) {
    const fault = refused.find((each) => each.kid === kid)?.fault
    const why = fault === undefined ? '' : ` that can be used (${fault.replaceAll('_', ' ')})`
    return { signature: 'bad', findings: [...checkLength(parsed, SIGNATURE_BYTES), { reason: 'unknown_key', message: `Its kid is not that of a key ${from}${why}.` }] }
  }
  const wrongLength = checkLength(parsed, [Buffer.from(String(key.jwk.n), 'base64url').length])
  if (wrongLength.length > 0) return { signature: 'bad', findings: wrongLength }
  try {
    await compactVerify(token, await importJWK({ ...key.jwk }, SIGNATURE_ALGORITHM), { algorithms: [SIGNATURE_ALGORITHM] })
    return { signature: 'good', findings: [] }
  } catch {
    return { signature: 'bad', findings: [{ reason: 'signature', message: `Its signature does not verify with the key ${from}: the token was changed, or somebody else made it.` }] }
  }
}

function checkLength ({ header, signatureBytes }: ParsedToken, valid: readonly number[]): Finding[] {
  if (header['alg'] !== SIGNATURE_ALGORITHM || valid.includes(signatureBytes)) return []
  const expected = valid.length === 1 ? `one of its key has ${valid[0]}` : `one of ${SIGNATURE_ALGORITHM} has ${valid.slice(0, -1).join(', ')} or ${valid.at(-1)}`
  const why = signatureBytes < Math.max(...valid) ? 'the token was cut off' : 'something was appended to the token'
  return [{ reason: 'signature', message: `Its signature has ${signatureBytes} bytes, and ${expected}: ${why}.` }]
}

/**
 * The keys in a file: a JWK Set, such as the issuer's `/v1/keys` responds with.
 *
 * @throws {CommandFailure} the file cannot be read, or is not a JWK Set
 */
export async function readKeyFile (file: string): Promise<SigningKeys> {
  try {
    return { keySet: await readKeySet(JSON.parse(await readFile(file, 'utf8')) as unknown, new Map()), from: `in ${file}` }
  } catch (cause) {
    throw new CommandFailure(`--jwks ${file} is not a JWK Set that can be read`, { code: 'jwks', cause })
  }
}

/**
 * The keys that an issuer publishes: the configured issuer, never the one that the token names.
 *
 * @throws {CommandFailure} they cannot be fetched
 */
export async function fetchKeys (issuer: string): Promise<SigningKeys> {
  try {
    const { document } = await fetchJson(`${issuer}/v1/keys`, { headers: { accept: 'application/json' } }, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES })
    return { keySet: await readKeySet(document, new Map()), from: `of ${issuer}` }
  } catch (cause) {
    const why = cause instanceof FetchFailedError ? `${cause.message}${cause.code === undefined ? '' : ` (${cause.code})`}` : 'are not a JWK Set'
    throw new CommandFailure(`the keys of ${issuer} ${why}`, { code: 'unreachable', cause })
  }
}
