import t from 'tap'
import { credentialsSetting, type AppSettings } from '#greeting/settings/app-settings.js'
import { describeSettings } from '#greeting/start/start-report.js'

const issuer = 'https://dev-1.okta.com/oauth2/default'
const minimal: AppSettings = { okta: { issuer, audience: 'api://default' }, greeting: { group: 'Fastify Okta', timeZone: 'UTC' }, logLevel: 'info' }

t.test('what is off is named with the setting that turns it on', async (t) => {
  t.same(describeSettings(minimal), {
    issuer,
    audience: 'api://default',
    group: 'Fastify Okta',
    timeZone: 'UTC',
    directory: 'off (groups come from the token): set OKTA_CLIENT_TOKEN',
    page: 'off: set OKTA_OAUTH2_CLIENTID',
    eventHook: 'off: set OKTA_EVENT_HOOK_SECRET',
    securityEvents: 'off: set OKTA_SSF_AUDIENCE',
    universalLogout: 'off: set OKTA_UNIVERSAL_LOGOUT_CLIENTID',
    systemLog: 'off: set OKTA_SYSTEM_LOG_POLL_SECONDS',
    dpopMode: 'off: set PUBLIC_URL',
    redis: 'off: set REDIS_URL',
    traces: 'off: set OTEL_EXPORTER_OTLP_ENDPOINT',
    publicUrl: 'off: set PUBLIC_URL',
    auditLog: 'off: set AUDIT_LOG'
  })
  t.match(describeSettings({ ...minimal, pageClientId: '0oa1', dpop: 'off' }), { page: 'off: set PUBLIC_URL', dpopMode: 'off: set OKTA_DPOP' })
})

t.test('what is on is described without a secret', async (t) => {
  const described = describeSettings({
    ...minimal,
    okta: { ...minimal.okta, directory: { token: 'swordfish' } },
    publicUrl: 'https://greeting.example.com',
    pageClientId: '0oa1',
    eventHookSecret: 'swordfish-swordfish',
    universalLogoutClientId: '0oa2',
    securityEvents: { audience: 'https://greeting.example.com', authorization: 'swordfish', revokeOn: ['session-revoked'] },
    systemLogPollSeconds: 60,
    redisUrl: 'rediss://user:swordfish@redis.example.com:6380/2',
    tracesUrl: 'https://user:swordfish@collector.example.com/v1/traces?key=swordfish',
    dpop: 'required',
    auditLog: 'refusals'
  })

  t.match(described, {
    directory: 'https://dev-1.okta.com',
    page: 'https://greeting.example.com/',
    eventHook: 'https://greeting.example.com/okta/events',
    securityEvents: 'https://greeting.example.com/okta/security-events (session-revoked)',
    universalLogout: 'https://greeting.example.com/okta/universal-logout',
    systemLog: 'every 60 s',
    dpopMode: 'required',
    redis: 'redis.example.com:6380',
    traces: 'collector.example.com',
    publicUrl: 'https://greeting.example.com',
    auditLog: 'refusals'
  })
  t.notMatch(JSON.stringify(described), 'swordfish')
})

t.test('the setting with the credentials of the directory is the one in use', async (t) => {
  const withDirectory = (directory: NonNullable<AppSettings['okta']['directory']>): AppSettings => ({ ...minimal, okta: { ...minimal.okta, directory } })

  t.equal(credentialsSetting(withDirectory({ token: '00a' })), 'OKTA_CLIENT_TOKEN')
  t.equal(credentialsSetting(withDirectory({ clientId: '0oa1', scopes: ['okta.users.read'], privateKey: 'pem' })), 'OKTA_CLIENT_PRIVATEKEY')
})
