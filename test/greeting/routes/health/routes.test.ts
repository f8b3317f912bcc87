import t from 'tap'
import { stopClock } from '../../../kit/clock.js'
import { buildService, startOkta, type Service } from '../../service.js'

const linesAbout = ({ log }: Service, message: RegExp): Array<Record<string, unknown>> =>
  log.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => message.test(String(msg)))

t.test('a service that has keys and a directory is live and ready', async t => {
  const { app } = await buildService(t)

  t.match(await app.inject('/livez'), { statusCode: 200, body: '{"status":"live"}', headers: { 'cache-control': 'no-store' } })
  t.match(await app.inject('/readyz'), { statusCode: 200, body: '{"status":"ready"}', headers: { 'cache-control': 'no-store' } })
})

t.test('a service whose issuer is unavailable starts, is live, and says what is missing and why', async t => {
  const okta = await startOkta(t)
  await okta.stop()
  const { app } = await buildService(t, { okta })
  const response = await app.inject('/readyz')

  t.equal((await app.inject('/livez')).statusCode, 200)
  t.match(response.json(), {
    statusCode: 503,
    code: 'FST_GREETING_NOT_READY',
    error: 'Service Unavailable',
    message: 'the service is not ready: the keys of the issuer cannot be read (could not be reached); Okta\'s API is unavailable (ECONNREFUSED)',
    missing: ['keys', 'directory'],
    problems: [{ part: 'keys', reason: 'could not be reached' }, { part: 'directory', reason: 'unavailable' }]
  })
  t.match(response.headers, { 'retry-after': /^\d+$/, 'cache-control': 'no-store' })
})

t.test('a directory that refuses the credentials is missing alone, and one error line names the setting', async t => {
  const okta = await startOkta(t)
  const { issuer, audience } = okta
  const service = await buildService(t, { okta, settings: { okta: { issuer, audience, directory: { token: 'revoked' } } } })

  t.match((await service.app.inject('/readyz')).json(), {
    statusCode: 503,
    missing: ['directory'],
    problems: [{ part: 'directory', reason: 'refused', message: 'Okta refuses OKTA_CLIENT_TOKEN (401 E0000011): revoked, expired or of another org' }]
  })
  t.match(linesAbout(service, /^not ready/), [{ level: 50, msg: /Okta refuses OKTA_CLIENT_TOKEN \(401 E0000011\)/, missing: ['directory'], reasons: ['refused'] }])
})

t.test('an administrator who may not read groups is not enough', async t => {
  const okta = await startOkta(t)
  okta.faults.add({ path: /^\/api\/v1\/users\/[^/]+\/groups/, status: 403, body: { errorCode: 'E0000006', errorSummary: 'You do not have permission to perform the requested action', errorCauses: [] } })
  const { app } = await buildService(t, { okta })

  t.match((await app.inject('/readyz')).json(), { missing: ['directory'], problems: [{ reason: 'refused', message: /\(403 E0000006\)/ }] })
})

t.test('each change is logged once, however often the service is probed', async t => {
  const clock = stopClock(t)
  const okta = await startOkta(t)
  const service = await buildService(t, { okta, settings: { logLevel: 'info' } })
  const probe = async (times: number): Promise<void> => {
    clock.advance(11_000)
    for (let i = 0; i < times; i++) await service.app.inject('/readyz')
  }
  await probe(3)
  okta.faults.add({ path: /^\/api\//, status: 502 })
  await probe(5)
  await probe(5)
  okta.faults.clear()
  await probe(5)

  t.match(service.log.map((line) => JSON.parse(line) as Record<string, unknown>), [
    { level: 40, msg: 'not ready: Okta\'s API is unavailable (502 E0000009)', missing: ['directory'], reasons: ['unavailable'] },
    { level: 30, msg: 'ready again' }
  ])
  t.equal(service.log.length, 2)
})

t.test('an API token that is revoked while the service runs: 503 outside, one error line, and /readyz says why', async t => {
  const okta = await startOkta(t)
  const service = await buildService(t, { okta, settings: { logLevel: 'info' } })
  const { app } = service
  const headers = await service.credentials()
  t.equal((await app.inject('/readyz')).statusCode, 200)
  okta.faults.add({ path: /^\/api\//, status: 401, body: { errorCode: 'E0000011', errorSummary: 'Invalid token provided', errorCauses: [] } })

  for (let i = 0; i < 3; i++) {
    const response = await app.inject({ url: '/greet', headers })
    t.match(response.json(), { statusCode: 503, code: 'FST_OKTA_DIRECTORY_UNAVAILABLE', message: 'this service is not set up correctly' })
    t.match(response.headers, { 'retry-after': /^\d+$/ })
    t.notMatch(response.body, /OKTA_CLIENT_TOKEN|E0000011/, 'callers do not see what')
    t.match((await app.inject('/readyz')).json(), { statusCode: 503, problems: [{ part: 'directory', reason: 'refused', message: 'Okta refuses OKTA_CLIENT_TOKEN (401 E0000011): revoked, expired or of another org' }] })
  }
  const lines = linesAbout(service, /./)
  t.match(lines.filter(({ level }) => Number(level) >= 50), [{ msg: 'Okta refuses OKTA_CLIENT_TOKEN (401 E0000011): revoked, expired or of another org', reason: 'refused', status: 401, errorCode: 'E0000011' }])
  t.equal(lines.filter(({ level }) => Number(level) >= 50).length, 1)
  t.match(lines.filter(({ msg }) => msg === 'request refused'), Array.from({ length: 3 }, () => ({ level: 30, route: '/greet', code: 'FST_OKTA_DIRECTORY_UNAVAILABLE', reason: 'refused' })))
})

t.test('the service app with which the service signs in is named by its setting', async t => {
  const okta = await startOkta(t)
  const { issuer, audience, clients: { management: { clientId, scopes, privateKeyJwk } } } = okta
  const directory = { clientId, scopes, privateKey: privateKeyJwk as Record<string, unknown> }
  const service = await buildService(t, { okta, settings: { logLevel: 'info', okta: { issuer, audience, directory } } })
  okta.faults.add({ path: '/oauth2/v1/token', status: 401, body: { error: 'invalid_client', error_description: 'swordfish' } })

  t.equal((await service.app.inject({ url: '/greet', headers: await service.credentials() })).statusCode, 503)
  t.match(linesAbout(service, /^Okta refuses/), [{ level: 50, msg: 'Okta refuses OKTA_CLIENT_PRIVATEKEY (401 invalid_client): revoked, expired or of another org' }])
  t.notMatch(service.log.join(''), 'swordfish')
})
