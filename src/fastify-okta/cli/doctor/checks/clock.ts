import { fail, ok, skipped, type Check } from '../check.js'

/** The tolerance of the plugin makes up for the rest. In seconds. */
const MAX_SKEW_SECONDS = 30

export const clock: Check = {
  id: 'clock',
  why: 'Tokens are valid by Okta\'s clock: with another one, new tokens are refused, or good ones expire too early.',
  needs: ['issuer.discovery'],
  async run ({ issuer }) {
    const { clockSkewSeconds } = await issuer.readMetadata()
    if (clockSkewSeconds === undefined) return skipped('the issuer\'s response has no Date')
    const seconds = Math.round(Math.abs(clockSkewSeconds))
    const direction = clockSkewSeconds > 0 ? 'ahead of' : 'behind'
    return seconds <= MAX_SKEW_SECONDS
      ? ok('this machine\'s clock agrees with the issuer\'s')
      : fail(`this machine's clock is ${seconds} s ${direction} the issuer's`, 'set the clock by NTP: timedatectl set-ntp true')
  }
}
