import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import json5 from 'json5'
import { readSettings } from '#greeting/settings/config.js'
import { SETTINGS } from '#greeting/settings/setting-definitions.js'
import { runServer, startOkta } from '../service.js'

const CONFIG = 'config'
const READY = 'Server listening at'

t.test('every setting is a variable of the same name, and default.json5 speaks of it', async t => {
  const variables: unknown = json5.parse(readFileSync(join(CONFIG, 'custom-environment-variables.json5'), 'utf8'))
  const defaults = readFileSync(join(CONFIG, 'default.json5'), 'utf8')
  const settings = Object.keys(SETTINGS)

  t.strictSame(variables, Object.fromEntries(settings.map(name => [name, name])))
  for (const name of settings) t.match(defaults, new RegExp(`^ *(?:// )?${name}: `, 'm'))
})

t.test('bad settings are named on the standard error, one line each, and the exit code is 1', async t => {
  const server = runServer(t, {
    OKTA_CLIENT_TOKEN: 'sword fish',
    OKTA_CLIENT_AUTHORIZATIONMODE: 'swordfish',
    GREETING_TIME_ZONE: 'Swordfish/Sea',
    PORT: '70000',
    LOG_LEVEL: 'swordfish'
  })

  t.equal(await server.exited, 1)
  t.equal(server.output(), '')
  t.strictSame(server.errors().trimEnd().split('\n').map(line => line.split(' ')[0]).sort(), [
    'GREETING_TIME_ZONE', 'LOG_LEVEL', 'OKTA_CLIENT_AUTHORIZATIONMODE', 'OKTA_CLIENT_TOKEN', 'OKTA_OAUTH2_ISSUER', 'PORT'
  ])
  t.notMatch(server.errors(), /swordfish|sword fish|70000|\n +at /i)
})

t.test('the local Okta is refused in production, however NODE_ENV is spelt', async t => {
  const { env } = process
  for (const NODE_ENV of ['production', 'Production', 'PRODUCTION', 'production ', ' production', 'production,eu', 'eu, Production', '"production"', 'staging production']) {
    t.intercept(process, 'env', { value: { ...env, NODE_ENV } })
    t.throws(readSettings, { message: /^OKTA_OAUTH2_ISSUER is required with NODE_ENV=production/ }, NODE_ENV)
  }
  for (const NODE_ENV of ['', 'development', 'preproduction', 'production-like', 'non-production']) {
    t.intercept(process, 'env', { value: { ...env, NODE_ENV } })
    t.equal(readSettings().okta, null, NODE_ENV)
  }
})

t.test('a time zone of the machine that is not an IANA zone does not stop the start', async t => {
  const server = runServer(t, { TZ: 'GMT+3', PORT: '0', LOCAL_OKTA_PORT: '0' })
  await server.printed('Ctrl+C')
  t.equal(server.errors(), '')
})

t.test('the local Okta is refused in production by the server', async t => {
  const server = runServer(t, { NODE_ENV: 'production' })

  t.equal(await server.exited, 1)
  t.match(server.errors(), /^OKTA_OAUTH2_ISSUER is required with NODE_ENV=production.*\n$/)
})

t.test('the settings do not depend on the working directory, nor on variables that are empty or unknown', async t => {
  const { issuer } = await startOkta(t)
  const server = runServer(t, { OKTA_OAUTH2_ISSUER: issuer, PORT: '0', OKTA_CLIENT_TOKEN: '', OKTA_OAUTH2_AUDIENCE: '', GREETING_GROUP: '', OKTA_CLIENT_NONSENSE: 'x', OKTA_OAUTH2_NONSENSE: 'x' }, t.testdir({ config: { 'default.json5': '{ PORT: "nonsense" }' } }))

  await server.printed(READY)
  t.equal(server.errors(), '')
})

t.test('an operator\'s directory of files overrides the defaults, and the environment overrides it', async t => {
  const { issuer } = await startOkta(t)
  const NODE_CONFIG_DIR = t.testdir({ 'local.json5': JSON.stringify({ OKTA_OAUTH2_ISSUER: issuer, PORT: 0, LOG_LEVEL: 'nonsense' }) })

  const faulty = runServer(t, { NODE_CONFIG_DIR })
  t.equal(await faulty.exited, 1)
  t.match(faulty.errors(), /^LOG_LEVEL must be .+\n$/)
  await runServer(t, { NODE_CONFIG_DIR, LOG_LEVEL: 'info' }).printed(READY)
})

t.test('a configuration file that is not JSON5 is reported in one line', async t => {
  const server = runServer(t, { NODE_CONFIG_DIR: t.testdir({ 'local.json5': '{ PORT: ' }) })

  t.equal(await server.exited, 1)
  t.match(server.errors(), /^The service could not start: Cannot parse config file: .*local\.json5.*\n$/)
})
