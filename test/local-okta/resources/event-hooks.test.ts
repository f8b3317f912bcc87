import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import t from 'tap'
import { OktaReceiver } from '../../kit/okta-receiver.js'
import { callsTo } from '../management-api.js'
import { share } from '../start.js'

const ADA = '00uadalovelace000001'
const SECRET = 'a-secret-of-these-tests'

const hook = {
  name: 'cache invalidation',
  description: 'for the service',
  events: { type: 'EVENT_TYPE', items: ['group.user_membership.add'] },
  channel: { type: 'HTTP', version: '1.0.0', config: { uri: 'https://greeting.example/okta/events', authScheme: { type: 'HEADER', key: 'Authorization', value: SECRET } } }
}

t.test('a hook sent back as it was shown keeps its secret', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const { body: created } = await call('POST', 'eventHooks', hook)
  const path = `eventHooks/${created.id}`
  const { body: shown } = await call('GET', path)
  t.notOk('value' in shown.channel.config.authScheme)
  const replaced = await call('PUT', path, { ...shown, name: 'another name' })
  t.match(replaced, { status: 200, body: { name: 'another name', description: 'for the service', verificationStatus: 'UNVERIFIED', channel: { config: { authScheme: { key: 'Authorization' } } } } })
  await call('DELETE', path)

  const { authScheme, ...config } = shown.channel.config
  const withoutSecret = await call('POST', 'eventHooks', { ...hook, channel: { ...hook.channel, config } })
  t.notOk('authScheme' in withoutSecret.body.channel.config)
  t.match(await call('PUT', `eventHooks/${withoutSecret.body.id}`, shown), { status: 400, body: { errorCauses: [{ errorSummary: /^value:/ }] } }, 'there is no secret to keep')
  t.match(await call('POST', 'eventHooks', { ...hook, description: 1 }), { status: 400, body: { errorCauses: [{ errorSummary: /^description:/ }] } })
})

t.test('the kept secret is the one that deliveries carry', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const secrets: unknown[] = []
  const eventTypes: string[] = []
  const server = createServer(async (request, response) => {
    secrets.push(request.headers.authorization)
    response.setHeader('content-type', 'application/json')
    if (request.method === 'GET') {
      response.end(JSON.stringify({ verification: request.headers['x-okta-verification-challenge'] }))
      return
    }
    const { data } = await json(request) as { data: { events: Array<{ eventType: string, target: Array<{ type: string, id: string }> }> } }
    for (const { eventType, target } of data.events) eventTypes.push(`${eventType} ${target.map(({ type, id }) => type === 'User' ? id : type)}`)
    response.end()
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const { id } = await localOkta.eventHooks.register({ url, secret: SECRET })
  const { body: shown } = await call('GET', `eventHooks/${id}`)
  t.match((await call('PUT', `eventHooks/${id}`, shown)).body, { verificationStatus: 'VERIFIED' }, 'the channel is the same')

  const app = `apps/${localOkta.clients.service.clientId}`
  await call('POST', `${app}/users`, { id: ADA })
  await call('DELETE', `${app}/users/${ADA}`)
  await call('DELETE', `users/${ADA}/sessions`)
  await localOkta.eventHooks.settled()
  t.ok(secrets.every(secret => secret === SECRET))
  t.strictSame(eventTypes, [
    `application.user_membership.add AppUser,AppInstance,${ADA}`,
    `application.user_membership.remove AppUser,AppInstance,${ADA}`,
    `user.session.clear ${ADA}`
  ])
})

/** Filters of memberships. */
function withFilter (...expressions: string[]): object {
  const eventFilterMap = expressions.map(expression => ({ event: 'group.user_membership.add', condition: { expression, version: null } }))
  return { ...hook, events: { ...hook.events, filter: { type: 'EXPRESSION_LANGUAGE', eventFilterMap } } }
}

t.test('a filter is shown as it was written, and replaced', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const { body } = await call('POST', 'eventHooks', withFilter("event.target.?[type eq 'UserGroup'].size()>0"))
  t.strictSame(body.events.filter, { type: 'EXPRESSION_LANGUAGE', eventFilterMap: [{ event: 'group.user_membership.add', condition: { expression: "event.target.?[type eq 'UserGroup'].size()>0", version: null } }] })
  t.strictSame((await call('PUT', `eventHooks/${body.id}`, hook)).body.events.filter, null)
})

t.test('a filter that cannot be is refused', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const bad: Record<string, object> = {
    'no expression': withFilter(''),
    'half an expression': withFilter("event.target.?[type eq 'User'"),
    'nothing in brackets': withFilter('event.target.?[].size() > 0'),
    'a method that is not known': withFilter("event.target.?[type eq 'User'].first()"),
    'two of one type': withFilter('true', 'false'),
    'a type that the hook does not get': { ...hook, events: { ...hook.events, filter: { eventFilterMap: [{ event: 'user.lifecycle.create', condition: { expression: 'true' } }] } } },
    'no array': { ...hook, events: { ...hook.events, filter: { eventFilterMap: {} } } }
  }
  for (const [title, body] of Object.entries(bad)) t.match(await call('POST', 'eventHooks', body), { status: 400, body: { errorCode: 'E0000001' } }, title)
})

t.test('only the events of which the filter is true are delivered', async t => {
  const localOkta = await share()
  const call = callsTo(localOkta)
  const receiver = await OktaReceiver.start(t)
  receiver.answersChallenges = true
  localOkta.groups.create('Sales')
  localOkta.groups.create('Support')
  const cases: Record<string, string[]> = {
    "event.target.?[type eq 'UserGroup'].size()>0 && event.target.?[displayName eq 'Sales'].size()>0": ['Sales'],
    "event.target.?[type eq 'UserGroup' and displayName ne 'Sales'].size() == 1": ['Support'],
    "event.target.?[type eq 'User'].?[alternateId eq 'ada@example.com'].size() == 1": ['Sales', 'Support'],
    "event.target.size() == 2 && event.outcome.result eq 'SUCCESS'": ['Sales', 'Support'],
    "event.nothing.?[type eq 'User'].size() > 0": [],
    "event.actor.type eq 'PublicClientApp'": [],
    'unknownFunction(event.actor.id)': [],
    "event.actor.id.constructor eq 'x' || event.target.?[__proto__ ne null].size() > 0": []
  }
  for (const [expression, expected] of Object.entries(cases)) {
    const { body } = await call('POST', 'eventHooks', { ...withFilter(expression) as typeof hook, channel: { ...hook.channel, config: { uri: receiver.url } } })
    t.equal((await call('POST', `eventHooks/${body.id}/lifecycle/verify`)).status, 200)
    receiver.requests.length = 0
    for (const group of ['Sales', 'Support']) {
      localOkta.groups.addUser(group, 'ada@example.com')
      await localOkta.deliveries.settled()
      localOkta.groups.removeUser(group, 'ada@example.com')
    }
    const delivered = receiver.requests.flatMap(({ body }) => (JSON.parse(body) as { data: { events: Array<{ target: Array<{ displayName: string }> }> } }).data.events)
    t.strictSame(delivered.map(({ target }) => target[1]?.displayName), expected, expression)
    localOkta.eventHooks.delete(body.id)
  }
})

t.test('a hook is registered for what Okta sends to hooks, and for nothing else', async t => {
  const call = callsTo(await share())
  const register = async (eventType: string): Promise<number> => (await call('POST', 'eventHooks', { ...hook, events: { type: 'EVENT_TYPE', items: [eventType] } })).status
  const eligible = [
    'user.session.start', 'user.account.lock', 'user.authentication.auth_via_mfa', 'policy.rule.add', 'policy.lifecycle.update', 'system.api_token.create',
    'security.trusted_origin.create', 'app.oauth2.trusted_server.add', 'app.oauth2.client.privilege.grant', 'application.policy.sign_on.deny_access'
  ]
  const ineligible = [
    'policy.evaluate_sign_on', 'policy.lifecycle.create', 'policy.lifecycle.delete', 'app.oauth2.as.token.grant', 'app.oauth2.as.token.revoke', 'app.oauth2.as.key.rollover',
    'event_hook.created', 'user.lifecycle.delete.completed', 'security.events.transmitter.create', 'nonsense'
  ]
  for (const eventType of eligible) t.equal(await register(eventType), 200, eventType)
  for (const eventType of ineligible) t.equal(await register(eventType), 400, eventType)
})
