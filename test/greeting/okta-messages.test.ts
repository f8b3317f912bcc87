import t, { type Test } from 'tap'
import type { DeliveryKind } from 'local-okta'
import type { AppSettings } from '#greeting/settings/app-settings.js'
import { eventually } from '../kit/eventually.js'
import { freePort } from '../kit/free-port.js'
import { buildService, startOkta } from './service.js'

const [ADA, GRACE] = ['ada@example.com', 'grace@example.com']
const SECRET = 'a-secret-of-these-tests'
const AUDIENCE = 'https://greeting.example'

const okta = await startOkta(t)
const { clientId } = okta.clients.browser

/** How Okta sends a message, and what the service answers. */
interface Source {
  readonly kind: DeliveryKind
  readonly settings: Partial<AppSettings>
  /** Has Okta send to the service. */
  readonly register: (url: string) => unknown
  /** Does in the org what Okta then sends a message about. */
  readonly act: (login: string) => Promise<unknown>
  /** The status of a message, and of the same message once more. */
  readonly answers: readonly [number, number]
  /** The status of a message that Okta has not sent. */
  readonly refusal: number
}

const SOURCES: Readonly<Record<string, Source>> = {
  'an event hook': {
    kind: 'event-hook',
    settings: { eventHookSecret: SECRET },
    register: async url => await okta.eventHooks.register({ url: `${url}/okta/events`, secret: SECRET, eventTypes: ['user.session.clear'] }),
    act: async login => await call('DELETE', `/api/v1/users/${login}/sessions`),
    answers: [204, 204],
    refusal: 403
  },
  'Universal Logout': {
    kind: 'universal-logout',
    settings: { universalLogoutClientId: clientId },
    register: url => { okta.universalLogout.register({ clientId, url: `${url}/okta/universal-logout` }) },
    act: async login => await call('POST', '/oauth2/v1/global-token-revocation', { sub_id: { format: 'opaque', id: okta.users.find(login)?.id } }),
    // a credential is good for one request
    answers: [204, 401],
    refusal: 401
  },
  'a security event': {
    kind: 'security-event',
    settings: { securityEvents: { audience: AUDIENCE, authorization: SECRET, revokeOn: ['credential-change'] } },
    register: url => okta.securityEvents.register({ clientId: 'service', url: `${url}/okta/security-events`, audience: AUDIENCE, authorization: SECRET }),
    act: async login => await call('POST', `/api/v1/users/${login}`, { credentials: { password: { value: 'local-okta-2' } } }),
    answers: [202, 202],
    refusal: 400
  }
}

async function call (method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`${okta.orgUrl}${path}`, {
    method,
    headers: { authorization: `SSWS ${okta.apiToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`)
}

/** The service, which hears from Okta by this source alone. */
async function build (t: Test, { settings, register }: Pick<Source, 'settings' | 'register'>) {
  okta.reset()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { app, log } = await buildService(t, { okta, settings: { publicUrl: url, ...settings } })
  await app.listen({ host: '127.0.0.1', port })
  await register(url)
  return {
    log,
    mint: async (user: string) => await okta.mintAccessToken({ user }),
    statusFor: async (token: string) => (await app.inject({ url: '/me', headers: { authorization: `Bearer ${token}` } })).statusCode
  }
}

/** A second later: tokens have their time in whole seconds. */
async function nextSecond (): Promise<void> {
  const now = Date.now()
  await eventually(() => Math.floor(Date.now() / 1000) > now / 1000, 'a second has passed')
}

for (const [title, source] of Object.entries(SOURCES)) {
  const { kind, act, answers, refusal } = source
  const results = (): unknown[] => okta.deliveries.all().filter(delivery => delivery.kind === kind).map(({ status, result }) => [result, status])

  t.test(`${title} ends the tokens that a user has, and no one else's`, async t => {
    const { log, mint, statusFor } = await build(t, source)
    const [adas, graces] = [await mint(ADA), await mint(GRACE)]
    t.strictSame([await statusFor(adas), await statusFor(graces)], [200, 200])
    await act(ADA)
    await okta.deliveries.settled()
    t.strictSame(results(), [['delivered', answers[0]]])
    t.equal(await statusFor(adas), 401)
    t.match(log.join(''), '"reason":"revoked"')
    t.equal(await statusFor(graces), 200)
    await nextSecond()
    t.equal(await statusFor(await mint(ADA)), 200, 'a token of a new sign-in is accepted')
  })

  t.test(`${title} that comes twice has one effect`, async t => {
    const { mint, statusFor } = await build(t, source)
    okta.faults.add({ delivery: kind, copies: 2 })
    const old = await mint(ADA)
    await act(ADA)
    await okta.deliveries.settled()
    t.strictSame(results(), answers.map(status => [status < 300 ? 'delivered' : 'failed', status]))
    t.equal(await statusFor(old), 401)
  })

  t.test(`${title} that Okta has not sent is refused, without effect`, async t => {
    const { mint, statusFor } = await build(t, source)
    okta.faults.add({ delivery: kind, wronglySigned: true })
    const token = await mint(ADA)
    await act(ADA)
    await okta.deliveries.settled()
    t.strictSame(results(), [['failed', refusal]])
    t.equal(await statusFor(token), 200)
  })

  t.test(`${title} takes effect in any order`, async t => {
    const { mint, statusFor } = await build(t, source)
    okta.faults.add({ delivery: kind, outOfOrder: true, times: 1 })
    const [adas, graces] = [await mint(ADA), await mint(GRACE)]
    await act(ADA)
    await okta.deliveries.settled()
    t.equal(await statusFor(adas), 200, 'the message is held back')
    await act(GRACE)
    await okta.deliveries.settled()
    t.strictSame([await statusFor(adas), await statusFor(graces)], [401, 401])
  })

  if (kind === 'universal-logout') continue
  t.test(`${title} that is late does not affect a token that was issued after its event`, async t => {
    const { mint, statusFor } = await build(t, source)
    okta.faults.add({ delivery: kind, outOfOrder: true, times: 1 })
    const old = await mint(ADA)
    await act(ADA)
    await nextSecond()
    const young = await mint(ADA)
    await act(GRACE)
    await okta.deliveries.settled()
    t.strictSame([await statusFor(old), await statusFor(young)], [401, 200])
  })
}

t.test('what an event hook has lost is found in the System Log', async t => {
  const source = SOURCES['an event hook'] as Source
  const { mint, statusFor } = await build(t, { ...source, settings: { ...source.settings, systemLogPollSeconds: 10 } })
  okta.faults.add({ delivery: 'event-hook', lost: true })
  const token = await mint(ADA)
  t.equal(await statusFor(token), 200)
  await source.act(ADA)
  await eventually(async () => await statusFor(token) === 401, 'the token is refused')
  t.match(okta.deliveries.all(), [{ result: 'lost' }])
})
