/**
 * How far this machine's clock is ahead of the server's, in seconds: by the answer's `Date` and, if a
 * cache has kept it, its `Age` (RFC 9110 section 6.6.1, RFC 9111 section 5.1). `Date` counts whole seconds, and the answer
 * has been under way, so it is good to a second or two. `undefined` where the answer does not say.
 */
export function readClockSkewSeconds (headers: Headers): number | undefined {
  const sentAtMs = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(sentAtMs)) return undefined
  return (Date.now() - sentAtMs) / 1000 - readAgeSeconds(headers)
}

/** How long a cache has kept a response, in seconds (RFC 9111 section 5.1); 0 if it does not say. */
export function readAgeSeconds (headers: Headers): number {
  const age = headers.get('age') ?? ''
  return /^\d{1,9}$/.test(age) ? Number(age) : 0
}
