import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { compact, knownPair, nowSeconds, published, rsa, type Pair, type TokenChanges } from './forgery.js'

/** A user of the directory, as Okta's Management API would give it, and the names of its groups. */
export interface DirectoryUser {
  readonly id: string
  readonly status?: string
  readonly profile?: Readonly<Record<string, unknown>>
  readonly groups?: ReadonlyArray<string | { readonly id: string, readonly name: string, readonly type: string }>
}

export type Answering = (request: IncomingMessage, response: ServerResponse) => void

export const KEYS = {
  main: knownPair('main-key-2026', 'RFC 7515, A.2'),
  other: knownPair('other-key-2026', 'RFC 7517, A.2'),
  stranger: knownPair('main-key-2026', 'RFC 7520, 3.4')
}
export const ADA = '00uadalovelace000001'
export const GROUP = 'Fastify Okta'
export const API_TOKEN = '00-the-api-token-of-this-test-00'
export const AUDIENCE = 'api://default'

const KEYS_PATH = '/oauth2/default/v1/keys'

/** An authorization server, with a directory beside it, that does whatever a test wants it to, and counts what it is asked. */
export class Issuer {
  /** Method and request target of each request so far. */
  readonly requests: string[] = []
  /** The `Authorization` header of each request so far. */
  readonly credentials: Array<string | undefined> = []
  readonly users = new Map<string, DirectoryUser>([[ADA, { id: ADA }]])
  /** What goes before the ordinary answer, by path. */
  readonly faults = new Map<string, Answering>()
  /** The document at the keys' address; a text as it stands. */
  keySet: unknown = { keys: [published(KEYS.main), published(KEYS.other)] }
  #origin = ''

  static async start (t: Pick<Test, 'teardown'>): Promise<Issuer> {
    const issuer = new Issuer()
    const server = createServer((request, response) => { issuer.#answer(request, response) })
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
    issuer.#origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    t.teardown(async () => {
      server.closeAllConnections()
      await new Promise(resolve => { server.close(resolve) })
    })
    return issuer
  }

  get origin (): string {
    return this.#origin
  }

  get name (): string {
    return `${this.#origin}/oauth2/default`
  }

  get keyFetches (): number {
    return this.count(KEYS_PATH)
  }

  count (path: string): number {
    return this.requests.filter(request => request.includes(path)).length
  }

  /** Puts a fault on the keys' address. */
  failKeys (answering: Answering): void {
    this.faults.set(KEYS_PATH, answering)
  }

  /** The claims of a good token for Ada, but for the changes. */
  claims (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    const now = nowSeconds()
    return {
      ver: 1,
      jti: `AT.${randomUUID()}`,
      iss: this.name,
      aud: AUDIENCE,
      iat: now,
      exp: now + 3600,
      cid: '0oaclient00000000001',
      uid: ADA,
      scp: ['openid', 'email'],
      auth_time: now,
      sub: 'ada@example.com',
      groups: [GROUP],
      ...changes
    }
  }

  /** A good token, but for the changes. */
  token ({ claims, header, sign = rsa(KEYS.main) }: TokenChanges = {}): string {
    return compact({ alg: 'RS256', kid: KEYS.main.kid, ...header }, this.claims(claims), sign)
  }

  /** A good token by another key of the issuer's. */
  tokenBy (pair: Pair, { claims, header, sign = rsa(pair) }: TokenChanges = {}): string {
    return this.token({ header: { kid: pair.kid, ...header }, sign, ...(claims === undefined ? {} : { claims }) })
  }

  /** A good token of this very claims text. */
  tokenOf (claims: string | Buffer, header: string | object = { alg: 'RS256', kid: KEYS.main.kid }): string {
    return compact(header, claims, rsa(KEYS.main))
  }

  /** The claims of a good token as JSON text, with more members written at the end of it. */
  claimsText (more: string, changes: Readonly<Record<string, unknown>> = {}): string {
    return `${JSON.stringify(this.claims(changes)).slice(0, -1)},${more}}`
  }

  #answer (request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '' } = request
    this.requests.push(`${method} ${url}`)
    this.credentials.push(request.headers.authorization)
    const path = url.split('?', 1)[0] as string
    const fault = this.faults.get(path)
    if (fault !== undefined) fault(request, response)
    else if (path === KEYS_PATH) json(200, this.keySet)(request, response)
    else if (path.startsWith('/api/v1/users')) this.#answerDirectory(path, request, response)
    else json(404, {})(request, response)
  }

  #answerDirectory (path: string, request: IncomingMessage, response: ServerResponse): void {
    const [, , , , id, list] = path.split('/')
    if (id === undefined) return json(200, [])(request, response)
    const user = this.users.get(decodeURIComponent(id))
    if (user === undefined) return json(404, { errorCode: 'E0000007', errorSummary: 'Not found' })(request, response)
    if (list === 'groups') json(200, toGroups(user))(request, response)
    else json(200, toUser(user))(request, response)
  }
}

/** Answers with JSON; a text goes as it stands. */
export function json (status: number, document: unknown, headers: Record<string, string> = {}): Answering {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof document === 'string' || Buffer.isBuffer(document) ? document : JSON.stringify(document))
  }
}

export const hang: Answering = () => {}
export const hangUp: Answering = request => { request.socket.destroy() }

export function toUser ({ id, status = 'ACTIVE', profile = {} }: DirectoryUser): object {
  return {
    id,
    status,
    created: '2026-01-01T00:00:00.000Z',
    profile: { login: 'ada@example.com', email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace', mobilePhone: '+44-secret-number', ...profile },
    credentials: { provider: { type: 'OKTA', name: 'OKTA' }, password: {} }
  }
}

export function toGroups ({ groups = [GROUP] }: DirectoryUser): object[] {
  return groups.map((group, i) => {
    const { id, name, type } = typeof group === 'string' ? { id: `00g${String(i).padStart(17, '0')}`, name: group, type: 'OKTA_GROUP' } : group
    return { id, type, profile: { name } }
  })
}
