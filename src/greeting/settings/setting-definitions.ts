import { isIP } from 'node:net'
import type { DpopMode } from 'fastify-okta'
import { findTimeZone } from '../routes/greeting/time-zone.js'
import { readPrivateKey } from './private-key.js'

/** The levels of pino. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** The modes of the plugin. */
const DPOP_MODES = ['off', 'allowed', 'required'] as const satisfies readonly DpopMode[]

const MAX_PORT = 65_535
const MIN_SECRET_LENGTH = 16
const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/i
const OKTA_HOST = /\.(?:okta|oktapreview|okta-emea|okta-gov|okta\.mil)(?:\.com|\.mil)?$/

/** How much of what guards decide is logged: nothing, refusals, or everything. */
export const AUDIT_LEVELS = ['off', 'refusals', 'decisions'] as const

/** What a setting must be, in words that follow its name, and whether a string is that. */
export interface SettingDefinition {
  readonly isRequired: boolean
  readonly expected: string
  readonly isValid: (text: string) => boolean
}

/**
 * Settings as they come, each a string; `config/default.json5` has those that are required. The messages say what a
 * setting must be, and never what it was: it may be a secret.
 */
export const SETTINGS = {
  OKTA_OAUTH2_ISSUER: optional(
    'must be a custom authorization server, such as https://dev-1.okta.com/oauth2/default: https (plain http on the loopback only), no slash at the end, no query, not the -admin address',
    isIssuer),
  OKTA_OAUTH2_AUDIENCE: required('must be the audience of the authorization server, without spaces', isWord),
  OKTA_OAUTH2_CLIENTID: optional('must be the client id of a single-page app', isWord),
  OKTA_CLIENT_ORGURL: optional(
    'must be the address of the org, such as https://dev-1.okta.com: https (plain http on the loopback only), no path, not the -admin address',
    isOrgUrl),
  OKTA_CLIENT_TOKEN: optional('must be an API token of the org', isWord),
  OKTA_CLIENT_AUTHORIZATIONMODE: optional('must be SSWS (the default) or PrivateKey', isOneOf(['SSWS', 'PrivateKey'])),
  OKTA_CLIENT_CLIENTID: optional('must be the client id of a service app', isWord),
  OKTA_CLIENT_SCOPES: optional('must be scopes, separated by spaces or commas', scopes => /[^\s,]/.test(scopes)),
  OKTA_CLIENT_PRIVATEKEY: optional('must be a private key: a PEM, in which \\n may stand for a line\'s end, or a JWK', key => readPrivateKey(key) !== null),
  OKTA_EVENT_HOOK_SECRET: optional(`must be at least ${MIN_SECRET_LENGTH} printable characters without spaces`, secret => isWord(secret) && secret.length >= MIN_SECRET_LENGTH),
  OKTA_DPOP: required('must be off, allowed or required', isOneOf(DPOP_MODES)),
  GREETING_GROUP: required('must be the name or the id of a group', name => name !== ''),
  GREETING_TIME_ZONE: optional('must be an IANA time zone, such as Europe/London', name => findTimeZone(name) !== null),
  HOST: required('must be an address or a host name', host => isIP(host) !== 0 || HOST_NAME.test(host)),
  PORT: required(`must be a port from 0 to ${MAX_PORT}`, isPort),
  PUBLIC_URL: optional(
    'must be the origin that callers use, such as https://greeting.example.com: https (plain http on the loopback only), no path, no slash at the end',
    isPublicUrl),
  REDIS_URL: optional(
    'must be the address of a Redis, such as redis://127.0.0.1:6379 or rediss://user:password@redis.example.com:6379/0: no query, and of special characters in a name or password their percent-encoding',
    isRedisUrl),
  LOG_LEVEL: required(`must be one of ${LOG_LEVELS.join(', ')}`, isOneOf(LOG_LEVELS)),
  AUDIT_LOG: required('must be off, refusals or decisions', isOneOf(AUDIT_LEVELS)),
  LOCAL_OKTA_PORT: required(`must be a port from 0 to ${MAX_PORT}`, isPort)
} as const satisfies Readonly<Record<string, SettingDefinition>>

function required (expected: string, isValid: SettingDefinition['isValid']) {
  return { isRequired: true, expected, isValid } as const
}

function optional (expected: string, isValid: SettingDefinition['isValid']) {
  return { isRequired: false, expected, isValid } as const
}

function isOneOf (words: readonly string[]): SettingDefinition['isValid'] {
  return (text) => words.includes(text)
}

/** Visible ASCII without spaces: an HTTP header and a claim can hold it as one word. */
function isWord (text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text)
}

function isPort (text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT
}

function isIssuer (text: string): boolean {
  const url = readOktaUrl(text)
  if (url === null || text.endsWith('/') || url.search !== '' || url.hash !== '') return false
  return !(OKTA_HOST.test(url.hostname) && url.pathname === '/')
}

function isOrgUrl (text: string): boolean {
  const url = readOktaUrl(text)
  return url !== null && url.pathname === '/' && url.search === '' && url.hash === ''
}

function isPublicUrl (text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && url.origin === text && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))
}

/** Does not accept a query: it would be options of ioredis, which the service sets. */
function isRedisUrl (text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '' || !/^(?:\/\d{0,5})?$/.test(url.pathname)) return false
  return !/[?#]/.test(text) && isPercentEncoded(url.username) && isPercentEncoded(url.password)
}

function isPercentEncoded (text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** `null` for an address that keys or users must not be read from. */
function readOktaUrl (text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || url.username !== '' || url.password !== '' || /-admin\.okta/.test(url.hostname)) return null
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)) ? url : null
}

/** RFC 8252 section 8.3 and RFC 6761 section 6.3. */
export function isLoopback ({ hostname }: URL): boolean {
  return /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(hostname)
}
