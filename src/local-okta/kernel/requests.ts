const MAX_REQUESTS = 10_000

/** A request that reached the local Okta. */
export interface RecordedRequest {
  readonly method: string
  /** The path without the query, percent-decoded. */
  readonly path: string
  /** The query without its question mark, or the empty string. */
  readonly query: string
  /** When it came, in milliseconds since the epoch. */
  readonly at: number
}

/** Records requests, so that tests can count them: the newest 10,000. Does NOT keep headers or bodies. */
export class RequestLog {
  /** Oldest first. The same array for as long as the org runs. */
  readonly recorded: RecordedRequest[] = []

  /** Records a request, unless it is to `/local/`, which controls the org. */
  record (method: string, url: string): void {
    if (isControl(url)) return
    this.recorded.push({ method, ...splitUrl(url), at: Date.now() })
    if (this.recorded.length > MAX_REQUESTS) this.recorded.shift()
  }

  /** Drops every request so far. */
  clear (): void {
    this.recorded.length = 0
  }
}

/** The requests so far, oldest first: the newest 10,000, without headers and bodies. */
export interface RecordedRequests extends Array<RecordedRequest> {
  /** The requests so far, in an array that does not change. */
  all (): RecordedRequest[]
  /** Drops every request so far. */
  clear (): void
}

/** The requests of a log as tests read them: an array that grows, and what can be done with it. */
export function createRecordedRequests (log: RequestLog): RecordedRequests {
  return Object.defineProperties(log.recorded, {
    all: { value: () => [...log.recorded] },
    clear: { value: () => { log.clear() } }
  }) as RecordedRequests
}

/** True for the URL of a request that controls the local Okta, and is not for the org. */
export function isControl (url: string): boolean {
  return url.startsWith('/local/')
}

/** Splits a request's URL into its path, percent-decoded where that is possible, and its query. */
export function splitUrl (url: string): { path: string, query: string } {
  const [path = '', query = ''] = url.split(/\?(.*)/s)
  try {
    return { path: decodeURIComponent(path), query }
  } catch {
    return { path, query }
  }
}
