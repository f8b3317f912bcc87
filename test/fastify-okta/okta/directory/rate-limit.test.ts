import t from 'tap'
import { readRateLimitWaitMs } from '#fastify-okta/okta/directory/rate-limit.js'
import { stopClock } from '../../../kit/clock.js'

const DATE = 'Thu, 11 Sep 2025 16:21:50 GMT'
const DATE_SECONDS = 1_757_607_710

function waitMs (headers: Record<string, string>): number {
  return readRateLimitWaitMs(new Headers(headers))
}

t.test('the time until the reset is measured by the clock of the response itself', async (t) => {
  t.equal(waitMs({ date: DATE, 'x-rate-limit-reset': String(DATE_SECONDS + 48) }), 48_000)
})

t.test('without a date the clock of this machine counts', async (t) => {
  const now = stopClock(t).now() / 1000
  t.equal(waitMs({ 'x-rate-limit-reset': String(now + 20) }), 20_000)
  t.equal(waitMs({ 'x-rate-limit-reset': String(now + 20), date: 'soon' }), 20_000)
})

t.test('the wait is between a second and a minute', async (t) => {
  const waits: Record<string, number> = { '-100': 1000, 0: 1000, 1: 1000, 2: 2000, 60: 60_000, 61: 60_000, 3600: 60_000 }
  for (const [seconds, expected] of Object.entries(waits)) {
    t.equal(waitMs({ date: DATE, 'x-rate-limit-reset': String(DATE_SECONDS + Number(seconds)) }), expected, seconds)
    t.equal(waitMs({ 'retry-after': seconds }), expected, `Retry-After: ${seconds}`)
  }
})

t.test('a 429 of a gateway, which has Retry-After only, is obeyed; if Okta says more, Okta counts', async (t) => {
  t.equal(waitMs({ 'retry-after': '30' }), 30_000)
  t.equal(waitMs({ date: DATE, 'retry-after': '30', 'x-rate-limit-reset': String(DATE_SECONDS + 48) }), 48_000)
  t.equal(waitMs({ date: DATE, 'retry-after': '30', 'x-rate-limit-reset': 'soon' }), 30_000)
})

t.test('a 429 that does not say when it ends is over in a second', async (t) => {
  for (const headers of [{}, { 'x-rate-limit-reset': 'soon' }, { 'x-rate-limit-reset': '1, 2' }, { 'x-rate-limit-reset': 'Infinity' }, { 'retry-after': 'soon' }]) {
    t.equal(waitMs({ date: DATE, ...headers } as Record<string, string>), 1000, JSON.stringify(headers))
  }
})
