import { isJsonObject } from '../../oauth/json-object.js'
import { createTimeoutSignal } from '../../oauth/timeout.js'
import { createApiCredentials, type DirectoryCredentials } from '../directory/api-credentials.js'
import { DirectoryFailure } from '../directory/directory-failure.js'
import { OktaHttp } from '../directory/okta-http.js'
import { LOG_FILTER } from './log-event.js'

/** Of the 1000 that Okta allows: an event is a few kilobytes long. */
const PAGE_SIZE = 200
/** Okta gives up a query after 30 s. */
const TIMEOUT_MS = 15_000

export interface LogPage {
  readonly events: ReadonlyArray<Readonly<Record<string, unknown>>>
  /** Where to go on, which is always given: Okta ends no polling request; `null` if something else answered. */
  readonly next: string | null
  /** How many more such calls Okta accepts now; `undefined` if it does not say. */
  readonly remainingCalls: number | undefined
}

interface SystemLogApiOptions {
  readonly orgUrl: string
  /** An API token, or a service app that may use the scope `okta.logs.read`. */
  readonly credentials: DirectoryCredentials
}

/** `GET /api/v1/logs` of one org (okta-facts-2026 section 5), as a polling request: without `until`, in the order of arrival. */
export class SystemLogApi {
  readonly #http: OktaHttp
  readonly #url: string
  #remainingCalls: number | undefined

  /** @throws {TypeError} the credentials cannot be used */
  constructor ({ orgUrl, credentials }: SystemLogApiOptions) {
    this.#url = `${orgUrl}/api/v1/logs`
    this.#http = new OktaHttp({
      orgUrl,
      credentials: createApiCredentials({ orgUrl, credentials, timeoutMs: TIMEOUT_MS }),
      onRateLimit: (remaining) => { this.#remainingCalls = remaining }
    })
  }

  /** The URL of the first page of what was published since then. */
  urlSince (since: Date): string {
    return `${this.#url}?${new URLSearchParams({ since: since.toISOString(), filter: LOG_FILTER, limit: String(PAGE_SIZE) }).toString()}`
  }

  /** Whether a URL is one of a later page, for what was asked for here: the filter may be another in another version. */
  isPage (url: string): boolean {
    return URL.canParse(url) && url.startsWith(`${this.#url}?`) && new URL(url).searchParams.get('filter') === LOG_FILTER
  }

  /** @throws {DirectoryFailure} */
  async read (url: string): Promise<LogPage> {
    const { signal, cancel } = createTimeoutSignal(TIMEOUT_MS)
    this.#remainingCalls = undefined
    try {
      const { text, headers } = await this.#http.send({ url, method: 'GET', headers: { accept: 'application/json' } }, signal)
      return { events: parseEvents(text), next: nextOf(headers['link']), remainingCalls: this.#remainingCalls }
    } finally {
      cancel()
    }
  }
}

function parseEvents (text: string): LogPage['events'] {
  let events: unknown
  try {
    events = JSON.parse(text)
  } catch {
    events = undefined
  }
  if (Array.isArray(events) && events.every(isJsonObject)) return events
  throw new DirectoryFailure('unexpected response: not Okta\'s System Log (proxy or login page?)', { reason: 'unavailable', isOutage: true })
}

function nextOf (link: string | undefined): string | null {
  return /<([^<>]*)>[^<>]*;\s*rel="?next"?/.exec(link ?? '')?.[1] ?? null
}
