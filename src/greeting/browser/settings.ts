import { allowInsecureRequests, type Client, type HttpRequestOptions } from 'oauth4webapi'

/** What the server says of itself, in attributes of the page's body. */
export interface Settings {
  readonly issuer: string
  readonly clientId: string
  /** The origin of the service. */
  readonly publicUrl: string
  /** Whether the service takes no tokens but those bound to a key (RFC 9449). */
  readonly isDpopRequired: boolean
}

/** How long a request may take, in milliseconds. */
const PATIENCE_MS = 10_000

export function readSettings ({ dataset }: HTMLElement): Settings {
  const { issuer = '', clientId = '', publicUrl = '', dpop } = dataset
  return { issuer, clientId, publicUrl, isDpopRequired: dpop === 'required' }
}

export function clientOf ({ clientId }: Settings): Client {
  return { client_id: clientId }
}

/** Where Okta sends the browser after a sign-in. */
export function redirectUriOf ({ publicUrl }: Settings): string {
  return `${publicUrl}/callback`
}

/** Plain http is for a server on this machine only, and oauth4webapi wants it said out loud. */
export function requestOptions (url: string): Pick<HttpRequestOptions<string>, 'signal' | typeof allowInsecureRequests> {
  const { protocol, hostname } = new URL(url)
  const isLoopback = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(hostname)
  return {
    signal: () => AbortSignal.timeout(PATIENCE_MS),
    ...(protocol === 'http:' && isLoopback ? { [allowInsecureRequests]: true } : {})
  }
}
