import { spawnSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import WebSocket from 'ws'
import { startOrg } from '../kit/org.js'
import { binary, run, temporaryFolder } from '../package/build.js'
import { blocksUnder, headingsWithCode, runRecipe } from './recipe.js'

t.setTimeout(120_000)

/** Recipes whose packages the repository has; the others are in heavy.test.ts. */
const folder = temporaryFolder(t)
symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
const okta = await startOrg(t)
const options = { issuer: okta.issuer, audience: okta.audience, directory: { token: okta.apiToken } }

async function recipe (t: Test, heading: string, more: Record<string, unknown> = {}): Promise<FastifyInstance> {
  const { app } = await runRecipe(folder, heading, { options, ...more })
  t.teardown(async () => { await app.close() })
  return app
}

async function bearer (user = 'ada@example.com', more: Parameters<typeof okta.mintAccessToken>[0] = {}): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await okta.mintAccessToken({ user, ...more })}` }
}

/** The statuses of a number of requests, one after another. */
async function statuses (count: number, request: () => Promise<LightMyRequestResponse>): Promise<number[]> {
  const found: number[] = []
  while (found.length < count) found.push((await request()).statusCode)
  return found
}

t.test('a plugin that depends on fastify-okta has guarded routes, and so has a scope with a guard', async (t) => {
  const app = await recipe(t, 'Register the plugin before the routes')

  t.equal((await app.inject({ url: '/reports', headers: await bearer() })).statusCode, 403, 'without the scope')
  t.equal((await app.inject('/v1/me')).statusCode, 401)
  t.same((await app.inject({ url: '/v1/me', headers: await bearer() })).json(), { sub: 'ada@example.com' })
})

t.test('@fastify/rate-limit counts refused requests, and limits each user', async (t) => {
  const app = await recipe(t, '@fastify/rate-limit')
  const refused = await statuses(101, async () => await app.inject('/reports'))
  const headers = await bearer()
  const user = await statuses(11, async () => await app.inject({ url: '/search', headers, remoteAddress: '10.0.0.2' }))

  t.same(refused, [...Array.from({ length: 100 }, () => 401), 429])
  t.same(user, [...Array.from({ length: 10 }, () => 200), 429])
})

t.test('a WebSocket presents its token as a subprotocol, and is closed when the token expires or is revoked', async (t) => {
  const app = await recipe(t, 'WebSocket')
  const url = `${(await app.listen({ port: 0, host: '127.0.0.1' })).replace('http', 'ws')}/socket`
  const token = await okta.mintAccessToken({ expiresInSeconds: 2 })
  const socket = new WebSocket(url, ['greeting', `access-token.${token}`])
  const closed = new Promise<number>((resolve) => { socket.once('close', resolve) })
  const message = new Promise<string>((resolve) => { socket.once('message', (data: Buffer) => { resolve(data.toString()) }) })

  t.equal(await message, 'Good Morning, ada@example.com')
  t.equal(socket.protocol, 'greeting')
  t.equal(await closed, 4401)

  const other = new WebSocket(url, ['greeting', `access-token.${await okta.mintAccessToken()}`])
  const reason = new Promise<string>((resolve) => { other.once('close', (_code, text: Buffer) => { resolve(text.toString()) }) })
  await new Promise((resolve) => { other.once('message', resolve) })
  await app.okta.revoke({ login: 'ada@example.com' })
  t.equal(await reason, 'the access token is revoked')

  const refused = new WebSocket(url, ['greeting', 'access-token.a.b.c'])
  t.match(await new Promise<Error>((resolve) => { refused.once('error', resolve) }), { message: /401/ })
})

t.test('a ticket opens a stream of events once, until the token expires or is revoked', async (t) => {
  const app = await recipe(t, 'Server-sent events')
  const ticket = async () => (await app.inject({ method: 'POST', url: '/ticket', headers: await bearer('ada@example.com', { expiresInSeconds: 2 }) })).json<{ ticket: string }>().ticket
  const first = await ticket()
  const stream = await app.inject(`/events?ticket=${first}`)

  t.equal(stream.body, 'data: Good Morning, ada@example.com\n\n')
  t.equal((await app.inject(`/events?ticket=${first}`)).statusCode, 401, 'once')
  t.equal((await app.inject('/events')).statusCode, 401)
  t.equal((await app.inject({ method: 'POST', url: '/ticket' })).statusCode, 401)

  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const headers = await bearer('grace@example.com')
  const ticketOf = async (): Promise<string> => (await app.inject({ method: 'POST', url: '/ticket', headers })).json<{ ticket: string }>().ticket
  const [open, unused] = [await fetch(`${origin}/events?ticket=${await ticketOf()}`), await ticketOf()]
  await app.okta.revoke({ login: 'grace@example.com' })
  t.equal(await open.text(), 'data: Good Morning, grace@example.com\n\n', 'the stream ends')
  t.equal(await (await fetch(`${origin}/events?ticket=${unused}`)).text(), 'data: Good Morning, grace@example.com\n\n', 'one that is opened later ends at once')
})

t.test('@fastify/auth accepts an API key in place of a token, and the answer has no challenge', async (t) => {
  const app = await recipe(t, '@fastify/auth', { apiKey: 'key' })
  const byKey = await app.inject({ url: '/reports', headers: { 'x-api-key': 'key' } })

  t.same(byKey.json(), { for: 'a machine' })
  t.notOk(byKey.headers['www-authenticate'])
  t.same((await app.inject({ url: '/reports', headers: await bearer() })).json(), { for: 'ada@example.com' })
  t.equal((await app.inject('/reports')).statusCode, 401)
})

t.test('@fastify/otel traces an application with guards', async (t) => {
  const app = await recipe(t, '@fastify/otel')

  t.equal((await app.inject({ url: '/reports', headers: await bearer() })).statusCode, 200)
  t.equal((await app.inject({ url: '/reports', headers: await bearer('grace@example.com') })).statusCode, 403)
})

t.test('the OpenAPI document says what the guards ask for', async (t) => {
  const app = await recipe(t, 'OpenAPI')
  await app.ready()
  const { paths } = (app as unknown as { swagger (): { paths: Record<string, { get: { security: unknown } }> } }).swagger()

  t.same(paths['/reports']?.get.security, [{ okta: ['reports:read'] }])
  t.same(paths['/']?.get.security, [{ okta: [] }, {}])
})

t.test('an event hook in an application of one\'s own takes deliveries with the secret only', async (t) => {
  process.env['OKTA_EVENT_HOOK_SECRET'] = 'a secret of the test'
  t.teardown(() => { delete process.env['OKTA_EVENT_HOOK_SECRET'] })
  const app = await recipe(t, 'Event hooks')
  app.get('/greet', { onRequest: app.okta.requireGroup('Fastify Okta') }, async () => 'Good Morning')
  const headers = await bearer('ada@example.com')
  const { uid } = JSON.parse(Buffer.from(headers.authorization.split('.')[1] ?? '', 'base64url').toString()) as { uid: string }
  const event = { uuid: 'e1', published: new Date().toISOString(), eventType: 'group.user_membership.remove', target: [{ id: uid, type: 'User' }] }
  const payload = { eventType: 'com.okta.event_hook', eventId: 'd1', data: { events: [event] } }
  const deliver = async (authorization: string) => (await app.inject({ method: 'POST', url: '/okta/events', headers: { authorization }, payload })).statusCode

  t.equal((await app.inject({ url: '/greet', headers })).statusCode, 200)
  okta.groups.removeUser('Fastify Okta', 'ada@example.com')
  t.teardown(() => { okta.groups.addUser('Fastify Okta', 'ada@example.com') })
  t.equal(await deliver('another secret'), 403)
  t.equal((await app.inject({ url: '/greet', headers })).statusCode, 200, 'still cached')
  t.equal(await deliver('a secret of the test'), 204)
  t.equal((await app.inject({ url: '/greet', headers })).statusCode, 403)
  const verification = { authorization: 'a secret of the test', 'x-okta-verification-challenge': 'abc' }
  t.same((await app.inject({ url: '/okta/events', headers: verification })).json(), { verification: 'abc' })
})

t.test('after assertAuthenticated the compiler knows that there are claims', async (t) => {
  const [block] = blocksUnder('TypeScript')
  writeFileSync(join(folder, 'typescript.mts'), `import type { FastifyInstance } from 'fastify'\ndeclare const app: FastifyInstance\n${block?.code}`)
  const { stdout } = await run(binary('tsc'), ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', 'typescript.mts'], { cwd: folder })
  const app = await recipe(t, 'TypeScript')

  t.equal(stdout, '')
  t.match((await app.inject({ url: '/reports', headers: await bearer() })).json(), { for: 'ada@example.com', scopes: ['openid'] })
})

t.test('the tests for node:test and tap pass', async (t) => {
  for (const [heading, parameters] of [['node:test', ['--test', '--test-reporter=tap']], ['tap', []]] as const) {
    const file = `${heading.replace(':', '-')}.test.mjs`
    writeFileSync(join(folder, file), blocksUnder(heading)[0]?.code ?? '')
    const { exitCode, stdout } = await run(process.execPath, [...parameters, file], { cwd: folder })
    t.equal(exitCode, 0, stdout)
    t.match(stdout, /^# pass 1$|^ok 1 /m)
  }
})

t.test('esbuild\'s bundle runs with the banner', { skip: spawnSync(binary('esbuild'), ['--version']).status === 0 ? false : 'esbuild is not installed' }, async (t) => {
  const [block] = blocksUnder('esbuild')
  const [start] = blocksUnder('Recipes')
  writeFileSync(join(folder, 'app.js'), start?.code.replace('options)', '{ issuer: \'http://127.0.0.1:1/oauth2/default\', audience: \'api://default\' })') +
    'app.get(\'/\', { onRequest: app.okta.authenticate }, async () => \'in\')\nconsole.log((await app.inject(\'/\')).statusCode)\nawait app.close()\n')
  const built = await run('sh', ['-c', `${block?.code}`], { cwd: folder })
  const { stdout, stderr } = await run(process.execPath, ['dist/app.mjs'], { cwd: folder })

  t.equal(stdout, '401\n', built.stderr + stderr)
})

t.test('every recipe is run by a test', async (t) => {
  const run = new Set([
    'Recipes', 'Register the plugin before the routes', '@fastify/rate-limit', 'WebSocket', 'Server-sent events', '@fastify/auth', '@fastify/otel', 'OpenAPI',
    'Event hooks', 'TypeScript', 'node:test', 'tap', 'esbuild',
    '@fastify/cors', '@fastify/helmet', '@fastify/http-proxy', 'mercurius', 'tRPC', 'NestJS', 'AWS Lambda', 'Vitest', 'Jest'
  ])

  t.same(headingsWithCode().filter((heading) => !run.has(heading)), [])
})
