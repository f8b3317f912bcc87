import { createHmac, sign } from 'node:crypto'
import fc from 'fast-check'
import { AUDIENCE, type TokenDifference } from '../kit/access-token.js'
import type { Issuer } from '../kit/issuer.js'
import { foreignKey } from '../kit/signing-key.js'

/** How a good token is changed. Strings only: a counterexample can be read. */
export type Mutation =
  | { kind: 'header', member: string, value: unknown }
  | { kind: 'claim', member: string, value: unknown }
  | { kind: 'time', member: string, seconds: number }
  | { kind: 'json', part: Part, form: JsonForm }
  | { kind: 'text', segment: 0 | 1 | 2, at: number, form: TextForm, character: string }
  | { kind: 'algorithm', alg: string, signer: Signer }
  | { kind: 'segments', form: typeof SEGMENT_FORMS[number] }

type Part = 'headerText' | 'claimsText'
type JsonForm = typeof JSON_FORMS[number]
type TextForm = typeof TEXT_FORMS[number]
type Signer = typeof SIGNERS[number]

const JSON_FORMS = ['spaces', 'escapes', 'member twice', 'member twice, escaped', '__proto__', 'constructor', 'array', 'text', 'trailing comma', 'trailing text', 'comment', 'byte order mark', 'deep', 'single quotes', 'invalid UTF-8', 'lone surrogate', 'nothing', 'large number', 'minus zero'] as const
const TEXT_FORMS = ['replace', 'insert', 'remove', 'swap', 'flip a bit', 'pad', 'last bits', 'standard alphabet', 'cut', 'append'] as const
const SIGNERS = ['RS256', 'RS384', 'RS512', 'PS256', 'stranger', 'PEM as secret', 'PKCS#1 as secret', 'JWK as secret', 'empty secret', 'nothing', 'zeros'] as const
const SEGMENT_FORMS = ['two', 'one', 'four', 'empty signature', 'empty claims', 'swapped', 'dots', 'five', 'spaces around'] as const
const HEADER_MEMBERS = ['alg', 'kid', 'typ', 'cty', 'crit', 'b64', 'zip', 'enc', 'jwk', 'jku', 'x5c', 'x5u', 'x5t', 'iss', 'exp', 'ALG', 'Alg', '__proto', 'toString'] as const
const CLAIM_NAMES = ['iss', 'aud', 'sub', 'exp', 'nbf', 'iat', 'jti', 'ver', 'cid', 'uid', 'scp', 'cnf', 'auth_time', 'groups', 'nonce', 'events', 'EXP', 'toString', 'then', 'constructor'] as const
const ALGORITHMS = ['none', 'None', 'HS256', 'HS384', 'RS256', 'rs256', 'RS384', 'RS512', 'PS256', 'ES256', 'EdDSA', '']

/** Values of every JSON type, those among them that are nearly right. */
const value = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, false, '', 0, -0, -1, 1, 1.5, 1e300, '1', 'JWT', 'at+jwt', 'dpop+jwt', 'RS256', 'none', 'usual', 'stranger', AUDIENCE, [AUDIENCE], [AUDIENCE, 'api://other'], [[AUDIENCE]], [], {}, ['b64'], [null], { jkt: 'a'.repeat(43) }, ['openid'], '__proto__'),
  fc.string({ maxLength: 8 }),
  fc.integer(),
  fc.jsonValue({ maxDepth: 2 })
)

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('header' as const), member: fc.constantFrom(...HEADER_MEMBERS), value }),
  fc.record({ kind: fc.constant('claim' as const), member: fc.constantFrom(...CLAIM_NAMES), value }),
  // Far enough from now that no run is long enough to cross it.
  fc.record({ kind: fc.constant('time' as const), member: fc.constantFrom('exp', 'nbf', 'iat', 'auth_time'), seconds: fc.constantFrom(-1e9, -90_000, -7200, -600, -120, 120, 600, 7200, 90_000, 1e9, 1e12) }),
  fc.record({ kind: fc.constant('json' as const), part: fc.constantFrom<Part>('headerText', 'claimsText'), form: fc.constantFrom(...JSON_FORMS) }),
  fc.record({ kind: fc.constant('text' as const), segment: fc.constantFrom<0 | 1 | 2>(0, 1, 2), at: fc.nat(400), form: fc.constantFrom(...TEXT_FORMS), character: fc.constantFrom(...'AZaz09-_+/=~ .'.split('')) }),
  fc.record({ kind: fc.constant('algorithm' as const), alg: fc.constantFrom(...ALGORITHMS), signer: fc.constantFrom(...SIGNERS) }),
  fc.record({ kind: fc.constant('segments' as const), form: fc.constantFrom(...SEGMENT_FORMS) })
)

/** A token that mutations have been applied to: those of what is signed before it is signed, the others after. */
export function mutate (issuer: Issuer, mutations: readonly Mutation[]): string {
  const difference: TokenDifference & { header: Record<string, unknown>, claims: Record<string, unknown> } = { header: {}, claims: {} }
  for (const mutation of mutations) {
    if (mutation.kind === 'header') difference.header[mutation.member] = mutation.value
    if (mutation.kind === 'claim') difference.claims[mutation.member] = mutation.value
    if (mutation.kind === 'time') difference.claims[mutation.member] = Math.floor(Date.now() / 1000) + mutation.seconds
    if (mutation.kind === 'algorithm') Object.assign(difference, algorithm(issuer, mutation, difference.header))
  }
  for (const mutation of mutations) {
    if (mutation.kind !== 'json') continue
    const { part, form } = mutation
    const members = part === 'headerText' ? { kid: issuer.key.jwk['kid'], alg: 'RS256', ...difference.header } : issuer.claims(difference.claims)
    difference[part] = rewrite(JSON.stringify(members), form)
  }
  return mutations.reduce(disfigure, issuer.mint(difference))
}

function algorithm ({ key }: Issuer, { alg, signer }: { alg: string, signer: Signer }, header: Record<string, unknown>): TokenDifference {
  const secrets: Partial<Record<Signer, string | Buffer>> = {
    'PEM as secret': key.publicKey.export({ type: 'spki', format: 'pem' }) as string,
    'PKCS#1 as secret': key.publicKey.export({ type: 'pkcs1', format: 'pem' }) as string,
    'JWK as secret': JSON.stringify(key.jwk),
    'empty secret': ''
  }
  const signWith: Partial<Record<Signer, (input: Buffer) => Buffer>> = {
    RS256: input => sign('sha256', input, key.privateKey),
    RS384: input => sign('sha384', input, key.privateKey),
    RS512: input => sign('sha512', input, key.privateKey),
    PS256: input => sign('sha256', input, { key: key.privateKey, padding: 6, saltLength: 32 }),
    stranger: input => sign('sha256', input, foreignKey.privateKey),
    zeros: () => Buffer.alloc(256)
  }
  const secret = secrets[signer]
  return {
    header: Object.assign(header, { alg }),
    sign: input => secret !== undefined
      ? createHmac('sha256', secret).update(input).digest('base64url')
      : signWith[signer]?.(Buffer.from(input)).toString('base64url') ?? ''
  }
}

function rewrite (json: string, form: JsonForm): string | Buffer {
  const inside = json.slice(1, -1)
  const [first = '""'] = /"(?:[^"\\]|\\.)*"/.exec(json) ?? []
  const forms: Record<JsonForm, () => string | Buffer> = {
    spaces: () => JSON.stringify(JSON.parse(json), null, 2),
    escapes: () => json.replace(/"([a-z])/g, (_match, letter: string) => `"\\u00${letter.charCodeAt(0).toString(16)}`),
    'member twice': () => `{${inside},${first}:"other"}`,
    'member twice, escaped': () => `{${inside},"\\u00${first.charCodeAt(1).toString(16)}${first.slice(2)}:"other"}`,
    __proto__: () => `{${inside},"__proto__":{"isAdmin":true}}`,
    constructor: () => `{${inside},"x":{"constructor":{"prototype":{"isAdmin":true}}}}`,
    array: () => `[${json}]`,
    text: () => JSON.stringify(json),
    'trailing comma': () => `{${inside},}`,
    'trailing text': () => `${json}{}`,
    comment: () => `{/**/${inside}}`,
    'byte order mark': () => `\ufeff${json}`,
    deep: () => `{${inside},"deep":${'['.repeat(200)}${']'.repeat(200)}}`,
    'single quotes': () => json.replaceAll('"', "'"),
    'invalid UTF-8': () => Buffer.concat([Buffer.from(`{${inside},"x":"`), Buffer.of(0xc3, 0x28), Buffer.from('"}')]),
    'lone surrogate': () => `{${inside},"x":"\\ud800"}`,
    nothing: () => '{}',
    'large number': () => `{${inside},"x":123456789012345678901234567890e400}`,
    'minus zero': () => `{${inside},"x":-0}`
  }
  return forms[form]()
}

function disfigure (token: string, mutation: Mutation): string {
  if (mutation.kind === 'segments') return resegment(token, mutation.form)
  if (mutation.kind !== 'text') return token
  const segments = token.split('.')
  const { segment, form, character } = mutation
  const text = segments[segment] ?? ''
  const at = text.length === 0 ? 0 : mutation.at % text.length
  const forms: Record<TextForm, () => string> = {
    replace: () => text.slice(0, at) + character + text.slice(at + 1),
    insert: () => text.slice(0, at) + character + text.slice(at),
    remove: () => text.slice(0, at) + text.slice(at + 1),
    swap: () => text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2),
    'flip a bit': () => flip(text, at),
    pad: () => `${text}${'='.repeat((4 - text.length % 4) % 4 || 1)}`,
    'last bits': () => nextOfSameBytes(text),
    'standard alphabet': () => text.replaceAll('-', '+').replaceAll('_', '/'),
    cut: () => text.slice(0, at),
    append: () => text + character
  }
  segments[segment] = forms[form]()
  return segments.join('.')
}

function flip (text: string, at: number): string {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length > 0) bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ (1 << at % 8)
  return bytes.toString('base64url')
}

/** Another text of the same bytes, where the last character has bits to spare. */
function nextOfSameBytes (text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return text.slice(0, -1) + (alphabet[alphabet.indexOf(text.at(-1) ?? 'A') ^ 1] ?? '')
}

function resegment (token: string, form: typeof SEGMENT_FORMS[number]): string {
  const [header = '', claims = '', signature = ''] = token.split('.')
  return {
    two: `${header}.${claims}`,
    one: header,
    four: `${token}.${signature}`,
    'empty signature': `${header}.${claims}.`,
    'empty claims': `${header}..${signature}`,
    swapped: `${claims}.${header}.${signature}`,
    dots: '..',
    five: `${header}.${claims}.${signature}.${claims}.${signature}`,
    'spaces around': `${token} `
  }[form]
}
