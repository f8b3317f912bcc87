import t from 'tap'
import { start as startLocalOkta } from '../../local-okta/start.js'
import { run, start } from './run.js'

t.test('it runs the greeting service with options over settings, until Ctrl+C', async t => {
  const localOkta = await startLocalOkta(t)
  const env = { OKTA_CLIENT_TOKEN: localOkta.apiToken, PORT: '1', GREETING_GROUP: 'Nobody' }
  const command = start(t, ['serve', '--port', '0', '--issuer', localOkta.issuer, '--group', 'Fastify Okta', '--time-zone', 'UTC'], { env })
  const origin = await command.printed('stdout', /http:\/\/127\.0\.0\.1:\d+/)

  const headers = { authorization: `Bearer ${await localOkta.mintAccessToken()}` }
  const response = await fetch(`${origin}/greet`, { headers })
  t.equal(response.status, 200)
  t.match(await response.json(), { greeting: /^Good /, name: 'Ada Lovelace' })
  command.interrupt()
  t.equal((await command.ended).code, 0)
})

t.test('it brings up a local Okta where none is configured', async t => {
  const command = start(t, ['serve', '--port', '0', '--local-okta-port', '0'])
  t.match(await command.printed('stdout', /curl -i -H "Authorization: Bearer [^"]+" http:\S+/), /\/greet$/)
  command.interrupt()
  t.equal((await command.ended).code, 0)
})

t.test('an option that is wrong is named as an option, a setting as a setting', async t => {
  t.match(await run(t, ['serve', '--port', 'high']), { code: 2, stdout: '', stderr: /^fastify-okta: --port must be a port from 0 to 65535\n$/ })
  t.match(await run(t, ['serve'], { env: { PORT: 'high' } }), { code: 1, stdout: '', stderr: /^fastify-okta: PORT must be a port from 0 to 65535\n$/ })
  const { code, stderr } = await run(t, ['serve', '--json'], { env: { PORT: 'high', LOG_LEVEL: 'loud' } })
  t.equal(code, 1)
  t.match(JSON.parse(stderr), { error: 'settings', message: /LOG_LEVEL must be .*; PORT|PORT must be .*; LOG_LEVEL/ })
})
