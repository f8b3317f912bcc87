import t from 'tap'
import { OktaReceiver } from '../../kit/okta-receiver.js'
import { start } from '../start.js'
import { alertIn, post, read } from './forms.js'

const ADA = '00uadalovelace000001'
const localOkta = await start(t)
const { clientId } = localOkta.clients.browser
const APPLICATION = `/console/applications/${clientId}`

t.beforeEach(() => { localOkta.reset() })

async function html (path: string): Promise<string> {
  return await (await read(localOkta, path)).text()
}

t.test('an app gets a Universal Logout endpoint, and *Sign out everywhere* calls it', async t => {
  const receiver = await OktaReceiver.start(t)
  t.match(await html(APPLICATION), `${APPLICATION}/universal-logout`, 'its page links to the setting')
  const saved = await post(localOkta, `${APPLICATION}/universal-logout`, { url: `${receiver.url}/logout`, format: 'iss_sub' })
  t.equal(saved.location, `${APPLICATION}/universal-logout?done=saved`)
  t.strictSame(localOkta.universalLogout.list(), [{ clientId, url: `${receiver.url}/logout`, format: 'iss_sub' }])

  t.match(await html(`/console/people/${ADA}`), 'Sign out everywhere')
  const token = await localOkta.mintAccessToken()
  const signedOut = await post(localOkta, `/console/people/${ADA}/universal-logout`)
  t.equal(signedOut.location, `/console/people/${ADA}?done=signed-out-everywhere`)
  t.match(await html(signedOut.location), /role="status">The sessions and tokens of this person have ended/)
  await localOkta.deliveries.settled()
  t.match(receiver.requests, [{ path: '/logout', body: new RegExp(ADA) }])
  const introspected = await fetch(`${localOkta.issuer}/v1/introspect`, { method: 'POST', body: new URLSearchParams({ token, client_id: clientId }) })
  t.match(await introspected.json(), { active: false })
  t.match(await html(`${APPLICATION}/universal-logout`), /user\.authentication\.universal_logout[^]*204[^]*Delivered/)
  t.match(await html('/console/system-log'), /user\.authentication\.universal_logout\.scheduled/)

  await post(localOkta, `${APPLICATION}/universal-logout/remove`)
  t.strictSame(localOkta.universalLogout.list(), [])
})

t.test('an endpoint that cannot be is refused, and stays in the form', async t => {
  const refused = await post(localOkta, `${APPLICATION}/universal-logout`, { url: 'http://api.example.com/logout', format: 'email' })
  t.equal(refused.status, 400)
  t.match(alertIn(refused.html), /must be https/)
  t.match(refused.html, 'value="http://api.example.com/logout"')
  t.match(alertIn((await post(localOkta, `${APPLICATION}/universal-logout`, { url: 'https://api.example.com', format: 'opaque' })).html), /format/)
  for (const path of ['/console/applications/none/universal-logout', '/console/security-events/none']) t.equal((await read(localOkta, path)).status, 404)
})

t.test('a stream is created, verified, disabled and deleted', async t => {
  const receiver = await OktaReceiver.start(t)
  receiver.statuses = [202]
  const event = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked'
  const created = await post(localOkta, '/console/security-events', { client: clientId, url: `${receiver.url}/events`, audience: 'https://api.example.com', authorization: 'secret', event })
  const [stream] = localOkta.securityEvents.list()
  const path = `/console/security-events/${stream?.id}`
  t.equal(created.location, `${path}?done=stream-created`)
  t.match(stream, { clientId, audience: 'https://api.example.com', url: `${receiver.url}/events`, eventsRequested: [event], status: 'enabled' })
  t.match(await html('/console/security-events'), path)
  t.notMatch(await html(path), 'secret', 'the authorization header is not shown')

  t.equal((await post(localOkta, `${path}/verify`)).location, `${path}?done=verification-sent`)
  t.match(receiver.requests, [{ headers: { authorization: 'secret' } }])
  t.match(await html(path), /verification[^]*202[^]*Delivered/)
  await post(localOkta, `${path}/status`, { status: 'disabled' })
  t.match(localOkta.securityEvents.list(), [{ status: 'disabled' }])
  t.equal((await post(localOkta, `${path}/delete`)).location, '/console/security-events?done=stream-deleted')
  t.strictSame(localOkta.securityEvents.list(), [])
})

t.test('a stream that cannot be is refused', async t => {
  const good = { client: clientId, url: 'https://api.example.com', event: 'https://schemas.openid.net/secevent/caep/event-type/session-revoked' }
  t.match(alertIn((await post(localOkta, '/console/security-events', { ...good, url: 'ftp://api.example.com' })).html), /must be https/)
  t.equal((await post(localOkta, '/console/security-events', { ...good, client: 'none' })).status, 404)
  await post(localOkta, '/console/security-events', good)
  t.match(alertIn((await post(localOkta, '/console/security-events', good)).html), /conflict/, 'a second one of the app')
})

t.test('faults of deliveries are injected and ended', async t => {
  const path = '/console/faults/deliveries'
  t.equal((await post(localOkta, path, { delivery: 'universal-logout', deliveryFault: 'twice', deliveryTimes: '3' })).location, '/console/faults?done=fault-injected')
  await post(localOkta, path, { delivery: 'all', deliveryFault: 'late' })
  t.match(localOkta.faults.list(), [{ delivery: 'universal-logout', copies: 2, times: 3 }, { delivery: 'all', delayMs: 5000 }])
  t.match(await html('/console/faults'), /Universal Logout[^]*Twice[^]*3 in all[^]*All deliveries[^]*Late[^]*5000 ms/)
  await post(localOkta, '/console/faults/end', { fault: '0' })
  t.match(localOkta.faults.list(), [{ delivery: 'all' }])
  for (const wrong of [{ delivery: 'mail', deliveryFault: 'twice' }, { delivery: 'all', deliveryFault: 'toString' }, { delivery: 'all', deliveryFault: 'out-of-order' }, { delivery: 'all', deliveryFault: 'lost', deliveryTimes: 'x' }]) {
    t.equal((await post(localOkta, path, wrong)).status, 400, JSON.stringify(wrong))
  }
})
