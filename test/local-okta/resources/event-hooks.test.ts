import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import t from 'tap'
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
