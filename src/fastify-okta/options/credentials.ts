import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { ClientCredentials } from '../oauth/client-authentication.js'
import type { DirectoryCredentials } from '../okta/directory/users-api.js'
import { findStringIssue, stringArray } from './values.js'

type PrivateKey = string | Readonly<Record<string, unknown>>

const MIN_RSA_BITS = 2048
/** What an HTTP header can carry, without spaces. */
const WORD = /^[\x21-\x7e]+$/
/** RFC 6749 section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * Reads what the directory authenticates with.
 *
 * @param option what the directory is called, for messages
 * @throws {TypeError}
 */
export function readDirectoryCredentials (option: string, options: Readonly<Record<string, unknown>>): DirectoryCredentials {
  const { token, clientId, scopes, privateKey, keyId } = options
  const isServiceApp = clientId !== undefined || privateKey !== undefined
  if (token !== undefined && isServiceApp) throw new TypeError(`${option} has a token and a service app: leave one of them out`)
  if (isServiceApp) {
    return {
      clientId: word(`${option}.clientId`, clientId, 'the id of a service app'),
      scopes: readScopes(`${option}.scopes`, scopes),
      privateKey: readPrivateKey(`${option}.privateKey`, privateKey),
      ...readKeyId(option, keyId)
    }
  }
  if (!('token' in options)) throw new TypeError(`${option} needs a token, or a clientId with scopes and a privateKey`)
  if (token === undefined || token === '') {
    throw new TypeError(`${option}.token is ${token === '' ? 'empty' : 'undefined'}: leave directory out, or set OKTA_CLIENT_TOKEN`)
  }
  const issue = findApiTokenIssue(token)
  if (issue !== null) throw new TypeError(`${option}.token ${issue}`)
  return { token: token as string }
}

/** What is wrong with an API token, in words that follow its name; `null` if nothing is. Never contains the token. */
export function findApiTokenIssue (value: unknown): string | null {
  if (typeof value === 'string' && /^SSWS(?:\s|$)/i.test(value)) return 'begins with "SSWS ": leave "SSWS " off'
  return findWordIssue(value, 'an API token')
}

/** Reads what the service authenticates with at the authorization server. The same as {@link readDirectoryCredentials}. */
export function readClientCredentials (option: string, options: Readonly<Record<string, unknown>>): ClientCredentials {
  const { clientSecret, privateKey, keyId } = options
  const clientId = word(`${option}.clientId`, options['clientId'], 'the id of a client')
  if (clientSecret !== undefined && privateKey !== undefined) throw new TypeError(`${option} has a clientSecret and a privateKey: leave one of them out`)
  if (privateKey !== undefined) return { clientId, privateKey: readPrivateKey(`${option}.privateKey`, privateKey), ...readKeyId(option, keyId) }
  if (clientSecret === undefined) throw new TypeError(`${option} needs a clientSecret or a privateKey`)
  if (typeof clientSecret !== 'string') throw new TypeError(`${option}.clientSecret must be a string`)
  const issue = findStringIssue(clientSecret)
  if (issue !== null) throw new TypeError(`${option}.clientSecret ${issue}`)
  return { clientId, clientSecret }
}

/**
 * A private key as a PEM or a JWK, RSA or EC P-256, as Okta accepts them. A JWK may be given as JSON; a copy is returned.
 *
 * @throws {TypeError} contains nothing of the key
 */
function readPrivateKey (option: string, value: unknown): PrivateKey {
  const issue = findPrivateKeyIssue(value)
  if (issue !== null) throw new TypeError(`${option} ${issue}`)
  return toKey(value as PrivateKey)
}

/** What is wrong with a private key, in words that follow its name; `null` if nothing is. Contains nothing of the key. */
export function findPrivateKeyIssue (value: unknown): string | null {
  if (value === undefined) return 'is undefined: it must be a private key, as a PEM or a JWK'
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return 'must be a PEM or a JWK'
  if (typeof value === 'string' && value.includes('\\n')) return 'contains \\n for line breaks: replace each by a line break'
  try {
    const key = toKey(value as PrivateKey)
    const keyObject = createPrivateKey(typeof key === 'string' ? key : { key, format: 'jwk' } as never)
    return isAccepted(keyObject) ? null : `must be RSA of at least ${MIN_RSA_BITS} bits, or EC P-256`
  } catch {
    // Its own message may quote the key.
    return 'is not a private key: it must be a PEM or a JWK'
  }
}

function toKey (value: PrivateKey): PrivateKey {
  return typeof value === 'string' && !value.trimStart().startsWith('{') ? value : readJwk(value)
}

function readJwk (value: string | object): Readonly<Record<string, unknown>> {
  return typeof value === 'string' ? JSON.parse(value) as Record<string, unknown> : { ...value }
}

function isAccepted ({ asymmetricKeyType, asymmetricKeyDetails: { modulusLength = 0, namedCurve } = {} }: KeyObject): boolean {
  return asymmetricKeyType === 'rsa' ? modulusLength >= MIN_RSA_BITS : asymmetricKeyType === 'ec' && namedCurve === 'prime256v1'
}

function readKeyId (option: string, keyId: unknown): { keyId?: string } {
  return keyId === undefined ? {} : { keyId: word(`${option}.keyId`, keyId, 'the id of a key') }
}

function readScopes (option: string, value: unknown): readonly string[] {
  const scopes = stringArray(option, value as readonly string[])
  if (!scopes.every(scope => SCOPE.test(scope))) throw new TypeError(`${option} must be an array of scopes, each without spaces`)
  return scopes
}

function word (option: string, value: unknown, expected: string): string {
  const issue = findWordIssue(value, expected)
  if (issue !== null) throw new TypeError(`${option} ${issue}`)
  return value as string
}

function findWordIssue (value: unknown, expected: string): string | null {
  if (value === undefined) return `is undefined: it must be ${expected}`
  if (typeof value !== 'string') return `must be a string: ${expected}`
  return findStringIssue(value) ?? (WORD.test(value) ? null : 'contains a space or a character that no HTTP header can carry')
}
