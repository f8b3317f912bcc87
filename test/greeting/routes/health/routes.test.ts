import t from 'tap'
import { buildService, startOkta } from '../../service.js'

t.test('a service that has keys and a directory is live and ready', async t => {
  const { app } = await buildService(t)

  t.match(await app.inject('/livez'), { statusCode: 200, body: '{"status":"live"}', headers: { 'cache-control': 'no-store' } })
  t.match(await app.inject('/readyz'), { statusCode: 200, body: '{"status":"ready"}', headers: { 'cache-control': 'no-store' } })
})

t.test('a service whose issuer is away starts, is live, and says what it lacks', async t => {
  const okta = await startOkta(t)
  await okta.stop()
  const { app } = await buildService(t, { okta })
  const response = await app.inject('/readyz')

  t.equal((await app.inject('/livez')).statusCode, 200)
  t.match(response.json(), { statusCode: 503, code: 'FST_GREETING_NOT_READY', error: 'Service Unavailable', missing: ['keys', 'directory'] })
  t.match(response.headers, { 'retry-after': /^\d+$/, 'cache-control': 'no-store' })
})

t.test('a directory that refuses the credentials is named alone', async t => {
  const okta = await startOkta(t)
  const { issuer, audience } = okta
  const { app } = await buildService(t, { okta, settings: { okta: { issuer, audience, directory: { token: 'revoked' } } } })

  t.match((await app.inject('/readyz')).json(), { statusCode: 503, missing: ['directory'] })
})
