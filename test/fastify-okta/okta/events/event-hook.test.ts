import t, { type Test } from 'tap'
import { InvalidEventError } from '#fastify-okta/errors.js'
import { Directory, type OpenDirectoryOptions } from '#fastify-okta/okta/directory/directory.js'
import { EventHook } from '#fastify-okta/okta/events/event-hook.js'
import type { OktaOrg } from '#fastify-okta/okta/events/okta-org.js'
import { SeenEvents } from '#fastify-okta/okta/events/seen-events.js'
import type { ReceivedMessage } from '#fastify-okta/okta/events/received-message.js'
import { ADA } from '../../../kit/access-token.js'
import { stopClock } from '../../../kit/clock.js'
import { delivery, oktaEvent } from '../../../kit/event-hook.js'
import { directoryOf, GRACE, restore, startOrg } from '../../../kit/org.js'
import { failureOf } from '../../../kit/refusal.js'
import { createRevocations } from '../../../kit/revocations.js'

const USERS = [ADA, GRACE]
const REMOVED = 'group.user_membership.remove'

const org = await startOrg(t)
const groupId = org.groups.find('Fastify Okta')?.id as string
const everyoneId = org.groups.find('Everyone')?.id as string
t.beforeEach(() => { restore(org) })

/** A hook of an org without keys, whose messages are not signed. */
function createHook (revocations: OktaOrg['revocations'], url = org.orgUrl): EventHook {
  return new EventHook({ orgs: [orgOf(revocations, url)], seen: new SeenEvents() })
}

function orgOf (revocations: OktaOrg['revocations'], url: string): OktaOrg {
  return { url, issuers: new Set([url]), keys: null as never, revocations, directory: null }
}

/** A hook, and a directory that has Ada, who is in the group, and Grace, who is not, in memory. */
async function open (t: Pick<Test, 'teardown'>, difference: Partial<OpenDirectoryOptions> = {}) {
  const directory = await Directory.open(directoryOf(org, difference))
  await remember(directory)
  const revocations = createRevocations(t, { org: org.orgUrl, directories: [directory] })
  return { directory, revocations, hook: createHook(revocations) }
}

/** What came of each event of a delivery. */
async function effects (received: Promise<readonly ReceivedMessage[]>): Promise<string[]> {
  return (await received).map(({ effect }) => effect)
}

async function remember (directory: Directory): Promise<void> {
  for (const userId of USERS) await directory.read(userId)
}

function rememberedBy (directory: Directory): string[] {
  return USERS.filter(userId => directory.fromMemory(userId) !== undefined)
}

t.test('an event evicts the user that it is about, and no other', async t => {
  const { directory, hook } = await open(t)
  const nobodyElse = ['User', '00usomebodyelse00001'] as const
  const cases: Array<[title: string, event: Record<string, unknown>, forgotten: string[]]> = [
    ['out of a group', oktaEvent(REMOVED, ['User', ADA], ['UserGroup', groupId]), [ADA]],
    ['into a group', oktaEvent('group.user_membership.add', ['User', GRACE], ['UserGroup', groupId]), [GRACE]],
    ['the targets in another order', oktaEvent(REMOVED, ['UserGroup', GRACE], ['User', ADA]), [ADA]],
    ['several users', oktaEvent(REMOVED, ['User', ADA], ['User', GRACE]), [ADA, GRACE]],
    ['deactivated', oktaEvent('user.lifecycle.deactivate', ['User', ADA]), [ADA]],
    ['suspended', oktaEvent('user.lifecycle.suspend', ['User', ADA]), [ADA]],
    ['locked', oktaEvent('user.account.lock', ['User', ADA]), [ADA]],
    ['locked, which Okta counts among the failures', { ...oktaEvent('user.account.lock', ['User', ADA]), outcome: { result: 'FAILURE', reason: 'LOCKED_OUT' } }, [ADA]],
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
    await hook.receive(delivery([event]))
    t.same(rememberedBy(directory), USERS.filter(userId => !forgotten.includes(userId)), title)
  }
})

t.test('an evicted user is read again', async t => {
  const { directory, hook } = await open(t)
  org.groups.removeUser(groupId, ADA)
  t.equal(directory.fromMemory(ADA)?.groups.has('Fastify Okta'), true)
  await hook.receive(delivery([oktaEvent(REMOVED, ['User', ADA], ['UserGroup', groupId])]))

  t.equal((await directory.readCachedUser(ADA)).groups.has('Fastify Okta'), false)
})

t.test('a group\'s event holds against a lookup that is under way', async t => {
  const { directory, hook } = await open(t)
  const forget = async (): Promise<unknown> => await hook.receive(delivery([oktaEvent('group.lifecycle.delete', ['UserGroup', groupId])]))
  await forget()
  org.faults.add({ path: `/api/v1/users/${ADA}`, delayMs: 200, times: 1 })
  const underWay = directory.readCachedUser(ADA)
  while (!org.requests.some(({ path }) => path === `/api/v1/users/${ADA}/groups`)) await new Promise(resolve => setTimeout(resolve, 5))
  await new Promise(resolve => setTimeout(resolve, 50))
  org.groups.delete(groupId)
  t.teardown(() => {
    org.groups.create({ id: groupId, name: 'Fastify Okta' })
    restore(org)
  })
  await forget()

  t.equal((await underWay).groups.has('Fastify Okta'), false, 'who waits gets what was read after it')
  t.equal(directory.fromMemory(ADA)?.groups.has('Fastify Okta'), false)
})

t.test('a delivery that comes twice, and an event in two deliveries, count once', async t => {
  const { directory, hook } = await open(t)
  const event = oktaEvent(REMOVED, ['User', ADA])
  const first = delivery([event])
  t.same(await effects(hook.receive(first)), ['evicted'])
  await remember(directory)

  t.same(await effects(hook.receive(structuredClone(first))), ['repeated'], 'the same delivery')
  t.same(await effects(hook.receive(delivery([event]))), [], 'the same event')
  t.same(await effects(hook.receive({ ...first, data: { events: [oktaEvent(REMOVED, ['User', GRACE])] } })), ['repeated'], 'by the id of the delivery')
  t.same(rememberedBy(directory), USERS)
  t.same(await effects(hook.receive(delivery([event, oktaEvent(REMOVED, ['User', GRACE])]))), ['evicted'], 'one of two is new')
  t.same(rememberedBy(directory), [ADA])
})

t.test('ids are remembered for an hour', async t => {
  const { directory, hook } = await open(t, { userCacheTtlMs: 36_000_000 })
  const clock = stopClock(t)
  const repeated = delivery([oktaEvent(REMOVED, ['User', ADA])])
  await hook.receive(repeated)
  clock.advance(3_599_999)
  t.same(await effects(hook.receive(repeated)), ['repeated'])
  clock.advance(2)
  await remember(directory)
  t.same(await effects(hook.receive(repeated)), ['evicted'])
})

t.test('ids are not remembered without end', async t => {
  const { directory, hook } = await open(t)
  const repeated = delivery([oktaEvent(REMOVED, ['User', ADA])])
  await hook.receive(repeated)
  for (let i = 0; i < 20; i++) await hook.receive(delivery(Array.from({ length: 1000 }, () => oktaEvent('user.session.start'))))
  await remember(directory)
  t.same(await effects(hook.receive(repeated)), ['evicted'], 'twenty thousand others have taken its place')
})

t.test('invalid ids, and ids too long to be kept, never stand for another', async t => {
  const { directory, hook } = await open(t)
  for (const id of [undefined, null, 7, {}, 'x'.repeat(65)]) {
    for (let i = 0; i < 2; i++) {
      await remember(directory)
      t.same(await effects(hook.receive(delivery([{ ...oktaEvent(REMOVED, ['User', ADA]), uuid: id }], { eventId: id }))), ['evicted'])
      t.same(rememberedBy(directory), [GRACE])
    }
  }
})

t.test('events in which there is nothing to be found are passed over', async t => {
  const { directory, hook } = await open(t)
  const event = oktaEvent(REMOVED)
  const odd: unknown[] = [
    null, 7, 'event', [], {}, { ...event, eventType: 7 }, { ...event, eventType: undefined }, { ...event, target: null }, { ...event, target: 'User' },
    { ...event, target: { type: 'User', id: ADA } }, { ...event, target: [null, 7, [], {}, { type: 'User' }, { type: 'User', id: null }, { type: 'User', id: [ADA] }, { id: ADA }, { type: 'user', id: ADA }] },
    { ...event, target: [{ type: 'User', id: '__proto__' }, { type: 'User', id: 'constructor' }, { type: 'User', id: '' }] }
  ]
  for (const each of odd) await hook.receive(delivery([each]))
  t.same(rememberedBy(directory), USERS)

  await hook.receive(delivery([...odd, oktaEvent(REMOVED, ['User', ADA])]))
  t.same(rememberedBy(directory), [GRACE], 'the others count')
})

t.test('anything but a delivery is refused', async t => {
  const { directory, hook } = await open(t)
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
  for (const [title, body] of Object.entries(bodies)) t.ok(await failureOf(hook.receive(body)) instanceof InvalidEventError, title)
  t.same(rememberedBy(directory), USERS)

  t.same(await hook.receive(delivery([])), [])
})

t.test('a delivery about many users evicts all users at once, however they are spread over events', async t => {
  const targets = Array.from({ length: 30_000 }, (_, i) => ['User', `00u${String(i).padStart(17, '0')}`] as const)
  const eventsOf = (perEvent: number, all = targets): Array<Record<string, unknown>> =>
    Array.from({ length: Math.ceil(all.length / perEvent) }, (_, i) => oktaEvent(REMOVED, ...all.slice(i * perEvent, (i + 1) * perEvent)))
  const calls = { evict: 0, evictGroups: 0, evictAll: 0 }
  const hook = createHook({
    raise: async () => { throw new Error('nobody is revoked') },
    evict: () => { calls.evict++; return true },
    evictGroups: () => { calls.evictGroups++; return 1 },
    evictAll: () => { calls.evictAll++; return 7 }
  })

  await hook.receive(delivery(eventsOf(30)))
  await hook.receive(delivery(eventsOf(30_000)))
  await hook.receive(delivery([oktaEvent('group.lifecycle.delete', ...targets.map(([, id]) => ['UserGroup', id] as const))]))
  t.same(calls, { evict: 0, evictGroups: 0, evictAll: 3 })
  await hook.receive(delivery(eventsOf(1, targets.slice(0, 200))))
  t.same(calls, { evict: 200, evictGroups: 0, evictAll: 3 })

  const { directory: real, hook: realHook } = await open(t)
  await realHook.receive(delivery(eventsOf(30)))
  t.same(rememberedBy(real), [])
})

t.test('without a directory deliveries are checked, and users are revoked all the same', async t => {
  const revocations = createRevocations(t, { org: org.orgUrl })
  const hook = createHook(revocations)

  t.same(await effects(hook.receive(delivery([oktaEvent(REMOVED, ['User', ADA]), oktaEvent('user.lifecycle.suspend', ['User', GRACE])]))), ['evicted', 'revoked'])
  t.equal(revocations.isRevoked({ uid: GRACE, sub: 'grace@example.com', iat: 0 }), true)
  t.equal(revocations.isRevoked({ uid: ADA, sub: 'ada@example.com', iat: 0 }), false)
  t.ok(await failureOf(hook.receive({})) instanceof InvalidEventError)
})

t.test('an event that ends what a user has revokes the user at its time: the target, not the actor', async t => {
  const at = Math.floor(Date.now() / 1000) - 100
  const isRevoked = async (event: Record<string, unknown>): Promise<boolean[]> => {
    const revocations = createRevocations(t, { org: org.orgUrl })
    await createHook(revocations).receive(delivery([{ ...event, published: new Date(at * 1000).toISOString() }]))
    return [at, at + 1].map(iat => revocations.isRevoked({ uid: ADA, sub: 'ada@example.com', iat }))
  }
  for (const type of ['user.lifecycle.suspend', 'user.lifecycle.deactivate', 'user.lifecycle.delete.initiated', 'user.session.clear', 'user.authentication.universal_logout']) {
    t.same(await isRevoked(oktaEvent(type, ['AppInstance', '0oaapp00000000000001'], ['User', ADA])), [true, false], type)
    t.same(await isRevoked({ ...oktaEvent(type, ['User', GRACE]), actor: { id: ADA, type: 'User' } }), [false, false], `${type}, by Ada`)
    t.same(await isRevoked({ ...oktaEvent(type, ['User', ADA]), outcome: { result: 'FAILURE', reason: 'no permission' } }), [false, false], `${type}, failed`)
  }
  for (const type of ['user.lifecycle.unsuspend', 'user.session.end', 'user.session.start', 'user.account.lock', REMOVED, 'user.session.clearx']) {
    t.same(await isRevoked(oktaEvent(type, ['User', ADA])), [false, false], type)
  }
})

t.test('the watermark of a user never moves back, and never into the future', async t => {
  const revocations = createRevocations(t, { org: org.orgUrl })
  const hook = createHook(revocations)
  const cleared = (seconds: number): unknown => delivery([{ ...oktaEvent('user.session.clear', ['User', ADA]), published: new Date(seconds * 1000).toISOString() }])
  const now = Math.floor(Date.now() / 1000)
  const isRevoked = (iat: number): boolean => revocations.isRevoked({ uid: ADA, sub: 'ada@example.com', iat })

  for (const seconds of [now - 10, now - 100, now - 10]) await hook.receive(cleared(seconds))
  t.same([isRevoked(now - 10), isRevoked(now - 9)], [true, false])
  await hook.receive(cleared(4_102_444_800))
  t.same([isRevoked(now), isRevoked(now + 3600)], [true, false])
  t.same(await effects(hook.receive(cleared(now - 200_000))), ['evicted'], 'older than any token')
})

t.test('an event with the outcome FAILURE evicts no user', async t => {
  const { directory, hook } = await open(t)
  await hook.receive(delivery([{ ...oktaEvent(REMOVED, ['User', ADA]), outcome: { result: 'FAILURE' } }]))
  t.same(rememberedBy(directory), USERS)
})

t.test('of several orgs a delivery concerns the one that it is from', async t => {
  const urls = ['https://one.okta.com', 'https://two.okta.com']
  const revocations = urls.map(url => createRevocations(t, { org: url }))
  const hook = new EventHook({ orgs: urls.map((url, i) => orgOf(revocations[i] as OktaOrg['revocations'], url)), seen: new SeenEvents() })
  const isRevoked = (): boolean[] => revocations.map(each => each.isRevoked({ uid: ADA, sub: 'ada@example.com', iat: 0 }))
  const from = (source: unknown): unknown => delivery([oktaEvent('user.session.clear', ['User', ADA])], { source })

  for (const source of ['https://three.okta.com/api/v1/eventHooks/who1', 'two.okta.com', undefined, ['https://two.okta.com']]) {
    t.ok(await failureOf(hook.receive(from(source))) instanceof InvalidEventError)
  }
  t.same(isRevoked(), [false, false])
  await hook.receive(from('https://two.okta.com/api/v1/eventHooks/who1'))
  t.same(isRevoked(), [false, true])
})

t.test('a flood of events asks Okta nothing: users are read for requests, one at a time each', async t => {
  const { directory, hook } = await open(t)
  const flood = (): void => {
    for (let i = 0; i < 500; i++) hook.receive(delivery([oktaEvent(REMOVED, ['User', ADA]), oktaEvent('group.profile.update', ['UserGroup', groupId])])).catch(t.threw)
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

t.test('during a flood without end no request is refused: it gets the result of its second lookup', async t => {
  const { directory, hook } = await open(t)
  await hook.receive(delivery([oktaEvent(REMOVED, ['User', ADA])]))
  org.requests.clear()
  const flood = setInterval(() => { hook.receive(delivery([oktaEvent(REMOVED, ['User', ADA])])).catch(t.threw) }, 1)
  t.teardown(() => { clearInterval(flood) })
  org.faults.add({ path: `/api/v1/users/${ADA}`, delayMs: 30 })

  const users = await Promise.all(Array.from({ length: 100 }, async () => await directory.read(ADA)))
  t.ok(users.every((user) => user?.id === ADA))
  t.equal(org.requests.length, 4)
})
