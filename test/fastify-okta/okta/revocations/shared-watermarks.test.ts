import t, { type Test } from 'tap'
import type { Revocations, RevocationsOptions } from '#fastify-okta/okta/revocations/revocations.js'
import { ADA } from '../../../kit/access-token.js'
import { stopClock } from '../../../kit/clock.js'
import { eventually } from '../../../kit/eventually.js'
import { GRACE } from '../../../kit/org.js'
import { SharedRevocationStore } from '../../../kit/revocation-store.js'
import { createRevocations } from '../../../kit/revocations.js'

const unavailable = async (): Promise<never> => { throw new Error('unavailable') }

async function start (t: Test, store: SharedRevocationStore, difference: Partial<RevocationsOptions> = {}): Promise<Revocations> {
  const revocations = createRevocations(t, { store: store.process(), ...difference })
  await revocations.open()
  return revocations
}

/** Whether a token that this user had some seconds ago is refused. */
function isRevoked (revocations: Revocations, uid = ADA, secondsAgo = 60): boolean {
  const iat = Math.floor(Date.now() / 1000) - secondsAgo
  return revocations.isRevoked({ uid, sub: 'a', iat, auth_time: iat })
}

t.test('a user who is revoked in one process is revoked in the others, and in one that starts later', async (t) => {
  const store = new SharedRevocationStore()
  const [one, two] = [await start(t, store), await start(t, store)]
  await one.raise({ uid: ADA }, new Date())
  t.equal(isRevoked(two), true)
  t.equal(isRevoked(two, GRACE), false)
  t.equal(isRevoked(await start(t, store)), true)
})

t.test('while the store is unavailable each process goes on with what it knows, and afterwards each knows all', async (t) => {
  const store = new SharedRevocationStore()
  const failures: unknown[] = []
  const [one, two] = [await start(t, store, { onStoreFailure: (error) => { failures.push(error) } }), await start(t, store)]
  store.fault = unavailable
  t.match(await one.raise({ uid: ADA }, new Date()), { isRaised: true }, 'it holds here')
  await one.raise({ uid: 'another' }, new Date())
  await two.raise({ uid: GRACE }, new Date())
  t.same([isRevoked(one), isRevoked(one, GRACE), isRevoked(two), isRevoked(two, GRACE)], [true, false, false, true])
  t.match(failures, [{ message: 'unavailable' }], 'is said once')

  store.fault = undefined
  await eventually(() => isRevoked(one, GRACE) && isRevoked(two), 'both know both')
})

t.test('a store that has lost its data gets the watermarks back', async (t) => {
  const store = new SharedRevocationStore()
  const [one, two] = [await start(t, store), await start(t, store)]
  await one.raise({ uid: ADA }, new Date())
  for (let i = 0; i < 1200; i++) await two.raise({ uid: `user${i}` }, new Date())
  store.watermarks.clear()
  store.announceLoss()
  await eventually(() => store.watermarks.size > 900, 'they are put back')

  t.equal(isRevoked(await start(t, store)), true)
})

t.test('a process that starts is not ready before it has read all watermarks, but does not wait long for a store that fails', async (t: Test) => {
  const clock = stopClock(t)
  const store = new SharedRevocationStore()
  store.watermarks.set(`uid:${ADA}`, Date.now())
  let answer = (): void => {}
  store.fault = async () => { await new Promise<void>((resolve) => { answer = resolve }) }
  const waiting = createRevocations(t, { store: store.process() })
  const opened = waiting.open()
  t.equal(waiting.isReady(), false)
  answer()
  await opened
  t.equal(waiting.isReady(), true)
  t.equal(isRevoked(waiting), true)

  store.fault = unavailable
  const failing = await start(t, store)
  t.equal(failing.isReady(), false)
  clock.advance(5001)
  t.equal(failing.isReady(), true)
  t.equal(isRevoked(failing), false)
  store.fault = undefined
  await eventually(() => isRevoked(failing), 'it reads them later')
})

t.test('a loss that is announced during a reading has everything read again', async (t) => {
  const store = new SharedRevocationStore()
  const one = await start(t, store)
  let reads = 0
  store.fault = async (call) => {
    if (call !== 'readAll' || reads++ > 0) return
    store.announceLoss()
    await new Promise((resolve) => { setTimeout(resolve, 5) })
  }
  store.announceLoss()
  await eventually(() => reads >= 2, 'it is read again')
  t.equal(isRevoked(one), false)
})

t.test('what another process sends is checked: times in the future are cut, and nonsense counts for nothing', async (t: Test) => {
  const clock = stopClock(t)
  const store = new SharedRevocationStore()
  const one = await start(t, store)
  store.deliver([{ subject: 'nobody', atMs: clock.now() }, { subject: 5, atMs: clock.now() } as never, { subject: `uid:${ADA}`, atMs: '5' } as never, { subject: `uid:${ADA}`, atMs: NaN }])
  t.equal(isRevoked(one), false)
  store.deliver([{ subject: `uid:${ADA}`, atMs: Date.UTC(2100, 0) }])
  t.equal(isRevoked(one), true)
  clock.advance(31_000)
  t.equal(isRevoked(one, ADA, 0), false, 'not further than clocks may differ')
})

t.test('nothing is exchanged after the end', async (t) => {
  const store = new SharedRevocationStore()
  const one = await start(t, store)
  one.close()
  const asked = store.asked.length
  store.announceLoss()
  await new Promise((resolve) => { setTimeout(resolve, 20) })
  t.equal(store.asked.length, asked)
})
