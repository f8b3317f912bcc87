import { allowInsecureRequests, customFetch, type Client, type CustomFetchOptions, type ProtectedResourceRequestBody } from 'oauth4webapi'
import { NoResponseError } from './failure.js'

/** The service's settings, from attributes of the page's body. */
export interface Settings {
  readonly issuer: string
  readonly clientId: string
  /** The origin of the service. */
  readonly publicUrl: string
  /** Whether the service accepts only tokens that are bound to a key (RFC 9449). */
  readonly isDpopRequired: boolean
}

/** How long a request may take, in milliseconds. */
const TIMEOUT_MS = 10_000

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

type FetchOptions = CustomFetchOptions<string, ProtectedResourceRequestBody | URLSearchParams | undefined>

interface RequestOptions {
  readonly signal: () => AbortSignal
  readonly [customFetch]: (url: string, options: FetchOptions) => Promise<Response>
  readonly [allowInsecureRequests]?: true
}

/** Plain http is for a server on this machine only; oauth4webapi requires that to be said. */
export function requestOptions (url: string): RequestOptions {
  const { protocol, hostname } = new URL(url)
  const isLoopback = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(hostname)
  return {
    signal: () => AbortSignal.timeout(TIMEOUT_MS),
    [customFetch]: fetchResponse,
    ...(protocol === 'http:' && isLoopback ? { [allowInsecureRequests]: true } : {})
  }
}

/** Tells a request without a response from every other error. */
async function fetchResponse (url: string, options: FetchOptions): Promise<Response> {
  try {
    return await fetch(url, options as RequestInit)
  } catch (cause) {
    throw new NoResponseError('', { cause })
  }
}
