import type { IncomingHttpHeaders } from 'node:http'

/** `Sec-Fetch-Site` of a request that another site's page has caused. */
const FOREIGN_SITES = new Set(['cross-site', 'same-site'])

/**
 * True if the request may be what a page of the console sends. A foreign or `null` `Origin` is refused with any method; a
 * change is also refused if the browser says that another site has caused it. A client that is not a browser sends neither
 * header. Does NOT check `Host`, which the listener has done.
 */
export function isSameOrigin (method: string, { host = '', origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) return false
  return method === 'GET' || method === 'HEAD' || !FOREIGN_SITES.has(String(site))
}
