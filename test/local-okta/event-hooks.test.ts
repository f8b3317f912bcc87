import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import okta from '@okta/okta-sdk-nodejs'
import t, { type Test } from 'tap'
import { refusalOf } from './app-client.js'
import { start } from './start.js'

const SECRET = 'a-secret-of-these-tests'
const ADA = '00uadalovelace000001'
const GROUP = '00gfastifyokta000001'

interface Call {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** Parsed, where there is one. */
  readonly body: Record<string, unknown>
}

/** What an event hook leads to, gone when the test ends. It answers as it should, unless a test says otherwise. */
class Receiver {
  readonly calls: Call[] = []
  url = ''
  onChallenge = (response: ServerResponse, verification: string): void => { answer(response, { verification }) }
  onDelivery = (response: ServerResponse): void => { response.writeHead(204).end() }

  static async start (t: Test): Promise<Receiver> {
    const receiver = new Receiver()
    const server = createServer(async (request, response) => {
      const { method = '', headers } = request
      const body = await text(request)
      receiver.calls.push({ method, headers, body: body === '' ? {} : JSON.parse(body) as Record<string, unknown> })
      if (method === 'GET') receiver.onChallenge(response, String(headers['x-okta-verification-challenge']))
      else receiver.onDelivery(response)
    })
    await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
    })
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/okta/events`
    return receiver
  }

  /** The deliveries so far. */
  get deliveries (): Call[] {
    return this.calls.filter(({ method }) => method === 'POST')
  }

  /** The types of the events since they were last asked for, in their order. */
  takeEventTypes (): string[] {
    return this.calls.splice(0).flatMap(({ body }) => (body['data'] as { events: Array<{ eventType: string }> } | undefined)?.events ?? []).map(({ eventType }) => eventType)
  }
}

function answer (response: ServerResponse, body: unknown, { status = 200, type = 'application/json' } = {}): void {
  response.writeHead(status, { 'content-type': type }).end(typeof body === 'string' ? body : JSON.stringify(body))
}

const localOkta = await start(t)
const { eventHooks, groups, users } = localOkta
const { eventHookApi, userApi, groupApi } = new okta.Client({ orgUrl: localOkta.orgUrl, token: localOkta.apiToken, cacheMiddleware: null })
t.afterEach(() => {
  eventHooks.disturb()
  for (const { id } of eventHooks.list()) eventHooks.delete(id)
})

const hookTo = (uri: string, items = ['group.user_membership.add', 'group.user_membership.remove']) => ({
  name: 'cache invalidation',
  events: { type: 'EVENT_TYPE', items },
  channel: {
    type: 'HTTP',
    version: '1.0.0',
    config: { uri, headers: [{ key: 'X-Other', value: 'v' }], authScheme: { type: 'HEADER', key: 'Authorization', value: SECRET } }
  }
}) as unknown as okta.EventHook & { channel: { config: object }, events: object }

/** A change that makes one event. */
function change (): void {
  if (groups.find(GROUP)?.memberIds.includes(ADA)) groups.removeUser(GROUP, ADA)
  else groups.addUser(GROUP, ADA)
}

t.test('the SDK creates, reads, replaces, deactivates and deletes a hook', async t => {
  const created = await eventHookApi.createEventHook({ eventHook: hookTo('https://greeting.example/okta/events') })
  const eventHookId = created.id ?? ''
  t.match(created, {
    id: /^who\w{17}$/,
    status: 'ACTIVE',
    verificationStatus: 'UNVERIFIED',
    name: 'cache invalidation',
    events: { type: 'EVENT_TYPE', items: ['group.user_membership.add', 'group.user_membership.remove'] },
    channel: { config: { uri: 'https://greeting.example/okta/events', method: 'POST', headers: [{ key: 'X-Other', value: 'v' }], authScheme: { type: 'HEADER', key: 'Authorization' } } }
  })
  t.ok(created.created instanceof Date)
  t.notMatch(JSON.stringify(created), SECRET)
  const listed: okta.EventHook[] = []
  await (await eventHookApi.listEventHooks()).each((hook: okta.EventHook) => { listed.push(hook) })
  t.match(listed, [{ id: eventHookId }])

  const replaced = await eventHookApi.replaceEventHook({ eventHookId, eventHook: { ...hookTo('https://greeting.example/events'), name: 'another' } as never })
  t.match(replaced, { id: eventHookId, name: 'another', channel: { config: { uri: 'https://greeting.example/events' } } })
  t.match(await refusalOf(eventHookApi.deleteEventHook({ eventHookId })), { status: 403 }, 'not while it is active')
  t.match(await eventHookApi.deactivateEventHook({ eventHookId }), { status: 'INACTIVE' })
  t.match(await eventHookApi.activateEventHook({ eventHookId }), { status: 'ACTIVE' })
  await eventHookApi.deactivateEventHook({ eventHookId })
  await eventHookApi.deleteEventHook({ eventHookId })
  t.match(await refusalOf(eventHookApi.getEventHook({ eventHookId })), { status: 404, errorCode: 'E0000007', errorSummary: `Not found: Resource not found: ${eventHookId} (Webhook)` })
})

t.test('a hook that cannot be is refused', async t => {
  const good = hookTo('https://greeting.example/okta/events')
  const { config } = good.channel
  const withConfig = (difference: object): object => ({ ...good, channel: { ...good.channel, config: { ...config, ...difference } } })
  const bad: Record<string, object> = {
    'no name': { ...good, name: '' },
    'no events': { ...good, events: { type: 'EVENT_TYPE', items: [] } },
    'too many events': hookTo('https://greeting.example', Array.from({ length: 301 }, () => 'user.lifecycle.create')),
    'events that only the System Log has': hookTo('https://greeting.example', ['user.lifecycle.delete.completed']),
    'no event type': hookTo('https://greeting.example', ['app.oauth2.as.key.rollover']),
    'another type of events': { ...good, events: { ...good.events, type: 'FLOW_EVENT' } },
    'another channel': { ...good, channel: { ...good.channel, type: 'EVENTBRIDGE' } },
    'another version': { ...good, channel: { ...good.channel, version: '2.0.0' } },
    'no URI': withConfig({ uri: 'greeting.example' }),
    'no https': withConfig({ uri: 'http://greeting.example/okta/events' }),
    'headers that are no list': withConfig({ headers: {} }),
    'a header of two lines': withConfig({ headers: [{ key: 'X-Other', value: 'a\r\nb' }] }),
    'another kind of secret': withConfig({ authScheme: { type: 'BASIC', key: 'Authorization', value: SECRET } }),
    'no secret': withConfig({ authScheme: { type: 'HEADER', key: 'Authorization' } })
  }
  const post = async (body: object): Promise<unknown> => await (await fetch(`${localOkta.orgUrl}/api/v1/eventHooks`, {
    method: 'POST', headers: { authorization: `SSWS ${localOkta.apiToken}`, 'content-type': 'application/json' }, body: JSON.stringify(body)
  })).json()

  for (const [title, body] of Object.entries(bad)) t.match(await post(body), { errorCode: 'E0000001' }, title)
  t.match(await refusalOf(eventHooks.register({ url: 'greeting.example', secret: SECRET })), TypeError)
  t.match(await refusalOf(eventHooks.register({ url: 'https://greeting.example', secret: '' })), TypeError)
  t.match(await refusalOf(eventHooks.register({ url: 'https://greeting.example', secret: 'a\nb' })), TypeError)
  t.throws(() => { eventHooks.delete('who1') }, TypeError)
  t.same(eventHooks.list(), [])
})

t.test('a hook is verified once its receiver sends the challenge back', async t => {
  const receiver = await Receiver.start(t)
  const { id: eventHookId = '' } = await eventHookApi.createEventHook({ eventHook: hookTo(receiver.url) })

  t.match(await eventHookApi.verifyEventHook({ eventHookId }), { verificationStatus: 'VERIFIED' })
  t.match(receiver.calls, [{ method: 'GET', headers: { authorization: SECRET, 'x-other': 'v', 'x-okta-verification-challenge': /^[\w-]{20,}$/ } }])
  const other = await eventHookApi.replaceEventHook({ eventHookId, eventHook: { ...hookTo(receiver.url), name: 'another' } as never })
  t.match(other, { verificationStatus: 'VERIFIED' }, 'another name changes nothing')
  const moved = await eventHookApi.replaceEventHook({ eventHookId, eventHook: hookTo(`${receiver.url}/elsewhere`) })
  t.match(moved, { verificationStatus: 'UNVERIFIED' }, 'another channel does')
})

t.test('it is not where the receiver answers anything else', async t => {
  const receiver = await Receiver.start(t)
  const { id: eventHookId = '' } = await eventHookApi.createEventHook({ eventHook: hookTo(receiver.url) })
  const wrong: Record<string, Receiver['onChallenge']> = {
    'another challenge': response => { answer(response, { verification: 'x' }) },
    nothing: response => { response.end() },
    'a text': (response, challenge) => { answer(response, challenge, { type: 'text/plain' }) },
    'another type': (response, verification) => { answer(response, { verification }, { type: 'text/html' }) },
    'no JSON': response => { answer(response, '{') },
    'another status': (response, verification) => { answer(response, { verification }, { status: 201 }) },
    403: response => { answer(response, {}, { status: 403 }) },
    'a redirect': response => { response.writeHead(302, { location: '/' }).end() },
    'no answer': response => { response.destroy() }
  }
  for (const [title, onChallenge] of Object.entries(wrong)) {
    receiver.onChallenge = onChallenge
    t.match(await refusalOf(eventHookApi.verifyEventHook({ eventHookId })), { status: 400, errorCode: 'E0000001' }, title)
  }
  t.match(await eventHookApi.getEventHook({ eventHookId }), { verificationStatus: 'UNVERIFIED' })
  t.match(await refusalOf(eventHooks.register({ url: receiver.url, secret: SECRET })), { message: /does not answer the challenge/ })
  t.equal(eventHooks.list().length, 1, 'of that one nothing is left')
})

t.test('events come as Okta sends them', async t => {
  const receiver = await Receiver.start(t)
  const { id } = await eventHooks.register({ url: receiver.url, secret: SECRET })
  receiver.calls.length = 0
  await groupApi.unassignUserFromGroup({ groupId: GROUP, userId: ADA })
  await eventHooks.settled()

  const uuid = /^[0-9a-f-]{36}$/
  const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
  t.match(receiver.calls, [{
    method: 'POST',
    headers: { authorization: SECRET, 'content-type': 'application/json', accept: 'application/json' },
    body: {
      eventType: 'com.okta.event_hook',
      eventTypeVersion: '1.0',
      cloudEventsVersion: '0.1',
      contentType: 'application/json',
      source: `${localOkta.orgUrl}/api/v1/eventHooks/${id}`,
      eventId: uuid,
      eventTime: date,
      data: {
        events: [{
          uuid,
          published: date,
          eventType: 'group.user_membership.remove',
          displayMessage: 'Remove user from group membership',
          severity: 'INFO',
          actor: { type: 'User' },
          outcome: { result: 'SUCCESS', reason: null },
          target: [
            { id: ADA, type: 'User', alternateId: 'ada@example.com', displayName: 'Ada Lovelace', detailEntry: null },
            { id: GROUP, type: 'UserGroup', alternateId: 'unknown', displayName: 'Fastify Okta', detailEntry: null }
          ]
        }]
      }
    }
  }])
})

t.test('each change is an event of its type, and a change that changes nothing is not an event', async t => {
  const receiver = await Receiver.start(t)
  await eventHooks.register({ url: receiver.url, secret: SECRET })
  const profile = { login: 'alan@example.com', email: 'alan@example.com', firstName: 'Alan', lastName: 'Turing' }
  let userId = ''
  let groupId = ''
  const changes: Array<[title: string, change: () => unknown, eventTypes: string[]]> = [
    ['a group', async () => { groupId = (await groupApi.createGroup({ group: { profile: { name: 'Logicians' } } })).id ?? '' }, ['group.lifecycle.create']],
    ['a user in it', async () => { userId = (await userApi.createUser({ body: { profile, groupIds: [groupId], credentials: { password: { value: 'local-okta-2' } } } as never })).id ?? '' }, ['user.lifecycle.create', 'user.lifecycle.activate', 'group.user_membership.add']],
    ['in it once more', () => { groups.addUser(groupId, userId) }, []],
    ['a profile', async () => await userApi.updateUser({ userId, user: { profile: { nickName: 'Prof' } } }), ['user.account.update_profile']],
    ['suspended', async () => { await fetch(`${localOkta.orgUrl}/api/v1/users/${userId}/lifecycle/suspend`, { method: 'POST', headers: { authorization: `SSWS ${localOkta.apiToken}` } }) }, ['user.lifecycle.suspend']],
    ['suspended once more', () => users.setStatus(userId, 'SUSPENDED'), []],
    ['active', () => users.setStatus(userId, 'ACTIVE'), ['user.lifecycle.unsuspend']],
    ['a wrong password', async () => {
      await fetch(`${localOkta.orgUrl}/api/v1/authn`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: profile.login, password: 'wrong' }) })
    }, ['user.session.start']],
    ['locked', () => users.setStatus(userId, 'LOCKED_OUT'), ['user.account.lock']],
    ['unlocked', () => users.setStatus(userId, 'ACTIVE'), ['user.account.unlock']],
    ['to be recovered', () => users.setStatus(userId, 'RECOVERY'), ['user.account.reset_password']],
    ['active', () => users.setStatus(userId, 'ACTIVE'), ['user.lifecycle.activate']],
    ['without a good password, of which hooks learn nothing', () => users.setStatus(userId, 'PASSWORD_EXPIRED'), []],
    ['another name of the group', async () => await groupApi.replaceGroup({ groupId, group: { profile: { name: 'Code breakers' } } }), ['group.profile.update']],
    ['out of it', async () => { await groupApi.unassignUserFromGroup({ groupId, userId }) }, ['group.user_membership.remove']],
    ['out of it once more', () => { groups.removeUser(groupId, userId) }, []],
    ['no group', async () => { await groupApi.deleteGroup({ groupId }) }, ['group.lifecycle.delete']],
    ['deactivated', async () => { await userApi.deleteUser({ userId }) }, ['user.lifecycle.deactivate']],
    ['deleted', async () => { await userApi.deleteUser({ userId }) }, ['user.lifecycle.delete.initiated']]
  ]
  receiver.takeEventTypes()
  for (const [title, change, eventTypes] of changes) {
    await change()
    await eventHooks.settled()
    t.same(receiver.takeEventTypes(), eventTypes, title)
  }
})

t.test('only a hook that is active, verified and for the type of an event gets it', async t => {
  const [everything, memberships, unverified] = await Promise.all([Receiver.start(t), Receiver.start(t), Receiver.start(t)])
  const { id: eventHookId } = await eventHooks.register({ url: everything.url, secret: SECRET })
  await eventHooks.register({ url: memberships.url, secret: SECRET, eventTypes: ['group.user_membership.add', 'group.user_membership.remove'] })
  await eventHookApi.createEventHook({ eventHook: hookTo(unverified.url) })
  for (const { calls } of [everything, memberships]) calls.length = 0

  users.update(ADA, { nickName: 'Countess' })
  change()
  await eventHooks.settled()
  t.same(everything.deliveries.length, 1, 'what happens at once comes at once')
  t.same(everything.takeEventTypes().length, 2)
  t.same(memberships.takeEventTypes().length, 1)
  t.same(unverified.calls, [])

  await eventHookApi.deactivateEventHook({ eventHookId })
  change()
  await eventHooks.settled()
  t.same(everything.calls, [])
  t.equal(memberships.calls.length, 1)
})

t.test('a delivery is tried again after a 5xx or no answer, once, and not after a 4xx', async t => {
  const receiver = await Receiver.start(t)
  await eventHooks.register({ url: receiver.url, secret: SECRET })
  const answers: Array<[title: string, onDelivery: Receiver['onDelivery'], calls: number]> = [
    ['503', response => { response.writeHead(503).end() }, 2],
    ['no answer', response => { response.destroy() }, 2],
    ['403', response => { response.writeHead(403).end() }, 1],
    ['a redirect', response => { response.writeHead(307, { location: '/' }).end() }, 1],
    ['200', response => { response.end() }, 1]
  ]
  for (const [title, onDelivery, calls] of answers) {
    receiver.calls.length = 0
    receiver.onDelivery = onDelivery
    change()
    await eventHooks.settled()
    t.equal(receiver.calls.length, calls, title)
    t.equal(new Set(receiver.calls.map(({ body }) => body['eventId'])).size, 1, 'it is the same delivery')
  }
})

t.test('a receiver that hangs holds no change up, and is asked again once it has had its 3 s', async t => {
  const receiver = await Receiver.start(t)
  await eventHooks.register({ url: receiver.url, secret: SECRET })
  receiver.calls.length = 0
  receiver.onDelivery = () => { receiver.onDelivery = response => { response.writeHead(204).end() } }
  await groupApi.unassignUserFromGroup({ groupId: GROUP, userId: ADA })
  await groupApi.assignUserToGroup({ groupId: GROUP, userId: ADA })
  t.ok(receiver.calls.length <= 2, 'both changes are made while the first delivery hangs')
  await eventHooks.settled()

  t.equal(receiver.calls.length, 3)
  t.equal(new Set(receiver.calls.map(({ body }) => body['eventId'])).size, 2)
})

t.test('a delivery can be late, and come twice', async t => {
  const receiver = await Receiver.start(t)
  await eventHooks.register({ url: receiver.url, secret: SECRET })
  receiver.calls.length = 0
  eventHooks.disturb({ delayMs: 50, copies: 2 })
  change()
  await new Promise(resolve => { setImmediate(resolve) })
  t.equal(receiver.calls.length, 0)
  await eventHooks.settled()
  const [first, second] = receiver.calls
  t.equal(receiver.calls.length, 2)
  t.strictSame(second?.body, first?.body)

  eventHooks.disturb()
  change()
  await eventHooks.settled()
  t.equal(receiver.calls.length, 3)
})

t.test('to stop is to give up what is under way', async t => {
  const short = await start(t)
  const receiver = await Receiver.start(t)
  await short.eventHooks.register({ url: receiver.url, secret: SECRET })
  receiver.onDelivery = () => {}
  short.groups.removeUser(GROUP, ADA)
  short.eventHooks.disturb({ delayMs: 600_000 })
  short.groups.addUser(GROUP, ADA)
  const settled = short.eventHooks.settled()
  await short.stop()
  await settled
  short.groups.removeUser(GROUP, ADA)
  await short.eventHooks.settled()
  t.ok(receiver.deliveries.length <= 1)
})

t.test('a service app needs the scope', async t => {
  const token = await localOkta.mintOrgAccessToken({ user: 'admin@example.com' })
  for (const [path, method] of [['/eventHooks', 'GET'], ['/eventHooks', 'POST'], ['/eventHooks/who1', 'DELETE']] as const) {
    const response = await fetch(`${localOkta.orgUrl}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}` } })
    t.equal(response.status, 403, `${method} ${path}`)
  }
})
