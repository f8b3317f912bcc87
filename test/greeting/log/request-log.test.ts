import t from 'tap'
import { buildService, startOkta, type Service } from '../service.js'

const linesOf = ({ log }: Service): Array<Record<string, unknown>> => log.map(line => JSON.parse(line) as Record<string, unknown>)

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

t.test('a refused request is one line at info, with its code and reason', async t => {
  const service = await buildService(t, { directory: false, settings: { logLevel: 'info' } })
  const { app, credentials } = service
  const served = await credentials()
  const expired = await credentials({ expiresInSeconds: -10 })
  service.log.length = 0
  await app.inject({ url: '/me', headers: served })
  await app.inject({ url: '/me', headers: expired })
  await app.inject('/nowhere')

  t.match(linesOf(service), [
    { level: 30, msg: 'request refused', reqId: UUID, method: 'GET', route: '/me', statusCode: 401, code: 'FST_OKTA_INVALID_TOKEN', reason: 'expired', ms: Number }
  ])
  t.equal(service.log.length, 1, 'neither a request that was served nor one for a path without a route is a line at info')
})

t.test('a request for a path without a route is a line at debug, with the path and nothing secret', async t => {
  const service = await buildService(t, { directory: false })
  const { authorization } = await service.credentials()
  const accessToken = authorization.split(' ')[1] as string
  const paths = {
    '/robots.txt': '/robots.txt',
    '/apple-touch-icon-120x120-precomposed.png': '/apple-touch-icon-120x120-precomposed.png',
    '/wp-admin/setup.php?access_token=swordfish': '/wp-admin/setup.php',
    '/greet/': '/greet/',
    [`/tokens/${accessToken.split('.')[2]?.slice(0, 60)}`]: '/tokens/[redacted]',
    [`/${accessToken}`]: undefined,
    '/00Abcdefghijklmnopqrstuvwxyz0123456789_-AB/x': '/[redacted]/x'
  }
  for (const [url, path] of Object.entries(paths)) {
    service.log.length = 0
    await service.app.inject(url)
    const [line] = linesOf(service)
    t.match(line, { level: 20, msg: 'not found', reqId: UUID, method: 'GET', statusCode: 404, code: 'FST_ERR_NOT_FOUND' })
    t.equal(line?.['path'], path)
    t.equal(service.log.length, 1)
  }
})

t.test('a request keeps the id that it brings, if that is visible ASCII, and the answer names it', async t => {
  const service = await buildService(t, { directory: false })
  const idOf = async (headers: Record<string, string>, url = '/greet'): Promise<string> => {
    service.log.length = 0
    const response = await service.app.inject({ url, headers })
    t.equal(linesOf(service)[0]?.['reqId'], response.headers['x-request-id'], 'the log has the id of the answer')
    return String(response.headers['x-request-id'])
  }

  for (const id of ['a', 'order-66', '!~', 'x'.repeat(128)]) {
    for (const url of ['/greet', '/livez', '/nowhere', '/%']) t.equal(await idOf({ 'x-request-id': id }, url), id)
  }
  for (const id of ['', 'x'.repeat(129), 'a b', 'a\tb', 'gr\u00fcn']) t.match(await idOf({ 'x-request-id': id }), UUID, JSON.stringify(id))
  t.not(await idOf({}), await idOf({}), 'each request has its own')
})

t.test('a line names the trace of its request', async t => {
  const service = await buildService(t, { directory: false })
  const traceOf = async (traceparent: string): Promise<unknown> => {
    service.log.length = 0
    await service.app.inject({ url: '/greet', headers: { traceparent } })
    return linesOf(service)[0]?.['traceId']
  }
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'

  t.equal(await traceOf(`00-${trace}-00f067aa0ba902b7-01`), trace)
  t.equal(await traceOf(`cc-${trace}-00f067aa0ba902b7-01-what-the-future-will-be-like`), trace)
  for (const traceparent of ['', 'swordfish', `ff-${trace}-00f067aa0ba902b7-01`, `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `00-${trace}-${'0'.repeat(16)}-01`, `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`, `00-${trace}-00f067aa0ba902b7-01x`]) {
    t.equal(await traceOf(traceparent), undefined, traceparent)
  }
})

t.test('a request that failed is one line at error, with the error', async t => {
  const okta = await startOkta(t)
  const service = await buildService(t, { okta })
  const headers = await service.credentials()
  okta.faults.add({ path: /^\/api\//, status: 500 })
  await service.app.inject({ url: '/me', headers })

  t.match(linesOf(service).filter(({ level }) => level === 50), [
    { msg: 'request failed', statusCode: 503, code: 'FST_OKTA_DIRECTORY_UNAVAILABLE', err: { type: 'DirectoryUnavailableError', stack: String } }
  ])
})

t.test('no token, claim or URL gets into the log at any level', async t => {
  const okta = await startOkta(t)
  const service = await buildService(t, { okta, settings: { logLevel: 'trace' } })
  const { app, credentials } = service
  const good = await credentials({ scopes: ['profile:write'], claims: { 'x-secret': 'swordfish' } })
  const accessTokens = [good, await credentials({ user: 'grace@example.com' }), await credentials({ expiresInSeconds: -10 })].map(({ authorization }) => authorization.split(' ')[1] as string)
  for (const accessToken of accessTokens) {
    const headers = { authorization: `Bearer ${accessToken}`, cookie: accessToken, dpop: accessToken }
    for (const url of ['/', '/greet', '/me', `/greet?access_token=${accessToken}`, `/${accessToken}`, `/%${accessToken}`, `/greet?timeZone=${accessToken}`]) {
      await app.inject({ url, headers })
    }
    await app.inject({ method: 'PATCH', url: '/me', headers, payload: { nickName: accessToken } })
    await app.inject({ method: 'PATCH', url: '/me', headers, payload: accessToken })
    okta.faults.add({ path: /^\/api\//, status: 500, times: 2 })
    await app.inject({ url: '/me', headers })
  }
  const log = service.log.join('')

  t.ok(service.log.length > 20)
  for (const accessToken of accessTokens) {
    for (const part of accessToken.split('.')) t.notOk(log.includes(part), 'no part of a token')
  }
  for (const secret of [okta.apiToken, 'swordfish', 'ada@example.com', 'Lovelace']) t.notOk(log.includes(secret), secret)
})

t.test('a group that does not exist is a warning at the start, and a reason in the line of each refusal', async t => {
  const service = await buildService(t, { settings: { logLevel: 'info', greeting: { group: 'fastify okta', timeZone: 'UTC' } } })
  const response = await service.app.inject({ url: '/greet', headers: await service.credentials() })

  t.equal(response.statusCode, 403)
  t.notMatch(response.body, 'no_such_group')
  t.match(linesOf(service), [
    { level: 40, group: 'fastify okta', differsInCase: 'Fastify Okta', msg: /"Fastify Okta"/ },
    { level: 30, msg: 'request refused', route: '/greet', statusCode: 403, code: 'FST_OKTA_GROUP_REQUIRED', reason: 'no_such_group', group: 'fastify okta' }
  ])
})
