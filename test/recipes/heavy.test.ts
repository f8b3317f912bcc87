import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { startOrg } from '../kit/org.js'
import { binary, install, pack, run, temporaryFolder } from '../package/build.js'
import { blocksUnder, runRecipe } from './recipe.js'
import { leftToCi } from '../kit/ci.js'

/** Installed beside the tarballs: recipes whose packages the repository does not have. */
const PACKAGES = [
  'fastify@5', '@okta/okta-sdk-nodejs@8', '@fastify/cors@11', '@fastify/helmet@13', '@fastify/http-proxy@11', '@fastify/aws-lambda@6',
  '@nestjs/core@12', '@nestjs/common@12', '@nestjs/platform-fastify@12', 'reflect-metadata@0.2', 'rxjs@7', '@types/node@20',
  'mercurius@16', 'graphql@16', '@trpc/server@11', 'vitest@4', 'jest@30', '@swc/core@1', '@swc/jest@0.2'
]
const SLOW = { timeout: 600_000 }
t.setTimeout(SLOW.timeout)

const skip = leftToCi('it installs the packages that these recipes are for')

t.test('recipes for packages that must be installed first', { ...SLOW, skip }, async (t) => {
  const folder = temporaryFolder(t)
  const tarballs = await Promise.all([pack('src/fastify-okta', folder), pack('src/local-okta', folder)])
  const project = await install(join(folder, 'project'), [...tarballs, ...PACKAGES])
  const okta = await startOrg(t)
  const options = { issuer: okta.issuer, audience: okta.audience, directory: { token: okta.apiToken } }

  async function bearer (user = 'ada@example.com'): Promise<{ authorization: string }> {
    return { authorization: `Bearer ${await okta.mintAccessToken({ user })}` }
  }

  async function recipe (t: Test, heading: string, more: Record<string, unknown> = {}): Promise<FastifyInstance> {
    const { app } = await runRecipe(project, heading, { options, ...more })
    t.teardown(async () => { await app.close() })
    return app
  }

  t.test('@fastify/cors lets scripts of another origin read why they were refused', async (t) => {
    const app = await recipe(t, '@fastify/cors')
    const { statusCode, headers } = await app.inject({ url: '/reports', headers: { origin: 'https://app.example.com' } })
    const preflight = await app.inject({
      method: 'OPTIONS', url: '/reports', headers: { origin: 'https://app.example.com', 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' }
    })

    t.equal(statusCode, 401)
    t.match(headers, { 'access-control-allow-origin': 'https://app.example.com', 'access-control-expose-headers': /WWW-Authenticate/ })
    t.equal(preflight.statusCode, 204)
    t.match(preflight.headers['access-control-allow-headers'], /Authorization/)
  })

  t.test('@fastify/helmet puts its headers on refusals too', async (t) => {
    const app = await recipe(t, '@fastify/helmet')
    const { statusCode, headers } = await app.inject('/reports')

    t.equal(statusCode, 401)
    t.ok(headers['content-security-policy'])
    t.ok(headers['www-authenticate'])
  })

  t.test('@fastify/http-proxy forwards the requests of members, without their tokens', async (t) => {
    const server = createServer(({ url, headers }, response) => { response.end(JSON.stringify({ url, authorization: headers.authorization ?? null, userId: headers['x-user-id'] })) })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    t.teardown(() => { server.close() })
    const app = await recipe(t, '@fastify/http-proxy', { upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    const forwarded = await app.inject({ url: '/reports/1', headers: await bearer() })

    t.match(forwarded.json(), { url: '/1', authorization: null, userId: /^00u/ })
    t.equal((await app.inject('/reports/1')).statusCode, 401)
    t.equal((await app.inject({ method: 'POST', url: '/reports/1', headers: await bearer('grace@example.com'), payload: { a: 1 } })).statusCode, 403)
  })

  t.test('mercurius and tRPC have the claims', async (t) => {
    const graphql = await recipe(t, 'mercurius')
    const trpc = await recipe(t, 'tRPC')
    const query = { method: 'POST', url: '/graphql', payload: { query: '{ me }' } } as const

    t.same((await graphql.inject({ ...query, headers: await bearer() })).json(), { data: { me: 'ada@example.com' } })
    t.equal((await graphql.inject(query)).statusCode, 401)
    t.match((await trpc.inject({ url: '/trpc/me', headers: await bearer() })).json(), { result: { data: 'ada@example.com' } })
    t.equal((await trpc.inject('/trpc/me')).statusCode, 401)
  })

  t.test('NestJS answers 401, 403 and 503 as Fastify does', SLOW, async (t) => {
    const { nest } = await runRecipe(project, 'NestJS', { options: { ...options, directory: { ...options.directory, userCacheTtlMs: 0, userCacheCeilingMs: 0 } } }, ['nest'])
    t.teardown(async () => { await nest.close() })
    const app = (nest as unknown as { getHttpAdapter (): { getInstance (): FastifyInstance } }).getHttpAdapter().getInstance()
    const greet = async (headers = {}) => await app.inject({ url: '/greet', headers })

    t.same((await greet(await bearer())).json(), { name: 'Ada Lovelace' })
    const nobody = await greet()
    t.match([nobody.statusCode, nobody.json()], [401, { code: 'FST_OKTA_MISSING_CREDENTIALS' }])
    t.equal(String(nobody.headers['www-authenticate']), 'Bearer realm="okta"')
    const grace = await greet(await bearer('grace@example.com'))
    t.match([grace.statusCode, grace.json()], [403, { code: 'FST_OKTA_GROUP_REQUIRED' }])
    okta.faults.add({ path: /\/api\/v1\/users/, status: 500 })
    t.teardown(() => { okta.faults.clear() })
    const outage = await greet(await bearer())
    t.match([outage.statusCode, outage.json()], [503, { code: 'FST_OKTA_DIRECTORY_UNAVAILABLE' }])
    t.ok(outage.headers['retry-after'])
  })

  t.test('NestJS compiles against the types', SLOW, async (t) => {
    writeFileSync(join(project, 'nest.mts'), `import type { FastifyOktaOptions } from 'fastify-okta'\ndeclare const options: FastifyOktaOptions\n${blocksUnder('NestJS')[0]?.code}`)
    const { stdout } = await run(binary('tsc'), [
      '--noEmit', '--strict', '--skipLibCheck', '--experimentalDecorators', '--emitDecoratorMetadata', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', 'nest.mts'
    ], { cwd: project })

    t.equal(stdout, '')
  })

  t.test('AWS Lambda gets the same answers', async (t) => {
    const { app, handler } = await runRecipe(project, 'AWS Lambda', { options }, ['app', 'handler'])
    t.teardown(async () => { await app.close() })
    const invoke = async (headers: Record<string, string> = {}) => await (handler as unknown as (event: object, context: object) => Promise<{ statusCode: number, body: string }>)({
      version: '2.0', rawPath: '/reports', rawQueryString: '', headers, requestContext: { http: { method: 'GET', path: '/reports' } }, isBase64Encoded: false
    }, {})

    t.match(await invoke(await bearer()), { statusCode: 200, body: '{"for":"ada@example.com"}' })
    t.match(await invoke(), { statusCode: 401, headers: { 'www-authenticate': 'Bearer realm="okta"' } })
    t.match(await invoke(await bearer('grace@example.com')), { statusCode: 403 })
  })

  t.test('the test for Vitest passes', SLOW, async (t) => {
    writeFileSync(join(project, 'vitest.test.mjs'), blocksUnder('Vitest')[0]?.code ?? '')
    const { exitCode, stdout, stderr } = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'vitest.test.mjs'], { cwd: project })

    t.equal(exitCode, 0, stdout + stderr)
  })

  t.test('the test for Jest passes in its default mode', SLOW, async (t) => {
    const [config, test] = blocksUnder('Jest')
    writeFileSync(join(project, 'jest.config.cjs'), config?.code ?? '')
    writeFileSync(join(project, 'jest.test.js'), test?.code ?? '')
    const { exitCode, stderr } = await run(process.execPath, ['node_modules/jest/bin/jest.js', 'jest.test.js'], { cwd: project })

    t.equal(exitCode, 0, stderr)
  })
})
