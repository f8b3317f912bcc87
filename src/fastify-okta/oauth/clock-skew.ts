/**
 * How far this machine's clock is ahead of the clock of who answered, in seconds: by the answer's `Date` and, where a
 * cache has kept it, its `Age` (RFC 9110 section 6.6.1, RFC 9111 section 5.1). `Date` counts whole seconds, and the answer
 * has been under way, so it is good to a second or two. `undefined` where the answer does not say.
 */
export function readClockSkewSeconds (headers: Headers): number | undefined {
  const sentAtMs = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(sentAtMs)) return undefined
  const age = headers.get('age') ?? ''
  const ageSeconds = /^\d{1,9}$/.test(age) ? Number(age) : 0
  return (Date.now() - sentAtMs) / 1000 - ageSeconds
}
