/** Why a document could not be had; `retryAfterSeconds` where the server said so. Names no URL and holds no content. */
export class FetchFailedError extends Error {
  constructor (message: string, readonly retryAfterSeconds?: number, options?: ErrorOptions) {
    super(message, options)
  }
}

export interface FetchLimits {
  /** For the whole exchange, body included. */
  readonly timeoutMs: number
  readonly maxBytes: number
  /** How to read the document; `undefined` says that it cannot be read. Default: as any JSON. */
  readonly parse?: (bytes: Buffer) => unknown
}

export interface FetchedJson {
  readonly document: unknown
  readonly headers: Headers
}

/**
 * Fetches one JSON document from a server that may be slow, hostile or broken: within a time and a size,
 * and following no redirect, since the document is only worth what its address is worth.
 *
 * Does NOT look at the document but to parse it.
 *
 * @throws {FetchFailedError} for whatever goes wrong
 */
export async function fetchJson (url: string, init: RequestInit, limits: FetchLimits): Promise<FetchedJson> {
  try {
    const signal = AbortSignal.timeout(limits.timeoutMs)
    const response = await fetch(url, { ...init, redirect: 'manual', signal })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new FetchFailedError(`answered ${response.status}`, readRetryAfter(response.headers))
    }
    const { parse = parseJson } = limits
    const document = parse(await readBody(response, limits.maxBytes))
    if (document === undefined) throw new FetchFailedError('answered no JSON')
    return { document, headers: response.headers }
  } catch (cause) {
    if (cause instanceof FetchFailedError) throw cause
    // What JSON.parse throws quotes the document, which may hold what was sent.
    throw new FetchFailedError(describe(cause), undefined, cause instanceof SyntaxError ? undefined : { cause })
  }
}

function parseJson (bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8')) as unknown
}

async function readBody (response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw new FetchFailedError(`answered more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** `Retry-After` in seconds; its date form is rare enough to be ignored (RFC 9110 section 10.2.3). */
function readRetryAfter (headers: Headers): number | undefined {
  const value = headers.get('retry-after')
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : undefined
}

function describe (cause: unknown): string {
  if (cause instanceof SyntaxError) return 'answered no JSON'
  if (cause instanceof DOMException && cause.name === 'TimeoutError') return 'did not answer in time'
  return 'could not be reached'
}
