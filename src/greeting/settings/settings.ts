import type { DirectoryOptions, DpopMode, IssuerOptions } from 'fastify-okta'
import { readPrivateKey, type PrivateKey } from './private-key.js'
import { localPublicUrl } from './public-url.js'
import { isLoopback, SETTING_TEXTS, type LOG_LEVELS, type SettingText } from './setting-definitions.js'

/** The settings of the service, checked, complete and deeply frozen. */
export interface Settings {
  /** The org whose tokens are taken; `null` where none is configured, and the local Okta is to be used. */
  readonly okta: Readonly<IssuerOptions> | null
  /** The public client at Okta that the browser page is; `null` where none is configured, and there is no page. */
  readonly pageClientId: string | null
  /** The origin that callers use; `null` where only the operator could tell, and has not. */
  readonly publicUrl: string | null
  readonly dpop: DpopMode
  /** What Okta sends with its events; `null` where none is configured, and none are taken. */
  readonly eventHookSecret: string | null
  /** Where replicas share what they know, a password in it maybe; `null` where each is alone. */
  readonly redisUrl: string | null
  readonly greeting: {
    /** Who may be greeted: the name or the id of a group. */
    readonly group: string
    /** The time zone of callers of whom none is known (IANA). */
    readonly timeZone: string
  }
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  readonly logLevel: typeof LOG_LEVELS[number]
  /** 0 for any that is free. */
  readonly localOktaPort: number
}

/** What cannot be told from the settings themselves. */
export interface SettingsOrigin {
  /** Whether anything but the package's own defaults speaks of Okta. */
  readonly isOktaConfigured: boolean
  readonly isProduction: boolean
}

/** Something wrong with one setting: its name, and what it takes. */
export interface SettingFault {
  readonly name: string
  readonly message: string
}

/** Settings that the service cannot start with. Holds no value of any setting, since it may be a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'

  constructor (readonly faults: readonly SettingFault[]) {
    super(faults.map(({ name, message }) => `${name} ${message}`).join('\n'))
  }
}

type Names<IsRequired extends boolean> = { [Name in keyof typeof SETTING_TEXTS]: typeof SETTING_TEXTS[Name]['isRequired'] extends IsRequired ? Name : never }[keyof typeof SETTING_TEXTS]
type Texts = Readonly<Record<Names<true>, string> & Partial<Record<Names<false>, string>>>

/**
 * Checks settings and makes values of them.
 *
 * @param given the settings by name, the package's defaults among them: texts, or numbers as files have them
 * @throws {SettingsError} naming all that is wrong, not only the first
 */
export function checkSettings (given: Readonly<Record<string, unknown>>, origin: SettingsOrigin): Settings {
  const texts = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, toText(value)]))
  const faults = [...findFaults(texts), ...findConflicts(texts as Texts, origin)]
  if (faults.length > 0) throw new SettingsError(faults)
  return toSettings(texts as Texts, origin)
}

function toText (value: unknown): unknown {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : value
}

function findFaults (texts: Readonly<Record<string, unknown>>): SettingFault[] {
  const unknown = Object.keys(texts).filter(name => !Object.hasOwn(SETTING_TEXTS, name)).map(name => ({ name, message: 'is not a setting' }))
  const wrong = Object.entries<SettingText>(SETTING_TEXTS).flatMap(([name, setting]) => {
    const message = faultOf(texts[name], setting)
    return message === null ? [] : [{ name, message }]
  })
  return [...unknown, ...wrong]
}

function faultOf (text: unknown, { isRequired, takes, isGood }: SettingText): string | null {
  if (text === undefined) return isRequired ? 'is required' : null
  if (typeof text !== 'string') return 'must be a text'
  return isGood(text) ? null : takes
}

/** What is wrong with settings only when seen side by side. */
function findConflicts (texts: Texts, { isOktaConfigured, isProduction }: SettingsOrigin): SettingFault[] {
  const { OKTA_OAUTH2_ISSUER: issuer, OKTA_CLIENT_ORGURL: orgUrl } = texts
  const faults: SettingFault[] = []
  const isLocal = (url: string | undefined): boolean => url !== undefined && URL.canParse(url) && isLoopback(new URL(url))
  if (issuer === undefined && isOktaConfigured) faults.push({ name: 'OKTA_OAUTH2_ISSUER', message: 'is required where any other OKTA_ setting is given' })
  if (issuer === undefined && isProduction) faults.push({ name: 'OKTA_OAUTH2_ISSUER', message: 'is required with NODE_ENV=production: the local Okta is for development' })
  if (isProduction && isLocal(issuer)) faults.push({ name: 'OKTA_OAUTH2_ISSUER', message: 'must not be on the loopback with NODE_ENV=production' })
  if (isProduction && isLocal(orgUrl)) faults.push({ name: 'OKTA_CLIENT_ORGURL', message: 'must not be on the loopback with NODE_ENV=production' })
  return [...faults, ...findCredentialFaults(texts), ...findPublicUrlFaults(texts)]
}

function findPublicUrlFaults (texts: Texts): SettingFault[] {
  const needing = texts.OKTA_OAUTH2_CLIENTID !== undefined ? 'OKTA_OAUTH2_CLIENTID' : texts.OKTA_DPOP === 'required' ? 'OKTA_DPOP=required' : null
  if (needing === null || toPublicUrl(texts) !== null) return []
  return [{ name: 'PUBLIC_URL', message: `is required with ${needing} where HOST is not on the loopback or PORT is 0` }]
}

function findCredentialFaults (texts: Texts): SettingFault[] {
  const mode = texts.OKTA_CLIENT_AUTHORIZATIONMODE
  if (mode === 'PrivateKey') {
    return (['OKTA_CLIENT_CLIENTID', 'OKTA_CLIENT_SCOPES', 'OKTA_CLIENT_PRIVATEKEY'] as const)
      .filter(name => texts[name] === undefined)
      .map(name => ({ name, message: 'is required with OKTA_CLIENT_AUTHORIZATIONMODE=PrivateKey' }))
  }
  if (texts.OKTA_CLIENT_TOKEN !== undefined) return []
  if (mode === 'SSWS') return [{ name: 'OKTA_CLIENT_TOKEN', message: 'is required with OKTA_CLIENT_AUTHORIZATIONMODE=SSWS' }]
  // Unsaid, the key would be left unused and groups would come from the token: nobody who gives a key means that.
  if (texts.OKTA_CLIENT_PRIVATEKEY !== undefined) return [{ name: 'OKTA_CLIENT_AUTHORIZATIONMODE', message: 'must be PrivateKey for OKTA_CLIENT_PRIVATEKEY to be used' }]
  return []
}

function toSettings (texts: Texts, { isOktaConfigured }: SettingsOrigin): Settings {
  const settings: Settings = {
    okta: isOktaConfigured ? toIssuer(texts) : null,
    pageClientId: texts.OKTA_OAUTH2_CLIENTID ?? null,
    publicUrl: toPublicUrl(texts),
    dpop: texts.OKTA_DPOP as DpopMode,
    eventHookSecret: texts.OKTA_EVENT_HOOK_SECRET ?? null,
    redisUrl: texts.REDIS_URL ?? null,
    greeting: { group: texts.GREETING_GROUP, timeZone: texts.GREETING_TIME_ZONE ?? machineTimeZone() },
    host: texts.HOST,
    port: Number(texts.PORT),
    logLevel: texts.LOG_LEVEL as Settings['logLevel'],
    localOktaPort: Number(texts.LOCAL_OKTA_PORT)
  }
  return freeze(settings)
}

function toPublicUrl ({ PUBLIC_URL: given, HOST: host, PORT: port }: Texts): string | null {
  return given ?? localPublicUrl(host, Number(port))
}

function toIssuer (texts: Texts): IssuerOptions {
  const credentials = toCredentials(texts)
  const orgUrl = texts.OKTA_CLIENT_ORGURL
  return {
    issuer: texts.OKTA_OAUTH2_ISSUER as string,
    audience: texts.OKTA_OAUTH2_AUDIENCE,
    ...(credentials === null ? {} : { directory: { ...credentials, ...(orgUrl === undefined ? {} : { orgUrl }) } })
  }
}

function toCredentials (texts: Texts): DirectoryOptions | null {
  const { OKTA_CLIENT_AUTHORIZATIONMODE: mode, OKTA_CLIENT_TOKEN: token, OKTA_CLIENT_CLIENTID: clientId, OKTA_CLIENT_SCOPES: scopes, OKTA_CLIENT_PRIVATEKEY: key } = texts
  if (mode !== 'PrivateKey') return token === undefined ? null : { token }
  return {
    clientId: clientId as string,
    scopes: (scopes as string).split(/[\s,]+/).filter(Boolean),
    privateKey: readPrivateKey(key as string) as PrivateKey
  }
}

function machineTimeZone (): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  // What V8 says where TZ names no zone.
  return timeZone === undefined || timeZone === 'Etc/Unknown' ? 'UTC' : timeZone
}

function freeze<T> (value: T): T {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(freeze)
  return Object.freeze(value)
}
