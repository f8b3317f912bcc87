import t from 'tap'
import { findIssuerIssue, findOrgUrlIssue } from 'fastify-okta'
import { createEcPair } from '../../kit/key-pair.js'
import type { SETTINGS } from '#greeting/settings/setting-definitions.js'
import { checkSettings, SettingsError, type Settings, type SettingsOrigin } from '#greeting/settings/settings.js'

const DEFAULTS = { OKTA_OAUTH2_AUDIENCE: 'api://default', OKTA_DPOP: 'allowed', GREETING_GROUP: 'Fastify Okta', HOST: '127.0.0.1', PORT: 3000, LOG_LEVEL: 'info', AUDIT_LOG: 'off', LOCAL_OKTA_PORT: 4000 }
const ISSUER = { OKTA_OAUTH2_ISSUER: 'https://dev-1.okta.com/oauth2/default' }
const { privateKey, publicKey } = createEcPair()
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const JWK = privateKey.export({ format: 'jwk' })
const SERVICE_APP = { OKTA_CLIENT_AUTHORIZATIONMODE: 'PrivateKey', OKTA_CLIENT_CLIENTID: '0oa1', OKTA_CLIENT_SCOPES: 'okta.users.read, okta.groups.read', OKTA_CLIENT_PRIVATEKEY: PEM }

function check (given: Record<string, unknown>, origin: Partial<SettingsOrigin> = {}): Settings {
  const isOktaConfigured = Object.keys(given).some(name => name.startsWith('OKTA_'))
  return checkSettings({ ...DEFAULTS, ...given }, { isOktaConfigured, isProduction: false, ...origin })
}

function issuesOf (given: Record<string, unknown>, origin: Partial<SettingsOrigin> = {}): string[] {
  try {
    check(given, origin)
  } catch (error) {
    if (error instanceof SettingsError) return error.issues.map(({ name }) => name)
    throw error
  }
  return []
}

t.test('without a setting of Okta there is no issuer, and the machine\'s zone is the default', async t => {
  const settings = check({})

  t.strictSame(settings, {
    okta: null,
    pageClientId: null,
    publicUrl: 'http://127.0.0.1:3000',
    dpop: 'allowed',
    eventHookSecret: null,
    universalLogoutClientId: null,
    securityEvents: null,
    systemLogPollSeconds: null,
    redisUrl: null,
    tracesUrl: null,
    greeting: { group: 'Fastify Okta', timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone },
    host: '127.0.0.1',
    port: 3000,
    logLevel: 'info',
    auditLog: 'off',
    localOktaPort: 4000
  })
})

t.test('traces go to the endpoint of OpenTelemetry, below /v1/traces unless the whole URL is given', async (t) => {
  const OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = 'http://collector:4318/otlp'

  t.equal(check({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }).tracesUrl, 'http://127.0.0.1:4318/v1/traces')
  t.equal(check({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com/otlp/' }).tracesUrl, 'https://collector.example.com/otlp/v1/traces')
  t.equal(check({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT }).tracesUrl, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
  t.equal(check({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT }).tracesUrl, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
})

t.test('Okta\'s messages about sign-outs are off until a setting turns them on', async t => {
  const on = check({
    ...ISSUER,
    OKTA_CLIENT_TOKEN: 'x',
    OKTA_UNIVERSAL_LOGOUT_CLIENTID: '0oa1',
    OKTA_SSF_AUDIENCE: 'https://greeting.example.com',
    OKTA_SSF_AUTHORIZATION: 'Bearer x',
    OKTA_SSF_REVOKE_ON: ' credential-change ',
    OKTA_SYSTEM_LOG_POLL_SECONDS: '10'
  })
  t.match(on, {
    universalLogoutClientId: '0oa1',
    securityEvents: { audience: 'https://greeting.example.com', authorization: 'Bearer x', revokeOn: ['credential-change'] },
    systemLogPollSeconds: 10
  })
  t.strictSame(check({ ...ISSUER, OKTA_SSF_AUDIENCE: 'x' }).securityEvents, { audience: 'x', revokeOn: ['session-revoked', 'credential-change'] })

  for (const seconds of ['9', '0', '-60', '1.5', '60 s', '86401', 'x']) t.strictSame(issuesOf({ ...ISSUER, OKTA_CLIENT_TOKEN: 'x', OKTA_SYSTEM_LOG_POLL_SECONDS: seconds }), ['OKTA_SYSTEM_LOG_POLL_SECONDS'])
  for (const events of ['session-ended', 'session-revoked,', ',', 'session-revoked;credential-change']) {
    t.strictSame(issuesOf({ ...ISSUER, OKTA_SSF_AUDIENCE: 'x', OKTA_SSF_REVOKE_ON: events }), events === 'session-revoked,' ? [] : ['OKTA_SSF_REVOKE_ON'], events)
  }
  t.strictSame(issuesOf({ ...ISSUER, OKTA_SYSTEM_LOG_POLL_SECONDS: '60' }), ['OKTA_CLIENT_TOKEN'], 'the log is read with the credentials of the directory')
  t.strictSame(issuesOf({ ...ISSUER, OKTA_SSF_AUTHORIZATION: 'x' }), ['OKTA_SSF_AUDIENCE'], 'it would not be compared with anything')
  t.strictSame(issuesOf({ ...ISSUER, OKTA_UNIVERSAL_LOGOUT_CLIENTID: '0oa1', PORT: '0' }), ['PUBLIC_URL'], 'the expected audience is made of it')
})

t.test('strings become values, and nothing of the settings can be changed', async t => {
  const settings = check({ ...ISSUER, ...SERVICE_APP, OKTA_CLIENT_ORGURL: 'https://dev-1.okta.com', OKTA_EVENT_HOOK_SECRET: ' sixteen-letters-', PORT: '0', GREETING_TIME_ZONE: ' Europe/London\n' })

  t.match(settings, {
    okta: { issuer: 'https://dev-1.okta.com/oauth2/default', audience: 'api://default', directory: { orgUrl: 'https://dev-1.okta.com', clientId: '0oa1', scopes: ['okta.users.read', 'okta.groups.read'] } },
    greeting: { timeZone: 'Europe/London' },
    eventHookSecret: 'sixteen-letters-',
    port: 0
  })
  t.throws(() => { (settings.okta as { audience: string }).audience = 'x' }, TypeError)
  t.throws(() => { (settings.okta?.directory as unknown as { scopes: string[] }).scopes.push('x') }, TypeError)
})

t.test('the directory is opened with a token, or with a private key where the mode says so', async t => {
  const directoryOf = (given: Record<string, unknown>): unknown => check({ ...ISSUER, ...given }).okta?.directory

  t.equal(directoryOf({}), undefined)
  t.strictSame(directoryOf({ OKTA_CLIENT_TOKEN: '00abc' }), { token: '00abc' })
  t.strictSame(directoryOf({ OKTA_CLIENT_TOKEN: '00abc', OKTA_CLIENT_AUTHORIZATIONMODE: 'SSWS', OKTA_CLIENT_PRIVATEKEY: PEM }), { token: '00abc' })
  t.match(directoryOf({ ...SERVICE_APP, OKTA_CLIENT_TOKEN: '00abc' }), { clientId: '0oa1', privateKey: PEM.trim() })
  t.match(directoryOf({ ...SERVICE_APP, OKTA_CLIENT_PRIVATEKEY: PEM.replaceAll('\n', '\\n') }), { privateKey: PEM })
  t.match(directoryOf({ ...SERVICE_APP, OKTA_CLIENT_PRIVATEKEY: JSON.stringify(JWK) }), { privateKey: JWK })
})

t.test('a setting that is wrong is named', async t => {
  const wrong: Record<string, unknown[]> = {
    OKTA_OAUTH2_ISSUER: ['dev-1.okta.com', 'http://dev-1.okta.com/oauth2/default', 'https://dev-1.okta.com/oauth2/default/', 'https://dev-1.okta.com', 'https://dev-1-admin.okta.com/oauth2/default', 'https://a:b@dev-1.okta.com/oauth2/default', 'https://dev-1.okta.com/oauth2/default?a', 'https://dev-1.okta.com/oauth2/default#a', 'ftp://localhost/oauth2/default', 'http://127.0.0.1.evil.com/oauth2/default', '{issuer}'],
    OKTA_OAUTH2_AUDIENCE: [' ', 'a b'],
    OKTA_CLIENT_ORGURL: ['dev-1.okta.com', 'http://dev-1.okta.com', 'https://dev-1-admin.okta.com', 'https://dev-1.okta.com/oauth2/default'],
    OKTA_OAUTH2_CLIENTID: ['a b'],
    OKTA_EVENT_HOOK_SECRET: ['fifteen-letters', 'sixteen letters x', 'sixteen-lètters-x', '                '],
    OKTA_DPOP: ['Allowed', 'true'],
    PUBLIC_URL: ['greeting.example.com', 'http://greeting.example.com', 'https://greeting.example.com/', 'https://greeting.example.com/a', 'https://a:b@greeting.example.com', 'https://greeting.example.com:443'],
    OKTA_CLIENT_TOKEN: ['a b', '…'],
    OKTA_CLIENT_AUTHORIZATIONMODE: ['privatekey', 'Bearer'],
    GREETING_GROUP: ['', ' ', ['a']],
    GREETING_TIME_ZONE: ['Mars/Olympus', '+02:00'],
    HOST: ['a b', 'http://localhost', ''],
    PORT: ['-1', '65536', '3000x', '1e3', '0x10', '3.5', '', 3000.5, null, true],
    OTEL_EXPORTER_OTLP_ENDPOINT: ['127.0.0.1:4318', 'collector', 'grpc://127.0.0.1:4317', ''],
    REDIS_URL: ['127.0.0.1:6379', 'http://127.0.0.1:6379', 'redis:', 'redis:///0', 'redis://127.0.0.1/a', 'redis://127.0.0.1/0/1', 'redis://127.0.0.1?db=1', 'redis://127.0.0.1#a', 'redis://:sword%fish@127.0.0.1', 'unix:///tmp/redis.sock', '/tmp/redis.sock'],
    LOG_LEVEL: ['verbose', 'INFO'],
    AUDIT_LOG: ['on', 'Refusals', 'refusals,decisions'],
    LOCAL_OKTA_PORT: ['65536', '٣'],
    GREETING_GRUOP: ['a']
  }

  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) t.strictSame(issuesOf({ ...ISSUER, [name]: value }), [name], `${name}=${JSON.stringify(value)}`)
  }
  for (const key of ['', 'swordfish', '{}', '{', JSON.stringify({ ...JWK, d: undefined }), publicKey.export({ type: 'spki', format: 'pem' })]) {
    t.strictSame(issuesOf({ ...ISSUER, ...SERVICE_APP, OKTA_CLIENT_PRIVATEKEY: key }), ['OKTA_CLIENT_PRIVATEKEY'])
  }
})

t.test('an address is checked by the rules of the plugin, and the one that is broken is named', async t => {
  const messageOf = (given: Record<string, unknown>): string => {
    try {
      check({ ...ISSUER, ...given })
    } catch (error) {
      return (error as Error).message
    }
    return 'is accepted'
  }
  const messages: Array<[name: keyof typeof SETTINGS, value: string, message: string]> = [
    ['OKTA_OAUTH2_ISSUER', 'https://dev-1.okta.com/oauth2/default/', 'ends with a slash'],
    ['OKTA_OAUTH2_ISSUER', 'https://dev-1.okta.com', 'is the org server: add /oauth2/default'],
    ['OKTA_OAUTH2_ISSUER', 'https://dev-1-admin.okta.com/oauth2/default', 'is the -admin address: dev-1.okta.com is meant'],
    ['OKTA_OAUTH2_ISSUER', '"https://dev-1.okta.com/oauth2/default"', 'is in quotes: leave them off'],
    ['OKTA_CLIENT_ORGURL', 'dev-1.okta.com', 'must be an https URL: it has no scheme, so put https:// in front'],
    ['OKTA_CLIENT_ORGURL', 'https://{yourOktaDomain}', 'contains the placeholder {yourOktaDomain}: put your own value there'],
    ['PUBLIC_URL', 'https://greeting.example.com/a', 'has a path: only the origin that clients use is meant'],
    ['OKTA_CLIENT_TOKEN', 'SSWS 00abc', 'begins with "SSWS ": leave "SSWS " off'],
    ['OKTA_CLIENT_TOKEN', "'00abc'", 'is in quotes: leave them off'],
    ['OKTA_OAUTH2_AUDIENCE', '"api://default"', 'is in quotes: leave them off']
  ]
  for (const [name, value, message] of messages) {
    t.equal(messageOf({ [name]: value }), `${name} ${message}`)
    const rules: Partial<Record<keyof typeof SETTINGS, (value: string) => string | null>> = { OKTA_OAUTH2_ISSUER: findIssuerIssue, OKTA_CLIENT_ORGURL: findOrgUrlIssue }
    t.equal(message, rules[name]?.(value) ?? message, 'the plugin says the same')
  }
})

t.test('settings that do not go together are named', async t => {
  const { OKTA_CLIENT_AUTHORIZATIONMODE } = SERVICE_APP

  t.strictSame(issuesOf({ OKTA_CLIENT_TOKEN: '00abc' }), ['OKTA_OAUTH2_ISSUER'])
  t.strictSame(issuesOf({ OKTA_EVENT_HOOK_SECRET: 'sixteen-letters-' }), ['OKTA_OAUTH2_ISSUER'])
  t.strictSame(issuesOf({ ...ISSUER, OKTA_CLIENT_AUTHORIZATIONMODE }), ['OKTA_CLIENT_CLIENTID', 'OKTA_CLIENT_SCOPES', 'OKTA_CLIENT_PRIVATEKEY'])
  t.strictSame(issuesOf({ ...ISSUER, OKTA_CLIENT_AUTHORIZATIONMODE: 'SSWS' }), ['OKTA_CLIENT_TOKEN'])
  t.strictSame(issuesOf({ ...ISSUER, OKTA_CLIENT_PRIVATEKEY: PEM }), ['OKTA_CLIENT_AUTHORIZATIONMODE'])
})

t.test('the public URL follows from where the service listens on this machine, or must be given', async t => {
  const publicUrlOf = (given: Record<string, unknown>): unknown => check({ ...ISSUER, ...given }).publicUrl
  const page = { OKTA_OAUTH2_CLIENTID: '0oa1' }

  t.equal(publicUrlOf({ HOST: 'localhost', PORT: 8080 }), 'http://localhost:8080')
  t.equal(publicUrlOf({ HOST: '0.0.0.0' }), 'http://127.0.0.1:3000')
  t.equal(publicUrlOf({ HOST: '::', PORT: 80 }), 'http://127.0.0.1')
  t.equal(publicUrlOf({ HOST: '::1' }), 'http://[::1]:3000')
  t.equal(publicUrlOf({ HOST: '192.0.2.1' }), null)
  t.equal(publicUrlOf({ PORT: 0 }), null)
  t.equal(publicUrlOf({ HOST: '192.0.2.1', PUBLIC_URL: 'https://greeting.example.com' }), 'https://greeting.example.com')
  t.strictSame(issuesOf({ ...ISSUER, ...page, HOST: '192.0.2.1' }), ['PUBLIC_URL'])
  t.strictSame(issuesOf({ ...ISSUER, OKTA_DPOP: 'required', PORT: '0' }), ['PUBLIC_URL'])
  t.match(check({ ...ISSUER, ...page, OKTA_DPOP: 'off' }), { pageClientId: '0oa1', dpop: 'off' })
})

t.test('a Redis has an address, with or without TLS, a password, and the number of a database', async t => {
  for (const url of ['redis://127.0.0.1', 'redis://127.0.0.1:6379/', 'rediss://redis.example.com:6380/2', 'redis://:sword%25fish@[::1]:6379', 'rediss://user:swordfish@redis.example.com']) {
    t.equal(check({ ...ISSUER, REDIS_URL: url }).redisUrl, url)
  }
})

t.test('in production there is no local Okta and no issuer on the loopback', async t => {
  const isProduction = true

  t.strictSame(issuesOf({}, { isProduction }), ['OKTA_OAUTH2_ISSUER'])
  t.strictSame(issuesOf(ISSUER, { isProduction }), [])
  for (const host of ['127.0.0.1:4000', 'localhost', '[::1]:4000']) {
    t.strictSame(issuesOf({ OKTA_OAUTH2_ISSUER: `http://${host}/oauth2/default` }), [])
    t.strictSame(issuesOf({ OKTA_OAUTH2_ISSUER: `http://${host}/oauth2/default` }, { isProduction }), ['OKTA_OAUTH2_ISSUER'])
    t.strictSame(issuesOf({ ...ISSUER, OKTA_CLIENT_ORGURL: `https://${host}` }, { isProduction }), ['OKTA_CLIENT_ORGURL'])
  }
})

t.test('all issues are named at once, and never the value', async t => {
  t.throws(() => check({ ...ISSUER, OKTA_CLIENT_TOKEN: 'sword fish', OKTA_CLIENT_PRIVATEKEY: 'swordfish', OKTA_EVENT_HOOK_SECRET: 'swordfish', PORT: 'swordfish', REDIS_URL: 'http://:swordfish@127.0.0.1', LOG_LEVEL: 'swordfish' }), {
    message: /^OKTA_CLIENT_TOKEN contains a space .+\nOKTA_CLIENT_PRIVATEKEY is not a private key.*\nOKTA_EVENT_HOOK_SECRET must be .+\nPORT must be .+\nREDIS_URL must be .+\nLOG_LEVEL must be .+$/
  })
  t.throws(() => check({ OKTA_CLIENT_TOKEN: 'sword fish' }), new SettingsError([
    { name: 'OKTA_CLIENT_TOKEN', message: 'contains a space or a character that no HTTP header can carry' },
    { name: 'OKTA_OAUTH2_ISSUER', message: 'is required if any other OKTA_ setting is given' }
  ]))
})

t.test('a machine whose zone is not an IANA zone greets in UTC', async (t) => {
  const zoneWith = (timeZone: string | undefined): string => {
    const intercepted = t.intercept(Intl.DateTimeFormat.prototype, 'resolvedOptions', { value: () => ({ timeZone }) })
    try {
      return check({}).greeting.timeZone
    } finally {
      intercepted.restore()
    }
  }

  for (const zone of ['GMT+03:00', 'GMT-03:00', '+03:00', 'Etc/Unknown', 'posixrules', 'Mars/Olympus', '', undefined]) t.equal(zoneWith(zone), 'UTC', String(zone))
})
