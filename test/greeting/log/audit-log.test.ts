import Fastify from 'fastify'
import t, { type Test } from 'tap'
import type { Decision } from 'fastify-okta'
import type { MintOptions } from 'local-okta'
import { createAuditLog } from '#greeting/log/audit-log.js'
import type { Settings } from '#greeting/settings/settings.js'
import { buildService } from '../service.js'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const allowed: Decision = { outcome: 'allowed', guard: 'requireScope()', uid: '00u1', cid: '0oa1', jti: 'AT.1', groups: [], scopes: ['a', 'b'] }
const refused: Decision = { outcome: 'refused', guard: 'requireGroup()', code: 'FST_OKTA_GROUP_REQUIRED', reason: 'not_a_member', uid: '00u2', groups: ['Fastify Okta'], scopes: [] }

/** The lines that two decisions about one request leave, with this setting. */
async function linesWith (t: Test, auditLog: Settings['auditLog'], level = 'silent'): Promise<Array<Record<string, unknown>>> {
  const lines: string[] = []
  const app = Fastify({ logger: { level, stream: { write: (line: string) => { lines.push(line) } } } })
  t.teardown(async () => { await app.close() })
  const record = createAuditLog(app.log, auditLog)
  app.get('/greet/:name', async (request) => {
    record?.(allowed, request)
    record?.(refused, request)
    return null
  })
  await app.inject({ url: '/greet/ada?access_token=swordfish', headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, authorization: 'Bearer swordfish' } })
  t.notMatch(lines.join(''), 'swordfish')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

t.test('each decision is one line, with who, what was required and why it was refused, whatever the level of the log is', async (t) => {
  const lines = await linesWith(t, 'decisions')

  t.match(lines, [
    { level: 30, msg: 'access allowed', audit: true, reqId: 'req-1', traceId: TRACE, method: 'GET', route: '/greet/:name', decision: 'allowed', uid: '00u1', cid: '0oa1', jti: 'AT.1', scope: 'a b' },
    { level: 30, msg: 'access refused', audit: true, reqId: 'req-1', decision: 'refused', code: 'FST_OKTA_GROUP_REQUIRED', reason: 'not_a_member', uid: '00u2', group: 'Fastify Okta' }
  ])
  t.equal(lines.length, 2)
})

t.test('`refusals` leaves out what is allowed, and `off` writes nothing', async (t) => {
  t.same((await linesWith(t, 'refusals')).map(({ msg }) => msg), ['access refused'])
  t.same(await linesWith(t, 'off'), [])
})

t.test('the log has the decisions of guards: the caller, the requirement and the reason, and never a token', async (t) => {
  const service = await buildService(t, { settings: { logLevel: 'silent', auditLog: 'decisions' } })
  const sent: string[] = []
  const ask = async (url: string, options?: MintOptions): Promise<void> => {
    const headers = await service.credentials(options)
    sent.push(...headers.authorization.slice('Bearer '.length).split('.'))
    await service.app.inject({ url, headers: { ...headers, 'x-request-id': `request-${url}` } })
  }
  await ask('/greet')
  await ask('/greet', { user: 'grace@example.com' })
  await ask('/me', { expiresInSeconds: -10 })
  await service.app.inject('/me')
  const lines = service.log.map((line) => JSON.parse(line) as Record<string, unknown>)

  t.match(lines, [
    { decision: 'allowed', guard: 'requireGroup', reqId: 'request-/greet', method: 'GET', route: '/greet', uid: '00uadalovelace000001', cid: String, jti: /^AT\./, group: 'Fastify Okta' },
    { decision: 'refused', guard: 'requireGroup', route: '/greet', uid: '00ugracehopper000001', code: 'FST_OKTA_GROUP_REQUIRED', reason: 'not_a_member', group: 'Fastify Okta' },
    { decision: 'refused', guard: 'authenticate', route: '/me', code: 'FST_OKTA_INVALID_TOKEN', reason: 'expired', uid: undefined, jti: undefined },
    { decision: 'refused', guard: 'authenticate', route: '/me', code: 'FST_OKTA_MISSING_CREDENTIALS' }
  ])
  t.equal(lines.length, 4, 'one line for each')
  for (const part of sent) t.notOk(service.log.join('').includes(part), 'no part of a token')
})

t.test('with `refusals` a request that is let through leaves no line', async (t) => {
  const service = await buildService(t, { settings: { logLevel: 'silent', auditLog: 'refusals' } })
  await service.app.inject({ url: '/greet', headers: await service.credentials() })
  await service.app.inject({ url: '/greet', headers: await service.credentials({ user: 'grace@example.com' }) })

  t.same(service.log.map((line) => (JSON.parse(line) as Record<string, unknown>)['msg']), ['access refused'])
})
