import t from 'tap'
import { createClockWatch } from '#greeting/log/clock-watch.js'

type Line = [level: string, seconds: number, message: string]

t.test('a clock that is more than 30 s off is a warning, once until it changes or is right again', async (t) => {
  const lines: Line[] = []
  const log = {
    warn: ({ clockSkewSeconds }: { clockSkewSeconds: number }, message: string) => { lines.push(['warn', clockSkewSeconds, message]) },
    info: ({ clockSkewSeconds }: { clockSkewSeconds: number }, message: string) => { lines.push(['info', clockSkewSeconds, message]) }
  }
  const watch = createClockWatch(log as never)
  for (const seconds of [0, 30, -29.6, 7200.4, 7201, 7190, -600, -601, 12, 3, -31]) watch(seconds)

  t.match(lines, [
    ['warn', 7200, /is 7200 s ahead of the issuer's: tokens expire too early/],
    ['warn', -600, /is 600 s behind the issuer's: new tokens are refused/],
    ['info', 12, /agrees/],
    ['warn', -31, /is 31 s behind/]
  ])
  t.equal(lines.length, 4)
})
