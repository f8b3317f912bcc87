import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import t from 'tap'
import type { Test } from 'tap'
import { DEVELOPMENT_PASSWORD } from 'local-okta'
import { OktaReceiver } from '../../kit/okta-receiver.js'
import { AppClient } from '../app-client.js'
import { Browser } from '../browser.js'
import { createValidator, description, skip } from '../description.js'
import { callsTo } from '../management-api.js'
import type { Answered } from '../management-api.js'
import { start } from '../start.js'

const ADA = '00uadalovelace000001'
const SESSION_REVOKED = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked'
const CREDENTIAL_CHANGE = 'https://schemas.openid.net/secevent/caep/event-type/credential-change'
const VERIFICATION = 'https://schemas.openid.net/secevent/ssf/event-type/verification'

const localOkta = await start(t)
const { orgUrl, deliveries, securityEvents } = localOkta
const send = callsTo(localOkta)
const validate = skip ? () => [] : await createValidator()
const keys = createRemoteJWKSet(new URL(`${orgUrl}/oauth2/v1/keys`))

t.beforeEach(() => { localOkta.reset() })

/** Calls the API with an access token for these scopes. */
async function call (method: string, path: string, body?: unknown, { client = 'service', scopes = ['ssf.manage'] } = {}): Promise<Answered> {
  const token = await localOkta.mintOrgAccessToken({ client, scopes })
  return await send(method, `ssf/${path}`, body, { authorization: `Bearer ${token}` })
}

function streamTo (url: string, difference: object = {}, deliveryDifference: object = {}): Record<string, unknown> {
  return {
    events_requested: [SESSION_REVOKED, CREDENTIAL_CHANGE],
    delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: url, authorization_header: 'the secret', ...deliveryDifference },
    format: 'iss_sub',
    ...difference
  }
}

async function receive (t: Test): Promise<OktaReceiver> {
  const receiver = await OktaReceiver.start(t)
  receiver.statuses = [202]
  return receiver
}

async function verified ({ requests }: OktaReceiver): Promise<Array<JWTPayload & Record<string, any>>> { // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into it
  await deliveries.settled()
  return await Promise.all(requests.map(async ({ body }) => (await jwtVerify(body, keys, { issuer: orgUrl, typ: 'secevent+jwt' })).payload))
}

t.test('the metadata need no token, and are as the description says', async t => {
  const response = await fetch(`${orgUrl}/.well-known/ssf-configuration`)
  const metadata = await response.json() as Record<string, unknown>
  t.equal(response.status, 200)
  t.match(metadata, {
    issuer: orgUrl,
    jwks_uri: `${orgUrl}/oauth2/v1/keys`,
    spec_version: '1_0-ID3',
    configuration_endpoint: `${orgUrl}/api/v1/ssf/stream`,
    verification_endpoint: `${orgUrl}/api/v1/ssf/stream/verification`,
    delivery_methods_supported: ['https://schemas.openid.net/secevent/risc/delivery-method/push', 'urn:ietf:rfc:8935'],
    default_subjects: 'ALL'
  })
  t.notOk('status_endpoint' in metadata)
  t.strictSame(validate({ $ref: 'okta#/components/schemas/WellKnownSSFMetadata' }, metadata), [])
})

t.test('a stream is created, read, replaced, changed and deleted', async t => {
  const url = 'https://api.example.com/okta/security-events'
  const created = await call('POST', 'stream', streamTo(url))
  t.equal(created.status, 201)
  const { stream_id: id } = created.body
  t.match(id, /^esc\w{17}$/)
  t.strictSame(created.body, {
    stream_id: id,
    iss: orgUrl,
    aud: 'https://api.example.com',
    events_supported: [SESSION_REVOKED, CREDENTIAL_CHANGE],
    events_requested: [SESSION_REVOKED, CREDENTIAL_CHANGE],
    events_delivered: [SESSION_REVOKED, CREDENTIAL_CHANGE],
    delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: url },
    min_verification_interval: 0,
    format: 'iss_sub'
  }, 'without the authorization header')
  t.strictSame((await call('GET', `stream?stream_id=${id}`, undefined, { scopes: ['ssf.read'] })).body, created.body)
  t.strictSame((await call('GET', 'stream')).body, [created.body])
  t.strictSame((await call('GET', `stream/status?stream_id=${id}`)).body, { stream_id: id, status: 'enabled' })

  const replaced = await call('PUT', 'stream', { ...created.body, events_requested: [CREDENTIAL_CHANGE, 'https://example.com/other'] })
  t.match([replaced.status, replaced.body.events_requested, replaced.body.events_delivered], [200, [CREDENTIAL_CHANGE, 'https://example.com/other'], [CREDENTIAL_CHANGE]])
  const changed = await call('PATCH', 'stream', { stream_id: id, delivery: { endpoint_url: `${url}/2` } })
  t.match(changed.body, { events_requested: [CREDENTIAL_CHANGE, 'https://example.com/other'], delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: `${url}/2` } })

  t.equal((await call('DELETE', `stream?stream_id=${id}`)).status, 204)
  t.equal((await call('GET', `stream?stream_id=${id}`)).status, 404)
  const { body: log } = await send('GET', `logs?filter=${encodeURIComponent('eventType sw "security.events"')}`)
  t.match(log, ['create', 'update', 'update', 'delete'].map(change => ({ eventType: `security.events.transmitter.${change}`, target: [{ id }] })))
})

t.test('a client has one stream, and the org ten', async t => {
  t.equal((await call('POST', 'stream', streamTo('https://a.example'))).status, 201)
  const second = await call('POST', 'stream', streamTo('https://a.example'))
  t.match([second.status, second.body], [409, { errorCode: 'E0000195', errorSummary: /^Api validation failed due to conflict: / }])
  for (let i = 1; i < 10; i++) {
    const app = await send('POST', 'apps', { name: 'oidc_client', label: `Receiver ${i}`, signOnMode: 'OPENID_CONNECT', settings: { oauthClient: { application_type: 'service', grant_types: ['client_credentials'] } } })
    t.equal((await call('POST', 'stream', streamTo('https://a.example'), { client: app.body.id })).status, 201)
  }
  t.equal((await call('POST', 'stream', streamTo('https://a.example'), { client: 'browser' })).status, 409)
  t.equal(securityEvents.list().length, 10)
})

t.test('a stream that cannot be is 400, and one that is not there is 404', async t => {
  const url = 'https://a.example'
  const bad: Record<string, unknown> = {
    'no JSON': '{',
    'no events': streamTo(url, { events_requested: undefined }),
    'events that are a string': streamTo(url, { events_requested: SESSION_REVOKED }),
    'too many events': streamTo(url, { events_requested: Array.from({ length: 51 }, (_, i) => `https://a.example/${i}`) }),
    'an event of more than 256 characters': streamTo(url, { events_requested: [`https://a.example/${'a'.repeat(240)}`] }),
    'an event that is not a URI': streamTo(url, { events_requested: ['session-revoked'] }),
    'no delivery': streamTo(url, { delivery: undefined }),
    'no method': streamTo(url, {}, { method: undefined }),
    'poll delivery': streamTo(url, {}, { method: 'urn:ietf:rfc:8936' }),
    'no endpoint': streamTo(url, {}, { endpoint_url: undefined }),
    'an endpoint of more than 2048 characters': streamTo(`${url}/${'a'.repeat(2048)}`),
    'an endpoint without https': streamTo('http://a.example'),
    'a header of more than 8192 characters': streamTo(url, {}, { authorization_header: 'a'.repeat(8193) }),
    'a header of two lines': streamTo(url, {}, { authorization_header: 'a\r\nb' }),
    'another format': streamTo(url, { format: 'email' })
  }
  for (const [title, body] of Object.entries(bad)) {
    const answer = await call('POST', 'stream', body)
    t.equal(answer.status, 400, title)
    t.strictSame(validate({ $ref: 'okta#/components/schemas/Error' }, answer.body), [], title)
  }
  for (const [method, path, body] of [['PUT', 'stream', streamTo(url)], ['PATCH', 'stream', {}], ['DELETE', 'stream', undefined], ['GET', 'stream/status?stream_id=esc1', undefined], ['POST', 'stream/verification', { stream_id: 'esc1' }], ['PUT', 'stream', streamTo(url, { stream_id: 'esc1' })]] as const) {
    const answer = await call(method, path, body)
    t.match([answer.status, answer.body], [404, { errorCode: 'E0000007' }], `${method} ${path}`)
  }
  t.equal((await call('GET', 'stream/status')).status, 400, 'the status of no stream')
  t.equal((await call('POST', 'stream/verification', {})).status, 400, 'the verification of no stream')
})

t.test('what Okta decides can be sent back, and not be changed', async t => {
  const { body } = await call('POST', 'stream', streamTo('https://a.example'))
  t.equal((await call('PUT', 'stream', { ...body, aud: [body.aud], min_verification_interval: null })).status, 200)
  for (const [name, value] of Object.entries({ iss: 'https://other.example', aud: 'https://other.example', events_supported: [], events_delivered: [SESSION_REVOKED], min_verification_interval: 60 })) {
    for (const method of ['PUT', 'PATCH']) t.match(await call(method, 'stream', { ...body, [name]: value }), { status: 400, body: { errorCode: 'E0000001' } }, `${method} ${name}`)
  }
})

t.test('only an access token with the scope is accepted', async t => {
  t.match(await send('GET', 'ssf/stream'), { status: 403, body: { errorCode: 'E0000006' } }, 'an API token')
  t.match(await call('GET', 'stream', undefined, { scopes: ['okta.users.manage'] }), { status: 403, body: { errorCode: 'E0000006' } })
  t.match(await call('POST', 'stream', streamTo('https://a.example'), { scopes: ['ssf.read'] }), { status: 403, body: { errorCode: 'E0000006' } })
  t.match(await send('GET', 'ssf/stream', undefined, { authorization: 'Bearer wrong' }), { status: 401, body: { errorCode: 'E0000011' } })
})

t.test('a web app that the scope is granted to gets a token by the sign-in of a user', async t => {
  const redirectUri = 'http://127.0.0.1:3000/callback'
  const { body: app } = await send('POST', 'apps', { name: 'oidc_client', label: 'Receiver', signOnMode: 'OPENID_CONNECT', settings: { oauthClient: { application_type: 'web', grant_types: ['authorization_code'], redirect_uris: [redirectUri] } } })
  localOkta.applications.assignUser(app.id, 'admin@example.com')
  const browser = new Browser(orgUrl)
  const authorize = `${orgUrl}/oauth2/v1/authorize?${new URLSearchParams({ client_id: app.id, redirect_uri: redirectUri, response_type: 'code', scope: 'openid ssf.manage', state: 'a' })}`
  t.match((await browser.visit(authorize)).url, /error=invalid_scope/, 'not before it is granted')
  t.equal((await send('POST', `apps/${app.id}/grants`, { issuer: orgUrl, scopeId: 'ssf.manage' })).status, 201)
  const callback = await browser.submit(await browser.visit(authorize), { username: 'admin@example.com', password: DEVELOPMENT_PASSWORD })
  const response = await fetch(`${orgUrl}/oauth2/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${app.id}:${app.credentials.oauthClient.client_secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code: new URL(callback.url).searchParams.get('code') ?? '', redirect_uri: redirectUri })
  })
  const { access_token: token } = await response.json() as { access_token: string }
  const created = await send('POST', 'ssf/stream', streamTo('https://a.example'), { authorization: `Bearer ${token}` })
  t.equal(created.status, 201)
  t.match(securityEvents.list(), [{ clientId: app.id }])
})

t.test('a verification event echoes the state, with the authorization header', async t => {
  const receiver = await receive(t)
  const { body: { stream_id: id, aud } } = await call('POST', 'stream', streamTo(`${receiver.url}/events`))
  t.equal((await call('POST', 'stream/verification', { stream_id: id, state: 'a state' })).status, 204)
  t.equal((await call('POST', 'stream/verification', { stream_id: id })).status, 204)
  const [first, second] = await verified(receiver)
  t.match(first, { iss: orgUrl, aud, jti: /^[0-9a-f]{32}$/, iat: Number, sub_id: { format: 'opaque', id }, events: { [VERIFICATION]: { state: 'a state' } } })
  t.strictSame(second?.['events'], { [VERIFICATION]: {} })
  t.notOk(first && ('exp' in first || 'sub' in first))
  t.match(receiver.requests[0], { path: '/events', headers: { authorization: 'the secret', 'content-type': 'application/secevent+jwt', accept: 'application/json' } })
  t.match(deliveries.all(), [{ kind: 'security-event', receiverId: id, status: 202, result: 'delivered', eventTypes: [VERIFICATION] }, {}])
})

t.test('a sign-out is session-revoked', async t => {
  const receiver = await receive(t)
  await call('POST', 'stream', streamTo(receiver.url))
  const app = await AppClient.discover(localOkta)
  const { id_token: idToken = '' } = await app.exchange(await app.signIn('ada@example.com'))
  const before = Date.now()
  await app.browser.visit(`${localOkta.issuer}/v1/logout?id_token_hint=${idToken}`)
  const [payload] = await verified(receiver)
  const event = payload?.['events'][SESSION_REVOKED]
  t.match(event, { subject: { format: 'iss_sub', iss: orgUrl, sub: ADA }, reason_admin: { en: 'User logout from Okta' } })
  t.ok(event?.event_timestamp >= before, 'in milliseconds')
  if (!skip) t.strictSame(validate({ $ref: 'okta#/components/schemas/SecurityEventTokenJwtBody' }, payload), [])
  t.match((await send('GET', `logs?filter=${encodeURIComponent('eventType eq "user.session.end"')}`)).body, [{ actor: { id: ADA }, target: [{ id: ADA, type: 'User' }] }])
})

t.test('a change of a credential is credential-change', async t => {
  const receiver = await receive(t)
  await call('POST', 'stream', streamTo(receiver.url))
  await send('POST', `users/${ADA}`, { credentials: { password: { value: 'local-okta-3' } } })
  await send('POST', `users/${ADA}/lifecycle/reset_password?sendEmail=false`)
  const { body: factor } = await send('POST', `users/${ADA}/factors`, { factorType: 'question', provider: 'OKTA', profile: { question: 'disliked_food', questionText: 'What is the food you least liked as a child?', answer: 'mayonnaise' } })
  await send('DELETE', `users/${ADA}/factors/${factor.id}`)
  await send('POST', `users/${ADA}/lifecycle/reset_factors`)
  const events = (await verified(receiver)).map(payload => payload['events'][CREDENTIAL_CHANGE])
  const password = { subject: { format: 'iss_sub', iss: orgUrl, sub: ADA }, credential_type: 'password', change_type: 'revoke', friendly_name: 'PASSWORD_AS_FACTOR', initiating_entity: 'admin', event_timestamp: Number, reason_admin: { en: String } }
  const question = { ...password, credential_type: 'SECURITY_QUESTION', friendly_name: 'SECURITY_QUESTION' }
  const { reason_admin: _, ...allFactors } = { ...password, credential_type: 'ALL_FACTORS', friendly_name: 'ALL_FACTORS' }
  t.match(events, [password, password, { ...question, change_type: 'create' }, { ...question, change_type: 'delete' }, allFactors])
  t.notOk('reason_admin' in events[4])
  if (!skip) for (const event of events) t.strictSame(validate({ $ref: 'okta#/components/schemas/CaepCredentialChangeEvent' }, event), [])
})

t.test('deactivation, cleared sessions and Universal Logout are not transmitted', async t => {
  const receiver = await receive(t)
  await call('POST', 'stream', streamTo(receiver.url))
  await send('DELETE', `users/${ADA}/sessions?oauthTokens=true`)
  localOkta.universalLogout.signOut(ADA)
  await send('POST', `users/${ADA}/lifecycle/suspend`)
  await send('POST', `users/${ADA}/lifecycle/deactivate`)
  t.strictSame(await verified(receiver), [])
})

t.test('a stream gets what it requests, while it is enabled', async t => {
  const receiver = await receive(t)
  const { id } = securityEvents.register({ clientId: 'service', url: receiver.url, audience: 'https://api.example.com/ssf', authorization: 'the secret', eventsRequested: [SESSION_REVOKED] })
  const changePassword = async (): Promise<void> => { await send('POST', `users/${ADA}`, { credentials: { password: { value: 'local-okta-4' } } }) }
  await changePassword()
  t.strictSame(await verified(receiver), [], 'credential-change is not requested')
  await call('PATCH', 'stream', { events_requested: [CREDENTIAL_CHANGE] })
  await changePassword()
  t.match(await verified(receiver), [{ aud: 'https://api.example.com/ssf' }])
  t.equal(receiver.requests[0]?.headers.authorization, 'the secret', 'a change leaves the header')
  securityEvents.setStatus(id, 'disabled')
  t.match((await call('GET', `stream/status?stream_id=${id}`)).body, { status: 'disabled' })
  await changePassword()
  t.equal((await verified(receiver)).length, 1, 'and events of a disabled stream are lost')
  await call('PATCH', 'stream', { delivery: { authorization_header: null } })
  securityEvents.verify(id)
  await deliveries.settled()
  t.equal(receiver.requests[1]?.headers.authorization, undefined, 'null removes the header')
  securityEvents.delete(id)
  t.strictSame(securityEvents.list(), [])
})

t.test('an answer other than 202 is a failed delivery', async t => {
  const receiver = await receive(t)
  const { id } = securityEvents.register({ clientId: 'service', url: receiver.url })
  for (const [status, attempts] of [[200, 1], [400, 1], [503, 2]] as const) {
    receiver.requests.length = 0
    receiver.statuses = [status]
    securityEvents.verify(id)
    await deliveries.settled()
    t.match(deliveries.all().at(-1), { result: 'failed', status })
    t.equal(receiver.requests.length, attempts)
    t.equal(new Set(receiver.requests.map(({ body }) => body)).size, 1, 'the same token again')
  }
})

t.test('a stream ends with its app, is a part of a snapshot, and goes with a reset', async t => {
  const { body: { id: client } } = await send('POST', 'apps', { name: 'oidc_client', label: 'Receiver', signOnMode: 'OPENID_CONNECT', settings: { oauthClient: { application_type: 'service', grant_types: ['client_credentials'] } } })
  await call('POST', 'stream', streamTo('https://a.example'), { client })
  const snapshot = localOkta.snapshot()
  localOkta.reset()
  t.strictSame(securityEvents.list(), [])
  localOkta.restore(snapshot)
  t.match(securityEvents.list(), [{ clientId: client, url: 'https://a.example' }])
  await send('POST', `apps/${client}/lifecycle/deactivate`)
  await send('DELETE', `apps/${client}`)
  t.strictSame(securityEvents.list(), [])
  t.throws(() => securityEvents.register({ clientId: 'none', url: 'https://a.example' }), TypeError)
  t.throws(() => securityEvents.register({ clientId: 'service', url: 'http://a.example' }), TypeError)
})

t.test('the transmitter of the description is served whole', { skip }, async t => {
  const paths = Object.keys(description['paths']).filter(path => path.includes('/ssf/'))
  t.strictSame(paths.sort(), ['/api/v1/ssf/stream', '/api/v1/ssf/stream/status', '/api/v1/ssf/stream/verification'])
})
