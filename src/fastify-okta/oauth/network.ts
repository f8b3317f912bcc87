import { Agent, EnvHttpProxyAgent, fetch, type Dispatcher, type Response } from 'undici'

/** A request that leaves this process. */
export interface NetworkRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | URLSearchParams
  readonly signal?: AbortSignal
}

/** The proxy variables, by what they are for; the first that is set counts. */
const PROXY_VARIABLES = { httpsProxy: ['https_proxy', 'HTTPS_PROXY'], httpProxy: ['http_proxy', 'HTTP_PROXY'] } as const

/** Plain http is accepted for the loopback only, and never leaves the machine. */
const direct = new Agent()

/** Of the process, like its environment: connections are shared by all registrations, as with undici's own global dispatcher. */
let proxied: { readonly key: string, readonly dispatcher: Dispatcher } | undefined

/**
 * Every request that the plugin makes: for keys, introspection, the directory and the access tokens of a service app.
 * Does NOT follow redirects.
 *
 * An https request goes through the proxy that `https_proxy` or `HTTPS_PROXY` names; if neither is set, through the one
 * that `http_proxy` or `HTTP_PROXY` names; if none is set, or `no_proxy` or `NO_PROXY` names the host, it goes directly.
 * Of two spellings the one in lower case counts. `NO_PROXY` is a list of hosts, separated by commas or spaces: a host also
 * stands for its subdomains (`example.com`, `.example.com` and `*.example.com` are the same), may have a port
 * (`example.com:8443`), and `*` alone stands for every host.
 *
 * A plain http request always goes directly. It is accepted for the loopback only, and a proxy on another machine would
 * read the credentials in it.
 *
 * @throws {Error} whatever the network says; its text may hold what was sent: see {@link networkErrorCode}
 */
export async function sendRequest (url: string, request: NetworkRequest): Promise<Response> {
  const dispatcher = new URL(url).protocol === 'https:' ? proxyDispatcher() : direct
  return await fetch(url, { ...request, redirect: 'manual', dispatcher })
}

/**
 * Checks the proxy variables, so that a wrong one stops the start.
 *
 * @throws {TypeError} naming the variable; does not quote it, since it may hold a password
 */
export function checkProxyVariables (): void {
  proxyDispatcher()
}

/** The whole body, up to a number of bytes; `undefined` if it is longer. */
export async function readBody (response: Response, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).byteLength
    if (size > maxBytes) return undefined
    chunks.push(chunk as Uint8Array)
  }
  return Buffer.concat(chunks)
}

/** The code of a network error (`ECONNREFUSED`, `CERT_HAS_EXPIRED`), which is all of it that can be logged; `undefined` if it has none. */
export function networkErrorCode (error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)) return code
  }
  return undefined
}

/** Made anew when a proxy variable changes; undici reads `NO_PROXY` itself at each request. */
function proxyDispatcher (): Dispatcher {
  const proxies = { httpsProxy: readProxy('httpsProxy'), httpProxy: readProxy('httpProxy') }
  const key = JSON.stringify(proxies)
  if (proxied?.key !== key) proxied = { key, dispatcher: new EnvHttpProxyAgent(proxies) }
  return proxied.dispatcher
}

/** The URL of the proxy; the empty string if there is none. `proxy.example.com:3128` without a scheme is common, and curl takes it. */
function readProxy (kind: keyof typeof PROXY_VARIABLES): string {
  const variable = PROXY_VARIABLES[kind].find((name) => (process.env[name] ?? '') !== '')
  if (variable === undefined) return ''
  const value = process.env[variable] as string
  const url = value.includes('://') ? value : `http://${value}`
  if (!isProxyUrl(url)) throw new TypeError(`${variable} must be an http or https URL`)
  return url
}

function isProxyUrl (value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  try {
    decodeURIComponent(username + password)
  } catch {
    return false
  }
  return protocol === 'http:' || protocol === 'https:'
}
