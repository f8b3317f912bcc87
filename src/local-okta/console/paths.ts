import type { IncomingMessage } from 'node:http'

/** Every page of the console but its home page, which is at `/`. */
export const CONSOLE = '/console'

/**
 * True if a request is for the console. It is not a part of Okta: injected faults do not apply to it, so that they can be
 * ended there, and its requests are not recorded.
 */
export function isForConsole ({ url = '/', headers }: Pick<IncomingMessage, 'url' | 'headers'>): boolean {
  const [path] = url.split('?')
  return path === '/' ? acceptsHtml(headers.accept) : path === CONSOLE || path?.startsWith(`${CONSOLE}/`) === true
}

/** True for a browser that opens a page. A client of the API accepts JSON, or anything. */
export function acceptsHtml (accept = ''): boolean {
  return accept.toLowerCase().includes('text/html')
}
