import type { FastifyBaseLogger } from 'fastify'

/** Tokens are valid by the issuer's clock; within this, the tolerance of the plugin makes up for the difference. In seconds. */
const MAX_SKEW_SECONDS = 30

/**
 * Makes a function for the recorder that warns when this machine's clock is more than 30 s off the issuer's, and says when it
 * is right again: once each, and again when the difference changes by more than that.
 */
export function createClockWatch (log: FastifyBaseLogger): (skewSeconds: number) => void {
  /** What was logged last; 0 is a clock that is right. */
  let loggedSeconds = 0
  return (skewSeconds) => {
    const isWrong = Math.abs(skewSeconds) > MAX_SKEW_SECONDS
    if (isWrong && Math.abs(skewSeconds - loggedSeconds) > MAX_SKEW_SECONDS) {
      loggedSeconds = skewSeconds
      log.warn({ clockSkewSeconds: Math.round(skewSeconds) }, describe(skewSeconds))
    } else if (!isWrong && loggedSeconds !== 0) {
      loggedSeconds = 0
      log.info({ clockSkewSeconds: Math.round(skewSeconds) }, 'the clock of this machine agrees with the issuer\'s again')
    }
  }
}

function describe (skewSeconds: number): string {
  const seconds = Math.round(Math.abs(skewSeconds))
  return skewSeconds > 0
    ? `the clock of this machine is ${seconds} s ahead of the issuer's: tokens expire too early here; set it by NTP`
    : `the clock of this machine is ${seconds} s behind the issuer's: new tokens are refused as not yet valid; set it by NTP`
}
