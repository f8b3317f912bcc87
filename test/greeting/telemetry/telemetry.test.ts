import t, { type Test } from 'tap'
import { eventually } from '../../kit/eventually.js'
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../../kit/otlp-receiver.js'
import { freePort } from '../../kit/free-port.js'
import { buildService, runServer, type Service } from '../service.js'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`

interface TracedService extends Service {
  readonly collector: OtlpReceiver
  /** Closes the service, which exports what it has not yet, and returns all spans. */
  readSpans (): Promise<ReceivedSpan[]>
}

async function buildTraced (t: Test): Promise<TracedService> {
  const collector = await startOtlpReceiver(t)
  const service = await buildService(t, { settings: { tracesUrl: `${collector.url}/v1/traces` } })
  return { ...service, collector, readSpans: async () => { await service.app.close(); return collector.spans } }
}

function find (spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const span = spans.find((each) => each.name === name)
  if (span === undefined) throw new Error(`no span ${name} among ${spans.map((each) => each.name).join(', ')}`)
  return span
}

t.test('a request is a span, and in it are the guard, the verification and the lookup by name', async (t) => {
  const { app, credentials, readSpans } = await buildTraced(t)
  const headers = await credentials({ user: 'ada@example.com' })
  t.equal((await app.inject({ url: '/greet', headers: { ...headers, traceparent: TRACEPARENT } })).statusCode, 200)
  const spans = await readSpans()

  const request = find(spans, 'GET /greet')
  t.match(request, {
    kind: 2,
    traceId: TRACE_ID,
    parentSpanId: 'b7ad6b7169203331',
    attributes: { 'http.request.method': 'GET', 'http.route': '/greet', 'url.path': '/greet', 'http.response.status_code': 200 },
    status: { code: 0 },
    resource: { 'service.name': 'greeting' }
  })
  const guard = find(spans, 'requireGroup')
  t.equal(guard.parentSpanId, request.spanId)
  const verification = find(spans, 'verify access token')
  t.equal(verification.parentSpanId, guard.spanId)
  const lookup = find(spans, 'look up user')
  t.equal(lookup.parentSpanId, guard.spanId)
  t.ok(guard.startNs <= lookup.startNs && guard.endNs >= lookup.endNs, 'the guard has what it waits for in its time')
  t.match(find(spans, 'fetch issuer keys'), { kind: 3, parentSpanId: '', attributes: { 'url.full': /\/v1\/keys$/ } }, 'at the start')
  t.ok(spans.some(({ name }) => name.startsWith('handler - ')))
})

t.test('a refused request says why, and is not an error of the service', async (t) => {
  const { app, credentials, readSpans } = await buildTraced(t)
  const headers = await credentials({ user: 'grace@example.com' })
  t.equal((await app.inject({ url: '/greet', headers })).statusCode, 403)
  const spans = await readSpans()

  t.match(find(spans, 'requireGroup'), { attributes: { 'error.type': 'FST_OKTA_GROUP_REQUIRED', 'okta.reason': 'not_a_member' }, status: { code: 0 } })
  t.match(find(spans, 'GET /greet'), { attributes: { 'http.response.status_code': 403 }, status: { code: 0, message: '' } })
})

t.test('an outage of Okta is an error of the lookup, of the guard and of the request', async (t) => {
  const { app, okta, credentials, readSpans } = await buildTraced(t)
  const headers = await credentials({ user: 'ada@example.com' })
  okta.faults.add({ path: /^\/api\//, status: 500 })
  t.equal((await app.inject({ url: '/greet', headers })).statusCode, 503)
  const spans = await readSpans()

  t.match(find(spans, 'look up user'), { attributes: { 'error.type': 'DirectoryFailure' }, status: { code: 2 } })
  t.match(find(spans, 'requireGroup'), { attributes: { 'error.type': 'FST_OKTA_DIRECTORY_UNAVAILABLE' }, status: { code: 2 } })
  t.match(find(spans, 'GET /greet'), { attributes: { 'http.response.status_code': 503 }, status: { code: 2 } })
})

t.test('probes and metrics are not traced, and a path without a route is', async (t) => {
  const { app, readSpans } = await buildTraced(t)
  for (const url of ['/livez', '/readyz', '/metrics', '/missing']) await app.inject(url)

  t.same((await readSpans()).filter(({ kind }) => kind === 2).map(({ name, attributes }) => [name, attributes['url.path']]), [['GET', '/missing']])
})

t.test('no span has a token, a query, a user or the message of another error', async (t) => {
  const { app, okta, credentials, collector, readSpans } = await buildTraced(t)
  const { authorization } = await credentials({ user: 'ada@example.com' })
  const token = authorization.replace('Bearer ', '')
  await app.inject({ url: '/greet?timeZone=Europe/Paris&state=secret-state', headers: { authorization, 'x-api-key': 'secret-header' } })
  await app.inject({ url: `/greet?access_token=${token}` })
  await app.inject({ url: `/${token}` })
  await app.inject({ method: 'PATCH', url: '/me', headers: { authorization, 'content-type': 'application/json' }, payload: '{"secret-body' })
  await readSpans()

  t.ok(collector.spans.length > 10)
  const sent = Buffer.concat(collector.bodies).toString('latin1')
  for (const secret of [token, token.split('.')[2] as string, okta.apiToken, 'secret-state', 'secret-header', 'secret-body', 'timeZone', 'ada@example.com', '00u']) {
    t.notOk(sent.includes(secret), `${secret.slice(0, 20)} is not exported`)
  }
  t.same(collector.spans.filter(({ events }) => events > 0), [], 'nor the stacks of errors')
})

t.test('a collector that fails is a warning, once, and nothing for callers', async (t) => {
  const { app, log, collector } = await buildTraced(t)
  collector.status = 400
  t.equal((await app.inject('/')).statusCode, 200)
  await app.close()

  const warnings = log.filter((line) => line.includes('traces could not be exported'))
  t.equal(warnings.length, 1)
  t.match(JSON.parse(warnings[0] as string), { level: 40 })
})

t.test('one service after another in the same process is traced', async (t) => {
  for (let i = 0; i < 2; i++) {
    const { app, readSpans } = await buildTraced(t)
    await app.inject('/')
    find(await readSpans(), 'GET /')
  }
})

t.test('the running service reads OpenTelemetry\'s own variables', async (t) => {
  const collector = await startOtlpReceiver(t)
  const port = await freePort()
  const { process: server, printed, exited } = runServer(t, {
    PORT: String(port),
    LOCAL_OKTA_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_SERVICE_NAME: 'hello',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    OTEL_BSP_SCHEDULE_DELAY: '100'
  })
  await printed('Ctrl+C')
  t.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200)
  await eventually(() => collector.spans.some(({ name }) => name === 'GET /'), 'the span arrives')
  t.match(find(collector.spans, 'GET /').resource, { 'service.name': 'hello', 'deployment.environment.name': 'test' })

  await fetch(`http://127.0.0.1:${port}/openapi.json`)
  server.kill('SIGTERM')
  t.equal(await exited, 0)
  find(collector.spans, 'GET /openapi.json')
})

t.test('an endpoint that is not a URL stops the start, and names the setting', async (t) => {
  const { errors, exited } = runServer(t, { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })

  t.equal(await exited, 1)
  t.match(errors(), 'OTEL_EXPORTER_OTLP_ENDPOINT must be the URL of an OpenTelemetry collector')
})
