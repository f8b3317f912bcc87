import type { Claims, TokenKind } from './kind.js'
import { describeTime } from './times.js'

/** Header parameters (RFC 7515 section 4.1). */
const PARAMETER_WORDS: Readonly<Record<string, string>> = {
  alg: 'how it is signed',
  kid: 'which of the issuer\'s keys it says it is signed with',
  typ: 'what it says it is'
}

const CLAIM_WORDS: Readonly<Record<string, string>> = {
  iss: 'the authorization server that issued it',
  aud: 'the audience: the API that it is for',
  exp: 'when it expires',
  iat: 'when it was issued',
  nbf: 'when it becomes valid',
  auth_time: 'when the user last signed in',
  updated_at: 'when the profile was last changed',
  jti: 'its own id',
  ver: 'the version of Okta\'s token format',
  cid: 'the client that it was issued to',
  uid: 'the id of the user',
  scp: 'what the client may ask for',
  acr: 'how strong the sign-in was',
  amr: 'how the user signed in',
  idp: 'where the user signed in',
  nonce: 'what the client sent along with the sign-in, to recognise it',
  at_hash: 'a hash of the access token that came with it',
  c_hash: 'a hash of the authorization code that came with it',
  cnf: 'the thumbprint of the key that it is bound to: it is accepted with a proof of that key only',
  groups: 'groups of the user',
  zoneinfo: 'the time zone of the user',
  locale: 'the language and the region of the user',
  name: 'the name of the user',
  given_name: 'the first name of the user',
  family_name: 'the last name of the user',
  preferred_username: 'the login of the user',
  email: 'the address of the user',
  email_verified: 'whether the address is known to be the user\'s',
  events: 'what it reports'
}

const TIMES = new Set(['exp', 'iat', 'nbf', 'auth_time', 'updated_at'])

/** A parameter or claim, its value made readable, and its meaning. */
export interface Explained {
  readonly name: string
  readonly value: string
  readonly words: string
}

export function explainHeader (header: Claims): Explained[] {
  return Object.entries(header).map(([name, value]) => ({ name, value: valueText(value), words: wordsFor(name, PARAMETER_WORDS) ?? 'a parameter that is not checked' }))
}

export function explainClaims (claims: Claims, kind: TokenKind, nowSeconds: number): Explained[] {
  return Object.entries(claims).map(([name, value]) => ({
    name,
    value: (TIMES.has(name) ? describeTime(value, nowSeconds) : undefined) ?? valueText(value),
    words: wordsOf(name, claims, kind)
  }))
}

/** `sub` depends on the token: in an access token it is a login, in an ID token an id. */
function wordsOf (name: string, { uid, sub, cid }: Claims, kind: TokenKind): string {
  if (name === 'sub' && kind === 'id') return 'the id of the user'
  if (name === 'sub' && uid === undefined && sub === cid) return 'the client: it acts for itself, there is no user'
  if (name === 'sub') return 'the login of the user (uid is the id)'
  if (name === 'aud' && kind === 'id') return 'the client that it is for'
  return wordsFor(name, CLAIM_WORDS) ?? 'a custom claim of this authorization server'
}

/** A name may be that of a member of every object, such as `constructor`. */
function wordsFor (name: string, words: Readonly<Record<string, string>>): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined
}

function valueText (value: unknown): string {
  if (typeof value === 'string') return value
  // JSON has no word for what 1e400 is read as.
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value.join(', ')
  return JSON.stringify(value)
}
