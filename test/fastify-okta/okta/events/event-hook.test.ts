import t from 'tap'
import { InvalidEventError } from '#fastify-okta/errors.js'
import { Directory, type OpenDirectoryOptions } from '#fastify-okta/okta/directory/directory.js'
import { EventHook, type ReceivedEvents } from '#fastify-okta/okta/events/event-hook.js'
import { ADA } from '../../../kit/access-token.js'
import { stopClock } from '../../../kit/clock.js'
import { delivery, oktaEvent } from '../../../kit/event-hook.js'
import { directoryOf, GRACE, restore, startOrg } from '../../../kit/org.js'
import { thrownBy } from '../../../kit/refusal.js'

const USERS = [ADA, GRACE]
const REMOVED = 'group.user_membership.remove'

const org = await startOrg(t)
const groupId = org.groups.find('Fastify Okta')?.id as string
const everyoneId = org.groups.find('Everyone')?.id as string
t.beforeEach(() => { restore(org) })

/** A hook, and a directory that has Ada, who is in the group, and Grace, who is not, in memory. */
async function open (difference: Partial<OpenDirectoryOptions> = {}) {
  const directory = await Directory.open(directoryOf(org, difference))
  await remember(directory)
  return { directory, hook: new EventHook(directory) }
}

async function remember (directory: Directory): Promise<void> {
  for (const userId of USERS) await directory.read(userId)
}

function rememberedBy (directory: Directory): string[] {
  return USERS.filter(userId => directory.fromMemory(userId) !== undefined)
}

t.test('an event makes the directory forget whom it is about, and nobody else', async t => {
  const { directory, hook } = await open()
  const nobodyElse = ['User', '00usomebodyelse00001'] as const
  const cases: Array<[title: string, event: Record<string, unknown>, forgotten: string[]]> = [
    ['out of a group', oktaEvent(REMOVED, ['User', ADA], ['UserGroup', groupId]), [ADA]],
    ['into a group', oktaEvent('group.user_membership.add', ['User', GRACE], ['UserGroup', groupId]), [GRACE]],
    ['the targets in another order', oktaEvent(REMOVED, ['UserGroup', GRACE], ['User', ADA]), [ADA]],
    ['several users', oktaEvent(REMOVED, ['User', ADA], ['User', GRACE]), [ADA, GRACE]],
    ['deactivated', oktaEvent('user.lifecycle.deactivate', ['User', ADA]), [ADA]],
    ['suspended', oktaEvent('user.lifecycle.suspend', ['User', ADA]), [ADA]],
    ['locked', oktaEvent('user.account.lock', ['User', ADA]), [ADA]],
    ['another profile', oktaEvent('user.account.update_profile', ['User', ADA]), [ADA]],
    ['to be deleted', oktaEvent('user.lifecycle.delete.initiated', ['User', ADA]), [ADA]],
    ['a type that is not known yet', oktaEvent('user.lifecycle.archive', ['User', ADA]), [ADA]],
    ['a group that is gone: its members', oktaEvent('group.lifecycle.delete', ['UserGroup', groupId]), [ADA]],
    ['a group that is called otherwise: its members', oktaEvent('group.profile.update', ['UserGroup', groupId]), [ADA]],
    ['a group of everybody', oktaEvent('group.profile.update', ['UserGroup', everyoneId]), [ADA, GRACE]],
    ['a group by its name, which is no id', oktaEvent('group.profile.update', ['UserGroup', 'Fastify Okta']), []],
    ['a group of nobody', oktaEvent('group.lifecycle.delete', ['UserGroup', '00gnobody00000000001']), []],
    ['somebody who is not in memory', oktaEvent(REMOVED, nobodyElse), []],
    ['by login, which is no id', oktaEvent('user.account.lock', ['User', 'ada@example.com']), []],
    ['a sign-in', oktaEvent('user.session.start', ['User', ADA]), []],
    ['a factor', oktaEvent('user.mfa.factor.activate', ['User', ADA]), []],
    ['an application', oktaEvent('application.user_membership.add', ['User', ADA]), []],
    ['a new group', oktaEvent('group.lifecycle.create', ['UserGroup', groupId]), []],
    ['a type that only looks like one', oktaEvent('user.lifecyclex', ['User', ADA]), []]
  ]

  for (const [title, event, forgotten] of cases) {
    await remember(directory)
    t.same(hook.receive(delivery([event])), { events: 1, users: forgotten.length }, title)
    t.same(rememberedBy(directory), USERS.filter(userId => !forgotten.includes(userId)), title)
  }
})

t.test('what is forgotten is read afresh', async t => {
  const { directory, hook } = await open()
  org.groups.removeUser(groupId, ADA)
  t.equal(directory.fromMemory(ADA)?.groups.has('Fastify Okta'), true)
  hook.receive(delivery([oktaEvent(REMOVED, ['User', ADA], ['UserGroup', groupId])]))

  t.equal((await directory.readCachedUser(ADA)).groups.has('Fastify Okta'), false)
})

t.test('a group\'s event holds against a lookup that is under way', async t => {
  const { directory, hook } = await open()
  const forget = (): ReceivedEvents => hook.receive(delivery([oktaEvent('group.lifecycle.delete', ['UserGroup', groupId])]))
  forget()
  org.faults.add({ path: `/api/v1/users/${ADA}`, delayMs: 200, times: 1 })
  const underWay = directory.readCachedUser(ADA)
  while (!org.requests.some(({ path }) => path === `/api/v1/users/${ADA}/groups`)) await new Promise(resolve => setTimeout(resolve, 5))
  await new Promise(resolve => setTimeout(resolve, 50))
  org.groups.delete(groupId)
  t.teardown(() => {
    org.groups.create({ id: groupId, name: 'Fastify Okta' })
    restore(org)
  })
  forget()

  t.equal((await underWay).groups.has('Fastify Okta'), false, 'who waits gets what was read after it')
  t.equal(directory.fromMemory(ADA)?.groups.has('Fastify Okta'), false)
})

t.test('a delivery that comes twice, and an event in two deliveries, count once', async t => {
  const { directory, hook } = await open()
  const event = oktaEvent(REMOVED, ['User', ADA])
  const first = delivery([event])
  t.same(hook.receive(first), { events: 1, users: 1 })
  await remember(directory)

  t.same(hook.receive(structuredClone(first)), { events: 0, users: 0 }, 'the same delivery')
  t.same(hook.receive(delivery([event])), { events: 0, users: 0 }, 'the same event')
  t.same(hook.receive({ ...first, data: { events: [oktaEvent(REMOVED, ['User', GRACE])] } }), { events: 0, users: 0 }, 'by the id of the delivery')
  t.same(rememberedBy(directory), USERS)
  t.same(hook.receive(delivery([event, oktaEvent(REMOVED, ['User', GRACE])])), { events: 1, users: 1 }, 'one of two is new')
})

t.test('ids are remembered for an hour', async t => {
  const { directory, hook } = await open({ userCacheTtlMs: 36_000_000 })
  const clock = stopClock(t)
  const repeated = delivery([oktaEvent(REMOVED, ['User', ADA])])
  hook.receive(repeated)
  clock.advance(3_599_999)
  t.match(hook.receive(repeated), { events: 0 })
  clock.advance(2)
  await remember(directory)
  t.same(hook.receive(repeated), { events: 1, users: 1 })
})

t.test('ids are not remembered without end', async t => {
  const { directory, hook } = await open()
  const repeated = delivery([oktaEvent(REMOVED, ['User', ADA])])
  hook.receive(repeated)
  for (let i = 0; i < 20; i++) hook.receive(delivery(Array.from({ length: 1000 }, () => oktaEvent('user.session.start'))))
  await remember(directory)
  t.same(hook.receive(repeated), { events: 1, users: 1 }, 'twenty thousand others have taken its place')
})

t.test('ids that are none, or too long to be kept, never stand for another', async t => {
  const { directory, hook } = await open()
  for (const id of [undefined, null, 7, {}, 'x'.repeat(65)]) {
    for (let i = 0; i < 2; i++) {
      await remember(directory)
      t.same(hook.receive(delivery([{ ...oktaEvent(REMOVED, ['User', ADA]), uuid: id }], { eventId: id })), { events: 1, users: 1 })
    }
  }
})

t.test('events in which there is nothing to be found are passed over', async t => {
  const { directory, hook } = await open()
  const event = oktaEvent(REMOVED)
  const odd: unknown[] = [
    null, 7, 'event', [], {}, { ...event, eventType: 7 }, { ...event, eventType: undefined }, { ...event, target: null }, { ...event, target: 'User' },
    { ...event, target: { type: 'User', id: ADA } }, { ...event, target: [null, 7, [], {}, { type: 'User' }, { type: 'User', id: null }, { type: 'User', id: [ADA] }, { id: ADA }, { type: 'user', id: ADA }] },
    { ...event, target: [{ type: 'User', id: '__proto__' }, { type: 'User', id: 'constructor' }, { type: 'User', id: '' }] }
  ]
  for (const each of odd) t.equal(hook.receive(delivery([each])).users, 0)
  t.same(rememberedBy(directory), USERS)

  t.match(hook.receive(delivery([...odd, oktaEvent(REMOVED, ['User', ADA])])), { users: 1 }, 'the others count')
})

t.test('what is no delivery is refused', async t => {
  const { directory, hook } = await open()
  const event = oktaEvent(REMOVED, ['User', ADA])
  const bodies: Record<string, unknown> = {
    nothing: undefined,
    null: null,
    'a text': 'com.okta.event_hook',
    'a list': [delivery([event])],
    'an inline hook': delivery([event], { eventType: 'com.okta.oauth2.tokens.transform' }),
    'no type': delivery([event], { eventType: undefined }),
    'no data': delivery([event], { data: undefined }),
    'data that is a list': delivery([event], { data: [event] }),
    'no events': delivery(undefined),
    'events that are no list': delivery({ 0: event, length: 1 }),
    'too many events': delivery(Array.from({ length: 1001 }, () => event))
  }
  for (const [title, body] of Object.entries(bodies)) t.ok(thrownBy(() => hook.receive(body)) instanceof InvalidEventError, title)
  t.same(rememberedBy(directory), USERS)

  t.match(hook.receive(delivery([])), { events: 0, users: 0 })
})

t.test('a delivery about many users evicts all users at once, however they are spread over events', async t => {
  const targets = Array.from({ length: 30_000 }, (_, i) => ['User', `00u${String(i).padStart(17, '0')}`] as const)
  const eventsOf = (perEvent: number, all = targets): Array<Record<string, unknown>> =>
    Array.from({ length: Math.ceil(all.length / perEvent) }, (_, i) => oktaEvent('user.lifecycle.suspend', ...all.slice(i * perEvent, (i + 1) * perEvent)))
  const evictions = { invalidate: 0, invalidateGroups: 0, invalidateAll: 0 }
  const directory = {
    invalidate: () => { evictions.invalidate++; return true },
    invalidateGroups: () => { evictions.invalidateGroups++; return 1 },
    invalidateAll: () => { evictions.invalidateAll++; return 7 }
  }
  const hook = new EventHook(directory)

  t.same(hook.receive(delivery(eventsOf(30))), { events: 1000, users: 7 })
  t.same(hook.receive(delivery(eventsOf(30_000))), { events: 1, users: 7 })
  t.same(hook.receive(delivery([oktaEvent('group.lifecycle.delete', ...targets.map(([, id]) => ['UserGroup', id] as const))])), { events: 1, users: 7 })
  t.same(evictions, { invalidate: 0, invalidateGroups: 0, invalidateAll: 3 })
  t.same(hook.receive(delivery(eventsOf(1, targets.slice(0, 200)))), { events: 200, users: 200 })
  t.same(evictions, { invalidate: 200, invalidateGroups: 0, invalidateAll: 3 })

  const { directory: real, hook: realHook } = await open()
  t.same(realHook.receive(delivery(eventsOf(30))), { events: 1000, users: 2 }, 'Ada and Grace')
  t.same(rememberedBy(real), [])
})

t.test('without a directory deliveries are checked, and nothing is forgotten', async t => {
  const hook = new EventHook(null)

  t.same(hook.receive(delivery([oktaEvent(REMOVED, ['User', ADA]), oktaEvent('group.lifecycle.delete', ['UserGroup', groupId])])), { events: 2, users: 0 })
  t.throws(() => hook.receive({}), InvalidEventError)
})

t.test('a flood of events asks Okta nothing: users are read for requests, one at a time each', async t => {
  const { directory, hook } = await open()
  const flood = (): void => {
    for (let i = 0; i < 500; i++) hook.receive(delivery([oktaEvent(REMOVED, ['User', ADA]), oktaEvent('group.profile.update', ['UserGroup', groupId])]))
  }
  org.requests.clear()
  flood()
  t.equal(org.requests.length, 0)

  await Promise.all(Array.from({ length: 100 }, async () => await directory.read(ADA)))
  t.equal(org.requests.length, 2, 'a hundred requests share one lookup: the user, and the groups')

  org.requests.clear()
  flood()
  const requests = Array.from({ length: 100 }, async () => await directory.read(ADA))
  flood()
  await Promise.all(requests)
  t.equal(org.requests.length, 4, 'and one more, where the flood overtakes it')
})

t.test('a flood that never ends refuses nobody: a request gets what its second lookup found', async t => {
  const { directory, hook } = await open()
  hook.receive(delivery([oktaEvent(REMOVED, ['User', ADA])]))
  org.requests.clear()
  const flood = setInterval(() => { hook.receive(delivery([oktaEvent(REMOVED, ['User', ADA])])) }, 1)
  t.teardown(() => { clearInterval(flood) })
  org.faults.add({ path: `/api/v1/users/${ADA}`, delayMs: 30 })

  const users = await Promise.all(Array.from({ length: 100 }, async () => await directory.read(ADA)))
  t.ok(users.every((user) => user?.id === ADA))
  t.equal(org.requests.length, 4)
})
