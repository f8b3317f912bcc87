import type { Response } from 'undici'
import { networkErrorCode, readBody, sendRequest, type NetworkRequest } from './network.js'
import { createTimeoutSignal } from './timeout.js'

interface FetchFailure {
  /** What the server's `Retry-After` says. */
  readonly retryAfterSeconds?: number | undefined
  /** The status of an answer that is not 200. */
  readonly status?: number
  /** The code of a network error, as `ECONNREFUSED`. */
  readonly code?: string | undefined
}

/** Why a document could not be fetched. Names no URL and holds nothing of the server's or the network's texts. */
export class FetchFailedError extends Error {
  readonly retryAfterSeconds: number | undefined
  readonly status: number | undefined
  readonly code: string | undefined

  constructor (message: string, { retryAfterSeconds, status, code }: FetchFailure = {}) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
    this.status = status
    this.code = code
  }

  override get name (): string {
    return 'FetchFailedError'
  }
}

export interface FetchLimits {
  /** For the whole exchange, body included. The time in which this process is stopped does not count. */
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
 * Fetches one JSON document from a server that may be slow, hostile or broken: within a time and a size, and without
 * following a redirect, since the document is only worth what its address is worth. Proxies: see `sendRequest`.
 *
 * Does NOT look at the document except to parse it.
 *
 * @throws {FetchFailedError} for whatever goes wrong
 */
export async function fetchJson (url: string, request: Omit<NetworkRequest, 'signal'>, limits: FetchLimits): Promise<FetchedJson> {
  const { signal, cancel } = createTimeoutSignal(limits.timeoutMs)
  try {
    const response = await sendRequest(url, { ...request, signal })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new FetchFailedError(`answered ${response.status}`, {
        status: response.status, retryAfterSeconds: readRetryAfter(response.headers.get('retry-after'))
      })
    }
    return { document: await readDocument(response, limits), headers: response.headers as Headers }
  } catch (error) {
    if (error instanceof FetchFailedError) throw error
    if (signal.aborted) throw new FetchFailedError('did not answer in time')
    throw new FetchFailedError('could not be reached', { code: networkErrorCode(error) })
  } finally {
    cancel()
  }
}

/** What `JSON.parse` throws quotes the document, which may hold what was sent. */
async function readDocument (response: Response, { maxBytes, parse = parseJson }: FetchLimits): Promise<unknown> {
  const bytes = await readBody(response, maxBytes)
  if (bytes === undefined) throw new FetchFailedError(`answered more than ${maxBytes} bytes`)
  const document = parse(bytes)
  if (document === undefined) throw new FetchFailedError('the response is not JSON')
  return document
}

/** A byte order mark is ignored (RFC 8259 section 8.1). */
function parseJson (bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown
  } catch {
    return undefined
  }
}

/** `Retry-After` in seconds; `undefined` for its date form, which is rare (RFC 9110 section 10.2.3), and for anything else. */
export function readRetryAfter (value: string | null): number | undefined {
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : undefined
}
