import { createTimeoutSignal } from '../oauth/timeout.js'
import { createApiCredentials, type DirectoryCredentials } from '../okta/directory/api-credentials.js'
import { DirectoryFailure } from '../okta/directory/directory-failure.js'
import { OktaHttp, type OktaResponse } from '../okta/directory/okta-http.js'

/** How long a call may take, in milliseconds. */
const TIMEOUT_MS = 10_000
/** Of Okta's largest pages; beyond it something is wrong with the links. */
const MAX_PAGES = 50
const NEXT_LINK = /<([^<>]+)>;\s*rel="next"/

/** Calls Okta's Management API with given credentials, without the SDK. What goes wrong is a `DirectoryFailure`, which holds no words of Okta. */
export class ManagementApi {
  readonly #orgUrl: string
  readonly #http: OktaHttp

  /** @throws {TypeError} the credentials cannot be used */
  constructor ({ orgUrl, credentials }: { readonly orgUrl: string, readonly credentials: DirectoryCredentials }) {
    this.#orgUrl = new URL(orgUrl).origin
    this.#http = new OktaHttp({ orgUrl: this.#orgUrl, credentials: createApiCredentials({ orgUrl: this.#orgUrl, credentials, timeoutMs: TIMEOUT_MS }) })
  }

  /** @param path from `/api/v1` on, with its query */
  async read (path: string): Promise<unknown> {
    return parse(await this.#send('GET', this.#urlOf(path)))
  }

  /** All pages of a list. */
  async readAll (path: string): Promise<unknown[]> {
    const items: unknown[] = []
    let url: string | undefined = this.#urlOf(path)
    for (let pages = 0; url !== undefined && pages < MAX_PAGES; pages++) {
      const response: OktaResponse = await this.#send('GET', url)
      const page = parse(response)
      if (!Array.isArray(page)) throw unexpected()
      items.push(...page)
      url = NEXT_LINK.exec(response.headers['link'] ?? '')?.[1]
    }
    return items
  }

  /** Returns the parsed answer; `undefined` if it has no body. */
  async write (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    return parse(await this.#send(method, this.#urlOf(path), body))
  }

  #urlOf (path: string): string {
    return `${this.#orgUrl}/api/v1${path}`
  }

  async #send (method: string, url: string, body?: unknown): Promise<OktaResponse> {
    const { signal, cancel } = createTimeoutSignal(TIMEOUT_MS)
    const headers = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    try {
      return await this.#http.send({ url, method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, signal)
    } finally {
      cancel()
    }
  }
}

/** A status and Okta's error code, as far as there are any, such as `403 E0000006`. */
export function describeAnswer ({ status, errorCode, code }: DirectoryFailure): string {
  return [status, errorCode, code].filter((part) => part !== undefined).join(' ') || 'no answer in time'
}

function parse ({ text }: OktaResponse): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw unexpected()
  }
}

function unexpected (): DirectoryFailure {
  return new DirectoryFailure('unexpected response: not Okta\'s (proxy or login page?)', { reason: 'unavailable', isOutage: true })
}
