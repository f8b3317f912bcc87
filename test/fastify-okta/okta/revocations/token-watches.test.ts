import t, { type Test } from 'tap'
import type { TokenEnd } from 'fastify-okta'
import { ADA } from '../../../kit/access-token.js'
import { buildApplication } from '../../../kit/application.js'
import { stopClock } from '../../../kit/clock.js'
import { eventually } from '../../../kit/eventually.js'
import { createRevocations } from '../../../kit/revocations.js'

/** Claims of a token that was issued some seconds ago. */
function claimsOf (secondsAgo: number, difference: object = {}): never {
  const iat = Math.floor(Date.now() / 1000) - secondsAgo
  return { uid: ADA, sub: 'ada@example.com', iat, exp: iat + 3600, ...difference } as never
}

t.test('a listener is called once when the user of its token is revoked, and others are not', async (t) => {
  const revocations = createRevocations(t)
  const ends: string[] = []
  const watch = (name: string, claims: never): () => void => revocations.watch(claims, (end) => { ends.push(`${name} ${end}`) })
  watch('one', claimsOf(5))
  watch('two', claimsOf(5))
  watch('later', claimsOf(1))
  watch('grace', claimsOf(5, { uid: '00ugrace', sub: 'grace@example.com' }))
  const stop = watch('stopped', claimsOf(5))
  stop()
  stop()
  await revocations.raise({ uid: ADA }, new Date(Date.now() - 3000))
  await revocations.raise({ uid: ADA }, new Date(Date.now() - 2500))
  t.same(ends, ['one revoked', 'two revoked'])

  await revocations.raise({ login: 'Grace@example.com' }, new Date())
  t.same(ends.slice(2), ['grace revoked'])
})

t.test('a listener is called once when somebody is revoked who acts for the user of its token', async (t) => {
  const revocations = createRevocations(t, { maxWatermarks: 1 })
  const ends: string[] = []
  revocations.watch(claimsOf(5, { act: { sub: 'wlp1' } }), (end) => { ends.push(`agent ${end}`) })
  revocations.watch(claimsOf(5, { act: { sub: 'wlp2' } }), (end) => { ends.push(`other agent ${end}`) })
  await revocations.raise({ uid: 'wlp1' }, new Date())
  t.same(ends, ['agent revoked'])
  await revocations.raise({ uid: 'wlp3' }, new Date())
  t.same(ends.slice(1), ['other agent revoked'], 'by the watermark of all users')
})

t.test('a listener is called when its token expires, also if that is more than 24 days ahead', async (t: Test) => {
  const clock = stopClock(t)
  const revocations = createRevocations(t)
  const ends: TokenEnd[] = []
  const nearly = { exp: clock.now() / 1000 + 0.05 }
  revocations.watch(claimsOf(5, nearly), (end) => { ends.push(end) })
  revocations.watch(claimsOf(5, { exp: clock.now() / 1000 + 40 * 86_400 }), () => { t.fail('it has not expired') })
  clock.advance(100)
  await eventually(() => ends.length === 1, 'it expires')

  t.same(ends, ['expired'])
})

t.test('a token that is revoked already counts as revoked now, after the call has returned', async (t) => {
  const revocations = createRevocations(t)
  await revocations.raise({ uid: ADA }, new Date())
  const ends: TokenEnd[] = []
  revocations.watch(claimsOf(5), (end) => { ends.push(end) })
  t.same(ends, [])
  await eventually(() => ends.length === 1, 'it is called')
  t.same(ends, ['revoked'])
})

t.test('when there are too many revoked users, the watches that their common watermark concerns end too', async (t) => {
  const full: string[] = []
  const revocations = createRevocations(t, { maxWatermarks: 10, onFull: () => { full.push('full') } })
  const ends: TokenEnd[] = []
  revocations.watch(claimsOf(3600), (end) => { ends.push(end) })
  for (let i = 0; i <= 10; i++) await revocations.raise({ uid: `user${i}` }, new Date(Date.now() - 1000))

  t.same(ends, ['revoked'])
  t.same(full, ['full'])
})

t.test('a listener that throws does not keep others from being called', async (t) => {
  const errors: unknown[] = []
  const revocations = createRevocations(t, { onListenerError: (error) => { errors.push(error) } })
  const ends: TokenEnd[] = []
  revocations.watch(claimsOf(5), () => { throw new Error('mine') })
  revocations.watch(claimsOf(5), (end) => { ends.push(end) })
  t.match(await revocations.raise({ uid: ADA }, new Date()), { isRaised: true })

  t.match(errors, [{ message: 'mine' }])
  t.same(ends, ['revoked'])
})

t.test('a listener that another one stops is not called', async (t) => {
  const revocations = createRevocations(t)
  const ends: string[] = []
  const stops: Array<() => void> = []
  for (const name of ['one', 'two', 'three']) {
    stops.push(revocations.watch(claimsOf(5), () => {
      ends.push(name)
      for (const stop of stops) stop()
    }))
  }
  await revocations.raise({ uid: ADA }, new Date())

  t.same(ends, ['one'])
})

t.test('app.okta.onRevoked takes the claims of an authenticated request and a function', async (t) => {
  const ends: TokenEnd[] = []
  const { app, ask } = await buildApplication(t, {
    routes: (app) => {
      app.get('/watch', { onRequest: app.okta.authenticate }, async (request) => {
        app.okta.onRevoked(request.claims as never, (end) => { ends.push(end) })
      })
    }
  })
  t.equal((await ask('/watch')).statusCode, 200)
  await app.okta.revoke({ uid: ADA })
  t.same(ends, ['revoked'])
  for (const claims of [null, undefined, {}, { iss: 'https://other.example' }]) t.throws(() => app.okta.onRevoked(claims as never, () => {}), TypeError)
  t.throws(() => app.okta.onRevoked({} as never, undefined as never), TypeError)
})
