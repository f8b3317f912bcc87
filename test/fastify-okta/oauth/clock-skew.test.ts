import t from 'tap'
import { readClockSkewSeconds } from '#fastify-okta/oauth/clock-skew.js'
import { stopClock } from '../../kit/clock.js'

t.test('the skew is what this machine\'s clock is ahead of the answer\'s Date, less the time that a cache has kept it', async t => {
  const clock = stopClock(t)
  const skew = (aheadMs: number, age?: string): number | undefined =>
    readClockSkewSeconds(new Headers({ date: new Date(clock.now() - aheadMs).toUTCString(), ...(age === undefined ? {} : { age }) }))

  t.equal(skew(0), 0)
  t.equal(skew(600_000), 600)
  t.equal(skew(-600_000), -600)
  t.equal(skew(600_000, '590'), 10)
  for (const age of ['', 'a', '-5', '1.5', '1e3', '9'.repeat(10)]) t.equal(skew(5000, age), 5, `an Age that is none: ${age}`)
})

t.test('an answer without a Date, or with an invalid one, says nothing', async t => {
  t.equal(readClockSkewSeconds(new Headers()), undefined)
  for (const date of ['', 'yesterday', 'Tue, 99 Nov 2026 09:30:00 GMT']) t.equal(readClockSkewSeconds(new Headers({ date })), undefined, date)
})
