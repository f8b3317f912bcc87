/** The range of dates in seconds (ECMA-262, time values). */
const MAX_SECONDS = 8.64e12

const UNITS = [['day', 86_400], ['hour', 3600], ['minute', 60]] as const

const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })
const distances = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

/** A NumericDate (RFC 7519 section 2) in this machine's time zone, and how far off it is; undefined if it is not one. */
export function describeTime (seconds: unknown, nowSeconds: number): string | undefined {
  if (typeof seconds !== 'number' || !(Math.abs(seconds) <= MAX_SECONDS)) return undefined
  return `${dates.format(seconds * 1000)}, ${describeDistance(seconds - nowSeconds)}`
}

/** Such as `in 12 minutes` and `3 hours ago`. */
export function describeDistance (seconds: number): string {
  if (seconds > MAX_SECONDS) return 'in the far future'
  const whole = Math.trunc(seconds)
  if (whole === 0) return 'now'
  return distances.format(...inUnits(whole))
}

/** Such as `25 hours`. */
export function describeDuration (seconds: number): string {
  const [count, unit] = inUnits(Math.trunc(seconds))
  return `${count} ${unit}${Math.abs(count) === 1 ? '' : 's'}`
}

/** In the largest unit of which there are at least two, or exactly one: 90 minutes are not an hour. */
function inUnits (seconds: number): [number, 'day' | 'hour' | 'minute' | 'second'] {
  const size = Math.abs(seconds)
  const found = UNITS.find(([, length]) => size >= 2 * length || size === length)
  return found === undefined ? [seconds, 'second'] : [Math.trunc(seconds / found[1]), found[0]]
}
