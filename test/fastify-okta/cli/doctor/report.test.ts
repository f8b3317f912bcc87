import t from 'tap'
import { SETTINGS } from '#fastify-okta/cli/settings/definitions.js'
import { CALLBACK_PATH, DOCS_CALLBACK_PATH } from '#fastify-okta/cli/settings/paths.js'
import { readServiceSettings } from '#fastify-okta/cli/settings/service-settings.js'
import { DOCS_REDIRECT_PATH } from '#greeting/routes/docs/routes.js'
import { checkSettings } from '#greeting/settings/settings.js'
import { SETTINGS as SERVICE_SETTINGS } from '#greeting/settings/setting-definitions.js'
import { run, runHere } from '../run.js'
import { SECRET, startReadyOrg } from './org.js'

t.setTimeout(120_000)

t.test('for people, each check is a line, and a problem has a reason, a remedy and a link', async (t) => {
  const { settings } = await startReadyOrg(t)
  const { code, stdout, stderr } = await run(t, ['doctor'], { env: { ...settings, GREETING_GROUP: 'fastify okta' } })

  t.equal(code, 1)
  t.equal(stderr, '')
  t.match(stdout, /^ok {3}issuer\.form {7}http:/m)
  t.match(stdout, /^FAIL group\.exists {6}there is no group "fastify okta"; there is "Fastify Okta", and letter case counts\n +why: {2}.+\n +fix: {2}set GREETING_GROUP="Fastify Okta"\n +more: docs\/troubleshooting\.md#check-group\.exists$/m)
  t.match(stdout, /^skip group\.members {5}see group\.exists$/m)
  t.match(stdout, /1 broken, 0 to look at, \d+ not checked, \d+ ok\.\n$/)
  t.notMatch(stdout, '\u001b', 'no colour in a pipe')
})

t.test('no secret is in the report', async (t) => {
  const { settings, org } = await startReadyOrg(t)
  const key = 'not-a-private-key-0123456789'
  const redis = 'redis-password-0123456789'
  const env = { ...settings, OKTA_EVENT_HOOK_SECRET: SECRET, OKTA_SSF_AUDIENCE: 'greeting', OKTA_SSF_AUTHORIZATION: SECRET, REDIS_URL: `redis://:${redis}@127.0.0.1:1`, OKTA_CLIENT_PRIVATEKEY: key }
  for (const args of [['doctor'], ['doctor', '--json']]) {
    const { stdout, stderr } = await runHere([...args], env)
    for (const secret of [org.apiToken, SECRET, redis, key]) t.notOk(`${stdout}${stderr}`.includes(secret))
  }
})

t.test('a service app that may read users and groups only is enough; what it may not read is skipped', async (t) => {
  const { settings, org } = await startReadyOrg(t)
  const { clientId, privateKeyJwk } = org.clients.management
  const env = {
    ...settings,
    OKTA_CLIENT_TOKEN: '',
    OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey',
    OKTA_CLIENT_CLIENTID: clientId,
    OKTA_CLIENT_SCOPES: 'okta.users.read okta.users.manage okta.groups.read',
    OKTA_CLIENT_PRIVATEKEY: JSON.stringify(privateKeyJwk)
  }
  const { code, stdout } = await runHere(['doctor', '--json'], env)
  const statuses = Object.fromEntries((JSON.parse(stdout) as { checks: Array<{ id: string, status: string, seen: string }> }).checks.map(({ id, status, seen }) => [id, { status, seen }]))

  t.equal(code, 0)
  for (const id of ['directory.token', 'directory.rights', 'group.exists', 'group.members', 'issuer.keys']) t.match(statuses[id], { status: 'ok' }, id)
  for (const id of ['audience', 'server.policy', 'client.type']) t.match(statuses[id], { status: 'skipped', seen: /may not read this \(403 E0000006; a service app needs okta\.(?:apps|authorizationServers)\.read\)/ }, id)
})

t.test('the settings of doctor are those of the service, and so are its paths', async (t) => {
  const names = Object.keys(SETTINGS)
  t.same(Object.keys(SERVICE_SETTINGS).filter((name) => !names.includes(name)), [])
  t.equal(DOCS_CALLBACK_PATH, DOCS_REDIRECT_PATH)
  t.equal(CALLBACK_PATH, '/callback')
})

t.test('doctor refuses the settings that the service refuses, and no others', async (t) => {
  const defaults = { OKTA_OAUTH2_AUDIENCE: 'api://default', OKTA_DPOP: 'allowed', GREETING_GROUP: 'a', HOST: '127.0.0.1', PORT: '3000', LOG_LEVEL: 'info', AUDIT_LOG: 'off', LOCAL_OKTA_PORT: '4000' }
  const OKTA_OAUTH2_ISSUER = 'https://dev-1.okta.com/oauth2/default'
  const given: Array<Record<string, string>> = [
    {}, { OKTA_OAUTH2_ISSUER }, { OKTA_CLIENT_TOKEN: 'a' }, { OKTA_OAUTH2_ISSUER, OKTA_CLIENT_TOKEN: 'SSWS a' }, { OKTA_OAUTH2_ISSUER: 'https://dev-1.okta.com' },
    { OKTA_OAUTH2_ISSUER, OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey' }, { OKTA_OAUTH2_ISSUER, OKTA_CLIENT_AUTHORIZATIONMODE: 'SSWS' }, { OKTA_OAUTH2_ISSUER, OKTA_CLIENT_PRIVATEKEY: 'a' },
    { OKTA_OAUTH2_ISSUER, OKTA_OAUTH2_AUDIENCE: 'a b' }, { OKTA_OAUTH2_ISSUER, OKTA_DPOP: 'on' }, { OKTA_OAUTH2_ISSUER, OKTA_DPOP: 'required', HOST: '10.0.0.1' },
    { OKTA_OAUTH2_ISSUER, OKTA_OAUTH2_CLIENTID: 'a', PORT: '0' }, { OKTA_OAUTH2_ISSUER, OKTA_OAUTH2_CLIENTID: 'a', HOST: '0.0.0.0' }, { PORT: '65536' }, { PORT: 'x' },
    { PUBLIC_URL: 'http://greeting.example.com' }, { PUBLIC_URL: 'https://greeting.example.com/' }, { REDIS_URL: 'localhost' }, { REDIS_URL: 'redis://localhost' },
    { LOG_LEVEL: 'loud' }, { AUDIT_LOG: 'on' }, { GREETING_TIME_ZONE: 'Mars/Olympus' }, { OKTA_OAUTH2_ISSUER, OKTA_EVENT_HOOK_SECRET: 'short' },
    { OKTA_OAUTH2_ISSUER, OKTA_UNIVERSAL_LOGOUT_CLIENTID: 'a', PORT: '0' }, { OKTA_OAUTH2_ISSUER, OKTA_SSF_AUTHORIZATION: 'a' }, { OKTA_OAUTH2_ISSUER, OKTA_SSF_AUDIENCE: 'a', OKTA_SSF_REVOKE_ON: 'session-revoked, credential-change' },
    { OKTA_OAUTH2_ISSUER, OKTA_SSF_AUDIENCE: 'a', OKTA_SSF_REVOKE_ON: 'all' }, { OKTA_OAUTH2_ISSUER, OKTA_SSF_AUDIENCE: 'a', OKTA_SSF_REVOKE_ON: ',' },
    { OKTA_OAUTH2_ISSUER, OKTA_SYSTEM_LOG_POLL_SECONDS: '60' }, { OKTA_OAUTH2_ISSUER, OKTA_CLIENT_TOKEN: 'a', OKTA_SYSTEM_LOG_POLL_SECONDS: '9' },
    { HOST: 'a:b' }, { HOST: '-a' }, { HOST: 'a..b' }, { HOST: '::1' }, { HOST: 'localhost' }, { GREETING_TIME_ZONE: '+02:00' }, { GREETING_TIME_ZONE: 'Etc/GMT+2' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'traces' }
  ]
  for (const settings of given) {
    const isOktaConfigured = Object.keys(settings).some((name) => name.startsWith('OKTA_'))
    let refused: string[] = []
    try {
      checkSettings({ ...defaults, ...settings }, { isOktaConfigured, isProduction: false })
    } catch (error) {
      refused = (error as { issues: Array<{ name: string }> }).issues.map(({ name }) => name)
    }
    t.same(readServiceSettings(settings).issues.map(({ name }) => name).sort(), refused.sort(), JSON.stringify(settings))
  }
})
