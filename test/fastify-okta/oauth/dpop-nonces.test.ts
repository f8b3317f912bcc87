import t from 'tap'
import { DpopNonces } from '#fastify-okta/oauth/dpop-nonces.js'
import { stopClock } from '../../kit/clock.js'

const secret = new Uint8Array(32).fill(1)

t.test('a nonce is handed out for its time, and accepted for as long again', async t => {
  const clock = stopClock(t)
  clock.advance(60_000 - clock.now() % 60_000)
  const nonces = new DpopNonces({ nonceLifetimeSeconds: 60, nonceSecret: secret })
  const first = nonces.current()

  clock.advance(59_999)
  t.equal(nonces.current(), first)
  clock.advance(1)
  t.not(nonces.current(), first)
  t.ok(nonces.isCurrent(first))
  t.ok(nonces.isCurrent(nonces.current()))
  clock.advance(59_999)
  t.ok(nonces.isCurrent(first))
  clock.advance(1)
  t.notOk(nonces.isCurrent(first))
})

t.test('a nonce of the future is not accepted yet', async t => {
  const clock = stopClock(t)
  const nonces = new DpopNonces({ nonceLifetimeSeconds: 60, nonceSecret: secret })
  clock.advance(60_000)
  const next = nonces.current()
  clock.advance(-60_000)

  t.notOk(nonces.isCurrent(next))
})

t.test('a nonce that was not issued is refused', async t => {
  const nonces = new DpopNonces({ nonceLifetimeSeconds: 60 })
  const current = nonces.current()
  for (const nonce of [undefined, null, '', 1, [current], {}, `${current} `, current.slice(1), current.toUpperCase(), 'é'.repeat(43), 'A'.repeat(43)]) {
    t.notOk(nonces.isCurrent(nonce), String(nonce))
  }
  t.match(current, /^[\w-]{43}$/)
})

t.test('those who share a secret know each other\'s nonces, and others do not', async t => {
  stopClock(t)
  const [one, other] = [new DpopNonces({ nonceLifetimeSeconds: 60, nonceSecret: secret }), new DpopNonces({ nonceLifetimeSeconds: 60, nonceSecret: secret })]

  t.ok(one.isCurrent(other.current()))
  t.notOk(one.isCurrent(new DpopNonces({ nonceLifetimeSeconds: 60 }).current()))
  t.not(new DpopNonces({ nonceLifetimeSeconds: 60 }).current(), new DpopNonces({ nonceLifetimeSeconds: 60 }).current())
})
