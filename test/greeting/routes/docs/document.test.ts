import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import t from 'tap'
import { buildService, startOkta } from '../../service.js'
import { operationsOf, readDocument, type Operation } from './openapi.js'

const ORIGIN = 'https://greetings.example'
const okta = await startOkta(t)
const clientId = okta.clients.browser.clientId

const schemesOf = ({ components }: OpenApi.Document): string[] => Object.keys(components?.securitySchemes ?? {})

t.test('the document is OpenAPI 3.1, however the service is set up', async t => {
  for (const settings of [{}, { publicUrl: ORIGIN }, { publicUrl: ORIGIN, pageClientId: clientId }, { publicUrl: ORIGIN, pageClientId: clientId, dpop: 'off' }, { publicUrl: ORIGIN, pageClientId: clientId, dpop: 'required' }] as const) {
    const { app } = await buildService(t, { okta, directory: false, settings })
    const document = await readDocument(app)
    const validator = new Validator()
    const { valid, errors } = await validator.validate({ ...document })

    t.ok(valid, JSON.stringify(errors))
    t.match(validator.version, /^3\.1/)
    t.notMatch(JSON.stringify(document), /Default Response/, 'every answer is described')
    t.ok(document.paths?.['/greet'])
  }
})

t.test('it needs no token, and its JSON is not to be stored', async t => {
  const { app } = await buildService(t, { okta, directory: false })
  const response = await app.inject({ url: '/openapi.json', headers: { authorization: 'Bearer mallory', accept: 'text/html' } })
  const { name, version, description } = JSON.parse(readFileSync('src/greeting/package.json', 'utf8')) as Record<string, string>

  t.match(response, { statusCode: 200, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } })
  t.match(response.json(), { openapi: /^3\.1/, info: { title: name, version, description } })
})

t.test('the document names the configured origin, and never one from a request', async t => {
  const headers = { host: 'mallory.example', 'x-forwarded-host': 'mallory.example', forwarded: 'host=mallory.example' }
  const { app: known } = await buildService(t, { okta, directory: false, settings: { publicUrl: ORIGIN } })
  const { app: unknown } = await buildService(t, { okta, directory: false })

  t.strictSame((await known.inject({ url: '/openapi.json', headers })).json().servers, [{ url: ORIGIN }])
  t.equal((await unknown.inject({ url: '/openapi.json', headers })).json().servers, undefined)
  for (const app of [known, unknown]) t.notMatch((await app.inject({ url: '/openapi.json', headers })).body, 'mallory')
})

t.test('the document has every route for clients, each described, and no page', async t => {
  const { app } = await buildService(t, { okta, directory: false, settings: { publicUrl: ORIGIN, pageClientId: clientId } })
  const document = await readDocument(app)
  const operations = operationsOf(document)

  t.same(operations.map(({ method, path }) => `${method} ${path}`).sort(), [
    'GET /', 'GET /.well-known/oauth-protected-resource', 'GET /greet', 'GET /livez', 'GET /me', 'GET /readyz', 'PATCH /me'
  ])
  for (const { path, summary, description, operationId, tags = [] } of operations) {
    t.match({ summary, description, operationId }, { summary: /^[A-Z]/, description: /^[A-Z].+\.$/s, operationId: /^[a-z]/ }, path)
    t.ok(tags.length > 0 && tags.every(tag => document.tags?.some(({ name }) => name === tag)), 'under a heading that is described')
  }
  t.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length)
})

t.test('security is what the guards ask for', async t => {
  const { app } = await buildService(t, { okta, directory: false, settings: { publicUrl: ORIGIN, pageClientId: clientId, dpop: 'off' } })
  const document = await readDocument(app)
  const securityOf = (name: string): unknown => operationsOf(document).find(({ operationId }) => operationId === name)?.security

  t.strictSame(securityOf('welcome'), [{}, { okta: [] }, { bearer: [] }])
  t.strictSame(securityOf('greet'), [{ okta: [] }, { bearer: [] }])
  t.strictSame(securityOf('changeMe'), [{ okta: ['profile:write'] }, { bearer: ['profile:write'] }])
  t.strictSame(securityOf('isLive'), undefined)
  t.match(document.components?.securitySchemes, {
    okta: { type: 'oauth2', flows: { authorizationCode: { authorizationUrl: `${okta.issuer}/v1/authorize`, tokenUrl: `${okta.issuer}/v1/token`, scopes: { openid: /./, 'profile:write': 'for PATCH /me' } } } },
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }
  })
})

t.test('signing in is offered if there is a client for it, and the accepted credentials are described', async t => {
  const schemes = async (settings: object): Promise<string[]> => schemesOf(await readDocument((await buildService(t, { okta, directory: false, settings })).app))

  t.same(await schemes({}), ['bearer'])
  t.same(await schemes({ pageClientId: clientId }), ['bearer'], 'no origin that Okta could send browsers back to')
  t.same(await schemes({ publicUrl: ORIGIN }), ['bearer', 'dpop'])
  t.same(await schemes({ publicUrl: ORIGIN, pageClientId: clientId }), ['okta', 'bearer', 'dpop'])
  t.same(await schemes({ publicUrl: ORIGIN, pageClientId: clientId, dpop: 'off' }), ['okta', 'bearer'])
  t.same(await schemes({ publicUrl: ORIGIN, pageClientId: clientId, dpop: 'required' }), ['dpop'])
})

t.test('a guard that is added to a route is in the document', async t => {
  const { app } = await buildService(t, { okta, directory: false, settings: { dpop: 'off' } })
  const { okta: guards } = app
  app.get('/open', async () => ({}))
  app.get('/guarded', { onRequest: guards.requireGroup('Auditors', '00g1') }, async () => ({}))
  app.get('/guarded-more', { onRequest: [guards.requireGroup('Auditors'), async () => {}, guards.requireScope('reports:read')] }, async () => ({}))
  app.get('/guarded-strongly', { onRequest: [guards.requireAuthentication({ acr: 'phr', maxAgeSeconds: 60 }), guards.identify] }, async () => ({}))
  app.route({ method: ['PUT', 'DELETE'], url: '/several', onRequest: guards.authenticate, handler: async () => ({}) })
  const operations = operationsOf(await readDocument(app))
  const find = (path: string): Operation | undefined => operations.find(operation => operation.path === path)

  t.match(find('/open'), { security: undefined, responses: { 401: undefined } })
  t.strictSame(Object.keys(find('/open')?.responses ?? {}), ['200'])
  t.match(find('/guarded'), {
    description: 'For members of one of the groups `Auditors`, `00g1`.',
    security: [{ bearer: [] }],
    responses: { 400: /./, 401: /./, 403: { content: { 'application/json': { examples: { FST_OKTA_GROUP_REQUIRED: { value: { statusCode: 403 } } } } } }, 503: /./ }
  })
  t.match(find('/guarded-more'), {
    description: /group `Auditors`\.\n\nThe access token must have the scope `reports:read`\.$/,
    security: [{ bearer: ['reports:read'] }],
    responses: { 403: { headers: { 'WWW-Authenticate': /./ }, content: { 'application/json': { examples: { FST_OKTA_GROUP_REQUIRED: /./, FST_OKTA_INSUFFICIENT_SCOPE: /./ } } } } }
  })
  t.match(find('/guarded-strongly'), {
    description: /with `phr` or stronger\.\n\n.*within the last 60 seconds\.$/,
    security: [{ bearer: [] }],
    responses: { 401: { content: { 'application/json': { examples: { FST_OKTA_INSUFFICIENT_USER_AUTHENTICATION: /./ } } } } }
  })
  t.same(operations.filter(({ path }) => path === '/several').map(({ method, security }) => [method, security]), [['PUT', [{ bearer: [] }]], ['DELETE', [{ bearer: [] }]]])
})
