import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import type { AppSettings } from '#greeting/settings/app-settings.js'
import { eventually } from '../../../kit/eventually.js'
import { freePort } from '../../../kit/free-port.js'
import { buildService, startOkta, type Service } from '../../service.js'

const ADA = '00uadalovelace000001'
const LONG_MS = 600_000

const okta = await startOkta(t)
const { issuer, audience, apiToken: token } = okta
/** The timeouts are for a busy machine. */
const directory = { token, userCacheTtlMs: LONG_MS, cooldownMs: 0, timeoutMs: 20_000 }

interface Listening extends Service {
  readonly origin: string
  /** The status that Ada gets with these credentials. */
  greet (headers: { authorization: string }): Promise<number>
  /** The lines of the log about messages of a source. */
  linesOf (source: string): Array<Record<string, unknown>>
}

/** A service that would greet Ada for ten minutes, whatever becomes of her, and that the local Okta can call. */
async function listen (t: Test, settings: Partial<AppSettings> = {}): Promise<Listening> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const service = await buildService(t, { okta, plugin: { keysTimeoutMs: 20_000 }, settings: { publicUrl: origin, okta: { issuer, audience, directory }, ...settings } })
  await service.app.listen({ port, host: '127.0.0.1' })
  return {
    ...service,
    origin,
    greet: async (headers) => (await service.app.inject({ url: '/greet', headers })).statusCode,
    linesOf: (source) => service.log.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line['source'] === source)
  }
}

/** A token of a sign-in of so many seconds ago. */
async function signedIn ({ credentials }: Service, secondsAgo = 0): Promise<{ authorization: string }> {
  const time = Math.floor(Date.now() / 1000) - secondsAgo
  return await credentials({ user: ADA, claims: { iat: time, auth_time: time } })
}

async function readiness (app: FastifyInstance): Promise<Record<string, unknown>> {
  return (await app.inject('/readyz')).json() as Record<string, unknown>
}

t.test('"Sign out everywhere" at Okta refuses the token here, whether Okta names the user by address or by id', async (t) => {
  for (const format of ['email', 'iss_sub'] as const) {
    const service = await listen(t, { universalLogoutClientId: okta.clients.browser.clientId })
    const { origin, greet, linesOf, app } = service
    t.same(await readiness(app), { status: 'ready', messages: [{ source: 'universal_logout', ageSeconds: null }] })
    okta.universalLogout.register({ clientId: 'browser', url: `${origin}/okta/universal-logout`, format })
    t.teardown(() => { okta.universalLogout.unregister('browser') })
    const before = await signedIn(service, 60)
    t.equal(await greet(before), 200, format)

    okta.universalLogout.signOut(ADA)
    await eventually(async () => await greet(before) === 401, 'the token is refused')
    await eventually(() => linesOf('universal_logout').length > 0, 'the message is logged')
    t.match(linesOf('universal_logout'), [{ type: 'global_token_revocation', uid: ADA, effect: 'revoked' }])
    await eventually(async () => await greet(await signedIn(service)) === 200, 'she is greeted after another sign-in')
    t.match(await readiness(app), { messages: [{ source: 'universal_logout', ageSeconds: Number }] })
    t.notMatch(service.log.join(''), /ada@example\.com/)
  }
})

t.test('events of the Shared Signals stream refuse the token, by the authorization of the stream', async (t) => {
  const service = await listen(t, { securityEvents: { audience: 'https://greeting.example/ssf', authorization: 'the-secret-of-the-stream', revokeOn: ['credential-change'] } })
  const { origin, greet, linesOf } = service
  const url = `${origin}/okta/security-events`
  const { id } = okta.securityEvents.register({ clientId: 'browser', url, audience: 'https://greeting.example/ssf', authorization: 'the-secret-of-the-stream' })
  t.teardown(() => { okta.securityEvents.delete(id) })
  okta.securityEvents.verify(id, 'made-up-by-the-operator')
  await eventually(() => linesOf('security_events').length === 1, 'the stream is verified')
  t.match(linesOf('security_events'), [{ effect: 'verified', state: 'made-up-by-the-operator' }])

  const before = await signedIn(service, 60)
  t.equal(await greet(before), 200)
  await fetch(`${okta.orgUrl}/api/v1/users/${ADA}`, {
    method: 'POST',
    headers: { authorization: `SSWS ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ credentials: { password: { value: 'local-okta-3' } } })
  })
  await eventually(async () => await greet(before) === 401, 'the token is refused')
  t.match(linesOf('security_events').at(-1), { uid: ADA, effect: 'revoked' })
})

t.test('a service that was down finds in the System Log at its start what it has missed', async (t) => {
  const time = Math.floor(Date.now() / 1000) - 60
  const before = { authorization: `Bearer ${await okta.mintAccessToken({ user: ADA, claims: { iat: time, auth_time: time } })}` }
  okta.users.setStatus(ADA, 'SUSPENDED')
  okta.users.setStatus(ADA, 'ACTIVE')
  const service = await listen(t, { systemLogPollSeconds: 10 })

  t.equal(await service.greet(before), 401)
  t.ok(service.linesOf('system_log').some(({ type, uid, effect }) => type === 'user.lifecycle.suspend' && uid === ADA && effect === 'revoked'))
  t.match(await readiness(service.app), { messages: [{ source: 'system_log', ageSeconds: Number }] })
})

t.test('credentials that may not read the log are an error in the log, once, and keep nothing else from working', async (t) => {
  okta.faults.add({ path: '/api/v1/logs', status: 403 })
  t.teardown(() => { okta.faults.clear() })
  const service = await listen(t, { systemLogPollSeconds: 10 })
  await eventually(async () => await service.greet(await signedIn(service)) === 200, 'she is greeted')
  const lines = service.log.map((line) => JSON.parse(line) as { level: number, msg: string }).filter(({ msg }) => msg.startsWith('the System Log cannot be read'))
  t.equal(lines.length, 1)
  t.ok((lines[0]?.level ?? 0) >= 40)
})

t.test('a message that Okta has signed wrongly has no effect, nor has one that comes twice a second one', async (t) => {
  const service = await listen(t, { universalLogoutClientId: okta.clients.browser.clientId })
  okta.universalLogout.register({ clientId: 'browser', url: `${service.origin}/okta/universal-logout` })
  t.teardown(() => {
    okta.universalLogout.unregister('browser')
    okta.faults.clear()
  })
  const before = await signedIn(service, 60)
  okta.faults.add({ delivery: 'universal-logout', wronglySigned: true, times: 1 })
  okta.universalLogout.signOut(ADA)
  await eventually(() => service.log.some((line) => line.includes('FST_OKTA_INVALID_LOGOUT_TOKEN')), 'it is refused')
  t.equal(await service.greet(before), 200)
  const [refused] = service.log.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ code }) => code === 'FST_OKTA_INVALID_LOGOUT_TOKEN')
  t.match(refused, { level: 30, reason: 'signature', route: '/okta/universal-logout', statusCode: 401 })

  okta.faults.add({ delivery: 'universal-logout', copies: 2, times: 1 })
  okta.universalLogout.signOut(ADA)
  await eventually(() => service.log.some((line) => line.includes('"replayed"')), 'the second copy is refused')
  await eventually(() => service.linesOf('universal_logout').length === 1, 'the first copy is accepted')
  t.equal(await service.greet(before), 401)
})
