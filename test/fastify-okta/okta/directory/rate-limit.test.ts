import t from 'tap'
import { RateLimitedError, toRateLimitedError } from '#fastify-okta/okta/directory/rate-limit.js'
import { stopClock } from '../../../kit/clock.js'

const DATE = 'Thu, 11 Sep 2025 16:21:50 GMT'
const DATE_SECONDS = 1_757_607_710

function waitMs (headers: Record<string, string>): number | undefined {
  return toRateLimitedError({ status: 429, headers: new Headers(headers) })?.waitMs
}

t.test('only a 429 is one', async t => {
  for (const error of [{ status: 500 }, { status: '429' }, {}, new Error('429'), 'a', 1]) t.equal(toRateLimitedError(error), undefined)
  t.ok(toRateLimitedError({ status: 429 }) instanceof RateLimitedError)
})

t.test('the time until the reset is told by the answer\'s own clock', async t => {
  t.equal(waitMs({ date: DATE, 'x-rate-limit-reset': String(DATE_SECONDS + 48) }), 48_000)
  t.match(toRateLimitedError({ status: 429, headers: new Headers({ date: DATE, 'x-rate-limit-reset': String(DATE_SECONDS + 48) }) }), {
    message: 'Okta\'s rate limit is used up for 48000 ms'
  })
})

t.test('without a date the clock of this machine will do', async t => {
  const now = stopClock(t).now() / 1000
  t.equal(waitMs({ 'x-rate-limit-reset': String(now + 20) }), 20_000)
  t.equal(waitMs({ 'x-rate-limit-reset': String(now + 20), date: 'soon' }), 20_000)
})

t.test('the time is a second at the least and a minute at the most', async t => {
  const waits: Record<string, number> = { '-100': 1000, 0: 1000, 1: 1000, 2: 2000, 60: 60_000, 61: 60_000, 3600: 60_000 }
  for (const [seconds, expected] of Object.entries(waits)) {
    t.equal(waitMs({ date: DATE, 'x-rate-limit-reset': String(DATE_SECONDS + Number(seconds)) }), expected, seconds)
  }
})

t.test('a 429 that does not say when it ends is over in a second', async t => {
  for (const headers of [{}, { 'x-rate-limit-reset': 'soon' }, { 'x-rate-limit-reset': '1, 2' }, { 'x-rate-limit-reset': 'Infinity' }]) {
    t.equal(waitMs({ date: DATE, ...headers }), 1000, JSON.stringify(headers))
  }
  t.equal(toRateLimitedError({ status: 429, headers: {} })?.waitMs, 1000, 'nor one without headers')
})
