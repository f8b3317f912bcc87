import { createRemoteJWKSet, jwtVerify } from 'jose'
import t from 'tap'
import { OktaReceiver } from '../kit/okta-receiver.js'
import { start } from './start.js'

const localOkta = await start(t)
const { universalLogout, eventHooks, deliveries, faults } = localOkta
const ADA = '00uadalovelace000001'

t.beforeEach(() => { localOkta.reset() })

async function receiveLogouts (t: Parameters<typeof OktaReceiver.start>[0]): Promise<OktaReceiver> {
  const receiver = await OktaReceiver.start(t)
  universalLogout.register({ clientId: 'browser', url: receiver.url })
  return receiver
}

async function signOut (...logins: string[]): Promise<void> {
  for (const login of logins) universalLogout.signOut(login)
  await deliveries.settled()
}

function emailsOf ({ requests }: OktaReceiver): unknown[] {
  return requests.map(({ body }) => (JSON.parse(body) as { sub_id: { email: string } }).sub_id.email)
}

t.test('a delivery that comes twice has the same ids', async t => {
  const receiver = await receiveLogouts(t)
  faults.add({ delivery: 'universal-logout', copies: 2, times: 1 })
  await signOut('ada@example.com', 'grace@example.com')
  t.strictSame(emailsOf(receiver).sort(), ['ada@example.com', 'ada@example.com', 'grace@example.com'])
  const [first, second] = receiver.requests.filter(({ body }) => body.includes('ada'))
  t.equal(first?.headers.authorization, second?.headers.authorization)
})

t.test('deliveries out of order come after the next one, the latest first', async t => {
  const receiver = await receiveLogouts(t)
  faults.add({ delivery: 'universal-logout', outOfOrder: true, times: 2 })
  await signOut('ada@example.com', 'grace@example.com')
  t.strictSame(emailsOf(receiver), [], 'they are held back')
  await signOut('admin@example.com')
  t.strictSame(emailsOf(receiver), ['admin@example.com', 'grace@example.com', 'ada@example.com'])
})

t.test('a lost delivery is not made, and is in the record', async t => {
  const receiver = await receiveLogouts(t)
  faults.add({ delivery: 'all', lost: true, times: 1 })
  await signOut('ada@example.com', 'grace@example.com')
  t.strictSame(emailsOf(receiver), ['grace@example.com'])
  t.match(deliveries.all(), [{ kind: 'universal-logout', result: 'lost' }, { kind: 'universal-logout', result: 'delivered', status: 204 }])
})

t.test('a wrongly signed message names a published key that has not signed it', async t => {
  const receiver = await receiveLogouts(t)
  const keys = createRemoteJWKSet(new URL(`${localOkta.orgUrl}/oauth2/v1/keys`))
  faults.add({ delivery: 'universal-logout', wronglySigned: true })
  await signOut('ada@example.com')
  const token = String(receiver.requests[0]?.headers.authorization).slice('Bearer '.length)
  await t.rejects(jwtVerify(token, keys), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
})

t.test('an event hook gets another secret instead', async t => {
  const receiver = await OktaReceiver.start(t)
  const { id } = await registerHook(receiver)
  faults.add({ delivery: 'event-hook', wronglySigned: true, times: 1 })
  receiver.requests.length = 0
  for (const nickName of ['a', 'b']) {
    localOkta.users.update(ADA, { nickName })
    await deliveries.settled()
  }
  t.strictSame(receiver.requests.map(({ headers }) => headers.authorization === 'secret'), [false, true])
  t.match(deliveries.all(), [{ kind: 'event-hook', receiverId: id, eventTypes: ['user.account.update_profile'] }, { receiverId: id }])
})

t.test('a delivery can be late', async t => {
  const receiver = await receiveLogouts(t)
  faults.add({ delivery: 'universal-logout', delayMs: 1000, times: 1 })
  universalLogout.signOut('ada@example.com')
  universalLogout.signOut('grace@example.com')
  await deliveries.settled()
  t.strictSame(emailsOf(receiver), ['grace@example.com', 'ada@example.com'])
})

t.test('a delivery is tried again after a 5xx, with a credential of its own, and not after a 4xx', async t => {
  for (const [status, attempts] of [[503, 2], [401, 1]] as const) {
    const receiver = await receiveLogouts(t)
    receiver.statuses = [status]
    await signOut('ada@example.com')
    t.equal(receiver.requests.length, attempts)
    t.equal(new Set(receiver.requests.map(({ headers }) => headers.authorization)).size, attempts, 'which is good for one request')
    t.match(deliveries.all().at(-1), { result: 'failed', status })
  }
})

t.test('a delivery of an event hook that fails is an event, and one that succeeds is not', async t => {
  const receiver = await OktaReceiver.start(t)
  await registerHook(receiver)
  const failures = async (): Promise<unknown[]> => {
    const response = await fetch(`${localOkta.orgUrl}/api/v1/logs?filter=${encodeURIComponent('eventType eq "event_hook.delivery"')}`, { headers: { authorization: `SSWS ${localOkta.apiToken}` } })
    return await response.json() as unknown[]
  }
  localOkta.users.update(ADA, { nickName: 'a' })
  await deliveries.settled()
  t.strictSame(await failures(), [])
  receiver.statuses = [400]
  localOkta.users.update(ADA, { nickName: 'b' })
  await deliveries.settled()
  t.match(await failures(), [{ eventType: 'event_hook.delivery', outcome: { result: 'FAILURE' }, actor: { type: 'SystemPrincipal' } }])
})

t.test('faults of deliveries come over HTTP as well', async t => {
  const receiver = await receiveLogouts(t)
  const post = async (body: unknown): Promise<number> => (await fetch(`${localOkta.orgUrl}/local/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).status
  t.equal(await post({ delivery: 'universal-logout', lost: true, times: 1 }), 204)
  await signOut('ada@example.com', 'grace@example.com')
  t.strictSame(emailsOf(receiver), ['grace@example.com'])
  const bad = [
    { delivery: 'mail' }, { delivery: 'all', status: 500 }, { delivery: 'all', copies: '2' }, { delivery: 'all', delayMs: -1 }, { delivery: 'all', outOfOrder: true },
    { delivery: 'all', lost: 1 }
  ]
  for (const fault of bad) t.equal(await post(fault), 400, JSON.stringify(fault))
  t.throws(() => { faults.add({ delivery: 'all', outOfOrder: true }) }, TypeError)
  await post({ delivery: 'all', lost: true })
  await fetch(`${localOkta.orgUrl}/local/faults`, { method: 'DELETE' })
  t.strictSame(faults.list(), [])
})

async function registerHook (receiver: OktaReceiver): Promise<{ id: string }> {
  receiver.answersChallenges = true
  return eventHooks.register({ url: receiver.url, secret: 'secret' })
}
