import { createRemoteJWKSet, jwtVerify } from 'jose'
import t from 'tap'
import { defaultSeed } from 'local-okta'
import type { LocalOkta, LocalOktaSeed, SeedApplication } from 'local-okta'
import { OktaReceiver } from '../../kit/okta-receiver.js'
import { callsTo } from '../management-api.js'
import { start } from '../start.js'

const ADA = '00uadalovelace000001'
const GRACE = '00ugracehopper000001'

const localOkta = await start(t)
const { universalLogout, deliveries } = localOkta
const { clientId } = localOkta.clients.browser
const keys = createRemoteJWKSet(new URL(`${localOkta.orgUrl}/oauth2/v1/keys`))

t.beforeEach(() => { localOkta.reset() })

async function revoke (body: unknown, authorization = `SSWS ${localOkta.apiToken}`): Promise<{ status: number, text: string }> {
  const response = await fetch(`${localOkta.orgUrl}/oauth2/v1/global-token-revocation`, {
    method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body)
  })
  return { status: response.status, text: await response.text() }
}

async function isActive ({ issuer, clients }: LocalOkta, token: string): Promise<unknown> {
  const response = await fetch(`${issuer}/v1/introspect`, { method: 'POST', body: new URLSearchParams({ token, client_id: clients.browser.clientId }) })
  return ((await response.json()) as { active: unknown }).active
}

t.test('the global token revocation calls each endpoint with a signed JWT and the subject', async t => {
  const receiver = await OktaReceiver.start(t)
  universalLogout.register({ clientId, url: `${receiver.url}/okta/universal-logout?tenant=1` })
  universalLogout.register({ clientId: 'native', url: `${receiver.url}/native`, format: 'iss_sub' })
  const [adas, graces] = await Promise.all([localOkta.mintAccessToken(), localOkta.mintAccessToken({ user: 'grace@example.com' })])

  t.strictSame(await revoke({ sub_id: { format: 'opaque', id: ADA } }), { status: 204, text: '' })
  await deliveries.settled()

  t.equal(await isActive(localOkta, adas), false, 'her tokens have ended')
  t.equal(await isActive(localOkta, graces), true, 'those of others have not')
  t.equal(receiver.requests.length, 2)
  const byPath = new Map(receiver.requests.map(request => [request.path, request]))
  const subjects = { '/okta/universal-logout?tenant=1': { format: 'email', email: 'ada@example.com' }, '/native': { format: 'iss_sub', iss: localOkta.orgUrl, sub: ADA } }
  for (const [path, subject] of Object.entries(subjects)) {
    const { headers, body } = byPath.get(path) ?? { headers: {}, body: '{}' }
    t.strictSame(JSON.parse(body), { sub_id: subject })
    t.equal(headers['content-type'], 'application/json')
    const { payload, protectedHeader } = await jwtVerify(String(headers.authorization).replace(/^Bearer /, ''), keys, {
      issuer: localOkta.orgUrl,
      audience: `${receiver.url}${path.split('?')[0]}`,
      subject: path === '/native' ? localOkta.clients.native.clientId : clientId,
      typ: 'global-token-revocation+jwt'
    })
    const { iat = 0, exp = 0, nbf = 0, jti } = payload
    t.match(protectedHeader, { alg: 'RS256', kid: String })
    t.strictSame([exp - iat, iat - nbf], [300, 300])
    t.match(jti, String)
  }
})

t.test('what happened is in the System Log: sessions cleared, and the outcome for each app', async t => {
  const receiver = await OktaReceiver.start(t)
  universalLogout.register({ clientId, url: receiver.url })
  universalLogout.register({ clientId: 'service', url: `${receiver.url}/second` })
  receiver.statuses = [204, 404]
  await revoke({ sub_id: { format: 'opaque', id: ADA } })
  await deliveries.settled()

  const { body } = await callsTo(localOkta)('GET', 'logs?filter=' + encodeURIComponent('eventType sw "user.session" or eventType sw "user.authentication"'))
  t.match(body, [
    { eventType: 'user.session.clear', target: [{ id: ADA, type: 'User' }] },
    { eventType: 'user.authentication.universal_logout', target: [{ id: ADA, type: 'User' }, { type: 'AppInstance' }] },
    { eventType: 'user.authentication.universal_logout', target: [{ id: ADA, type: 'User' }, { type: 'AppInstance' }] }
  ])
  t.strictSame(new Set(body.slice(1).map(({ outcome }: { outcome: { result: string } }) => outcome.result)), new Set(['SUCCESS', 'FAILURE']))
  t.equal(new Set(body.map(({ transaction }: { transaction: { id: string } }) => transaction.id)).size, 1, 'all of one transaction')
})

t.test('an administrator who signs a user out by hand schedules it', async t => {
  const receiver = await OktaReceiver.start(t)
  universalLogout.register({ clientId, url: receiver.url })
  universalLogout.signOut('ada@example.com')
  await deliveries.settled()
  const { body } = await callsTo(localOkta)('GET', 'logs?filter=' + encodeURIComponent('eventType sw "user.authentication"'))
  t.match(body, [{ eventType: 'user.authentication.universal_logout.scheduled' }, { eventType: 'user.authentication.universal_logout' }])
  t.equal(receiver.requests.length, 1)
})

t.test('an issuer and a subject name the user as well', async t => {
  const token = await localOkta.mintAccessToken({ user: 'grace@example.com' })
  for (const sub of [GRACE, 'grace@example.com']) {
    t.equal((await revoke({ sub_id: { format: 'iss_sub', iss: 'https://idp.example.com', sub } })).status, 204)
  }
  t.equal(await isActive(localOkta, token), false)
})

t.test('what is not a subject of this org is 400 without a body', async t => {
  const bad: Record<string, unknown> = {
    'no JSON': '{',
    'an array': [],
    'no subject': {},
    'a subject that is a string': { sub_id: ADA },
    'no format': { sub_id: { id: ADA } },
    'a format that is not served': { sub_id: { format: 'email', email: 'ada@example.com' } },
    'no id': { sub_id: { format: 'opaque' } },
    'an id that is a number': { sub_id: { format: 'opaque', id: 1 } },
    'no issuer': { sub_id: { format: 'iss_sub', sub: ADA } },
    'an unknown user': { sub_id: { format: 'opaque', id: '00u0' } }
  }
  for (const [title, body] of Object.entries(bad)) t.strictSame(await revoke(body), { status: 400, text: '' }, title)
})

t.test('a caller without the scope, or without a token, is refused', async t => {
  const subject = { sub_id: { format: 'opaque', id: ADA } }
  const allowed = await localOkta.mintOrgAccessToken({ client: 'management', scopes: ['okta.universalLogout.manage'] })
  const other = await localOkta.mintOrgAccessToken({ client: 'management', scopes: ['okta.users.manage'] })
  t.equal((await revoke(subject, `Bearer ${allowed}`)).status, 204)
  t.match(await revoke(subject, `Bearer ${other}`), { status: 403, text: /E0000006/ })
  t.match(await revoke(subject, 'SSWS wrong'), { status: 401, text: /E0000011/ })
})

t.test('the app shows whether it takes part', async t => {
  const call = callsTo(localOkta)
  t.match((await call('GET', `apps/${clientId}`)).body.universalLogout, { status: 'DISABLED', protocol: 'GLOBAL_TOKEN_REVOCATION' })
  universalLogout.register({ clientId, url: 'https://api.example.com/okta/universal-logout' })
  const { body } = await call('GET', `apps/${clientId}`)
  t.match(body.universalLogout, { status: 'ENABLED', protocol: 'GLOBAL_TOKEN_REVOCATION' })
  await call('PUT', `apps/${clientId}`, { ...body, universalLogout: { status: 'DISABLED' } })
  t.match((await call('GET', `apps/${clientId}`)).body.universalLogout, { status: 'ENABLED' }, 'it is read-only')
  t.strictSame(universalLogout.list(), [{ clientId, url: 'https://api.example.com/okta/universal-logout', format: 'email' }])
  universalLogout.unregister(clientId)
  t.strictSame(universalLogout.list(), [])
  const { body: bookmark } = await call('POST', 'apps', { name: 'bookmark', label: 'Wiki', signOnMode: 'BOOKMARK', settings: { app: { url: 'https://wiki.example' } } })
  t.strictSame(bookmark.universalLogout, { status: 'UNSUPPORTED' })
})

t.test('an endpoint that cannot be is refused', async t => {
  const bad: Array<Parameters<typeof universalLogout.register>[0]> = [
    { clientId: 'none', url: 'https://api.example.com' },
    { clientId, url: 'http://api.example.com' },
    { clientId, url: 'api.example.com' },
    { clientId, url: `https://api.example.com/${'a'.repeat(1024)}` },
    { clientId, url: 'https://api.example.com', format: 'opaque' as never }
  ]
  for (const endpoint of bad) t.throws(() => { universalLogout.register(endpoint) }, TypeError)
  t.throws(() => { universalLogout.unregister('none') }, TypeError)
  t.throws(() => { universalLogout.signOut('nobody@example.com') }, TypeError)
})

t.test('an endpoint is a part of a snapshot, and a reset removes it', async t => {
  universalLogout.register({ clientId, url: 'https://api.example.com/logout', format: 'iss_sub' })
  const snapshot = localOkta.snapshot()
  localOkta.reset()
  t.strictSame(universalLogout.list(), [])
  localOkta.restore(snapshot)
  t.match(universalLogout.list(), [{ clientId, format: 'iss_sub' }])
})

t.test('an app of the seed can have an endpoint', async t => {
  const withEndpoint = (universalLogout: SeedApplication['universalLogout']): Partial<LocalOktaSeed> => ({
    applications: defaultSeed.applications.map(application => application.clientId === clientId ? { ...application, ...(universalLogout !== undefined && { universalLogout }) } : application)
  })
  const seeded = await start(t, { seed: withEndpoint({ url: 'https://api.example.com/logout', format: 'iss_sub' }) })
  t.strictSame(seeded.universalLogout.list(), [{ clientId, url: 'https://api.example.com/logout', format: 'iss_sub' }])
  await t.rejects(start(t, { seed: withEndpoint({ url: 'http://api.example.com', format: 'email' }) }), { message: /universalLogout\.url must be https/ })
  await t.rejects(start(t, { seed: withEndpoint({ url: 'https://api.example.com', format: 'opaque' as never }) }), { message: /universalLogout must be/ })
})

t.test('an app that is not active is not called', async t => {
  const receiver = await OktaReceiver.start(t)
  universalLogout.register({ clientId, url: receiver.url })
  await callsTo(localOkta)('POST', `apps/${clientId}/lifecycle/deactivate`)
  universalLogout.signOut(ADA)
  await deliveries.settled()
  t.strictSame(receiver.requests, [])
})
