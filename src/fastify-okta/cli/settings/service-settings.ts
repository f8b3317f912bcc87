import type { DirectoryCredentials } from '../../okta/directory/api-credentials.js'
import { DEFAULT_AUDIENCE, DEFAULT_LOCAL_OKTA_PORT } from '../configuration.js'
import { isLoopback } from '../../options/urls.js'
import { credentialsOf, findConflicts, publicUrlOf } from './conflicts.js'
import { SETTINGS, type SettingName, type SettingsCheckId } from './definitions.js'
import { findMisnamed, type MisnamedVariable } from './misnamed.js'

/** What is wrong with one setting, and the check that it belongs to. */
export interface SettingIssue {
  readonly name: SettingName
  readonly check: SettingsCheckId
  /** In words that follow the name. Holds no value of a setting: it may be a secret. */
  readonly message: string
}

export type SettingStrings = Readonly<Partial<Record<SettingName, string>>>

/** The settings of the greeting service, as its commands see them. Those with an issue are left out. */
export interface ServiceSettings {
  /** Whether any `OKTA_` setting is set; if not, the service starts a local Okta, and these settings are those of one on its usual port. */
  readonly isOktaConfigured: boolean
  readonly issuer: string | undefined
  readonly audience: string
  /** The client of the page for browsers. */
  readonly clientId: string | undefined
  readonly orgUrl: string | undefined
  /** `undefined`: no directory. */
  readonly credentials: DirectoryCredentials | undefined
  readonly group: string
  readonly publicUrl: string | undefined
  readonly isDpopRequired: boolean
  /** The port that the service listens on. */
  readonly port: number
  readonly eventHookSecret: string | undefined
  readonly universalLogoutClientId: string | undefined
  readonly ssf: { readonly audience: string | undefined, readonly authorization: string | undefined }
  readonly redisUrl: string | undefined
  /** With these the service does not start. */
  readonly issues: readonly SettingIssue[]
  /** Variables that the service ignores, although they look like settings. */
  readonly misnamed: readonly MisnamedVariable[]
}

/**
 * Reads the settings of the greeting service from environment variables, by its rules, and does not throw: what is wrong is in
 * `issues`. An empty variable counts as not set.
 */
export function readServiceSettings (environment: NodeJS.ProcessEnv = process.env): ServiceSettings {
  const given = readStrings(environment)
  const isOktaConfigured = Object.keys(given).some((name) => name.startsWith('OKTA_'))
  const issues = [...findIssues(given), ...findConflicts(given, { isOktaConfigured, nodeEnvironment: environment['NODE_ENV'] ?? '' })]
  const broken = new Set(issues.map(({ name }) => name))
  const valid = Object.fromEntries(Object.entries(given).filter(([name]) => !broken.has(name as SettingName))) as SettingStrings
  const issuer = isOktaConfigured ? valid.OKTA_OAUTH2_ISSUER : `http://127.0.0.1:${valid.LOCAL_OKTA_PORT ?? DEFAULT_LOCAL_OKTA_PORT}/oauth2/default`
  return {
    isOktaConfigured,
    issuer,
    audience: valid.OKTA_OAUTH2_AUDIENCE ?? DEFAULT_AUDIENCE,
    clientId: valid.OKTA_OAUTH2_CLIENTID,
    orgUrl: valid.OKTA_CLIENT_ORGURL ?? (issuer === undefined ? undefined : new URL(issuer).origin),
    credentials: credentialsOf(valid),
    group: valid.GREETING_GROUP ?? 'Fastify Okta',
    publicUrl: broken.has('PUBLIC_URL') || broken.has('HOST') || broken.has('PORT') ? undefined : publicUrlOf(valid),
    isDpopRequired: valid.OKTA_DPOP === 'required',
    port: Number(valid.PORT ?? 3000),
    eventHookSecret: valid.OKTA_EVENT_HOOK_SECRET,
    universalLogoutClientId: valid.OKTA_UNIVERSAL_LOGOUT_CLIENTID,
    ssf: { audience: valid.OKTA_SSF_AUDIENCE, authorization: valid.OKTA_SSF_AUTHORIZATION },
    redisUrl: valid.REDIS_URL,
    issues,
    misnamed: findMisnamed(environment, given)
  }
}

/** Whether the org is a local Okta, or stands in for one: on the loopback. */
export function isLocalOrg ({ orgUrl }: ServiceSettings): boolean {
  return orgUrl !== undefined && isLoopback(new URL(orgUrl))
}

function readStrings (environment: NodeJS.ProcessEnv): SettingStrings {
  return Object.fromEntries(Object.keys(SETTINGS).flatMap((name) => {
    const value = environment[name]?.trim() ?? ''
    return value === '' ? [] : [[name, value]]
  }))
}

function findIssues (given: SettingStrings): SettingIssue[] {
  return Object.entries(given).flatMap(([key, value]) => {
    const name = key as SettingName
    const { check, findIssue } = SETTINGS[name]
    const message = findIssue(value)
    return message === null ? [] : [{ name, check, message }]
  })
}
