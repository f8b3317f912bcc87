import { createSign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { publishedKey, usualKey, type SigningKey } from '../kit/signing-key.js'

export const AUDIENCE = 'api://greetings'

/** How a token differs from one that is good. */
export interface TokenDifference {
  /** Go over `kid` and `alg`; an undefined value takes a member away. */
  header?: Record<string, unknown>
  /** Go over the claims; an undefined value takes a claim away. */
  claims?: Record<string, unknown>
  /** The whole text of the header, for what members cannot say. */
  headerText?: string | Buffer
  /** The whole text of the claims. */
  claimsText?: string | Buffer
  /** Signs in place of the issuer's key. */
  key?: SigningKey
  /** The signature itself, in base64url, of the signing input. */
  sign?: (input: string) => string
}

export interface IntrospectionRequest {
  readonly method: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly url: string | undefined
  readonly form: URLSearchParams
}

/** An authorization server on a socket, as far as a resource server can see it. */
export interface Issuer {
  readonly url: string
  readonly key: SigningKey
  /** What is published; may be changed. */
  keys: unknown[]
  /** What it answers when it is asked about a token: a status and a document. */
  introspection: { status: number, document: unknown }
  /** How often the keys were fetched. */
  fetches (): number
  /** What it was asked about tokens. */
  readonly questions: IntrospectionRequest[]
  /** The claims of a good token. */
  claims (difference?: Record<string, unknown>): Record<string, unknown>
  mint (difference?: TokenDifference): string
  stop (): Promise<void>
}

/** Not the issuer's, and not under its name: what is signed with it is forged. */
export const strangersKey = publishedKey('stranger', 'RFC 7520, 3.4')

/** Starts an issuer of Okta's kind on a free port of the loopback; it stops when the test ends. */
export async function startIssuer (t: Test, { key = usualKey, path = '/oauth2/default' } = {}): Promise<Issuer> {
  const questions: IntrospectionRequest[] = []
  let fetches = 0
  const server = createServer((request, response) => {
    const send = (status: number, document: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document))
    }
    if (request.url?.endsWith('/v1/keys')) {
      fetches++
      send(200, { keys: issuer.keys })
    } else {
      text(request).then(body => {
        questions.push({ method: request.method, headers: request.headers, url: request.url, form: new URLSearchParams(body) })
        send(issuer.introspection.status, issuer.introspection.document)
      }, () => { response.destroy() })
    }
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`

  function claims (difference: Record<string, unknown> = {}): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000)
    return {
      ver: 1,
      jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
      iss: url,
      aud: AUDIENCE,
      iat: now,
      exp: now + 3600,
      cid: '0oa1a2b3c4d5e6f7g8h9',
      uid: '00u1a2b3c4d5e6f7g8h9',
      scp: ['openid', 'profile'],
      auth_time: now,
      sub: 'ada@example.com',
      ...difference
    }
  }
  const issuer: Issuer = {
    url,
    key,
    keys: [key.jwk],
    introspection: { status: 200, document: { active: false } },
    fetches: () => fetches,
    questions,
    claims,
    mint: ({ header, claims: different, headerText, claimsText, key: signer = key, sign = signRs256(signer.privateKey) } = {}) => {
      const input = [
        headerText ?? JSON.stringify({ kid: signer.jwk['kid'], alg: 'RS256', ...header }),
        claimsText ?? JSON.stringify(claims(different))
      ].map(encode).join('.')
      return `${input}.${sign(input)}`
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise(resolve => { server.close(resolve) })
    }
  }
  t.teardown(issuer.stop)
  return issuer
}

export function encode (bytes: string | Buffer): string {
  return Buffer.from(bytes as string).toString('base64url')
}

export function signRs256 (key: KeyObject): (input: string) => string {
  return input => createSign('RSA-SHA256').update(input).sign(key, 'base64url')
}
