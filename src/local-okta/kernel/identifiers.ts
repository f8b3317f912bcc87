import { randomBytes, randomInt } from 'node:crypto'

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ID_LENGTH = 20

/** A new Okta object id: the prefix of its kind (`00u` for a user), and random letters and digits, 20 characters in all. */
export function createId (prefix: string): string {
  let id = prefix
  while (id.length < ID_LENGTH) id += ALPHABET[randomInt(ALPHABET.length)]
  return id
}

/** A new `jti`: `AT.` for access tokens, `ID.` for ID tokens, and 43 base64url characters. */
export function createTokenId (kind: 'AT' | 'ID'): string {
  return `${kind}.${randomBytes(32).toString('base64url')}`
}

/** A new opaque secret, such as an API token: `00` and 40 base64url characters. */
export function createApiToken (): string {
  return `00${randomBytes(30).toString('base64url')}`
}
