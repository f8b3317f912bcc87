import { isIP } from 'node:net'
import { findApiTokenIssue, findPrivateKeyIssue } from '../../options/credentials.js'
import { findRedisUrlIssue } from '../../options/redis-url.js'
import { findBaseUrlIssue, findIssuerIssue, findOrgUrlIssue } from '../../options/urls.js'
import { findStringIssue } from '../../options/values.js'
import type { CheckId } from '../doctor/check.js'

/** The check that reports a setting with which the service does not start; `settings` if it belongs to no check. */
export type SettingsCheckId = CheckId | 'settings'

interface SettingDefinition {
  readonly check: SettingsCheckId
  /** What is wrong with it, in words that follow its name; `null` if nothing is. Never contains the string. */
  readonly findIssue: (text: string) => string | null
}

const MAX_PORT = 65_535
const MIN_SECRET_LENGTH = 16
const MIN_POLL_SECONDS = 10
const MAX_POLL_SECONDS = 86_400
const WORD = /^[\x21-\x7e]+$/
const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/i
/** An IANA name: newer engines take offsets such as +02:00 as well, which the service does not. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/

/**
 * The settings of the greeting service, and the rules without which it does not start. The service has its own definitions:
 * it is another package. A test compares the names.
 */
export const SETTINGS = {
  OKTA_OAUTH2_ISSUER: { check: 'issuer.form', findIssue: (text) => findIssuerIssue(text) },
  OKTA_OAUTH2_AUDIENCE: { check: 'audience', findIssue: word('must be the audience of the authorization server, without spaces') },
  OKTA_OAUTH2_CLIENTID: { check: 'client.type', findIssue: word('must be the client id of a single-page app') },
  OKTA_CLIENT_ORGURL: { check: 'directory.token', findIssue: findOrgUrlIssue },
  OKTA_CLIENT_TOKEN: { check: 'directory.token', findIssue: findApiTokenIssue },
  OKTA_CLIENT_AUTHORIZATIONMODE: { check: 'directory.token', findIssue: oneOf(['SSWS', 'PrivateKey']) },
  OKTA_CLIENT_CLIENTID: { check: 'directory.token', findIssue: word('must be the client id of a service app') },
  OKTA_CLIENT_SCOPES: { check: 'directory.token', findIssue: rule('must be scopes, separated by spaces or commas', (text) => /[^\s,]/.test(text)) },
  OKTA_CLIENT_PRIVATEKEY: { check: 'directory.token', findIssue: (text) => findPrivateKeyIssue(withLineBreaks(text)) },
  OKTA_EVENT_HOOK_SECRET: {
    check: 'eventhook',
    findIssue: rule(`must be at least ${MIN_SECRET_LENGTH} printable characters without spaces`, (text) => WORD.test(text) && text.length >= MIN_SECRET_LENGTH)
  },
  OKTA_UNIVERSAL_LOGOUT_CLIENTID: { check: 'securityevents', findIssue: word('must be the client id of an app') },
  OKTA_SSF_AUDIENCE: { check: 'securityevents', findIssue: word('must be the audience of the stream, without spaces') },
  OKTA_SSF_AUTHORIZATION: { check: 'securityevents', findIssue: rule('must be visible characters', (text) => /^[\x20-\x7e]+$/.test(text)) },
  OKTA_SSF_REVOKE_ON: { check: 'securityevents', findIssue: listOf(['session-revoked', 'credential-change']) },
  OKTA_SYSTEM_LOG_POLL_SECONDS: {
    check: 'settings',
    findIssue: rule(`must be a whole number of seconds from ${MIN_POLL_SECONDS} to ${MAX_POLL_SECONDS}`, isPollSeconds)
  },
  OKTA_TOKEN_PROFILES: { check: 'settings', findIssue: listOf(['okta', 'agent']) },
  OKTA_DECRYPTION_KEYS: { check: 'settings', findIssue: () => null },
  OKTA_DPOP: { check: 'settings', findIssue: oneOf(['off', 'allowed', 'required']) },
  GREETING_GROUP: { check: 'group.exists', findIssue: () => null },
  GREETING_TIME_ZONE: { check: 'settings', findIssue: rule('must be an IANA time zone, such as Europe/London', isTimeZone) },
  HOST: { check: 'publicurl', findIssue: rule('must be an address or a host name', (text) => isIP(text) !== 0 || HOST_NAME.test(text)) },
  PORT: { check: 'publicurl', findIssue: port() },
  PUBLIC_URL: { check: 'publicurl', findIssue: findPublicUrlIssue },
  REDIS_URL: { check: 'redis', findIssue: findRedisUrlIssue },
  OTEL_EXPORTER_OTLP_ENDPOINT: { check: 'settings', findIssue: collectorUrl() },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: { check: 'settings', findIssue: collectorUrl() },
  LOG_LEVEL: { check: 'settings', findIssue: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']) },
  AUDIT_LOG: { check: 'settings', findIssue: oneOf(['off', 'refusals', 'decisions']) },
  LOCAL_OKTA_PORT: { check: 'settings', findIssue: port() }
} as const satisfies Readonly<Record<string, SettingDefinition>>

export type SettingName = keyof typeof SETTINGS

/** In a PEM, `\n` may stand for a line break, since many places that keep variables know one line only. */
export function withLineBreaks (text: string): string {
  return text.trimStart().startsWith('{') ? text : text.replaceAll('\\n', '\n')
}

type FindIssue = SettingDefinition['findIssue']

function rule (expected: string, isValid: (text: string) => boolean): FindIssue {
  return (text) => isValid(text) ? null : expected
}

function oneOf (words: readonly string[]): FindIssue {
  return rule(`must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`, (text) => words.includes(text))
}

function listOf (words: readonly string[]): FindIssue {
  return rule(`must be one or more of ${words.join(', ')}, separated by commas`, (text) => {
    const parts = text.split(/[\s,]+/).filter(Boolean)
    return parts.length > 0 && parts.every((part) => words.includes(part))
  })
}

function word (expected: string): FindIssue {
  return (text) => WORD.test(text) ? findStringIssue(text) : expected
}

function port (): FindIssue {
  return rule(`must be a port from 0 to ${MAX_PORT}`, (text) => /^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT)
}

function collectorUrl (): FindIssue {
  return rule('must be the URL of an OpenTelemetry collector, such as http://127.0.0.1:4318', (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))
}

function isPollSeconds (text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= MIN_POLL_SECONDS && Number(text) <= MAX_POLL_SECONDS
}

/** An origin: the paths of the service are fixed. */
function findPublicUrlIssue (text: string): string | null {
  return findBaseUrlIssue(text) ?? (new URL(text).origin === text ? null : 'has a path: only the origin that clients use is meant')
}

function isTimeZone (name: string): boolean {
  if (!ZONE_NAME.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format()
    return true
  } catch {
    return false
  }
}
