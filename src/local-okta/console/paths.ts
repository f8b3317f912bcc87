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

/** True for browsers, and for curl, which accepts anything. Okta's SDKs ask for JSON. */
export function acceptsHtml (accept = ''): boolean {
  return /^$|text\/html|\*\/\*/i.test(accept) && !/application\/json/i.test(accept)
}
