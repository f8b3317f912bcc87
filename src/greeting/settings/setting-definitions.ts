import { isIP } from 'node:net'
import { findApiTokenIssue, findBaseUrlIssue, findIssuerIssue, findOrgUrlIssue, findPrivateKeyIssue, findRedisUrlIssue, findStringIssue, REVOKING_EVENTS, type DpopMode } from 'fastify-okta'
import { findTimeZone } from '../time-zone.js'
import { withLineBreaks } from './private-key.js'

/** The levels of pino. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** The modes of the plugin. */
const DPOP_MODES = ['off', 'allowed', 'required'] as const satisfies readonly DpopMode[]

const MAX_PORT = 65_535
const MIN_SECRET_LENGTH = 16
/** Visible ASCII without spaces: an HTTP header and a claim can hold it as one word. */
const WORD = /^[\x21-\x7e]+$/
/** The value of an HTTP header. */
const FIELD_VALUE = /^[\x20-\x7e]+$/
const MIN_POLL_SECONDS = 10
const MAX_POLL_SECONDS = 86_400
const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/i

/** How much of what guards decide is logged: nothing, refusals, or everything. */
export const AUDIT_LEVELS = ['off', 'refusals', 'decisions'] as const

/** One setting, as a string. */
export interface SettingDefinition {
  readonly isRequired: boolean
  /** What is wrong with it, in words that follow its name; `null` if nothing is. Never contains the string: it may be a secret. */
  readonly findIssue: (text: string) => string | null
}

/** The settings of the service; `config/default.json5` has those that are required. What the plugin checks is checked by the plugin's own rules. */
export const SETTINGS = {
  OKTA_OAUTH2_ISSUER: optional(findIssuerIssue),
  OKTA_OAUTH2_AUDIENCE: required(word('must be the audience of the authorization server, without spaces')),
  OKTA_OAUTH2_CLIENTID: optional(word('must be the client id of a single-page app')),
  OKTA_CLIENT_ORGURL: optional(findOrgUrlIssue),
  OKTA_CLIENT_TOKEN: optional(findApiTokenIssue),
  OKTA_CLIENT_AUTHORIZATIONMODE: optional(oneOf(['SSWS', 'PrivateKey'], 'must be SSWS (the default) or PrivateKey')),
  OKTA_CLIENT_CLIENTID: optional(word('must be the client id of a service app')),
  OKTA_CLIENT_SCOPES: optional(check('must be scopes, separated by spaces or commas', (scopes) => /[^\s,]/.test(scopes))),
  OKTA_CLIENT_PRIVATEKEY: optional((key) => findPrivateKeyIssue(withLineBreaks(key))),
  OKTA_EVENT_HOOK_SECRET: optional(check(`must be at least ${MIN_SECRET_LENGTH} printable characters without spaces`, (secret) => WORD.test(secret) && secret.length >= MIN_SECRET_LENGTH)),
  OKTA_UNIVERSAL_LOGOUT_CLIENTID: optional(word('must be the client id of the app whose Universal Logout points to this service')),
  OKTA_SSF_AUDIENCE: optional(word('must be the audience of the Shared Signals stream, without spaces')),
  OKTA_SSF_AUTHORIZATION: optional(check('must be printable characters, as the stream sends them as Authorization', (value) => FIELD_VALUE.test(value))),
  OKTA_SSF_REVOKE_ON: optional(check(`must be one or more of ${REVOKING_EVENTS.join(', ')}, separated by commas`, isListOfEvents)),
  OKTA_SYSTEM_LOG_POLL_SECONDS: optional(check(`must be a whole number of seconds from ${MIN_POLL_SECONDS} to ${MAX_POLL_SECONDS}`, isPollSeconds)),
  OKTA_DPOP: required(oneOf(DPOP_MODES, 'must be off, allowed or required')),
  GREETING_GROUP: required(check('must be the name or the id of a group', (name) => name !== '')),
  GREETING_TIME_ZONE: optional(check('must be an IANA time zone, such as Europe/London', (name) => findTimeZone(name) !== null)),
  HOST: required(check('must be an address or a host name', (host) => isIP(host) !== 0 || HOST_NAME.test(host))),
  PORT: required(port()),
  PUBLIC_URL: optional(findPublicUrlIssue),
  REDIS_URL: optional(findRedisUrlIssue),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(findCollectorUrlIssue),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optional(findCollectorUrlIssue),
  LOG_LEVEL: required(oneOf(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`)),
  AUDIT_LOG: required(oneOf(AUDIT_LEVELS, 'must be off, refusals or decisions')),
  LOCAL_OKTA_PORT: required(port())
} as const satisfies Readonly<Record<string, SettingDefinition>>

type FindIssue = SettingDefinition['findIssue']

function required (findIssue: FindIssue) {
  return { isRequired: true, findIssue } as const
}

function optional (findIssue: FindIssue) {
  return { isRequired: false, findIssue } as const
}

function check (expected: string, isValid: (text: string) => boolean): FindIssue {
  return (text) => isValid(text) ? null : expected
}

function oneOf (words: readonly string[], expected: string): FindIssue {
  return check(expected, (text) => words.includes(text))
}

function word (expected: string): FindIssue {
  return (text) => WORD.test(text) ? findStringIssue(text) : expected
}

function port (): FindIssue {
  return check(`must be a port from 0 to ${MAX_PORT}`, (text) => /^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT)
}

function isListOfEvents (text: string): boolean {
  const names = text.split(/[\s,]+/).filter(Boolean)
  return names.length > 0 && names.every((name) => (REVOKING_EVENTS as readonly string[]).includes(name))
}

function isPollSeconds (text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= MIN_POLL_SECONDS && Number(text) <= MAX_POLL_SECONDS
}

/** An origin: the paths of the service are fixed. */
function findPublicUrlIssue (text: string): string | null {
  return findBaseUrlIssue(text) ?? (new URL(text).origin === text ? null : 'has a path: only the origin that clients use is meant')
}

/** A collector may be anywhere: with plain `http` too, as in a sidecar. */
function findCollectorUrlIssue (text: string): string | null {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? null : 'must be the URL of an OpenTelemetry collector, such as http://127.0.0.1:4318'
}

/** RFC 8252 section 8.3 and RFC 6761 section 6.3. */
export function isLoopback ({ hostname }: URL): boolean {
  return /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(hostname)
}
