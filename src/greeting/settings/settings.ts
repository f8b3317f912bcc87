import { REVOKING_EVENTS, type DirectoryOptions, type DpopMode, type IssuerOptions, type RevokingEvent } from 'fastify-okta'
import { findTimeZone } from '../time-zone.js'
import { readPrivateKey } from './private-key.js'
import { localPublicUrl } from './public-url.js'
import { isLoopback, SETTINGS, type AUDIT_LEVELS, type LOG_LEVELS, type SettingDefinition } from './setting-definitions.js'

/** The settings of the service, checked, complete and deeply frozen. */
export interface Settings {
  /** The org whose tokens are accepted; `null` if none is configured and the local Okta is to be used. */
  readonly okta: Readonly<IssuerOptions> | null
  /** The public client that the browser page uses at Okta; `null` if none is configured: then there is no page. */
  readonly pageClientId: string | null
  /** The origin that callers use; `null` if it is not configured and does not follow from host and port. */
  readonly publicUrl: string | null
  readonly dpop: DpopMode
  /** What Okta sends with its events; `null` if none is configured: then no events are accepted. */
  readonly eventHookSecret: string | null
  /** The app whose Universal Logout points to this service; `null` if none is configured: then there is no endpoint for it. */
  readonly universalLogoutClientId: string | null
  /** The Shared Signals stream; `null` if none is configured: then no security events are accepted. */
  readonly securityEvents: {
    readonly audience: string
    /** What the stream sends as `Authorization`; absent if that is not compared. */
    readonly authorization?: string
    readonly revokeOn: readonly RevokingEvent[]
  } | null
  /** How often the System Log is read, in seconds; `null` if it is not. */
  readonly systemLogPollSeconds: number | null
  /** The Redis that replicas share, perhaps with a password in it; `null` if each replica is on its own. */
  readonly redisUrl: string | null
  /** Where traces are sent by OTLP over HTTP; `null` if nothing is traced. */
  readonly tracesUrl: string | null
  readonly greeting: {
    /** Whose members are greeted: the name or the id of a group. */
    readonly group: string
    /** The time zone of callers whose own is not known (IANA). */
    readonly timeZone: string
  }
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly logLevel: typeof LOG_LEVELS[number]
  /** Which decisions of the guards are logged one by one, whatever the log level is. */
  readonly auditLog: typeof AUDIT_LEVELS[number]
  /** 0 for any free port. */
  readonly localOktaPort: number
}

/** What the settings themselves do not say. */
export interface SettingsOrigin {
  /** Whether any `OKTA_` setting was given, beside the package's own defaults. */
  readonly isOktaConfigured: boolean
  /** Whether `NODE_ENV` names production. */
  readonly isProduction: boolean
}

/** What is wrong with one setting: its name, and what it must be. */
interface SettingIssue {
  readonly name: string
  readonly message: string
}

/** Settings that the service cannot start with. Holds no value of any setting, since it may be a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'

  constructor (readonly issues: readonly SettingIssue[]) {
    super(issues.map(({ name, message }) => `${name} ${message}`).join('\n'))
  }
}

type Names<IsRequired extends boolean> = { [Name in keyof typeof SETTINGS]: typeof SETTINGS[Name]['isRequired'] extends IsRequired ? Name : never }[keyof typeof SETTINGS]
type SettingStrings = Readonly<Record<Names<true>, string> & Partial<Record<Names<false>, string>>>

/**
 * Validates and parses the settings.
 *
 * @param given the settings by name, the package's defaults among them: strings, or numbers as files have them
 * @throws {SettingsError} naming every issue, not only the first
 */
export function checkSettings (given: Readonly<Record<string, unknown>>, origin: SettingsOrigin): Settings {
  const strings = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, toTrimmed(value)]))
  const issues = [...findIssues(strings), ...findConflicts(strings as SettingStrings, origin)]
  if (issues.length > 0) throw new SettingsError(issues)
  return toSettings(strings as SettingStrings, origin)
}

function toTrimmed (value: unknown): unknown {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : value
}

function findIssues (strings: Readonly<Record<string, unknown>>): SettingIssue[] {
  const unknown = Object.keys(strings).filter(name => !Object.hasOwn(SETTINGS, name)).map(name => ({ name, message: 'is not a setting' }))
  const wrong = Object.entries<SettingDefinition>(SETTINGS).flatMap(([name, setting]) => {
    const message = findIssue(strings[name], setting)
    return message === null ? [] : [{ name, message }]
  })
  return [...unknown, ...wrong]
}

function findIssue (value: unknown, setting: SettingDefinition): string | null {
  if (value === undefined) return setting.isRequired ? 'is required' : null
  return typeof value === 'string' ? setting.findIssue(value) : 'must be a string'
}

/** Settings that are valid each, and wrong together. */
function findConflicts (strings: SettingStrings, { isOktaConfigured, isProduction }: SettingsOrigin): SettingIssue[] {
  const { OKTA_OAUTH2_ISSUER: issuer, OKTA_CLIENT_ORGURL: orgUrl } = strings
  const issues: SettingIssue[] = []
  const isLocal = (url: string | undefined): boolean => url !== undefined && URL.canParse(url) && isLoopback(new URL(url))
  if (issuer === undefined && isOktaConfigured) issues.push({ name: 'OKTA_OAUTH2_ISSUER', message: 'is required if any other OKTA_ setting is given' })
  if (issuer === undefined && isProduction) issues.push({ name: 'OKTA_OAUTH2_ISSUER', message: 'is required with NODE_ENV=production: the local Okta is for development' })
  if (isProduction && isLocal(issuer)) issues.push({ name: 'OKTA_OAUTH2_ISSUER', message: 'must not be on the loopback with NODE_ENV=production' })
  if (isProduction && isLocal(orgUrl)) issues.push({ name: 'OKTA_CLIENT_ORGURL', message: 'must not be on the loopback with NODE_ENV=production' })
  return [...issues, ...findCredentialIssues(strings), ...findMessageIssues(strings), ...findPublicUrlIssues(strings)]
}

function findPublicUrlIssues (strings: SettingStrings): SettingIssue[] {
  const needing = findNeedOfPublicUrl(strings)
  if (needing === null || toPublicUrl(strings) !== null) return []
  return [{ name: 'PUBLIC_URL', message: `is required with ${needing} if HOST is not on the loopback or PORT is 0` }]
}

function findNeedOfPublicUrl (strings: SettingStrings): string | null {
  if (strings.OKTA_OAUTH2_CLIENTID !== undefined) return 'OKTA_OAUTH2_CLIENTID'
  if (strings.OKTA_UNIVERSAL_LOGOUT_CLIENTID !== undefined) return 'OKTA_UNIVERSAL_LOGOUT_CLIENTID'
  return strings.OKTA_DPOP === 'required' ? 'OKTA_DPOP=required' : null
}

/** A setting that would do nothing is hardly meant. */
function findMessageIssues (strings: SettingStrings): SettingIssue[] {
  const { OKTA_SSF_AUDIENCE: audience, OKTA_SSF_AUTHORIZATION: authorization, OKTA_SYSTEM_LOG_POLL_SECONDS: pollSeconds } = strings
  const hasDirectory = strings.OKTA_CLIENT_TOKEN !== undefined || strings.OKTA_CLIENT_AUTHORIZATIONMODE === 'PrivateKey'
  return [
    ...(authorization !== undefined && audience === undefined ? [{ name: 'OKTA_SSF_AUDIENCE', message: 'is required with OKTA_SSF_AUTHORIZATION' }] : []),
    ...(pollSeconds !== undefined && !hasDirectory ? [{ name: 'OKTA_CLIENT_TOKEN', message: 'is required with OKTA_SYSTEM_LOG_POLL_SECONDS' }] : [])
  ]
}

function findCredentialIssues (strings: SettingStrings): SettingIssue[] {
  const mode = strings.OKTA_CLIENT_AUTHORIZATIONMODE
  if (mode === 'PrivateKey') {
    return (['OKTA_CLIENT_CLIENTID', 'OKTA_CLIENT_SCOPES', 'OKTA_CLIENT_PRIVATEKEY'] as const)
      .filter(name => strings[name] === undefined)
      .map(name => ({ name, message: 'is required with OKTA_CLIENT_AUTHORIZATIONMODE=PrivateKey' }))
  }
  if (strings.OKTA_CLIENT_TOKEN !== undefined) return []
  if (mode === 'SSWS') return [{ name: 'OKTA_CLIENT_TOKEN', message: 'is required with OKTA_CLIENT_AUTHORIZATIONMODE=SSWS' }]
  // Otherwise the key would not be used, and groups would come from the token, which is hardly meant.
  if (strings.OKTA_CLIENT_PRIVATEKEY !== undefined) return [{ name: 'OKTA_CLIENT_AUTHORIZATIONMODE', message: 'must be PrivateKey for OKTA_CLIENT_PRIVATEKEY to be used' }]
  return []
}

function toSettings (strings: SettingStrings, { isOktaConfigured }: SettingsOrigin): Settings {
  const settings: Settings = {
    okta: isOktaConfigured ? toIssuer(strings) : null,
    pageClientId: strings.OKTA_OAUTH2_CLIENTID ?? null,
    publicUrl: toPublicUrl(strings),
    dpop: strings.OKTA_DPOP as DpopMode,
    eventHookSecret: strings.OKTA_EVENT_HOOK_SECRET ?? null,
    universalLogoutClientId: strings.OKTA_UNIVERSAL_LOGOUT_CLIENTID ?? null,
    securityEvents: toSecurityEvents(strings),
    systemLogPollSeconds: strings.OKTA_SYSTEM_LOG_POLL_SECONDS === undefined ? null : Number(strings.OKTA_SYSTEM_LOG_POLL_SECONDS),
    redisUrl: strings.REDIS_URL ?? null,
    tracesUrl: toTracesUrl(strings),
    greeting: { group: strings.GREETING_GROUP, timeZone: strings.GREETING_TIME_ZONE ?? machineTimeZone() },
    host: strings.HOST,
    port: Number(strings.PORT),
    logLevel: strings.LOG_LEVEL as Settings['logLevel'],
    auditLog: strings.AUDIT_LOG as Settings['auditLog'],
    localOktaPort: Number(strings.LOCAL_OKTA_PORT)
  }
  return freeze(settings)
}

function toPublicUrl ({ PUBLIC_URL: given, HOST: host, PORT: port }: SettingStrings): string | null {
  return given ?? localPublicUrl(host, Number(port))
}

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp */
function toTracesUrl ({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesEndpoint }: SettingStrings): string | null {
  if (tracesEndpoint !== undefined) return tracesEndpoint
  return endpoint === undefined ? null : `${endpoint.replace(/\/$/, '')}/v1/traces`
}

function toSecurityEvents (strings: SettingStrings): Settings['securityEvents'] {
  const { OKTA_SSF_AUDIENCE: audience, OKTA_SSF_AUTHORIZATION: authorization, OKTA_SSF_REVOKE_ON: revokeOn } = strings
  if (audience === undefined) return null
  return { audience, ...(authorization === undefined ? {} : { authorization }), revokeOn: revokeOn === undefined ? REVOKING_EVENTS : listed(revokeOn) as RevokingEvent[] }
}

function toIssuer (strings: SettingStrings): IssuerOptions {
  const credentials = toCredentials(strings)
  const orgUrl = strings.OKTA_CLIENT_ORGURL
  return {
    issuer: strings.OKTA_OAUTH2_ISSUER as string,
    audience: strings.OKTA_OAUTH2_AUDIENCE,
    ...(credentials === null ? {} : { directory: { ...credentials, ...(orgUrl === undefined ? {} : { orgUrl }) } })
  }
}

function toCredentials (strings: SettingStrings): DirectoryOptions | null {
  const { OKTA_CLIENT_AUTHORIZATIONMODE: mode, OKTA_CLIENT_TOKEN: token, OKTA_CLIENT_CLIENTID: clientId, OKTA_CLIENT_SCOPES: scopes, OKTA_CLIENT_PRIVATEKEY: key } = strings
  if (mode !== 'PrivateKey') return token === undefined ? null : { token }
  return {
    clientId: clientId as string,
    scopes: listed(scopes as string),
    privateKey: readPrivateKey(key as string)
  }
}

/** The words of a list that is separated by spaces or commas. */
function listed (text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean)
}

/** UTC if what Intl says is not an IANA zone: for TZ=GMT+3 it is `GMT+03:00`, and for a TZ that is unknown `Etc/Unknown` or nothing. */
function machineTimeZone (): string {
  const { timeZone = 'UTC' } = new Intl.DateTimeFormat().resolvedOptions()
  return timeZone !== 'Etc/Unknown' && findTimeZone(timeZone) !== null ? timeZone : 'UTC'
}

function freeze<T> (value: T): T {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(freeze)
  return Object.freeze(value)
}
