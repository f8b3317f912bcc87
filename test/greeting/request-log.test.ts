import t from 'tap'
import { pino } from 'pino'
import { loggerOptions } from '#greeting/request-log.js'
import { buildService, startOkta, type Service } from './service.js'

const linesOf = ({ log }: Service): Array<Record<string, unknown>> => log.map(line => JSON.parse(line) as Record<string, unknown>)

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
    { level: 30, msg: 'request refused', reqId: 'req-2', method: 'GET', route: '/me', statusCode: 401, code: 'FST_OKTA_INVALID_TOKEN', reason: 'expired', ms: Number },
    { level: 30, msg: 'request refused', reqId: 'req-3', method: 'GET', statusCode: 404, code: 'FST_ERR_NOT_FOUND' }
  ])
  t.equal(service.log.length, 2, 'a request that was served is none')
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

t.test('a request, an error or headers that somebody logs whole lose their credentials', async t => {
  const lines: string[] = []
  const logger = pino(loggerOptions('info') as object, { write: line => { lines.push(line) } })
  const headers = { authorization: 'Bearer swordfish', dpop: 'swordfish', cookie: 'swordfish', accept: '*/*' }
  const cause = Object.assign(new Error('no answer'), { request: { headers }, code: 'ECONNRESET' })
  logger.info({ headers })
  logger.info({ query: { access_token: 'swordfish', code: 'swordfish', timeZone: 'UTC' } })
  logger.info({ req: { method: 'GET', url: '/?token=swordfish', headers, routeOptions: { url: '/' } } })
  logger.error({ err: Object.assign(new Error('failed', { cause }), { config: { headers } }) })
  logger.error({ err: 'swordfish' })

  t.notMatch(lines.join(''), /swordfish/)
  t.match(lines.map(line => JSON.parse(line) as unknown), [
    { headers: { accept: '*/*' } },
    { query: { timeZone: 'UTC' } },
    { req: { method: 'GET', route: '/' } },
    { err: { message: 'failed', cause: { message: 'no answer', code: 'ECONNRESET' } } }
  ])
})
