/** A 429 of Okta's: ask again after `waitMs`. */
export class RateLimitedError extends Error {
  constructor (readonly waitMs: number) {
    super(`Okta's rate limit is used up for ${waitMs} ms`)
  }
}

/** Okta's windows last a minute; the reset of a concurrency limit is a guess that can be far off (okta-sdk-nodejs #409). */
const MAX_WAIT_MS = 60_000

interface SdkApiError {
  readonly status?: unknown
  readonly headers?: { get?: (name: string) => string | null }
}

/**
 * Recognises a 429 among the SDK's errors. `X-Rate-Limit-Reset` (seconds since the epoch) is held against the answer's
 * own `Date`, so that the clocks need not agree.
 */
export function toRateLimitedError (error: unknown): RateLimitedError | undefined {
  const { status, headers } = error as SdkApiError
  if (status !== 429) return undefined
  const reset = Number(headers?.get?.('x-rate-limit-reset') ?? NaN) * 1000
  const date = Date.parse(headers?.get?.('date') ?? '')
  const waitMs = reset - (Number.isNaN(date) ? Date.now() : date)
  return new RateLimitedError(Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 1000), MAX_WAIT_MS) : 1000)
}
