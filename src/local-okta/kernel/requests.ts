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

/**
 * The requests so far, oldest first, so that tests can count them. Holds the
 * newest 10,000; older ones are dropped. Does NOT keep headers or bodies.
 */
export class RecordedRequests extends Array<RecordedRequest> {
  // filter() and map() of it give plain arrays
  static override get [Symbol.species] (): ArrayConstructor {
    return Array
  }

  /** Records a request, unless it is to `/local/`, which controls the org. */
  record (method: string, url: string): void {
    if (isControl(url)) return
    this.push({ method, ...splitUrl(url), at: Date.now() })
    if (this.length > MAX_REQUESTS) this.shift()
  }

  /** Drops every request so far. */
  clear (): void {
    this.length = 0
  }
}

/** True for the URL of a request that controls the local Okta, and is none of the org's. */
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
