import fastify from 'fastify'
import t from 'tap'
import { bringUpLocalOkta, deliverEvents } from '#greeting/start/local-okta.js'
import { checkSettings } from '#greeting/settings/settings.js'
import { startOkta } from '../service.js'

const DEFAULTS = { OKTA_OAUTH2_AUDIENCE: 'api://default', OKTA_DPOP: 'allowed', GREETING_GROUP: 'Fastify Okta', HOST: '127.0.0.1', PORT: 3000, LOG_LEVEL: 'info', AUDIT_LOG: 'off', LOCAL_OKTA_PORT: 0 }

t.test('browsers are sent back to the page and to the documentation, wherever callers find the service, and nowhere else', async t => {
  const okta = await bringUpLocalOkta(checkSettings({ ...DEFAULTS, PUBLIC_URL: 'https://greetings.example' }, { isOktaConfigured: false, isProduction: false }))
  t.teardown(async () => { await okta.stop() })
  const statusOf = async (redirectUri: string): Promise<number> => {
    const query = new URLSearchParams({
      response_type: 'code', client_id: okta.clients.browser.clientId, redirect_uri: redirectUri, scope: 'openid', state: 'a', code_challenge: 'a'.repeat(43), code_challenge_method: 'S256'
    })
    return (await fetch(`${okta.issuer}/v1/authorize?${query}`, { redirect: 'manual' })).status
  }

  t.equal(await statusOf('https://greetings.example/callback'), 303)
  t.equal(await statusOf('https://greetings.example/docs/static/oauth2-redirect.html'), 303)
  t.equal(await statusOf('https://greetings.example/docs'), 400)
})

t.test('a local Okta that cannot deliver its events is a warning, and nothing more', async t => {
  const okta = await startOkta(t)
  const log: string[] = []
  const app = fastify({ logger: { stream: { write: (line: string) => { log.push(line) } } } })
  t.teardown(async () => { await app.close() })
  await deliverEvents(okta, { origin: 'http://127.0.0.1:9', publicUrl: null, eventHookSecret: 'a-secret-of-this-test', universalLogoutClientId: null, log: app.log })

  t.match(log.map(line => JSON.parse(line) as unknown), [{ level: 40, msg: 'the local Okta cannot deliver events: what changes in it takes effect within a minute' }])
  t.notMatch(log.join(''), 'a-secret-of-this-test')
  t.same(okta.eventHooks.list(), [])
})
