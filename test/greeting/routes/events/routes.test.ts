import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { delivery, oktaEvent } from '../../../kit/event-hook.js'
import { buildService, startOkta, type Service } from '../../service.js'

const SECRET = 'a-secret-of-these-tests'
const ADA = '00uadalovelace000001'
const LONG_MS = 600_000
const removed = (): Record<string, unknown> => delivery([oktaEvent('group.user_membership.remove', ['User', ADA], ['UserGroup', '00gfastifyokta000001'])])

const okta = await startOkta(t)

/** A service that would greet Ada for ten minutes, whatever becomes of her. */
async function build (t: Test, { directory = true }: { directory?: boolean } = {}): Promise<Service> {
  const { issuer, audience, apiToken: token } = okta
  return await buildService(t, {
    okta,
    settings: {
      eventHookSecret: SECRET,
      okta: { issuer, audience, ...(directory ? { directory: { token, userCacheTtlMs: LONG_MS, cooldownMs: 0 } } : {}) }
    }
  })
}

const verify = (challenge?: string | string[]): InjectOptions =>
  ({ url: '/okta/events', headers: { authorization: SECRET, ...(challenge === undefined ? {} : { 'x-okta-verification-challenge': challenge }) } })
const deliver = (payload: unknown, headers: Record<string, string> = {}): InjectOptions =>
  ({ method: 'POST', url: '/okta/events', headers: { authorization: SECRET, 'content-type': 'application/json', ...headers }, payload: payload as object })

async function listen (app: FastifyInstance): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/okta/events`
}

t.test('the challenge is sent back, as JSON', async t => {
  const { app } = await build(t)
  for (const challenge of ['Q1w2E3-r4_T5', 'my verification challenge', '"}<script>', 'x'.repeat(1024)]) {
    const response = await app.inject(verify(challenge))
    t.equal(response.statusCode, 200)
    t.same(response.json(), { verification: challenge })
    t.match(response.headers, { 'content-type': /^application\/json/, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  }
  t.match((await app.inject({ url: '/okta/events', headers: { ...verify('x').headers, accept: 'text/html' } })).json(), { verification: 'x' })
})

t.test('a challenge that Okta would not send is 400, and does not come back', async t => {
  const { app } = await build(t)
  for (const challenge of [undefined, '', 'x'.repeat(1025), 'ünïcode', 'a\tb']) {
    const response = await app.inject(verify(challenge))
    t.match(response.json(), { statusCode: 400, code: 'FST_OKTA_EVENT_HOOK_CHALLENGE', error: 'Bad Request', message: 'X-Okta-Verification-Challenge must be a printable string of at most 1024 characters' })
  }
})

t.test('without the secret every request is 403, without a challenge, and nothing is read or evicted', async t => {
  const { app, log, credentials } = await build(t)
  await app.inject({ url: '/greet', headers: await credentials() })
  const wrong: Array<string | undefined> = [
    undefined, '', ' ', 'x', `${SECRET}x`, SECRET.slice(1), SECRET.toUpperCase(), `Bearer ${SECRET}`, `Basic ${Buffer.from(SECRET).toString('base64')}`, 'x'.repeat(8000),
    (await credentials()).authorization
  ]
  for (const authorization of wrong) {
    const headers = { 'x-okta-verification-challenge': 'x', 'content-type': 'text/plain', ...(authorization === undefined ? {} : { authorization }) }
    for (const options of [{ headers }, { headers, method: 'POST', payload: removed() }] as const) {
      const response = await app.inject({ url: '/okta/events', ...options })
      t.match(response.json(), { statusCode: 403, code: 'FST_OKTA_EVENT_HOOK_SECRET', error: 'Forbidden', message: 'only Okta may do this' })
      t.equal(response.headers['www-authenticate'], undefined)
      t.equal(response.headers['cache-control'], 'no-store')
    }
  }
  t.ok(app.okta.directory?.fromMemory(ADA), 'Ada is still known')
  t.notMatch(log.join(''), SECRET.slice(1))
  t.notMatch(log.join(''), 'was accepted')
})

t.test('two Authorization headers are refused, whichever is right', async t => {
  const { app } = await build(t)
  const url = await listen(app)
  const statusOf = async (...authorizations: string[]): Promise<number | undefined> => await new Promise((resolve, reject) => {
    const headers = ['Host', 'greeting.example', 'X-Okta-Verification-Challenge', 'x', ...authorizations.flatMap(value => ['Authorization', value])]
    request(url, { headers, agent: false }, response => { resolve(response.resume().statusCode) }).on('error', reject).end()
  })

  t.equal(await statusOf(SECRET), 200)
  for (const pair of [[SECRET, SECRET], [SECRET, 'x'], ['x', SECRET], [SECRET, '']]) t.equal(await statusOf(...pair), 403)
})

t.test('a delivery is answered 204 without a body, and each of its events is a line of the log', async t => {
  const { app, log, credentials } = await build(t)
  await app.inject({ url: '/greet', headers: await credentials() })
  const response = await app.inject(deliver(removed()))

  t.match(response, { statusCode: 204, body: '' })
  t.equal(app.okta.directory?.fromMemory(ADA), undefined)
  const line = log.map(text => JSON.parse(text) as Record<string, unknown>).find(({ msg }) => msg === 'a message of Okta was accepted')
  t.match(line, { level: 30, reqId: String, source: 'event_hook', type: 'group.user_membership.remove', uid: ADA, effect: 'evicted', delaySeconds: Number })
  t.notMatch(log.join(''), /ada@|a-secret-of/)
})

t.test('a large delivery is accepted, one over a MiB is not', async t => {
  const { app } = await build(t)
  const padded = (bytes: number): Record<string, unknown> => delivery([{ ...oktaEvent('user.lifecycle.suspend', ['User', ADA]), debugContext: 'x'.repeat(bytes) }])

  t.equal((await app.inject(deliver(padded(1_000_000)))).statusCode, 204)
  t.match((await app.inject(deliver(padded(1_048_576)))).json(), { statusCode: 413, code: 'FST_ERR_CTP_BODY_TOO_LARGE' })
})

t.test('a body that is not a delivery is refused', async t => {
  const { app } = await build(t)
  const refusalOf = async (payload: unknown, headers?: Record<string, string>): Promise<unknown> => (await app.inject(deliver(payload, headers))).json()

  t.match(await refusalOf('{"data":'), { statusCode: 400, code: 'FST_ERR_CTP_INVALID_JSON_BODY' })
  t.match(await refusalOf(''), { statusCode: 400, code: 'FST_ERR_CTP_EMPTY_JSON_BODY' })
  t.match(await refusalOf('{"__proto__":{"data":{}}}'), { statusCode: 400 })
  t.match(await refusalOf(`${'['.repeat(500_000)}${']'.repeat(500_000)}`), { statusCode: 400, code: 'FST_OKTA_INVALID_EVENT' })
  for (const payload of ['null', '[]', '7', '"x"', '{}', '{"eventType":"com.okta.event_hook"}']) t.match(await refusalOf(payload), { statusCode: 400, code: 'FST_OKTA_INVALID_EVENT' })
  t.match(await refusalOf(delivery(Array.from({ length: 1001 }, () => ({})))), { statusCode: 400, code: 'FST_OKTA_INVALID_EVENT', message: 'too many events in one delivery' })
  t.match(await refusalOf('<xml/>', { 'content-type': 'application/xml' }), { statusCode: 415 })
  t.match((await app.inject({ method: 'POST', url: '/okta/events', headers: { authorization: SECRET } })).json(), { statusCode: 400, code: 'FST_OKTA_INVALID_EVENT' })
  t.match((await app.inject({ method: 'PUT', url: '/okta/events', headers: { authorization: SECRET } })).json(), { statusCode: 404 })
})

t.test('without a directory deliveries are accepted too', async t => {
  const { app } = await build(t, { directory: false })

  t.equal((await app.inject(verify('x'))).statusCode, 200)
  t.equal((await app.inject(deliver(removed()))).statusCode, 204)
})

t.test('without the setting there is no event hook', async t => {
  const { app } = await buildService(t, { okta })

  t.match((await app.inject(verify('x'))).json(), { statusCode: 404, code: 'FST_ERR_NOT_FOUND' })
  t.equal((await app.inject(deliver(removed()))).statusCode, 404)
})

t.test('a user removed from the group is refused at the next request, and greeted when added again', async t => {
  const { app, credentials } = await build(t)
  const { id } = await okta.eventHooks.register({ url: await listen(app), secret: SECRET })
  t.teardown(() => { okta.eventHooks.delete(id) })
  const headers = await credentials()
  const greet = async (): Promise<number> => (await app.inject({ url: '/greet', headers })).statusCode
  const changes: Array<[title: string, change: () => unknown, status: number]> = [
    ['out of the group', () => { okta.groups.removeUser('Fastify Okta', ADA) }, 403],
    ['back', () => { okta.groups.addUser('Fastify Okta', ADA) }, 200],
    ['the group is called otherwise', async () => { await rename('Late risers') }, 403],
    ['as before', async () => { await rename('Fastify Okta') }, 200],
    ['the group is gone', () => { okta.groups.delete('Fastify Okta') }, 403]
  ]

  t.equal(await greet(), 200)
  for (const [title, change, status] of changes) {
    await change()
    await okta.eventHooks.settled()
    t.equal(await greet(), status, title)
  }
})

t.test('a user who was suspended is refused, and the token of before is refused when that is over', async t => {
  const { app, credentials } = await build(t)
  const { id } = await okta.eventHooks.register({ url: await listen(app), secret: SECRET })
  t.teardown(() => { okta.eventHooks.delete(id) })
  const headers = await credentials()
  const greet = async (): Promise<unknown> => {
    const { statusCode } = await app.inject({ url: '/me', headers })
    return statusCode
  }

  t.equal(await greet(), 200)
  for (const status of ['SUSPENDED', 'ACTIVE'] as const) {
    okta.users.setStatus(ADA, status)
    await okta.eventHooks.settled()
    t.equal(await greet(), 401, status)
  }
})

async function rename (name: string): Promise<void> {
  await fetch(`${okta.orgUrl}/api/v1/groups/00gfastifyokta000001`, {
    method: 'PUT',
    headers: { authorization: `SSWS ${okta.apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ profile: { name } })
  })
}
