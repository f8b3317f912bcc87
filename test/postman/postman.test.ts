import newman, { type Execution, type RunOptions, type Summary } from 'newman'
import t from 'tap'
import { buildApp } from '#greeting/app.js'
import { freePort } from '../kit/free-port.js'
import { startOrg } from '../kit/org.js'

const COLLECTION = 'postman/fastify-okta.postman_collection.json'

/** Every route that the collection must show, and each status that it must show of it. */
const ROUTES: Readonly<Record<string, readonly number[]>> = {
  'GET /': [200, 401],
  'GET /greet': [200, 400, 401, 403],
  'GET /me': [200, 401],
  'PATCH /me': [200, 400, 401, 403],
  'GET /livez': [200],
  'GET /readyz': [200],
  'GET /metrics': [200],
  'GET /.well-known/oauth-protected-resource': [200],
  'GET /openapi.json': [200],
  'GET /docs': [200],
  'GET /nothing': [404],
  'POST /greet': [404]
}

const okta = await startOrg(t)
const port = await freePort()
const baseUrl = `http://127.0.0.1:${port}`
const app = await buildApp({
  okta: { issuer: okta.issuer, audience: okta.audience, directory: { token: okta.apiToken } },
  greeting: { group: 'Fastify Okta', timeZone: 'UTC' },
  logLevel: 'silent'
}, { plugin: { publicUrl: baseUrl } })
t.teardown(async () => { await app.close() })
await app.listen({ port, host: '127.0.0.1' })

t.test('with the local Okta every request gets what it should', async t => {
  const { failures, executions } = await runCollection('postman/local-okta.postman_environment.json', {})

  t.same(failures.map(({ source, error }) => `${source?.name}: ${error.test ?? error.name}: ${error.message}`), [])
  const [first] = executions
  t.match(first?.request.url.getPath(), /\/v1\/token$/, 'the first request obtains the token')
  for (const { item, assertions = [] } of executions) t.ok(assertions.length > 0, `${item.name} has tests`)
  t.same(statusesByRoute(executions.filter(({ request }) => !request.url.getPath().endsWith('/v1/token'))), ROUTES)
})

t.test('with an org, the requests for which there is a token are made, and no password is sent', async t => {
  const accessToken = await okta.mintAccessToken({ scopes: ['openid', 'profile:write'] })
  const { failures, executions } = await runCollection('postman/okta-org.postman_environment.json', { accessToken })
  const made = executions.filter(({ response }) => response !== undefined)

  t.same(failures.map(({ source, error }) => `${source?.name}: ${error.test ?? error.name}: ${error.message}`), [])
  t.notOk(made.some(({ request }) => request.url.getPath().endsWith('/v1/token')))
  const { 'GET /greet': greet, 'PATCH /me': change } = statusesByRoute(made)
  t.same(greet, [200, 400, 401], 'nobody outside of the group has a token')
  t.same(change, [200, 400, 401], 'no token is too narrow')
})

t.test('the environments hold no token', async t => {
  const { default: local } = await import(new URL(`file://${process.cwd()}/postman/local-okta.postman_environment.json`).href, { with: { type: 'json' } }) as { default: { values: Array<{ key: string, value: string }> } }

  t.same(local.values.filter(({ key }) => key.endsWith('Token')).map(({ value }) => value), ['', '', ''])
})

async function runCollection (environment: string, variables: Readonly<Record<string, string>>): Promise<Summary['run']> {
  const overrides = Object.entries({ baseUrl, issuer: okta.issuer, ...variables }).map(([key, value]) => ({ key, value }))
  const options: RunOptions = { collection: COLLECTION, environment, envVar: overrides, timeoutRequest: 10_000 }
  const { run } = await new Promise<Summary>((resolve, reject) => {
    newman.run(options, (error, summary) => {
      if (error !== null) reject(error)
      else resolve(summary)
    })
  })
  return run
}

function statusesByRoute (executions: readonly Execution[]): Record<string, number[]> {
  const statuses: Record<string, number[]> = {}
  for (const { request, response } of executions) {
    const route = `${request.method} ${request.url.getPath()}`
    statuses[route] = [...new Set([...statuses[route] ?? [], response?.code ?? 0])].sort()
  }
  return statuses
}
