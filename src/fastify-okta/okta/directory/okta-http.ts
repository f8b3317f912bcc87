import { networkErrorCode, readBody, sendRequest } from '../../oauth/network.js'
import { DirectoryFailure } from './directory-failure.js'
import { readRateLimitWaitMs } from './rate-limit.js'

export interface OktaRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface OktaResponse {
  readonly status: number
  /** By name in lower case. The targets of `link` are absolute. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** What authenticates this process to the Management API. */
export interface ApiCredentials {
  /** For the log: what Okta refuses if it refuses it. */
  readonly name: string
  /**
   * The headers that authenticate a request.
   *
   * @throws {DirectoryFailure} they cannot be obtained
   */
  headersFor (request: OktaRequest): Promise<Readonly<Record<string, string>>>
  /** Called when Okta has answered 401 to these headers. Whether others can be obtained, so that another attempt makes sense. */
  renew (headers: Readonly<Record<string, string>>): boolean
}

interface OktaHttpOptions {
  readonly orgUrl: string
  readonly credentials: ApiCredentials
  /** Called with the number of calls of this kind that Okta says it still accepts. */
  readonly onRateLimit?: ((remaining: number, limit: number | undefined) => void) | undefined
}

const MAX_RESPONSE_BYTES = 8 * 1024 * 1024
const ERROR_CODE = /^E\d{7}$/

/**
 * Requests to the Management API: to the org's own origin and to no other, since the SDK follows the `Link` of a page,
 * wherever it leads, with its credentials; without redirects; and up to 8 MiB.
 *
 * The SDK waits out a 429 for as long as Okta says; here nothing is repeated: a caller has a deadline, and the cache
 * knows when to ask again. Only a 401 is, once, if the access token of a service app can be renewed.
 */
export class OktaHttp {
  readonly #origin: string
  readonly #options: OktaHttpOptions
  #lastAnswerAt = -Infinity

  constructor (options: OktaHttpOptions) {
    this.#options = options
    this.#origin = new URL(options.orgUrl).origin
  }

  /** Whether Okta itself has answered anything since then, by the clock of `performance.now()`; an error of its own counts. */
  hasAnsweredSince (at: number): boolean {
    return this.#lastAnswerAt >= at
  }

  /** @throws {DirectoryFailure} for everything but a success */
  async send (request: OktaRequest, signal: AbortSignal): Promise<OktaResponse> {
    if (!URL.canParse(request.url) || new URL(request.url).origin !== this.#origin) {
      throw new DirectoryFailure('refused to follow a pagination link to another origin', { reason: 'unavailable', isOutage: true })
    }
    const { credentials } = this.#options
    const headers = await credentials.headersFor(request)
    const response = await this.#exchange(request, headers, signal)
    if (response.status !== 401 || !credentials.renew(headers)) return this.#accept(response)
    return this.#accept(await this.#exchange(request, await credentials.headersFor(request), signal))
  }

  async #exchange (request: OktaRequest, credentials: Readonly<Record<string, string>>, signal: AbortSignal): Promise<OktaResponse> {
    const { url, method, headers, body } = request
    try {
      const response = await sendRequest(url, {
        method, headers: { ...headers, ...credentials, 'user-agent': 'fastify-okta' }, signal, ...(body === undefined ? {} : { body })
      })
      const bytes = await readBody(response, MAX_RESPONSE_BYTES)
      if (bytes === undefined) throw new DirectoryFailure('the response is larger than 8 MiB', { reason: 'unavailable', isOutage: true })
      return { status: response.status, headers: toRecord(response.headers, url), text: bytes.toString('utf8') }
    } catch (error) {
      if (error instanceof DirectoryFailure) throw error
      throw new DirectoryFailure('Okta could not be reached', { reason: 'unavailable', isOutage: true, code: networkErrorCode(error) })
    }
  }

  #accept (response: OktaResponse): OktaResponse {
    this.#reportRateLimit(response)
    const isSuccess = response.status >= 200 && response.status < 300
    const errorCode = isSuccess ? undefined : readErrorCode(response.text)
    if (isSuccess || errorCode !== undefined) this.#lastAnswerAt = performance.now()
    if (isSuccess) return response
    throw toFailure(response, errorCode, this.#options.credentials.name)
  }

  #reportRateLimit ({ headers }: OktaResponse): void {
    const remaining = readCount(headers['x-rate-limit-remaining'])
    if (remaining !== undefined) this.#options.onRateLimit?.(remaining, readCount(headers['x-rate-limit-limit']))
  }
}

function readCount (text = ''): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** Says what an error response means. A status alone is not believed: only Okta's own error body says that Okta answers. */
function toFailure ({ status, headers }: OktaResponse, errorCode: string | undefined, credentialsName: string): DirectoryFailure {
  const facts = { status, errorCode }
  const seen = `${status} ${errorCode ?? 'without an error code of Okta'}`
  if (status === 429) {
    const waitMs = readRateLimitWaitMs(new Headers(headers))
    return new DirectoryFailure('Okta\'s rate limit is exceeded', { ...facts, reason: 'rate_limited', isOutage: true, waitMs })
  }
  if (errorCode !== undefined && status === 401) {
    return new DirectoryFailure(`Okta refuses the ${credentialsName} (${seen}): revoked, expired or of another org`, { ...facts, reason: 'refused', isOutage: true })
  }
  if (errorCode !== undefined && status === 403) {
    return new DirectoryFailure(`Okta refuses the ${credentialsName} (${seen}): it may not do this`, { ...facts, reason: 'refused', isOutage: false })
  }
  // Of Okta's own errors only its failures say something of other users; a 404 that it does not explain may be a gateway's.
  const isOutage = errorCode === undefined || status >= 500 || status === 404
  return new DirectoryFailure(`Okta answered ${seen}`, { ...facts, reason: 'unavailable', isOutage })
}

function readErrorCode (text: string): string | undefined {
  try {
    const { errorCode } = JSON.parse(text) as { errorCode?: unknown }
    return typeof errorCode === 'string' && ERROR_CODE.test(errorCode) ? errorCode : undefined
  } catch {
    return undefined
  }
}

function toRecord (headers: Iterable<[string, string]>, url: string): Record<string, string> {
  const record = Object.fromEntries(headers)
  const { link } = record
  return link === undefined ? record : { ...record, link: link.replace(/<([^<>]*)>/g, (_link, target: string) => `<${resolve(target, url)}>`) }
}

/** RFC 8288 section 3.1. What cannot be resolved stays, and is refused when it is followed. */
function resolve (target: string, url: string): string {
  return URL.canParse(target, url) ? new URL(target, url).href : target
}
