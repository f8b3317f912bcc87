import t from 'tap'
import type { Invalidation } from '#fastify-okta/okta/directory/shared-users.js'
import { ADA } from '../../../kit/access-token.js'
import { stopClock } from '../../../kit/clock.js'
import { eventually } from '../../../kit/eventually.js'
import { SharedStore } from '../../../kit/shared-store.js'
import { createProcess, holdLookup, nameIn, named, ORG, put, settle } from './shared-users-process.js'

t.test('while the cache accepts no invalidation, it is not sent again at every lookup', async t => {
  const clock = stopClock(t)
  const store = new SharedStore()
  const [one, two] = [createProcess(store, async () => named('Ada')), createProcess(store, async () => named('Ada'))]
  store.fault = async () => { throw new Error('MISCONF') }
  one.users.invalidate({ userId: ADA })
  await settle()
  for (let i = 0; i < 5; i++) await one.users.read(ADA)
  t.equal(store.asked.filter(call => call === `invalidate ${ORG} *`).length, 1)
  store.fault = undefined
  clock.advance(10_000)
  await one.users.read(ADA)

  t.same(two.forgotten, [{ everybody: true }])
})

t.test('an invalidation is sent to the others, and the users that it names are not shared', async t => {
  const invalidations: Invalidation[] = [{ userId: ADA }, { groupIds: ['00g1', '00g2'] }, { everybody: true }]
  for (const whom of invalidations) {
    const store = new SharedStore()
    const [one, two] = [createProcess(store, async () => named('old')), createProcess(store, async () => named('new'))]
    await one.users.read(ADA)
    await settle()
    one.users.invalidate(whom)
    await settle()

    t.same(two.forgotten, [whom])
    t.same(one.forgotten, [], 'who says so has forgotten already')
    t.equal(await nameIn(two.users.read(ADA)), 'new', JSON.stringify(whom))
  }
})

t.test('a message that cannot be parsed evicts all users', async t => {
  const store = new SharedStore()
  const { forgotten } = createProcess(store, async () => null)
  const messages = ['', 'null', '[]', '{}', '{"userId":1}', '{"groupIds":"00g1"}', '{"groupIds":[1]}', '{"userId":"a","userId":"b"}', '{"departments":["a"]}']
  for (const message of messages) store.deliver(ORG, message)

  t.same(forgotten, messages.map(() => ({ everybody: true })))
})

t.test('missed messages evict all users', async t => {
  const store = new SharedStore()
  const { forgotten } = createProcess(store, async () => null)
  store.reconnect()

  t.same(forgotten, [{ everybody: true }])
})

t.test('a lookup that an invalidation overtakes shares no user, whichever process invalidates', async t => {
  for (const whom of [{ userId: ADA }, { groupIds: ['00g1'] }, { everybody: true }] as const) {
    for (const invalidator of ['the same', 'another']) {
      const store = new SharedStore()
      const held = holdLookup()
      const one = createProcess(store, held.readUser)
      const two = createProcess(store, async () => named('new'))
      const reading = one.users.read(ADA)
      await settle()
      t.same(one.lookups, [ADA], 'it is under way')

      const invalidating = invalidator === 'another' ? two : one
      invalidating.users.invalidate(whom)
      held.answer(named('old'))
      t.equal(await nameIn(reading), 'old', 'which its own process knows not to keep')
      await settle()
      t.equal(store.size, 0, `${invalidator} process, ${JSON.stringify(whom)}`)
      t.equal(await nameIn(two.users.read(ADA)), 'new')
    }
  }
})

t.test('a lookup that takes longer than an invalidation is kept shares no user', async t => {
  const clock = stopClock(t)
  const store = new SharedStore()
  const held = holdLookup()
  const { users } = createProcess(store, held.readUser)
  const reading = users.read(ADA)
  await settle()
  clock.advance(50_001)
  held.answer(named('old'))
  await reading
  await settle()

  t.equal(store.size, 0)
})

t.test('an invalidation that the store does not take is made good when it is back, before anything is read or written', async t => {
  const clock = stopClock(t)
  const store = new SharedStore()
  const [one, two] = [createProcess(store, async () => named('new')), createProcess(store, async () => named('old'))]
  await two.users.read(ADA)
  await settle()
  store.fault = async () => { throw new Error('away') }
  one.users.invalidate({ userId: ADA })
  await settle()
  t.equal(await nameIn(one.users.read(ADA)), 'new')
  t.match(store.textOf(ORG, ADA), '"old"', 'what is there is not touched')

  store.fault = undefined
  clock.advance(10_000)
  t.equal(await nameIn(one.users.read(ADA)), 'new')
  await settle()
  t.same(two.forgotten, [{ everybody: true }], 'its users are not known any more')
  t.match(await two.users.read(ADA), { isShared: true, user: { profile: { firstName: 'new' } } })
  t.equal(store.asked.filter(call => call.startsWith('invalidate')).length, 3, 'once')
})

t.test('it is sent again within seconds, though no user is read and no connection was lost', async t => {
  const store = new SharedStore()
  const [one, two] = [createProcess(store, async () => named('new')), createProcess(store, async () => named('old'))]
  store.fault = async () => { throw new Error('slow') }
  one.users.invalidate({ userId: ADA })
  await settle()
  store.fault = undefined
  await eventually(() => two.forgotten.length > 0, 'the other process hears')

  t.same(two.forgotten, [{ everybody: true }])
})

t.test('nothing is sent again after the end', async t => {
  const store = new SharedStore()
  const one = createProcess(store, async () => named('new'))
  store.fault = async () => { throw new Error('closed') }
  one.users.close()
  one.users.invalidate({ userId: ADA })
  await settle()
  t.equal(store.asked.length, 1)
})

t.test('the unsent invalidation is sent as soon as the store is back, without a request', async t => {
  const store = new SharedStore()
  const [one, two] = [createProcess(store, async () => named('new')), createProcess(store, async () => named('old'))]
  await two.users.read(ADA)
  store.fault = async () => { throw new Error('away') }
  one.users.invalidate({ userId: ADA })
  await settle()
  store.reconnect()
  await settle()
  t.equal(store.size, 1, 'it is not back yet')
  store.fault = undefined
  store.reconnect()
  await settle()

  t.equal(store.size, 0)
})

t.test('an invalidation that fails while the user is read makes the reading void', async t => {
  const store = new SharedStore()
  put(store, { readAtMs: Date.now(), user: named('old') })
  const cache = { ...store.process(), invalidate: async () => { throw new Error('OOM') } }
  const { users } = createProcess(store, async () => named('new'), { cache })
  const reading = users.read(ADA)
  users.invalidate({ userId: ADA })

  t.equal(await nameIn(reading), 'new')
})
