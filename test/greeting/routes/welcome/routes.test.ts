import t from 'tap'
import { buildService } from '../../service.js'

t.test('the welcome needs no token, in JSON or as plain text', async t => {
  const { app, credentials } = await buildService(t, { directory: false })

  t.strictSame((await app.inject('/')).json(), { message: 'Welcome' })
  t.strictSame((await app.inject({ url: '/', headers: await credentials() })).json(), { message: 'Welcome' })
  t.match(await app.inject({ url: '/', headers: { accept: 'text/plain' } }), { statusCode: 200, body: /^Welcome$/, headers: { 'content-type': 'text/plain; charset=utf-8' } })
  t.match(await app.inject({ method: 'HEAD', url: '/' }), { statusCode: 200, body: '' })
})

t.test('bad credentials are refused even where none are needed', async t => {
  const { app } = await buildService(t, { directory: false })
  const response = await app.inject({ url: '/', headers: { authorization: 'Bearer x.y.z' } })

  t.match(response.json(), { statusCode: 401, code: 'FST_OKTA_INVALID_TOKEN' })
  t.match(response.headers, { 'www-authenticate': /error="invalid_token"/, 'cache-control': 'no-store' })
})
