import type { LocalOkta } from 'local-okta'

/** What the Management API answered; of an array, `body` has the items under their indexes. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: any // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into it with t.match
}

export type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answered>

/** Calls the Management API of an org with its API token. A path that begins with a slash is below the org; it may also be an absolute URL, such as a link. */
export function callsTo ({ orgUrl, apiToken }: Pick<LocalOkta, 'orgUrl' | 'apiToken'>): Call {
  return async function call (method, path, body, headers = {}) {
    const response = await fetch(path.startsWith('http') ? path : path.startsWith('/') ? `${orgUrl}${path}` : `${orgUrl}/api/v1/${path}`, {
      method,
      headers: { authorization: `SSWS ${apiToken}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }
}

/** The address of the next page, or undefined on the last one. */
export function nextOf ({ headers }: Answered): string | undefined {
  return /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
}

/** The path of a list with this query. */
export function listing (path: string, query: Record<string, string>): string {
  return `${path}?${new URLSearchParams(query)}`
}
