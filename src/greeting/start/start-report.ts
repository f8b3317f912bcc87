import { hostsOfRedisUrl } from 'fastify-okta'
import type { AppSettings } from '../settings/app-settings.js'

/** What the service does with these settings, for one line of the log; for what is off, the setting that turns it on. Holds no secret. */
export function describeSettings (settings: AppSettings): Readonly<Record<string, unknown>> {
  const { okta: { issuer, audience, directory }, greeting, publicUrl = null, pageClientId = null, redisUrl = null, tracesUrl = null, dpop = 'allowed' } = settings
  return {
    issuer,
    audience,
    group: greeting.group,
    timeZone: greeting.timeZone,
    directory: directory === undefined ? off('OKTA_CLIENT_TOKEN', 'groups come from the token') : directory.orgUrl ?? new URL(issuer).origin,
    page: pageOf(publicUrl, pageClientId),
    ...messagesOf(settings),
    // not `dpop`: the log redacts a field of that name, as it may be a proof
    dpopMode: dpopOf(publicUrl, dpop),
    redis: redisUrl === null ? off('REDIS_URL') : hostsOfRedisUrl(redisUrl),
    traces: tracesUrl === null ? off('OTEL_EXPORTER_OTLP_ENDPOINT') : new URL(tracesUrl).host,
    publicUrl: publicUrl ?? off('PUBLIC_URL'),
    auditLog: settings.auditLog === undefined || settings.auditLog === 'off' ? off('AUDIT_LOG') : settings.auditLog
  }
}

/** How Okta tells of sign-outs and changes: each with its address, or how often the log is read. */
function messagesOf ({ publicUrl, eventHookSecret = null, universalLogoutClientId = null, securityEvents = null, systemLogPollSeconds = null }: AppSettings): Readonly<Record<string, string>> {
  const addressOf = (path: string): string => `${publicUrl ?? ''}${path}`
  return {
    eventHook: eventHookSecret === null ? off('OKTA_EVENT_HOOK_SECRET') : addressOf('/okta/events'),
    securityEvents: securityEvents === null ? off('OKTA_SSF_AUDIENCE') : `${addressOf('/okta/security-events')} (${securityEvents.revokeOn.join(', ')})`,
    universalLogout: universalLogoutClientId === null ? off('OKTA_UNIVERSAL_LOGOUT_CLIENTID') : addressOf('/okta/universal-logout'),
    systemLog: systemLogPollSeconds === null ? off('OKTA_SYSTEM_LOG_POLL_SECONDS') : `every ${systemLogPollSeconds} s`
  }
}

function pageOf (publicUrl: string | null, clientId: string | null): string {
  if (clientId === null) return off('OKTA_OAUTH2_CLIENTID')
  return publicUrl === null ? off('PUBLIC_URL') : `${publicUrl}/`
}

function dpopOf (publicUrl: string | null, dpop: string): string {
  if (dpop === 'off') return off('OKTA_DPOP')
  return publicUrl === null ? off('PUBLIC_URL') : dpop
}

function off (setting: string, meaning?: string): string {
  return `off${meaning === undefined ? '' : ` (${meaning})`}: set ${setting}`
}
