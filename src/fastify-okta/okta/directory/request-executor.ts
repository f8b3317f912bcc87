import type { RequestExecutor } from '@okta/okta-sdk-nodejs'

export interface RequestExecutorOptions {
  readonly orgUrl: string
  /** For each exchange, in milliseconds. */
  readonly timeoutMs: number
  /** Called with what an answer says is left of the rate limit of calls of its kind. */
  readonly onRateLimit?: ((remaining: number) => void) | undefined
}

type SdkRequest = Parameters<RequestExecutor['fetch']>[0] & { url: string }
type SdkResponse = Awaited<ReturnType<RequestExecutor['fetch']>>

/** The org's answer to the SDK's request for an access token of its own was a refusal. Holds Okta's error code only. */
export class ServiceAppRefusedError extends Error {
  constructor (readonly status: number, readonly error: string) {
    super(`Okta refused an access token to the service app: ${status} ${error}`)
  }
}

const MAX_ANSWER_BYTES = 8 * 1024 * 1024
/** A code of OAuth's. Anything else may be what was sent, come back. */
const ERROR_CODE = /^[a-z_]{1,40}$/
const MAX_NONCES_IN_A_ROW = 3

/**
 * How the SDK's requests leave this process: within a time and a size; to the org's own origin and nowhere else, since
 * the SDK follows the `Link` of a page, wherever it leads, with its credentials; and without redirects.
 *
 * The SDK waits out a 429 for as long as Okta says; here nothing is repeated: a caller has a deadline, and the cache
 * knows when to ask again. Nor does the SDK notice when Okta refuses a service app its token (the next call would go
 * out as `Bearer undefined`); here that is an error.
 */
export function createRequestExecutor (Base: typeof RequestExecutor, options: RequestExecutorOptions): RequestExecutor {
  const { origin } = new URL(options.orgUrl)
  const tokenUrl = `${options.orgUrl}/oauth2/v1/token`
  let noncesInARow = 0

  async function refuseTokenError (response: SdkResponse): Promise<void> {
    const { error } = await response.clone().json().catch(() => ({})) as { error?: unknown }
    noncesInARow = error === 'use_dpop_nonce' ? noncesInARow + 1 : 0
    if (error === 'use_dpop_nonce' && noncesInARow <= MAX_NONCES_IN_A_ROW) return
    throw new ServiceAppRefusedError(response.status, typeof error === 'string' && ERROR_CODE.test(error) ? error : 'unknown')
  }

  function tellRateLimit ({ headers }: SdkResponse): void {
    const remaining = headers.get('x-rate-limit-remaining') ?? ''
    if (/^\d{1,9}$/.test(remaining)) options.onRateLimit?.(Number(remaining))
  }

  return new class extends Base {
    override async fetch (request: SdkRequest): Promise<SdkResponse> {
      if (new URL(request.url).origin !== origin) throw new Error('Okta linked to another origin')
      const limits = { timeout: options.timeoutMs, size: MAX_ANSWER_BYTES, redirect: 'error' }
      const response = await super.fetch(Object.assign(request, limits))
      if (request.url !== tokenUrl) tellRateLimit(response)
      else if (response.ok) noncesInARow = 0
      else await refuseTokenError(response)
      return response
    }
  }()
}
