import { readRetryAfter } from '../../oauth/fetch-json.js'

/** Okta's windows last a minute; the reset of a concurrency limit is a guess that can be far off (okta-sdk-nodejs #409). */
const MAX_WAIT_MS = 60_000
const MIN_WAIT_MS = 1000

/**
 * How long to leave Okta alone after a 429, in milliseconds: from one second to one minute.
 *
 * `X-Rate-Limit-Reset` (seconds since the epoch) is compared with the response's own `Date`, so that the clocks need not
 * agree. `Retry-After` counts if that is missing: Okta does not send it, but a gateway before it does.
 */
export function readRateLimitWaitMs (headers: Pick<Headers, 'get'>): number {
  const waitMs = readResetMs(headers) ?? (readRetryAfter(headers.get('retry-after')) ?? 0) * 1000
  return Math.min(Math.max(waitMs, MIN_WAIT_MS), MAX_WAIT_MS)
}

function readResetMs (headers: Pick<Headers, 'get'>): number | undefined {
  const reset = headers.get('x-rate-limit-reset') ?? ''
  if (!/^\d{1,12}$/.test(reset)) return undefined
  const date = Date.parse(headers.get('date') ?? '')
  return Number(reset) * 1000 - (Number.isNaN(date) ? Date.now() : date)
}
